import ECGEvaluation
import ECGRandom
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct StudyTests {
  /// A study of a cohort of windows that tell the person and nothing else.
  func definition(methods: [Method] = [.pretrainedFrozen, .supervised, .majority])
    -> StudyDefinition
  {
    var definition = StudyDefinition(
      name: "test", data: [.init(name: "cohort", stores: ["cohort"], target: "class")],
      methods: methods)
    definition.references = [.majority]
    definition.settings = .group([
      "folds": .number(3), "resamples": .number(200), "permutations": .number(199),
    ])
    return definition
  }

  private func run(in folder: URL, _ trainer: NearestNeighbourTrainer) -> StudyRun {
    StudyRun(folder: folder, version: "test") { _ in trainer }
  }

  @Test func aCellIsDoneOnceAndTrunksAreSharedByAllThatNeedThem() throws {
    let data = try Cohort(persons: 9).data()
    var definition = definition(methods: [.pretrainedFrozen, .fineTuned, .pretrainedLinear])
    definition.splits = [.person]
    definition.factors = [
      .init(
        name: "labels",
        values: [
          .init(name: "half", set: .group(["labels": .group(["share": .number(0.5)])])),
          .init(name: "all", set: .group([:])),
        ])
    ]
    let plan = try StudyPlan(definition, checksums: ["1"])
    #expect(plan.cells.count == 6)
    try withTemporaryFolder { folder in
      let trainer = NearestNeighbourTrainer()
      let study = run(in: folder, trainer)
      try study.run(plan.cells, data: { _ in (data, .standard) })
      #expect(trainer.pretrained.count == 3, "one a fold, for three methods and two shares")
      #expect(study.left(of: plan.cells).isEmpty)
      let count = trainer.count
      try study.run(plan.cells, data: { _ in (data, .standard) })
      #expect(trainer.count == count)
    }
  }

  @Test func aStudyStoppedAnywhereEndsInTheSameBytes() throws {
    let data = try Cohort(persons: 9).data()
    let plan = try StudyPlan(definition(), checksums: ["1"])
    func bytes(_ folder: URL) throws -> [String: Data] {
      try plan.cells.reduce(into: [:]) { bytes, cell in
        bytes[cell.key] = try Data(contentsOf: folder.appending(path: "cells/\(cell.key).json"))
      }
    }
    try withTemporaryFolder { folder in
      let whole = folder.appending(path: "whole")
      try run(in: whole, NearestNeighbourTrainer()).run(
        plan.cells, data: { _ in (data, .standard) })
      let stopped = folder.appending(path: "stopped")
      var stops = 0
      while !run(in: stopped, NearestNeighbourTrainer()).left(of: plan.cells).isEmpty {
        var events = 0
        do {
          try run(in: stopped, NearestNeighbourTrainer()).run(
            plan.cells, data: { _ in (data, .standard) }
          ) { _ in
            events += 1
            return events > 4 + stops ? .stop : .continue
          }
        } catch EvaluationError.stopped { stops += 1 }
      }
      #expect(stops > 3)
      let (one, other) = (try bytes(stopped), try bytes(whole))
      #expect(one == other)
    }
  }

  @Test func sharesOfTheCellsAreAllOfThemOnceAndKeepTrunksTogether() throws {
    var definition = definition(methods: [.pretrainedFrozen, .fineTuned, .majority])
    definition.seeds = [1, 2, 3]
    let plan = try StudyPlan(definition, checksums: ["1"])
    let shares = (1...4).map { plan.shard($0, of: 4) }
    #expect(shares.flatMap { $0 }.map(\.key).sorted() == plan.cells.map(\.key).sorted())
    let trunks = shares.map { Set($0.map(\.trunks)) }
    for (number, share) in trunks.enumerated() {
      for other in trunks.dropFirst(number + 1) { #expect(share.isDisjoint(with: other)) }
    }
  }

  @Test func theNameOfACellIsOfEverythingItsResultDependsOn() throws {
    func keys(_ change: (inout StudyDefinition) -> Void, checksum: String = "1") throws -> [String]
    {
      var definition = definition(methods: [.majority])
      definition.splits = [.person]
      change(&definition)
      return try StudyPlan(definition, checksums: [checksum]).cells.map(\.key)
    }
    let usual = try keys { _ in }
    #expect(try keys { $0.title = "another" } == usual)
    #expect(try keys({ _ in }, checksum: "2") != usual)
    #expect(try keys { $0.seeds = [2] } != usual)
    #expect(try keys { $0.data[0].target = "other" } != usual)
    #expect(try keys { $0.settings = .group(["folds": .number(4)]) } != usual)
  }

  @Test func whatCannotBeComputedIsRecordedAndStopsNothing() throws {
    var definition = definition()
    definition.settings = .group(["folds": .number(7)])
    let plan = try StudyPlan(definition, checksums: ["1"])
    let data = try Cohort(persons: 5).data()
    try withTemporaryFolder { folder in
      let study = run(in: folder, NearestNeighbourTrainer())
      try study.run(plan.cells, data: { _ in (data, .standard) })
      for cell in plan.cells {
        let result = try #require(study.result(of: cell))
        #expect((result.failure != nil) == (cell.level == .person))
        #expect((result.outcome == nil) == (cell.level == .person))
      }
    }
  }

  @Test func aSettingThatNobodyKnowsIsNamed() throws {
    let tree = SettingsTree.group(["pretraining": .group(["epoch": .number(3)])])
    #expect(throws: EvaluationError.configuration("a study has no setting 'pretraining.epoch'")) {
      try StudySettings(tree)
    }
    let settings = try StudySettings(
      .group(["emotion": .group(["epochs": .number(3)]), "labels": .group(["share": .number(0.1)])])
    )
    #expect(settings.emotion.epochs == 3)
    #expect(settings.labels.share == 0.1)
    #expect(settings.folds == StudySettings().folds)
  }

  /// Labels dealt out at random: no test may find more than its level allows.
  @Test func shuffledLabelsAreSignificantNoMoreOftenThanTheLevel() throws {
    var found = 0
    for seed in 1...20 {
      var cohort = Cohort(persons: 10, classes: 2, windows: 5)
      // The labels of a person's two recordings are exchanged or not, by the throw of a coin.
      var stream = RandomStream(
        seed: UInt64(seed), purpose: RandomPurpose("test.shuffled-labels"))
      let flips = (0..<10).map { _ in stream.integer(below: 2) }
      cohort.classes = zip(cohort.records, cohort.classes).map { record, number in
        (number + flips[Int(record.person.dropFirst()) ?? 0]) % 2
      }
      let data = try cohort.data()
      var definition = definition()
      definition.seeds = [UInt64(seed)]
      let plan = try StudyPlan(definition, checksums: ["\(seed)"])
      try withTemporaryFolder { folder in
        let study = run(in: folder, NearestNeighbourTrainer())
        try study.run(plan.cells, data: { _ in (data, .standard) })
        let analysis = try StudyAnalysis(definition, plan.cells.compactMap(study.result(of:)))
        #expect(analysis.rows.count == 6)
        #expect(analysis.comparisons.count == 4)
        // The window split may find what it leaks; nothing may be found of unseen persons.
        if analysis.rows.contains(where: { $0.level == .person && ($0.chanceP ?? 1) < 0.05 }) {
          found += 1
        }
        if analysis.comparisons.contains(where: {
          $0.level == .person && ($0.correctedP ?? 1) < 0.05
        }) {
          found += 1
        }
      }
    }
    #expect(found <= 4, "40 families of tests at 0.05: 2 expected, 6 would be 1 in 70")
  }

  @Test func theLeakGapOfRecognisingThePersonIsFound() throws {
    var cohort = Cohort(persons: 20, classes: 1, windows: 8)
    cohort.classes = cohort.records.map { ((Int($0.person.dropFirst()) ?? 0) * 7 / 3) % 2 }
    let data = try cohort.data()
    let plan = try StudyPlan(definition(methods: [.supervised]), checksums: ["1"])
    try withTemporaryFolder { folder in
      let study = run(in: folder, NearestNeighbourTrainer())
      try study.run(plan.cells, data: { _ in (data, .standard) })
      let analysis = try StudyAnalysis(
        plan.definition, plan.cells.compactMap(study.result(of:)))
      let gap = try #require(analysis.rows.first { $0.level == .person }?.leakGap)
      #expect(gap.value > 0.3)
      #expect(gap.interval.map { !$0.contains(0) } ?? false)
    }
  }
}
