import ECGNetwork
import ECGSignal

/// How the dense layers learn on from a few windows of one person.
public struct PersonalisationConfiguration: Codable, Hashable, Sendable {
  /// Passes over the windows.
  public var epochs = 30
  /// Adam's step size: small, so that few windows do not wipe out what many persons taught.
  public var learningRate: Float = 1e-4
  /// The seed of the windows' order.
  public var seed: UInt64 = 1

  /// The usual settings.
  public init() {}
}

extension EmotionModel {
  /// The normalisation of a person from a recording at rest: what the model's recipe would measure over
  /// it. A few minutes are enough; at least 30 s are needed.
  /// - Throws: `SignalError.tooShort`, or `.noSignal` for a recording without any.
  public func normalisation(fromRest recording: ECGRecording) throws -> AmplitudeNormalisation {
    let conditioned = try recipe.conditioned(recording).samples.filter(\.isFinite)
    let seconds = Double(conditioned.count) / recipe.samplingRate
    guard seconds >= 30 else { throw SignalError.tooShort(found: seconds, needed: 30) }
    let normalisation = AmplitudeNormalisation(fitting: conditioned)
    guard normalisation.deviation > 0 else {
      throw SignalError.noSignal(
        "the recording at rest holds no signal to be normalised by; check the electrodes and the "
          + "channel")
    }
    return normalisation
  }

  /// This model for one person: its dense layers trained on with a few labelled windows, the trunk as
  /// it is.
  /// - Parameters:
  ///   - labelled: windows prepared by the model's recipe with the person's normalisation, and their
  ///     classes. One class alone is allowed, and shifts the model towards it.
  /// - Throws: `EmotionError` for windows or settings that cannot be learned from.
  public func personalised(
    on labelled: LabelledWindows, configuration: PersonalisationConfiguration = .init(),
    engine: any ComputeEngine
  ) throws -> EmotionModel {
    guard let trunk = network.architecture.trunk else { throw EmotionError.noTrunk(.frozen) }
    try labelled.validate(classCount: classes.count, length: recipe.windowLength)
    guard !labelled.classes.isEmpty else { throw EmotionError.noWindows }
    let features = LabelledFeatures(
      values: try features(
        of: labelled.windows, trunk: network.parameters, architecture: trunk, engine: engine),
      classes: labelled.classes)
    let dense = try network.denseLayers.personalised(
      on: features, configuration: configuration, engine: engine)
    var model = self
    model.network = try dense.onTrunk(
      network.parameters, trunk, windowLength: recipe.windowLength)
    return model
  }
}

extension EmotionNetwork {
  /// The dense layers of a whole network, which take the trunk's features.
  public var denseLayers: EmotionNetwork {
    guard let trunk = architecture.trunk else { return self }
    var dense = self
    dense.architecture.trunk = nil
    dense.architecture.inputLength = trunk.featureCount
    dense.parameters = parameters.filter(prefix: "emotion.")
    return dense
  }

  /// These dense layers trained on with a person's few labelled features, each class counting as it
  /// comes.
  /// - Throws: `EmotionError` for features or settings that cannot be learned from.
  public func personalised(
    on labelled: LabelledFeatures, configuration: PersonalisationConfiguration = .init(),
    engine: any ComputeEngine
  ) throws -> EmotionNetwork {
    precondition(architecture.trunk == nil, "only dense layers are personalised")
    let rows = try labelled.rows()
    try rows.validate(classCount: classCount, length: architecture.inputLength)
    var settings = EmotionConfiguration()
    settings.epochs = configuration.epochs
    settings.learningRate = configuration.learningRate
    settings.seed = configuration.seed
    settings.batchSize = 16
    try settings.validate()
    let fit = EmotionFit(
      configuration: settings, engine: engine, architecture: architecture, classCount: classCount)
    return try fit.run(
      from: parameters, on: rows, validation: nil, progress: nil, observe: nil)
  }
}
