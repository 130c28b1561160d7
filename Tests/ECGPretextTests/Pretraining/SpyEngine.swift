import ECGNetwork
import ReferenceEngine

/// The plain engine on one thread, which keeps what it was asked.
final class SpyEngine: ComputeEngine, @unchecked Sendable {
  /// A training step as it was asked.
  struct Step {
    var rows: Int
    var step: TrainingStep
    /// The rows whose first target is 1: the original windows.
    var originals: [[Float]]
  }

  let name: String
  fileprivate(set) var initial = Parameters()
  fileprivate(set) var steps: [Step] = []

  init(name: String = "reference") { self.name = name }

  func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    initial = parameters
    return SpyNetwork(
      spy: self,
      base: try ReferenceEngine(threads: 1).makeNetwork(
        architecture, parameters: parameters, maximumBatch: maximumBatch))
  }
}

private final class SpyNetwork: ComputeNetwork {
  let spy: SpyEngine
  let base: any ComputeNetwork

  init(spy: SpyEngine, base: any ComputeNetwork) {
    self.spy = spy
    self.base = base
  }

  var architecture: NetworkArchitecture { base.architecture }

  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let (length, heads) = (architecture.inputLength, architecture.heads.count)
    let originals = (0..<batch.count).filter { batch.targets[$0 * heads] == 1 }
    spy.steps.append(
      SpyEngine.Step(
        rows: batch.count, step: step,
        originals: originals.map { Array(batch.inputs[$0 * length..<($0 + 1) * length]) }))
    return try base.trainingStep(batch, step)
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome { try base.evaluate(batch) }

  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try base.logits(of: inputs, count: count)
  }

  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try base.features(of: inputs, count: count)
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    try base.gradients(batch, step)
  }

  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    try base.inputGradients(of: inputs, count: count, logit: logit)
  }

  func parameters() -> Parameters { base.parameters() }
  func optimizerState() -> OptimizerState { base.optimizerState() }

  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try base.restore(parameters: parameters, optimizerState: optimizerState)
  }
}
