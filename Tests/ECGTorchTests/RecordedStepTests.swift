import ECGNetwork
import ECGPretext
import ECGTorch
import Foundation
import Testing

/// Steps that are recorded and replayed. On processors a replay calls the recorded functions again: what
/// was wrongly taken for the same in every step shows there as it would on CUDA.
@Suite(.enabled(if: Plugin.isBuilt, Plugin.howTo)) struct RecordedStepTests {
  @Test(arguments: Examples.architectures.indices)
  func replayedStepsHaveTheBitsOfPlainOnes(index: Int) throws {
    let architecture = Examples.architectures[index]
    func train(_ graphs: TorchEngine.Graphs) throws -> ([Double], Parameters, OptimizerState, Int) {
      let network = try TorchEngine(graphs: graphs).makeNetwork(
        architecture, parameters: Examples.parameters(architecture), maximumBatch: 19)
      var losses: [Double] = []
      for index in 0..<14 {
        // Two shapes of batches, and other rows, dropout and step sizes in each step.
        var step = Examples.step(index)
        step.learningRate = 1e-3 / Float(index + 1)
        let rows = index % 3 == 2 ? 7 : 19
        let batch = Examples.batch(architecture, count: rows, seed: UInt64(index))
        let outcome = try network.trainingStep(batch, step)
        losses += [outcome.loss] + outcome.logits.map(Double.init)
      }
      return (losses, network.parameters(), network.optimizerState(), network.replayedSteps)
    }
    let plain = try train(.off)
    let replayed = try train(.everywhere)
    #expect(plain.3 == 0)
    // Of 14 updates and of 10 and 4 batches of the two shapes all but three each.
    #expect(replayed.3 == 11 + 7 + 1)
    #expect(replayed.0 == plain.0)
    #expect(replayed.1 == plain.1)
    #expect(replayed.2 == plain.2)
  }

  /// Transformations, orders and places, row numbers, both slots of windows.
  @Test(arguments: [0, 1 << 30]) func replayedPretrainingHasTheBitsOfPlain(
    residentBytes: Int
  ) throws {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 9
    configuration.batchWindows = 4
    configuration.optimisation.decaySteps = 5
    configuration.trunk = .init(
      blocks: [.init(filters: 4, kernel: 5), .init(filters: 6, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [5]
    let windows = DrawnVersionsTests.windows(length: 301)
    let settings = configuration
    func run(_ graphs: TorchEngine.Graphs) throws -> PretrainingResult {
      try Pretraining(
        configuration: settings,
        engine: TorchEngine(makesRows: true, graphs: graphs, residentBytes: residentBytes),
        threads: 2
      ).run(on: windows)
    }
    let plain = try run(.off)
    let replayed = try run(.everywhere)
    #expect(replayed.parameters == plain.parameters, "to the bit")
    #expect(replayed.history == plain.history)
  }
}
