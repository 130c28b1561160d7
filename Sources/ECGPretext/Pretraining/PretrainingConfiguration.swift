import ECGNetwork

/// How the transformation recognition network is trained. The defaults are the published system's
/// (Sarkar and Etemad, IEEE TAC 13(3), section 4, and their code).
///
/// When it is read from JSON or YAML, what is not given keeps its default.
public struct PretrainingConfiguration: Codable, Hashable, Sendable {
  /// What is to be recognised.
  public var transformations: TransformationSet = .standard
  /// How often every window is shown.
  public var epochs = 100
  /// Windows in a batch; each comes in every version, so 128 are 896 signals with seven
  /// transformations.
  public var batchWindows = 128
  /// The key of all random numbers: initial weights, order, transformations, dropout.
  public var seed: UInt64 = 1
  /// Adam, its decay, and L2.
  public var optimisation = Optimisation()
  /// The convolutional trunk.
  public var trunk = NetworkArchitecture.Trunk.published
  /// Units of each head's hidden layers.
  public var headHidden = [128, 128]
  /// Share of units dropped after each hidden layer of a head, in [0, 1).
  public var headDropout: Float = 0.6
  /// Weights of the tasks in the loss, by transformation; one that is not named has the published
  /// weight: 0.0125 for negation and inversion, 0.195 for the others.
  public var lossWeights: [String: Float] = [:]

  /// The published configuration, to be changed field by field.
  public init() {}

  /// The network to be trained on windows of a length, in samples.
  public func architecture(windowLength: Int) -> NetworkArchitecture {
    .transformationRecognition(
      transformations: transformations, windowLength: windowLength, trunk: trunk,
      hidden: headHidden, dropout: headDropout, lossWeights: lossWeights)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.transformations, into: &transformations)
    try read(.epochs, into: &epochs)
    try read(.batchWindows, into: &batchWindows)
    try read(.seed, into: &seed)
    try read(.optimisation, into: &optimisation)
    try read(.trunk, into: &trunk)
    try read(.headHidden, into: &headHidden)
    try read(.headDropout, into: &headDropout)
    try read(.lossWeights, into: &lossWeights)
  }

  /// Throws unless the configuration can be run.
  func check() throws {
    guard epochs >= 1 else {
      throw PretextError.configuration("pre-training needs at least 1 epoch, not \(epochs)")
    }
    guard batchWindows >= 1 else {
      throw PretextError.configuration(
        "a batch needs at least 1 window, not \(batchWindows)")
    }
    guard headDropout >= 0, headDropout < 1 else {
      throw PretextError.configuration(
        "the heads' dropout must be a share from 0 up to, not including, 1, not \(headDropout)")
    }
    guard optimisation.learningRate.isFinite, optimisation.learningRate > 0 else {
      throw PretextError.configuration(
        "the learning rate must be greater than 0, not \(optimisation.learningRate)")
    }
    for (name, weight) in lossWeights.sorted(by: { $0.key < $1.key }) {
      guard transformations[name] != nil else {
        throw PretextError.unknownTransformation(name, known: transformations.names)
      }
      guard weight.isFinite, weight >= 0 else {
        throw PretextError.configuration(
          "the weight of '\(name)' in the loss must be 0 or more, not \(weight)")
      }
    }
  }
}
