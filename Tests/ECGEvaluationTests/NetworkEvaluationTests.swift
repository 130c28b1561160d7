import ECGEvaluation
import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal
import Foundation
import ReferenceEngine
import TestSupport
import Testing

/// The whole evaluation with real, tiny networks on the plain engine.
@Suite struct NetworkEvaluationTests {
  let engine = ReferenceEngine(threads: 2)

  /// Windows of 64 samples: a wave whose frequency is the class and whose height is the person.
  func data(persons: Int = 5) throws -> EvaluationData {
    let cohort = Cohort(persons: persons, windows: 3)
    var samples: [Float] = []
    for (index, record) in cohort.records.enumerated() {
      var stream = RandomStream(seed: 1, purpose: RandomPurpose("test.waves"), index: index)
      let height = 1 + 0.1 * (Double(record.person.dropFirst()) ?? 0)
      let (phase, period) = (stream.uniform(), cohort.classes[index] == 0 ? 6.0 : 14.0)
      samples += (0..<64).map { time in
        Float(height * sin(2 * .pi * (Double(time) / period + phase)) + 0.1 * stream.normal())
      }
    }
    return try EvaluationData(
      windows: WindowArray(samples: samples, windowLength: 64), records: cohort.records,
      classes: cohort.classes, classNames: ["slow", "fast"])
  }

  func configuration() throws -> EvaluationConfiguration {
    var configuration = testConfiguration()
    configuration.levels = [.person]
    configuration.folds = 2
    configuration.methods = [.pretrainedFrozen, .supervised, .fineTuned, .randomTrunk, .majority]
    configuration.pretraining.epochs = 2
    configuration.pretraining.batchWindows = 8
    configuration.pretraining.transformations = try TransformationSet([
      Original(), Negation(), TemporalInversion(),
    ])
    configuration.pretraining.trunk = NetworkArchitecture.Trunk(
      blocks: [
        NetworkArchitecture.Block(filters: 4, kernel: 8),
        NetworkArchitecture.Block(filters: 6, kernel: 4),
      ], poolWidth: 4)
    configuration.pretraining.headHidden = [4]
    configuration.emotion.hidden = [8]
    configuration.emotion.epochs = 12
    configuration.emotion.batchSize = 8
    configuration.emotion.learningRate = 0.01
    return configuration
  }

  @Test func everyNetworkMethodLearnsAndTheResultIsTheSameAgain() throws {
    let evaluation = Evaluation(configuration: try configuration(), engine: engine)
    let first = try evaluation.run(on: data())
    for method in [ECGEvaluation.Method.supervised, .fineTuned] {
      let score = try #require(first.score(.accuracy, method, .person))
      #expect(score.value > 0.8, "\(method.displayName): \(score)")
    }
    for method in try configuration().methods where method != .majority {
      let choices = try #require(first[.person]?[method]).choices
      #expect(choices.count == 2)
      #expect(choices.allSatisfy { (1...12).contains($0.epochs ?? 0) })
    }
    let second = try Evaluation(
      configuration: configuration(), engine: ReferenceEngine(threads: 1)
    ).run(on: data())
    #expect(try first.json() == second.json())
    #expect(first.predictions?.csv == second.predictions?.csv)
  }

  @Test func theSecondTrainingHasTheEpochsThatWereChosen() throws {
    for refit in [true, false] {
      var configuration = try configuration()
      configuration.methods = [.supervised]
      configuration.refit = refit
      var epochs = [0, 0]
      let evaluation = Evaluation(configuration: configuration, engine: engine)
      let result = try evaluation.run(on: data(persons: 6)) {
        if case .training(let part, _, _) = $0 { epochs[part.fold - 1] += 1 }
        return .continue
      }
      let choices = try #require(result[.person]?[.supervised]).choices
      #expect(epochs == choices.map { 12 + (refit ? $0.epochs ?? 0 : 0) })
    }
  }

  @Test func aTrunkOfItsOwnGivesOtherAnswersThanARandomOne() throws {
    let result = try Evaluation(configuration: try configuration(), engine: engine).run(on: data())
    let answers = try [ECGEvaluation.Method.pretrainedFrozen, .randomTrunk].map { method in
      try #require(try result.predictions?.predictions(.person, method)).probabilities
    }
    #expect(answers[0] != answers[1])
  }

  @Test func aStopDuringTrainingStopsTheEvaluation() throws {
    for stage in ["pretraining", "training"] {
      #expect(throws: EvaluationError.stopped(finished: 0, total: 10)) {
        try Evaluation(configuration: try configuration(), engine: engine).run(on: data()) {
          switch $0 {
          case .pretraining(_, .epoch): stage == "pretraining" ? .stop : .continue
          case .training: .stop
          default: .continue
          }
        }
      }
    }
  }

  @Test func anEvaluationStoppedInPretrainingGoesOnFromItsCheckpoint() throws {
    var configuration = try configuration()
    configuration.methods = [.pretrainedFrozen]
    let evaluation = Evaluation(configuration: configuration, engine: engine)
    let whole = try evaluation.run(on: data())
    try withTemporaryFolder { folder in
      let cache = EvaluationCache(folder: folder)
      #expect(throws: EvaluationError.stopped(finished: 0, total: 2)) {
        try evaluation.run(on: data(), cache: cache) {
          if case .pretraining(_, .step) = $0 { return .stop }
          return .continue
        }
      }
      var resumed = false
      let result = try evaluation.run(on: data(), cache: cache) {
        if case .pretraining(_, .resumed) = $0 { resumed = true }
        return .continue
      }
      #expect(resumed)
      #expect(try result.json() == whole.json())
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.filter { $0.hasSuffix(".safetensors") } == [])
    }
  }

  @Test func withoutValidationTheLastEpochAnswers() throws {
    var configuration = try configuration()
    configuration.methods = [.supervised]
    configuration.validationShare = 0
    let result = try Evaluation(configuration: configuration, engine: engine).run(on: data())
    let choices = try #require(result[.person]?[.supervised]).choices
    #expect(choices.map(\.epochs) == [12, 12])
  }

  @Test func trainingWindowsOfASingleClassGiveThatClass() throws {
    var cohort = Cohort(persons: 2, classes: 1)
    cohort.classes = cohort.records.map { $0.person == "P0" ? 0 : 1 }
    let data = try EvaluationData(
      windows: WindowArray(samples: [Float](repeating: 1, count: 8 * 64), windowLength: 64),
      records: cohort.records, classes: cohort.classes, classNames: ["a", "b"])
    var configuration = try configuration()
    configuration.methods = [.supervised, .randomTrunk]
    let result = try Evaluation(configuration: configuration, engine: engine).run(on: data)
    #expect(result.score(.accuracy, .supervised, .person)?.value == 0)
  }
}
