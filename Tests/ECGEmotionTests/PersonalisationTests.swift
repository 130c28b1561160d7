import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Testing

@Suite struct PersonalisationTests {
  /// Persons whose classes differ in one feature, around a level that is each person's own and much larger
  /// than the difference.
  private func cohort(
    persons: Int, windows: Int
  ) -> (features: LabelledFeatures, records: [WindowRecord]) {
    var stream = RandomStream(seed: 6, purpose: RandomPurpose("test.personalisation"))
    var (values, classes, records): ([Float], [Int], [WindowRecord]) = ([], [], [])
    for person in 0..<persons {
      let level = 3 * stream.normal()
      for window in 0..<windows {
        let number = window % 2
        values.append(Float(level + Double(number) + 0.2 * stream.normal()))
        values.append(Float(0.3 * stream.normal()))
        classes.append(number)
        records.append(
          WindowRecord(
            dataset: "test", person: "p\(person)", recording: "r",
            start: Double(window * 10), quality: 1))
      }
    }
    return (LabelledFeatures(values: values, classes: classes), records)
  }

  private var training: EmotionTraining {
    var configuration = Tiny.configuration
    configuration.epochs = 10
    return EmotionTraining(configuration: configuration, engine: Tiny.engine)
  }

  @Test func aPersonsOwnMinutesHelpWherePersonsDiffer() throws {
    let (features, records) = cohort(persons: 6, windows: 60)
    var personalisation = PersonalisationConfiguration()
    personalisation.learningRate = 0.02
    personalisation.epochs = 60
    let curve = try PersonalisationCurve(
      features: features, records: records, classCount: 2, windowSeconds: 10, minutes: [0, 1, 3],
      training: training, personalisation: personalisation)
    #expect(curve.persons.count == 6 && curve.skipped.isEmpty)
    #expect(curve.persons.allSatisfy { $0.testWindows == 60 - 18 })
    #expect(curve.means[2] > curve.means[0] + 0.15, "\(curve.means)")
  }

  @Test func theTestWindowsAreTheSameForAllMinutesAndNeverGiven() throws {
    // The last third of each person has its classes turned round: only who learns from it profits.
    var (features, records) = cohort(persons: 3, windows: 60)
    for index in features.classes.indices where records[index].start >= 400 {
      features.classes[index] = 1 - features.classes[index]
    }
    var personalisation = PersonalisationConfiguration()
    personalisation.learningRate = 0.02
    personalisation.epochs = 60
    let curve = try PersonalisationCurve(
      features: features, records: records, classCount: 2, windowSeconds: 10, minutes: [0, 6],
      training: training, personalisation: personalisation)
    #expect(curve.persons.allSatisfy { $0.testWindows == 24 })
    #expect(curve.means[1] < 0.6, "\(curve.means)")
  }

  @Test func personsWithTooFewWindowsAreNamed() throws {
    let (features, records) = cohort(persons: 3, windows: 20)
    let curve = try PersonalisationCurve(
      features: features, records: records, classCount: 2, windowSeconds: 10, minutes: [0, 4],
      training: training)
    #expect(curve.persons.isEmpty && curve.skipped == ["test/p0", "test/p1", "test/p2"])
    #expect(throws: EmotionError.self) {
      try PersonalisationCurve(
        features: features, records: records, classCount: 2, windowSeconds: 10, minutes: [1, 0],
        training: training)
    }
  }

  @Test func aPersonalisedModelKeepsItsTrunk() throws {
    let model = try EmotionModelTests.model()
    let own = Tiny.windows(12, seed: 4)
    let personal = try model.personalised(on: own, engine: Tiny.engine)
    let trunk = model.network.parameters.filter(prefix: "trunk.")
    #expect(personal.network.parameters.filter(prefix: "trunk.") == trunk)
    #expect(personal.network.parameters != model.network.parameters)
    #expect(try EmotionModel(bytes: personal.bytes()) == personal)
    #expect(try model.personalised(on: own, engine: Tiny.engine) == personal)
    #expect(throws: EmotionError.self) {
      try model.personalised(
        on: LabelledWindows(
          windows: WindowArray(samples: [], windowLength: 64), classes: []), engine: Tiny.engine)
    }
  }

  @Test func restGivesTheRecordingsOwnScale() throws {
    let model = try EmotionModelTests.model()
    var stream = RandomStream(seed: 3, purpose: RandomPurpose("test.rest"))
    let trace = try SyntheticECG().trace(duration: 40, samplingRate: 250, using: &stream)
    var rest = try ECGRecording(samples: trace.samples, samplingRate: 250, unit: .millivolts)
    let found = try model.normalisation(fromRest: rest)
    #expect(
      found == AmplitudeNormalisation(fitting: try model.recipe.conditioned(rest).samples))
    rest.samples = [Float](repeating: 1, count: 10_000)
    #expect(throws: SignalError.self) { try model.normalisation(fromRest: rest) }
    rest.samples = Array(trace.samples[..<2500])
    #expect(throws: SignalError.tooShort(found: 10, needed: 30)) {
      try model.normalisation(fromRest: rest)
    }
  }

  @Test func heartRateAloneTellsWhatHeartRateTells() throws {
    var stream = RandomStream(seed: 3, purpose: RandomPurpose("test.rhythm"))
    let rows = (0..<200).map { index -> [Double?] in
      [70 + Double(index % 2) * 20 + 5 * stream.normal(), index % 5 == 0 ? nil : 50, 40]
    }
    let model = try #require(
      RhythmModel(fitting: rows, classes: (0..<200).map { $0 % 2 }, classCount: 2))
    var (calm, fast) = (
      HeartRateVariability(of: RRIntervals([])), HeartRateVariability(of: RRIntervals([]))
    )
    calm.meanHeartRate = 65
    fast.meanHeartRate = 95
    #expect(model.probabilities(of: calm)[0] > 0.8)
    #expect(model.probabilities(of: fast)[1] > 0.8)
    #expect(RhythmModel(fitting: [], classes: [], classCount: 2) == nil)
  }
}
