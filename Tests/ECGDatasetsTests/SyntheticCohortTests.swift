import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct SyntheticCohortTests {
  private func smallCohort() -> SyntheticCohort {
    var cohort = SyntheticCohort(persons: 2, seed: 3)
    cohort.secondsPerRecording = 25
    return cohort
  }

  @Test func theSameSeedGivesTheSameCohortAndAnotherDoesNot() throws {
    func samples(_ seed: UInt64) throws -> [Float] {
      var cohort = smallCohort()
      cohort.seed = seed
      return try cohort.recording(person: 1, .stress, samplingRate: 100).recording.samples
    }
    #expect(try samples(3) == samples(3))
    #expect(try samples(3) != samples(4))
  }

  @Test func aPersonIsTheSameInALargerCohort() throws {
    let small = SyntheticCohort(persons: 3, seed: 9)
    let large = SyntheticCohort(persons: 30, seed: 9)
    #expect(small.traits(ofPerson: 2) == large.traits(ofPerson: 2))
  }

  @Test func stressRaisesTheRateAndFlattensTheTWaveOfAlmostEverybody() throws {
    var cohort = SyntheticCohort(persons: 40, seed: 1)
    cohort.secondsPerRecording = 1
    var (faster, flatter) = (0, 0)
    for person in 0..<cohort.persons {
      let rest = try cohort.recording(person: person, .baseline, samplingRate: 100).heart
      let stress = try cohort.recording(person: person, .stress, samplingRate: 100).heart
      if stress.rhythm.meanRate > rest.rhythm.meanRate { faster += 1 }
      if stress.morphology.t.amplitude < rest.morphology.t.amplitude { flatter += 1 }
    }
    #expect(faster >= 36)
    #expect(flatter >= 36)
  }

  @Test func personsDifferMoreThanConditions() throws {
    var cohort = SyntheticCohort(persons: 60, seed: 1)
    cohort.secondsPerRecording = 1
    let resting = (0..<60).map { cohort.traits(ofPerson: $0).restingRate }
    let mean = resting.reduce(0, +) / 60
    let betweenPersons = (resting.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59).squareRoot()
    let conditions = try SyntheticCohort.Condition.allCases.map { condition in
      try (0..<60).reduce(0.0) {
        let made = try cohort.recording(person: $1, condition, samplingRate: 20)
        return $0 + made.heart.rhythm.meanRate / 60
      }
    }
    let centre = conditions.reduce(0, +) / 4
    let betweenConditions =
      (conditions.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 4).squareRoot()
    #expect(betweenPersons > 1.2 * betweenConditions)
    #expect(betweenConditions > 3)
  }

  @Test func zeroDifficultyLeavesNothingToTellApart() throws {
    var cohort = smallCohort()
    cohort.difficulty.conditionStrength = 0
    cohort.difficulty.dayVariation = 0
    let rest = try cohort.recording(person: 0, .baseline, samplingRate: 50).heart
    let stress = try cohort.recording(person: 0, .stress, samplingRate: 50).heart
    #expect(rest == stress)
    cohort.difficulty.personSpread = 0
    #expect(cohort.traits(ofPerson: 0) == cohort.traits(ofPerson: 1))
  }

  @Test func ratingsFollowTheCondition() throws {
    var cohort = SyntheticCohort(persons: 50, seed: 2)
    cohort.secondsPerRecording = 1
    func mean(_ condition: SyntheticCohort.Condition) throws -> (Double, Double) {
      let ratings = try (0..<50).map {
        try cohort.recording(person: $0, condition, samplingRate: 10).ratings
      }
      #expect(ratings.allSatisfy { (1...9).contains($0.arousal) && (1...9).contains($0.valence) })
      return (
        Double(ratings.reduce(0) { $0 + $1.arousal }) / 50,
        Double(ratings.reduce(0) { $0 + $1.valence }) / 50
      )
    }
    let (stress, meditation) = (try mean(.stress), try mean(.meditation))
    #expect(stress.0 > meditation.0 + 3)
    #expect(stress.1 < meditation.1 - 2)
  }

  @Test func aFolderThatIsNotEmptyIsLeftAlone() throws {
    try withTemporaryFolder { folder in
      try Data("mine".utf8).write(to: folder.appending(path: "notes.txt"))
      #expect(throws: DatasetError.self) { try smallCohort().write(to: folder) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"])
    }
  }

  @Test func theFilesAreReadBackWithTheirLabels() throws {
    try withTemporaryFolder { folder in
      let cohort = smallCohort()
      let place = folder.appending(path: "cohort")
      try cohort.write(to: place)
      let contents = try FolderDataset().contents(of: place)
      #expect(contents.labels == ["condition", "stress", "arousal", "valence"])
      #expect(contents.persons.map(\.name) == ["P01", "P02"])
      #expect(contents.leftOut.isEmpty)
      for (index, person) in contents.persons.enumerated() {
        let read = try person.read()
        #expect(read.leftOut.isEmpty)
        #expect(read.recordings.map(\.name) == ["baseline", "stress", "amusement", "meditation"])
        for (recording, condition) in zip(read.recordings, cohort.conditions) {
          let rate = index == 0 ? 250.0 : 256
          let made = try cohort.recording(person: index, condition, samplingRate: rate)
          #expect(recording.recording.samplingRate == rate)
          #expect(recording.recording.unit == .millivolts)
          #expect(recording.recording.samples.count == made.recording.samples.count)
          #expect(recording.labels["condition"] == condition.rawValue)
          #expect(recording.labels["stress"] == (condition == .stress ? "1" : "0"))
          #expect(recording.labels["arousal"] == "\(made.ratings.arousal)")
          let worst = zip(recording.recording.samples, made.recording.samples).reduce(Float(0)) {
            max($0, abs($1.0 - $1.1))
          }
          #expect(worst < 0.0006)
        }
      }
    }
  }
}
