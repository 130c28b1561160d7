import ECGEvaluation
import ECGSignal
import Foundation
import TestSupport
import Testing

/// With its switch a defect of the published code is there, without it is not. Those of the data
/// have their tests beside the readers of the data sets.
@Suite struct PublishedDefectTests {
  @Test(arguments: [false, true]) func testRowsReachThePretraining(isPublished: Bool) throws {
    let data = try Cohort(persons: 6).data()
    var configuration = testConfiguration()
    configuration.levels = [.person]
    configuration.pretrainingIncludesTest = isPublished
    let spy = NearestNeighbourTrainer()
    _ = try Evaluation(configuration: configuration, trainer: spy).run(on: data)
    let folds = try configuration.splits(of: data)[0].folds
    for (fold, seen) in zip(folds, spy.pretrained) {
      #expect(Set(seen).isDisjoint(with: fold.test) == !isPublished)
    }
  }

  /// Scores 1, 2 and 4: as published the class of 4 is 3, of three classes 0 to 2.
  @Test(arguments: [false, true]) func aMissingScoreBreaksTheCoding(isPublished: Bool) throws {
    let cohort = Cohort(persons: 8, classes: 3)
    let data = try EvaluationData(
      windows: cohort.personWindows(), records: cohort.records, classes: cohort.classes,
      classNames: ["1", "2", "4"])
    var configuration = testConfiguration()
    configuration.levels = [.window]
    configuration.methods = [.supervised, .recordingLookup]
    configuration.countsDistinctScores = isPublished
    let spy = NearestNeighbourTrainer()
    let result = try Evaluation(configuration: configuration, trainer: spy).run(on: data)
    let lookup = try #require(result[.window]?[.recordingLookup])
    let ofFour = lookup.confusion[truth: 2, predicted: 2]
    #expect((ofFour == 0) == isPublished, "a look-up of the recording knows every label")
    for task in spy.answered {
      let shown = (task.training + task.validation).contains { cohort.classes[$0] == 2 }
      #expect(shown == !isPublished)
      #expect(task.trainingClasses.allSatisfy { (0..<3).contains($0) })
    }
    var words = configuration
    words.countsDistinctScores = true
    #expect(throws: EvaluationError.self) {
      try Evaluation(configuration: words, trainer: spy).run(on: try cohort.data())
    }
  }

  @Test(arguments: [false, true]) func nothingIsSetAside(isPublished: Bool) throws {
    let data = try Cohort(persons: 6).data()
    var definition = StudyDefinition(
      name: "test", data: [.init(name: "cohort", stores: ["cohort"], target: "class")],
      methods: [.supervised])
    definition.splits = [.person]
    definition.settings = .group([
      "folds": .number(3), "resamples": .number(0), "permutations": .number(9),
      "asPublished": .list(isPublished ? [.text("noValidation")] : []),
    ])
    let spy = NearestNeighbourTrainer()
    let plan = try StudyPlan(definition, checksums: ["1"])
    try withTemporaryFolder { folder in
      try StudyRun(folder: folder, version: "test") { _ in spy }
        .run(plan.cells, data: { _ in (data, .standard) })
    }
    #expect(spy.answered.count == 3)
    #expect(spy.answered.allSatisfy { $0.validation.isEmpty == isPublished })
  }

  @Test func thePublishedF1IsThatOfTheMeans() throws {
    let golden = try #require(try MetricCase.all().first { $0.name == "four classes" })
    let predictions = try golden.predictions()
    #expect(Metric.publishedF1.value(of: predictions) != Metric.macroF1.value(of: predictions))
  }
}
