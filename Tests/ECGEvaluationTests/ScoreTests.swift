import ECGEvaluation
import ECGRandom
import ECGSignal
import Foundation
import Testing

@Suite struct ScoreTests {
  /// Two-class predictions where each person has a skill of their own.
  func predictions(of cohort: Cohort, seed: UInt64, skill: Double) throws -> Predictions {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.scores"))
    let bias = Dictionary(
      uniqueKeysWithValues: Set(cohort.records.map(\.personIdentity)).sorted().map {
        ($0, stream.normal())
      })
    var probabilities: [Double] = []
    for (record, number) in zip(cohort.records, cohort.classes) {
      let shift = skill + (bias[record.personIdentity] ?? 0)
      let logit = (number == 1 ? shift : -shift) + stream.normal()
      let share = 1 / (1 + exp(-logit))
      probabilities += [1 - share, share]
    }
    return try Predictions(
      classCount: 2, truth: cohort.classes, probabilities: probabilities,
      persons: cohort.records.map(\.personIdentity))
  }

  let cohort = Cohort(persons: 15)

  func split(_ level: Split.Level = .person) throws -> Split {
    try Split.folds(5, by: level, of: cohort.records, classes: cohort.classes, seed: 1)
  }

  @Test func everyPrintedScoreNamesItsSplitItsPersonsAndItsInterval() throws {
    let made = try predictions(of: cohort, seed: 1, skill: 0.5)
    for level in Split.Level.allCases {
      let scores = try Score.all(of: made, under: try split(level))
      #expect(scores.map(\.metric) == Metric.allCases)
      for score in scores {
        let interval = try #require(score.interval)
        #expect(interval.low <= score.value || score.metric == .expectedCalibrationError)
        #expect(interval.low < interval.high)
        let text = score.description
        #expect(text.contains("\(level.rawValue) split, 15 persons, 120 windows"))
        #expect(text.contains(String(format: "[%.3f, %.3f]", interval.low, interval.high)))
        #expect(!text.contains("trunk"))
      }
    }
    let seen = try Score.all(of: made, under: try split(), personsSeenByTrunk: 15)
    #expect(seen.allSatisfy { "\($0)".hasSuffix("trunk has seen 15 of 15 test persons") })
  }

  @Test func intervalsAreTheSameAgainAndOthersWithAnotherSeed() throws {
    let made = try predictions(of: cohort, seed: 1, skill: 0.5)
    let first = try Score.all(of: made, under: try split())
    #expect(try Score.all(of: made, under: try split()) == first)
    let other = try Score.all(of: made, under: try split(), bootstrap: Bootstrap(seed: 2))
    #expect(other.map(\.value) == first.map(\.value))
    #expect(other.map(\.interval) != first.map(\.interval))
  }

  /// The mean of per-person accuracies is a plain mean of independent draws, so the bootstrap's
  /// interval must be close to ±1.96 standard errors.
  @Test func theIntervalOfAnAccuracyIsThatOfPersonsNotOfWindows() throws {
    let big = Cohort(persons: 60, windows: 10)
    let made = try predictions(of: big, seed: 4, skill: 0.3)
    let split = try Split.folds(5, by: .person, of: big.records, classes: big.classes, seed: 1)
    let score = try #require(try Score.all(of: made, under: split).first)
    var right: [String: Double] = [:]
    for (window, predicted) in made.predicted.enumerated() where predicted == made.truth[window] {
      right[made.persons[window], default: 0] += 1.0 / 20
    }
    let values = Set(made.persons).map { right[$0] ?? 0 }
    let mean = values.reduce(0, +) / 60
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 60
    let halfWidth = 1.96 * (variance / 60).squareRoot()
    let interval = try #require(score.interval)
    #expect(abs(score.value - mean) < 1e-9)
    #expect(abs((interval.high - interval.low) / (2 * halfWidth) - 1) < 0.08)
    let windowHalfWidth = 1.96 * (mean * (1 - mean) / 1200).squareRoot()
    #expect(halfWidth > 1.5 * windowHalfWidth, "the cohort must tell the two apart")
  }

  /// Of two persons, one all right and one all wrong, a quarter of the resamples is one twice.
  @Test func aResampleMayDrawAnyPersonTwice() throws {
    let two = Cohort(persons: 2)
    let made = try Predictions(
      classCount: 2, truth: two.classes,
      probabilities: zip(two.records, two.classes).flatMap { record, number in
        (record.person == "P0") == (number == 0) ? [1.0, 0.0] : [0.0, 1.0]
      }, persons: two.records.map(\.personIdentity))
    let split = try Split.folds(2, by: .person, of: two.records, classes: two.classes, seed: 1)
    let score = try #require(try Score.all(of: made, under: split).first)
    #expect(score.value == 0.5)
    #expect(score.interval == Interval(low: 0, high: 1))
  }

  @Test func onePersonHasNoInterval() throws {
    let one = Cohort(persons: 1)
    let made = try predictions(of: one, seed: 1, skill: 1)
    let split = try Split.folds(2, by: .window, of: one.records, classes: one.classes, seed: 1)
    let score = try #require(try Score.all(of: made, under: split).first)
    #expect(score.interval == nil)
    #expect(score.description.contains("1 person, 8 windows, no interval"))
  }

  @Test func predictionsOfOtherWindowsAreNotScored() throws {
    let made = try predictions(of: Cohort(persons: 14), seed: 1, skill: 1)
    #expect(throws: EvaluationError.self) { try Score.all(of: made, under: try split()) }
  }

  @Test func aMethodDiffersFromItselfByNothing() throws {
    let made = try predictions(of: cohort, seed: 1, skill: 0.5)
    let difference = try #require(try ScoreDifference(of: .macroF1, made, minus: made))
    #expect(difference.value == 0)
    #expect(difference.interval == Interval(low: 0, high: 0))
    #expect(!difference.excludesZero)
  }

  @Test func aPairedDifferenceIsNarrowerThanTwoIntervals() throws {
    let better = try predictions(of: cohort, seed: 1, skill: 1.4)
    let worse = try predictions(of: cohort, seed: 1, skill: 0.2)
    let difference = try #require(try ScoreDifference(of: .accuracy, better, minus: worse))
    let reverse = try #require(try ScoreDifference(of: .accuracy, worse, minus: better))
    #expect(difference.excludesZero && difference.value > 0)
    #expect(abs(difference.value + reverse.value) < 1e-12)
    let paired = try #require(difference.interval)
    let alone = try [better, worse].map { made in
      let interval = try #require(try Score.all(of: made, under: try split()).first?.interval)
      return interval.high - interval.low
    }
    let unpaired = (alone[0] * alone[0] + alone[1] * alone[1]).squareRoot()
    #expect(paired.high - paired.low < unpaired)
  }

  @Test func differentWindowsAreNotCompared() throws {
    let one = try predictions(of: cohort, seed: 1, skill: 1)
    let other = try predictions(of: Cohort(persons: 14), seed: 1, skill: 1)
    #expect(throws: EvaluationError.self) {
      try ScoreDifference(of: .accuracy, one, minus: other)
    }
  }
}
