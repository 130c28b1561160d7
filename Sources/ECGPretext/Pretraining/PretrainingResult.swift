import ECGNetwork

/// What pre-training made.
public struct PretrainingResult: Sendable {
  /// Trunk and heads as they are now.
  public var parameters: Parameters
  /// The network they belong to.
  public var architecture: NetworkArchitecture
  /// The epochs that are done, those before an interruption among them.
  public var history: [PretrainingEpoch]
  /// Whether all epochs are done; false when the observer stopped it.
  public var finished: Bool

  /// A result.
  public init(
    parameters: Parameters, architecture: NetworkArchitecture, history: [PretrainingEpoch],
    finished: Bool
  ) {
    self.parameters = parameters
    self.architecture = architecture
    self.history = history
    self.finished = finished
  }

  /// The trunk alone: what is transferred to the emotion recognition network.
  public var trunk: Parameters { parameters.filter(prefix: "trunk.") }
}

/// An epoch of pre-training. Nothing in it depends on the machine's speed, so two runs of the same
/// configuration can be compared byte by byte.
public struct PretrainingEpoch: Codable, Hashable, Sendable {
  /// The number, from 1.
  public var epoch: Int
  /// Adam's step size in the epoch's last step.
  public var learningRate: Float
  /// The scores on the training windows as they were trained on: with dropout, and by the parameters
  /// of the moment. So they lag behind the held-out ones.
  public var training: PretextScores
  /// The scores on the held-out windows after the epoch, without dropout, under transformations that
  /// are the same in every epoch; nil when nothing is held out.
  public var heldOut: PretextScores?

  /// An epoch.
  public init(
    epoch: Int, learningRate: Float, training: PretextScores, heldOut: PretextScores? = nil
  ) {
    self.epoch = epoch
    self.learningRate = learningRate
    self.training = training
    self.heldOut = heldOut
  }
}
