import ECGNetwork
import Foundation

/// An engine that makes a network once and hands it out again as long as the same one is asked for, so
/// that predicting one recording after another does not prepare the weights each time.
///
/// Its networks may be shared: calls from several threads are let through one after the other. They are
/// for inference; a training step would change the network for everybody.
package final class KeptNetworkEngine: ComputeEngine {
  package let name: String
  private let engine: any ComputeEngine
  private let kept = NSLock()
  // Guarded by `kept`.
  nonisolated(unsafe) private var networks: [KeptNetwork] = []

  /// So many networks are kept: one by batch size and model is enough.
  private static let most = 8

  /// An engine around another.
  package init(_ engine: any ComputeEngine) {
    self.engine = engine
    name = engine.name
  }

  package func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    try kept.withLock {
      // Parameters of one model share their storage, so that comparing them costs nothing.
      if let place = networks.firstIndex(where: {
        $0.maximumBatch == maximumBatch && $0.architecture == architecture && $0.made == parameters
      }) {
        return networks[place]
      }
      let network = KeptNetwork(
        try engine.makeNetwork(architecture, parameters: parameters, maximumBatch: maximumBatch),
        made: parameters, maximumBatch: maximumBatch)
      if networks.count == Self.most { networks.removeFirst() }
      networks.append(network)
      return network
    }
  }
}

/// A network that several may use, one at a time.
private final class KeptNetwork: ComputeNetwork {
  let made: Parameters
  let maximumBatch: Int
  let architecture: NetworkArchitecture
  private let network: any ComputeNetwork
  private let turn = NSLock()

  init(_ network: any ComputeNetwork, made: Parameters, maximumBatch: Int) {
    self.network = network
    self.made = made
    self.maximumBatch = maximumBatch
    architecture = network.architecture
  }

  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    try turn.withLock { try network.trainingStep(batch, step) }
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    try turn.withLock { try network.evaluate(batch) }
  }

  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try turn.withLock { try network.logits(of: inputs, count: count) }
  }

  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try turn.withLock { try network.features(of: inputs, count: count) }
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    try turn.withLock { try network.gradients(batch, step) }
  }

  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    try turn.withLock { try network.inputGradients(of: inputs, count: count, logit: logit) }
  }

  func parameters() -> Parameters { turn.withLock { network.parameters() } }

  func optimizerState() -> OptimizerState { turn.withLock { network.optimizerState() } }

  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try turn.withLock {
      try network.restore(parameters: parameters, optimizerState: optimizerState)
    }
  }
}
