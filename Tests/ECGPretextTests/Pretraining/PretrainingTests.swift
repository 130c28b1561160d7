import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import ReferenceEngine
import Testing

@Suite struct PretrainingTests {
  @Test func anEpochShowsEveryWindowOnceInBatchesOfTheAskedSize() throws {
    let spy = SpyEngine()
    let example = ExamplePretraining(epochs: 2)
    _ = try Pretraining(configuration: example.configuration, engine: spy, threads: 1)
      .run(on: example.training)
    #expect(spy.steps.map(\.rows) == [28, 28, 14, 28, 28, 14])
    #expect(spy.steps.map(\.step.index) == [0, 1, 2, 3, 4, 5])
    #expect(spy.steps.allSatisfy { $0.step.seed == 11 })
    // ×0.9 after four steps, as the example asks.
    let (rate, decayed) = (Float(1e-3), Float(1e-3) * 0.9)
    #expect(
      spy.steps.map(\.step.learningRate) == [rate, rate, rate, rate, decayed, decayed])

    let originals = Set((0..<10).map { example.training.window($0) })
    for epoch in [spy.steps[..<3], spy.steps[3...]] {
      #expect(Set(epoch.flatMap(\.originals)) == originals)
      #expect(epoch.flatMap(\.originals).count == 10)
    }
    #expect(spy.steps[..<3].flatMap(\.originals) != spy.steps[3...].flatMap(\.originals))
  }

  @Test func theNetworkStartsFromTheSeedsParameters() throws {
    let spy = SpyEngine()
    let example = ExamplePretraining()
    _ = try Pretraining(configuration: example.configuration, engine: spy, threads: 1)
      .run(on: example.training)
    let architecture = example.configuration.architecture(windowLength: 64)
    #expect(spy.initial == .glorotUniform(for: architecture, seed: 11))
  }

  @Test(arguments: [2, 7], [false, true])
  func threadsChangeNoBit(threads: Int, isNative: Bool) throws {
    var example = ExamplePretraining()
    example.isNative = isNative
    example.threads = 1
    let one = try example.run()
    example.threads = threads
    #expect(try isSame(example.run(), one))
  }

  @Test func anotherSeedGivesAnotherNetwork() throws {
    var example = ExamplePretraining(epochs: 1)
    let one = try example.run()
    example.configuration.seed = 12
    #expect(try example.run().parameters != one.parameters)
  }

  @Test func heldOutWindowsChangeNothingInTraining() throws {
    var example = ExamplePretraining()
    let scored = try example.run()
    example.heldOut = nil
    let plain = try example.run()
    #expect(plain.parameters == scored.parameters)
    #expect(plain.history.map(\.training) == scored.history.map(\.training))
    #expect(plain.history.allSatisfy { $0.heldOut == nil })
    #expect(scored.history.allSatisfy { $0.heldOut?.signals == 35 })
    example.heldOut = WindowArray(samples: [], windowLength: 64)
    #expect(try isSame(example.run(), plain))
  }

  @Test(arguments: [false, true])
  func scoresOfGroupsAddUpToThoseOfTheLastEpoch(isNative: Bool) throws {
    var example = ExamplePretraining()
    example.isNative = isNative
    let result = try example.run()
    let heldOut = try #require(example.heldOut)
    let groups = try example.pretraining.scores(
      of: result, on: heldOut, groups: [[3, 0], [4], [1, 2]])
    #expect(groups.map(\.signals) == [14, 7, 14])
    let together = PretextScores(adding: groups)
    let last = try #require(result.history.last?.heldOut)
    #expect(together.tasks.map(\.truePositives) == last.tasks.map(\.truePositives))
    #expect(together.tasks.map(\.falsePositives) == last.tasks.map(\.falsePositives))
    #expect(together.signals == last.signals)
    #expect(abs(together.loss - last.loss) < 1e-5)
    #expect(Set(groups.map(\.loss)).count == 3)
  }

  @Test func scoresCountEverySignalOnce() throws {
    let history = try ExamplePretraining().run().history
    #expect(history.map(\.epoch) == [1, 2])
    #expect(history.map(\.learningRate) == [1e-3, Float(1e-3) * 0.9])
    for epoch in history {
      #expect(epoch.training.signals == 70)
      for task in epoch.training.tasks {
        #expect(task.truePositives + task.falseNegatives == 10)
        #expect(task.falsePositives + task.trueNegatives == 60)
        #expect(task.constantAnswerF1 == 0.25)
      }
    }
  }

  /// The held-out scores against the network's own answers, computed by hand.
  @Test func heldOutScoresAreThoseOfTheNetworkAfterTheEpoch() throws {
    let example = ExamplePretraining(epochs: 1)
    let result = try example.run()
    let heldOut = try #require(example.heldOut)
    let producer = PretextBatchProducer(
      source: heldOut, transformations: .standard, seed: 11, threads: 1)
    var batch = TrainingBatch(capacity: 35, architecture: result.architecture)
    producer.fill(&batch, windows: Array(0..<5)[...], drawing: .heldOut)
    let outcome = try ReferenceEngine(threads: 1)
      .makeNetwork(result.architecture, parameters: result.parameters, maximumBatch: 35)
      .evaluate(batch)
    let scores = try #require(result.history.last?.heldOut)
    #expect(abs(scores.loss - outcome.loss) < 1e-6)
    for (head, task) in scores.tasks.enumerated() {
      #expect(abs(task.loss - outcome.headLosses[head]) < 1e-6)
      let yes = (0..<35).filter { outcome.logits[$0 * 7 + head] > 0 }
      #expect(task.truePositives == yes.count { $0 % 7 == head })
      #expect(task.falsePositives == yes.count { $0 % 7 != head })
    }
  }

  @Test func aSmallNetworkLearnsToRecogniseTransformations() throws {
    var example = ExamplePretraining(epochs: 40)
    example.training = exampleWindows(count: 24, length: 256, seed: 1)
    example.heldOut = exampleWindows(count: 12, length: 256, seed: 2)
    example.configuration.transformations = try TransformationSet([
      Original(), AdditiveNoise(signalToNoise: 0), Negation(),
    ])
    example.configuration.lossWeights = ["negation": 0.195]
    example.configuration.headDropout = 0
    example.configuration.optimisation.learningRate = 1e-2
    example.configuration.optimisation.decaySteps = 0
    let history = try example.run().history
    let (first, last) = try (#require(history.first), #require(history.last))
    #expect(last.training.loss < 0.5 * first.training.loss)
    let heldOut = try #require(last.heldOut)
    for task in heldOut.tasks { #expect(task.f1 > task.constantAnswerF1 + 0.2) }
  }

  @Test func theObserverIsToldOfEachStepAndMayStop() throws {
    var told: [String] = []
    let result = try ExamplePretraining().run { event in
      switch event {
      case .step(let progress): told.append("step \(progress.epoch).\(progress.step)")
      case .evaluation: told.append("evaluation")
      case .epoch(let epoch, let progress):
        told.append("epoch \(epoch.epoch) \(progress.epoch).\(progress.step)")
      case .resumed, .checkpoint: told.append("unexpected")
      }
      if case .step(let progress) = event, progress.epoch == 2, progress.step == 2 { return .stop }
      return .continue
    }
    #expect(
      told == [
        "step 1.1", "step 1.2", "step 1.3", "evaluation", "evaluation", "epoch 1 1.3", "step 2.1",
        "step 2.2",
      ])
    #expect(!result.finished)
    #expect(result.history.count == 1)
  }

  @Test func progressTellsHowMuchIsLeft() throws {
    var last: PretrainingProgress?
    try ExamplePretraining().run { event in
      if case .step(let progress) = event {
        last = progress
        #expect(progress.steps == 3)
        #expect(progress.epochs == 2)
        #expect(progress.loss > 0)
        #expect(progress.signalsPerSecond > 0)
      }
      return .continue
    }
    #expect(last?.signals == 140)
    #expect(last?.secondsLeft == 0)
  }

  @Test func anErrorOfTheObserverEndsTheRun() {
    struct Interruption: Error {}
    #expect(throws: Interruption.self) {
      try ExamplePretraining().run { _ in throw Interruption() }
    }
  }

  @Test func whatCannotBeRunIsRefused() throws {
    func refusal(_ change: (inout ExamplePretraining) throws -> Void) throws -> String {
      var example = ExamplePretraining()
      try change(&example)
      return String(describing: try #require(throws: (any Error).self) { try example.run() })
    }
    #expect(
      try refusal { $0.training = WindowArray(samples: [], windowLength: 64) }
        .contains("no window to train on"))
    #expect(
      try refusal { $0.heldOut = exampleWindows(count: 2, length: 65) }
        .contains("have 65 samples, but 64 are needed"))
    #expect(try refusal { $0.configuration.epochs = 0 }.contains("at least 1 epoch"))
    #expect(try refusal { $0.configuration.batchWindows = 0 }.contains("at least 1 window"))
    #expect(try refusal { $0.configuration.headDropout = 1 }.contains("dropout"))
    #expect(
      try refusal { $0.configuration.lossWeights = ["blur": 1] }
        .contains("there is no transformation 'blur'"))
    #expect(
      try refusal { $0.configuration.lossWeights = ["warp": -1] }.contains("must be 0 or more"))
    #expect(
      try refusal { $0.configuration.optimisation.learningRate = 0 }.contains("learning rate"))
    #expect(
      try refusal { $0.configuration.trunk.poolWidth = 1000 }.contains("too short"))
  }

  @Test func aLossThatIsNoNumberEndsTheRun() throws {
    var example = ExamplePretraining()
    example.heldOut = nil
    example.training.samples[70] = .nan
    let error = try #require(throws: PretextError.self) { try example.run() }
    #expect(error.description.contains("the loss is no longer a number at step"))
  }

  @Test func aConfigurationReadsWithDefaultsForWhatIsNotGiven() throws {
    let json = #"{"epochs": 3, "transformations": [{"name": "original"}, {"name": "noise"}]}"#
    let read = try JSONDecoder().decode(PretrainingConfiguration.self, from: Data(json.utf8))
    var expected = PretrainingConfiguration()
    expected.epochs = 3
    expected.transformations = try TransformationSet([Original(), AdditiveNoise()])
    #expect(read == expected)
    let again = try JSONDecoder().decode(
      PretrainingConfiguration.self, from: JSONEncoder().encode(expected))
    #expect(again == expected)
  }
}
