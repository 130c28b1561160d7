import ECGEvaluation
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationTests {
  /// Every person has one class, and windows tell the person only.
  func personIsTheLabel(persons: Int = 24) -> Cohort {
    var cohort = Cohort(persons: persons, classes: 1, windows: 8)
    var stream = RandomStream(seed: 5, purpose: RandomPurpose("test.labels"))
    let order = stream.permutation(of: persons)
    cohort.classes = cohort.records.map { record in
      order[Int(record.person.dropFirst()) ?? 0] % 2
    }
    return cohort
  }

  @Test func recognisingThePersonLooksPerfectUnderTheWindowSplitAndIsChanceUnderThePersonSplit()
    throws
  {
    let data = try personIsTheLabel().data()
    let result = try Evaluation(
      configuration: testConfiguration(), trainer: NearestNeighbourTrainer()
    ).run(on: data)
    for method in [Method.pretrainedFrozen, .supervised, .personLookup] {
      let window = try #require(result.score(.accuracy, method, .window))
      let person = try #require(result.score(.accuracy, method, .person))
      #expect(window.value > 0.99)
      #expect(abs(person.value - 0.5) < 0.25)
      let gap = try #require(
        result.leakGaps.first { $0.method == method && $0.difference.metric == .accuracy })
      #expect(gap.difference.value == window.value - person.value)
      #expect(gap.difference.excludesZero)
    }
    let interval = try #require(result.score(.accuracy, .supervised, .person)?.interval)
    #expect(interval.contains(0.5))
  }

  @Test func shuffledLabelsScoreChanceUnderEverySplit() throws {
    var cohort = Cohort(persons: 20, classes: 2, windows: 6)
    var stream = RandomStream(seed: 8, purpose: RandomPurpose("test.shuffle"))
    stream.shuffle(&cohort.classes)
    let result = try Evaluation(
      configuration: testConfiguration(), trainer: NearestNeighbourTrainer()
    ).run(on: cohort.data())
    for level in Split.Level.allCases {
      for metric in [Metric.balancedAccuracy, .areaUnderROC] {
        let score = try #require(result.score(metric, .supervised, level))
        #expect(try #require(score.interval).contains(0.5), "\(score)")
      }
      let difference = try #require(
        result[level]?[.supervised]?.differences.first {
          $0.from == .majority && $0.difference.metric == .accuracy
        })
      #expect(abs(difference.difference.value) < 0.15)
    }
  }

  @Test func nothingOfATestFoldReachesTraining() throws {
    let cohort = Cohort(persons: 10)
    let data = try cohort.data()
    let configuration = testConfiguration()
    let splits = try configuration.splits(of: data)
    let spy = NearestNeighbourTrainer()
    _ = try Evaluation(configuration: configuration, trainer: spy).run(on: data, splits: splits)
    let folds = splits.flatMap(\.folds)
    #expect(spy.pretrained == folds.map(\.development), "one trunk a fold, of what is not tested")
    #expect(spy.answered.count == 4 * folds.count)
    for (number, task) in spy.answered.enumerated() {
      let fold = folds[number / 4]
      #expect(task.training == fold.training)
      #expect(task.validation == fold.validation)
      #expect(task.test == fold.test)
      #expect(task.trainingClasses == fold.training.map { cohort.classes[$0] })
      #expect(task.validationClasses == fold.validation.map { cohort.classes[$0] })
    }
  }

  @Test func asPublishedATrunkSeesTheTestWindowsAndScoresSaySo() throws {
    let data = try Cohort(persons: 6).data()
    var configuration = testConfiguration()
    configuration.levels = [.person]
    configuration.pretrainingIncludesTest = true
    let spy = NearestNeighbourTrainer()
    let result = try Evaluation(configuration: configuration, trainer: spy).run(on: data)
    #expect(spy.pretrained.allSatisfy { $0.count == data.classes.count })
    let score = try #require(result.score(.macroF1, .pretrainedFrozen, .person))
    #expect(score.personsSeenByTrunk == 6)
    #expect(result.score(.macroF1, .supervised, .person)?.personsSeenByTrunk == nil)
  }

  /// Unlabelled windows: the cohort's own persons in another recording, in the same recordings at
  /// other times, and persons of another data set.
  @Test(arguments: Split.Level.allCases)
  func unlabelledWindowsNeverBelongToWhatIsTested(level: Split.Level) throws {
    let cohort = Cohort(persons: 8)
    var extra: [WindowRecord] = []
    for record in cohort.records where record.start == 0 {
      var own = record
      own.start = 5
      extra.append(own)
      own.recording = "unlabelled"
      extra.append(own)
      own.dataset = "elsewhere"
      extra.append(own)
    }
    var samples = [Float](repeating: 0, count: extra.count * 9)
    for index in extra.indices { samples[index * 9] = Float(1000 + index) }
    let data = try cohort.data(
      unlabelled: UnlabelledWindows(
        windows: WindowArray(samples: samples, windowLength: 9), records: extra))
    var configuration = testConfiguration()
    configuration.levels = [level]
    configuration.methods = [.pretrainedFrozen]
    let split = try #require(try configuration.splits(of: data).first)
    let spy = NearestNeighbourTrainer()
    _ = try Evaluation(configuration: configuration, trainer: spy).run(on: data, splits: [split])
    #expect(spy.pretrained.count == split.folds.count)
    for (fold, seen) in zip(split.folds, spy.pretrained) {
      let tested = fold.test.map { cohort.records[$0] }
      let used = seen.filter { $0 >= 1000 }.map { extra[$0 - 1000] }
      #expect(used.filter { $0.dataset == "elsewhere" }.count == 16, "others always help")
      #expect(used.count > 16, "some of the cohort's own help")
      for record in used {
        switch level {
        case .window:
          #expect(
            !tested.contains {
              $0.recordingIdentity == record.recordingIdentity && abs($0.start - record.start) < 10
            })
        case .recording:
          #expect(!tested.contains { $0.recordingIdentity == record.recordingIdentity })
        case .person:
          #expect(!tested.contains { $0.personIdentity == record.personIdentity })
        }
      }
    }
  }

  @Test func anExistingTrunkIsUsedAndItsScoresSayWhomItHasSeen() throws {
    let data = try Cohort(persons: 6).data()
    var configuration = testConfiguration()
    configuration.levels = [.person]
    let trunk = ExistingTrunk(
      parameters: Parameters(),
      architecture: NetworkArchitecture(trunk: nil, inputLength: 1, heads: []),
      personsSeen: ["cohort/P1", "cohort/P3", "elsewhere/P1"])
    let spy = NearestNeighbourTrainer()
    let result = try Evaluation(configuration: configuration, trainer: spy)
      .run(on: data, existingTrunk: trunk)
    #expect(spy.pretrained.isEmpty)
    for score in try #require(result[.person]?[.fineTuned]).scores {
      #expect(score.description.hasSuffix("trunk has seen 2 of 6 test persons"))
    }
    #expect(result.table.contains("has seen 2 of the test persons"))
    #expect(result.score(.macroF1, .randomTrunk, .person)?.personsSeenByTrunk == nil)
  }

  @Test func aSplitOfOtherWindowsIsRefused() throws {
    let data = try Cohort(persons: 6).data()
    let others = try Cohort(persons: 7).data()
    let split = try #require(try testConfiguration().splits(of: others).first)
    #expect(throws: EvaluationError.self) {
      try Evaluation(configuration: testConfiguration(), trainer: NearestNeighbourTrainer())
        .run(on: data, splits: [split])
    }
  }

  @Test func oneClassIsNamed() throws {
    #expect(throws: EvaluationError.oneClass("class 0")) {
      try Cohort(persons: 3, classes: 1).data()
    }
  }

  @Test func windowsWithoutALabelServePretrainingOnly() throws {
    let cohort = Cohort(persons: 3)
    var labels: [Int?] = cohort.classes
    labels[0] = nil
    labels[5] = nil
    let elsewhere = UnlabelledWindows(
      windows: WindowArray(samples: [Float](repeating: 7, count: 9), windowLength: 9),
      records: [
        WindowRecord(dataset: "elsewhere", person: "A", recording: "r", start: 0, quality: 1)
      ])
    let data = try EvaluationData(
      windows: cohort.personWindows(), records: cohort.records, labels: labels,
      classNames: ["a", "b"], unlabelled: elsewhere)
    #expect(data.classes.count == cohort.records.count - 2)
    #expect(data.windows.window(0)[0] == 1)
    #expect(data.records[0] == cohort.records[1])
    let unlabelled = try #require(data.unlabelled)
    #expect((0..<3).map { unlabelled.windows.window($0)[0] } == [0, 5, 7])
    #expect(unlabelled.records.map(\.dataset) == ["cohort", "cohort", "elsewhere"])
  }
}

@Suite struct EvaluationCacheTests {
  let configuration = {
    var configuration = testConfiguration()
    configuration.levels = [.recording, .person]
    return configuration
  }()

  @Test func anInterruptedEvaluationGoesOnWhereItWas() throws {
    let data = try Cohort(persons: 6).data()
    let whole = try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
      .run(on: data)
    try withTemporaryFolder { folder in
      let cache = EvaluationCache(folder: folder.appending(path: "parts"))
      let first = NearestNeighbourTrainer()
      // The 16th part is the second method of the third fold: its trunk must be kept.
      #expect(throws: EvaluationError.stopped(finished: 16, total: 56)) {
        try Evaluation(configuration: configuration, trainer: first).run(on: data, cache: cache) {
          if case .finished(_, let progress) = $0, progress.finished == 16 { return .stop }
          return .continue
        }
      }
      let second = NearestNeighbourTrainer()
      var restored = 0
      let resumed = try Evaluation(configuration: configuration, trainer: second)
        .run(on: data, cache: cache) {
          if case .finished(_, let progress) = $0 { restored = progress.fromCache }
          return .continue
        }
      #expect(restored == 16)
      #expect(first.pretrained.count == 3)
      #expect(second.pretrained.count == 5)
      #expect(try resumed.json() == whole.json())
      #expect(resumed.predictions?.csv == whole.predictions?.csv)
    }
  }

  @Test func theCacheOfAnotherEvaluationIsRefused() throws {
    let data = try Cohort(persons: 6).data()
    try withTemporaryFolder { folder in
      let cache = EvaluationCache(folder: folder)
      _ = try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
        .run(on: data, cache: cache)
      var other = configuration
      other.seed = 2
      #expect(throws: EvaluationError.self) {
        try Evaluation(configuration: other, trainer: NearestNeighbourTrainer())
          .run(on: data, cache: cache)
      }
      let others = try Cohort(persons: 7).data()
      #expect(throws: EvaluationError.self) {
        try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
          .run(on: others, cache: cache)
      }
    }
  }

  @Test func aMethodAddedLaterIsAllThatIsMade() throws {
    let data = try Cohort(persons: 6).data()
    try withTemporaryFolder { folder in
      let cache = EvaluationCache(folder: folder)
      var fewer = configuration
      fewer.methods = [.supervised]
      _ = try Evaluation(configuration: fewer, trainer: NearestNeighbourTrainer())
        .run(on: data, cache: cache)
      fewer.methods = [.supervised, .randomTrunk]
      let second = NearestNeighbourTrainer()
      _ = try Evaluation(configuration: fewer, trainer: second).run(on: data, cache: cache)
      #expect(second.count == 8, "one training in each of the folds")
    }
  }

  @Test func aDamagedPartIsMadeAgain() throws {
    let data = try Cohort(persons: 6).data()
    try withTemporaryFolder { folder in
      let cache = EvaluationCache(folder: folder)
      let first = try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
        .run(on: data, cache: cache)
      let part = folder.appending(path: "person-fold2-supervised.json")
      let whole = try Data(contentsOf: part)
      for damaged in [whole.prefix(20), Data(#"{"probabilities":[0.5,0.5]}"#.utf8)] {
        try damaged.write(to: part)
        let again = NearestNeighbourTrainer()
        let second = try Evaluation(configuration: configuration, trainer: again)
          .run(on: data, cache: cache)
        #expect(again.count == 1)
        #expect(try second.json() == first.json())
      }
    }
  }
}
