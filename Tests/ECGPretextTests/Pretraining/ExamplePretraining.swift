import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import ReferenceEngine

/// A pre-training so small that it takes no time: windows of 64 samples, ten to train on, in three
/// batches (4, 4 and 2 windows) an epoch.
struct ExamplePretraining {
  var configuration = PretrainingConfiguration()
  var training = exampleWindows(count: 10, length: 64, seed: 1)
  var heldOut: WindowArray? = exampleWindows(count: 5, length: 64, seed: 2)
  var threads = 2
  var isNative = false

  init(epochs: Int = 2) {
    configuration.epochs = epochs
    configuration.batchWindows = 4
    configuration.seed = 11
    configuration.trunk = NetworkArchitecture.Trunk(
      blocks: [
        NetworkArchitecture.Block(filters: 3, kernel: 5),
        NetworkArchitecture.Block(filters: 4, kernel: 3),
      ], poolWidth: 4)
    configuration.headHidden = [5]
    configuration.optimisation.decaySteps = 4
  }

  var pretraining: Pretraining {
    let engine: any ComputeEngine =
      isNative ? NativeEngine(threads: threads) : ReferenceEngine(threads: threads)
    return Pretraining(configuration: configuration, engine: engine, threads: threads)
  }

  /// Runs it, with or without a checkpoint.
  @discardableResult func run(
    checkpoint: CheckpointPolicy? = nil,
    observe: (PretrainingEvent) throws -> PretrainingDirective = { _ in .continue }
  ) throws -> PretrainingResult {
    try pretraining.run(
      on: training, heldOut: heldOut, checkpoint: checkpoint, observe: observe)
  }
}

/// Whether two results are the same to the bit.
func isSame(_ one: PretrainingResult, _ other: PretrainingResult) -> Bool {
  one.parameters == other.parameters && one.architecture == other.architecture
    && one.history == other.history && one.finished == other.finished
}
