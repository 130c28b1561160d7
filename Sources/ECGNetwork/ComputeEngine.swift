/// Something that can compute networks: the native engine, the plain one of the tests, LibTorch.
public protocol ComputeEngine: Sendable {
  /// The name in configurations and results, such as `native`.
  var name: String { get }

  /// The processes that train together, this one among them; nil for one alone.
  var group: (any ComputeGroup)? { get }

  /// Whether its networks can make a training batch's rows themselves, where they compute, from
  /// `TrainingBatch.rowSource`.
  var makesRows: Bool { get }

  /// A network with the given parameters, ready to train or to infer.
  /// - Parameters:
  ///   - maximumBatch: the most rows that any call will bring; memory is reserved for it.
  /// - Throws: `NetworkError` when parameters are missing or do not fit the architecture.
  func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork
}

extension ComputeEngine {
  public var group: (any ComputeGroup)? { nil }
  public var makesRows: Bool { false }
}

/// A network on an engine. One call at a time; the engine itself uses its threads.
///
/// Where two values of a pooling are equal, the first gets the gradient; at 0 an activation has the
/// slope of its lower side. Dropout masks are `DropoutMask`'s, the losses `addLosses`', and Adam's
/// numbers `AdamCoefficients`'.
///
/// With the same parameters and calls the results are the same to the bit, whatever the number of
/// threads.
public protocol ComputeNetwork: AnyObject {
  /// The network's shape.
  var architecture: NetworkArchitecture { get }

  /// How several processes share its batches; nil for one process alone.
  var sharing: BatchSharing? { get }

  /// Forward, loss, backward and one Adam step on a batch.
  /// - Returns: the losses and logits before the step.
  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome

  /// The losses and logits of a batch without dropout; nothing is changed. The loss is without the
  /// L2 term, whose weight belongs to a training step.
  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome

  /// The logits, N × K, of N input rows, without dropout.
  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float]

  /// The trunk's features, N × C, of N input rows; the rows themselves where there is no trunk.
  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float]

  /// The gradient of the loss, L2 term included, by every parameter, with the step's dropout;
  /// nothing is changed.
  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters

  /// The gradient of one logit by the input, N × T (no dropout): what `explain` integrates.
  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float]

  /// The parameters now.
  func parameters() -> Parameters

  /// Adam's state now: first and second moments by parameter name, and the steps done.
  func optimizerState() -> OptimizerState

  /// Puts parameters and Adam's state back, as when a run is resumed.
  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws
}

extension ComputeNetwork {
  public var sharing: BatchSharing? { nil }
}

/// Input rows and their targets. Reused from step to step, so that nothing is allocated.
public struct TrainingBatch: Sendable {
  /// Rows in use, N.
  public var count: Int
  /// Values, N × T, row after row.
  public var inputs: [Float]
  /// Targets, N × heads, row after row; see `NetworkArchitecture.Head.Loss`.
  public var targets: [Float]
  /// Which rows of a larger batch these are, where several processes share it; nil for a whole batch.
  public var part: Part?
  /// What the rows are to be made of, for an engine that makes them itself; then `inputs` and
  /// `targets` are not read.
  public var rowSource: (any Sendable)?

  /// An empty batch with room for `capacity` rows.
  public init(capacity: Int, architecture: NetworkArchitecture) {
    count = 0
    inputs = [Float](repeating: 0, count: capacity * architecture.inputLength)
    targets = [Float](repeating: 0, count: capacity * architecture.heads.count)
  }
}

/// What one training step needs besides the batch.
public struct TrainingStep: Sendable {
  /// Adam's step size, after decay.
  public var learningRate: Float
  /// Adam, and the L2 weight.
  public var optimisation: Optimisation
  /// The key of the dropout masks: the run's seed.
  public var seed: UInt64
  /// The number of the step from 0; with the seed it addresses the dropout masks.
  public var index: Int

  /// A training step.
  public init(learningRate: Float, optimisation: Optimisation, seed: UInt64, index: Int) {
    self.learningRate = learningRate
    self.optimisation = optimisation
    self.seed = seed
    self.index = index
  }
}

/// Adam (Kingma and Ba, 2015) with staircase decay, and L2 on the kernels.
public struct Optimisation: Codable, Hashable, Sendable {
  /// Step size at the start.
  public var learningRate: Float = 1e-3
  /// The step size is multiplied by this every `decaySteps` steps.
  public var decay: Float = 0.9
  /// Steps between decays; 0 for none.
  public var decaySteps: Int = 10_000
  /// Decay of the first moment.
  public var beta1: Float = 0.9
  /// Decay of the second moment.
  public var beta2: Float = 0.999
  /// Added to the root of the second moment.
  public var epsilon: Float = 1e-8
  /// Weight of ½‖w‖², summed over all kernels (not biases), in the loss.
  public var l2: Float = 1e-4

  /// The published pre-training's settings.
  public init() {}

  /// The step size at a step: `learningRate · decay^⌊index / decaySteps⌋`.
  public func learningRate(at index: Int) -> Float {
    guard decaySteps > 0 else { return learningRate }
    var rate = learningRate
    for _ in 0..<(index / decaySteps) { rate *= decay }
    return rate
  }
}

/// What a batch gave.
public struct BatchOutcome: Sendable {
  /// The whole loss: weighted heads and L2.
  public var loss: Double
  /// Each head's loss, unweighted, averaged over the rows.
  public var headLosses: [Double]
  /// The logits, N × K, row after row, heads side by side.
  public var logits: [Float]

  /// An outcome.
  public init(loss: Double, headLosses: [Double], logits: [Float]) {
    self.loss = loss
    self.headLosses = headLosses
    self.logits = logits
  }
}
