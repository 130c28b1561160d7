import ECGNetwork
import ECGSignal

/// Trains emotion recognition networks on labelled windows.
///
/// ```swift
/// let training = EmotionTraining(configuration: .wesad, engine: engine)
/// let network = try training.train(
///   on: windows, validation: others, classCount: 4,
///   trunk: pretrained.trunk, architecture: .published)
/// ```
///
/// In each epoch every window is used once, in a random order. With validation windows the epoch
/// that is best on them is kept, and never one chosen on test windows; without them the last.
///
/// The result depends on the configuration, the windows and the engine, to the bit; not on the
/// number of threads.
public struct EmotionTraining: Sendable {
  /// How the network is made and trained.
  public let configuration: EmotionConfiguration
  /// What computes it.
  public let engine: any ComputeEngine

  /// A training.
  public init(configuration: EmotionConfiguration, engine: any ComputeEngine) {
    self.configuration = configuration
    self.engine = engine
  }

  /// Trains on windows, with the trunk frozen, fine-tuned or fresh as the configuration says.
  /// - Parameters:
  ///   - training: windows to learn from, of at least two classes.
  ///   - validation: windows to choose the epoch on, of persons set aside from training.
  ///   - classCount: classes, K, at least 2.
  ///   - trunk: parameters that hold a pre-trained trunk's; not used when supervised.
  ///   - architecture: the trunk's shape.
  ///   - progress: told after each step how many windows of the epoch are done; may throw to stop.
  ///   - observe: told of each epoch; may throw to stop.
  /// - Returns: the whole network, trunk and dense layers.
  /// - Throws: `EmotionError` for settings or windows that cannot be trained with and a loss that is
  ///   no number any more; `NetworkError` for parameters that do not fit; what the closures throw.
  public func train(
    on training: LabelledWindows, validation: LabelledWindows? = nil, classCount: Int,
    trunk: Parameters?, architecture: NetworkArchitecture.Trunk,
    progress: ((_ done: Int, _ count: Int) throws -> Void)? = nil,
    observe: ((EmotionEpoch) throws -> Void)? = nil
  ) throws -> EmotionNetwork {
    let length = training.windows.windowLength
    try configuration.validate()
    try training.validate(classCount: classCount, length: length)
    try validation?.validate(classCount: classCount, length: length)
    try training.validateForLearning()
    if configuration.adaptation == .frozen {
      guard let trunk else { throw EmotionError.noTrunk(.frozen) }
      return try trainOnFrozen(
        trunk, architecture, training, validation: validation, classCount: classCount,
        progress: progress, observe: observe)
    }

    let whole = try self.architecture(
      trunk: architecture, inputLength: length, classCount: classCount)
    var start = Parameters.glorotUniform(for: whole, seed: configuration.seed)
    if configuration.adaptation == .fineTuned {
      guard let trunk else { throw EmotionError.noTrunk(.fineTuned) }
      start = start.merging(trunk.filter(prefix: "trunk."))
    }
    let fit = EmotionFit(
      configuration: configuration, engine: engine, architecture: whole, classCount: classCount)
    return try fit.run(
      from: start, on: training, validation: validation, progress: progress, observe: observe)
  }

  /// Trains the dense layers alone on features that a frozen trunk gave.
  /// - Parameters: as for windows; `validation` has as many features a window as `training`.
  /// - Returns: the dense layers; `EmotionNetwork.onTrunk` makes a whole network of them.
  /// - Throws: as for windows.
  public func train(
    on training: LabelledFeatures, validation: LabelledFeatures? = nil, classCount: Int,
    progress: ((_ done: Int, _ count: Int) throws -> Void)? = nil,
    observe: ((EmotionEpoch) throws -> Void)? = nil
  ) throws -> EmotionNetwork {
    try configuration.validate()
    let width = try training.rows().windows.windowLength
    let standard =
      configuration.standardisesFeatures
      ? FeatureStandardisation(of: training.values, width: width) : nil
    func given(_ features: LabelledFeatures) throws -> LabelledWindows {
      // First as they are: features that fill no whole rows cannot be standardised.
      let rows = try features.rows()
      guard let standard, rows.windows.windowLength == width else { return rows }
      return try standard.standardised(features).rows()
    }
    let validationRows = validation.flatMap { $0.classes.isEmpty ? nil : $0 }
    let others = try validationRows.map(given)
    let rows = try given(training)
    try rows.validate(classCount: classCount, length: width)
    try others?.validate(classCount: classCount, length: width)
    try rows.validateForLearning()
    let dense = try architecture(trunk: nil, inputLength: width, classCount: classCount)
    let fit = EmotionFit(
      configuration: configuration, engine: engine, architecture: dense, classCount: classCount)
    let network = try fit.run(
      from: .glorotUniform(for: dense, seed: configuration.seed), on: rows, validation: others,
      progress: progress, observe: observe)
    return standard?.undone(in: network) ?? network
  }

  private func trainOnFrozen(
    _ trunk: Parameters, _ architecture: NetworkArchitecture.Trunk, _ training: LabelledWindows,
    validation: LabelledWindows?, classCount: Int,
    progress: ((_ done: Int, _ count: Int) throws -> Void)?,
    observe: ((EmotionEpoch) throws -> Void)?
  ) throws -> EmotionNetwork {
    func embed(_ labelled: LabelledWindows) throws -> LabelledFeatures {
      LabelledFeatures(
        values: try features(
          of: labelled.windows, trunk: trunk, architecture: architecture, engine: engine),
        classes: labelled.classes)
    }
    let dense = try train(
      on: embed(training), validation: validation.map(embed), classCount: classCount,
      progress: progress, observe: observe)
    return try dense.onTrunk(
      trunk, architecture, windowLength: training.windows.windowLength)
  }

  private func architecture(
    trunk: NetworkArchitecture.Trunk?, inputLength: Int, classCount: Int
  ) throws -> NetworkArchitecture {
    guard classCount >= 2 else {
      throw EmotionError.configuration(
        "an emotion recognition network needs at least 2 classes, not \(classCount)")
    }
    let whole = NetworkArchitecture.emotionRecognition(
      trunk: trunk, inputLength: inputLength, classCount: classCount, configuration: configuration)
    try whole.validate()
    return whole
  }
}
