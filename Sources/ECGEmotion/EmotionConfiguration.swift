/// How an emotion recognition network is made and trained.
///
/// The defaults are those of the published code for SWELL and WESAD; the presets name each data
/// set's. Sarkar and Etemad, IEEE TAC 13(3), and their code.
public struct EmotionConfiguration: Codable, Hashable, Sendable {
  /// What becomes of the trunk.
  public enum Adaptation: String, Codable, Sendable, CaseIterable {
    /// The pre-trained trunk as it is; only the dense layers learn (the published system's).
    case frozen
    /// The pre-trained trunk, which learns on with the dense layers.
    case fineTuned
    /// A fresh trunk, which learns with the dense layers from labels alone.
    case supervised
  }

  /// By what the epoch is chosen on the validation windows.
  public enum Criterion: String, Codable, Sendable, CaseIterable {
    /// The highest macro-F1; of equal ones the lowest loss.
    case macroF1
    /// The lowest loss.
    case loss
  }

  /// What becomes of the trunk.
  public var adaptation: Adaptation = .frozen
  /// Units of each hidden dense layer (ReLU).
  public var hidden: [Int] = [512, 512]
  /// Share of units dropped after each hidden layer in training, in [0, 1).
  public var dropout: Float = 0
  /// Weight of ½‖w‖² in the loss, over all kernels that learn.
  public var l2: Float = 0
  /// Adam's step size.
  public var learningRate: Float = 1e-3
  /// The most epochs.
  public var epochs: Int = 200
  /// Windows in a batch.
  public var batchSize: Int = 128
  /// Epochs without a better one on the validation windows after which training ends; 0 for never.
  public var patience: Int = 0
  /// By what the epoch is chosen on the validation windows.
  public var criterion: Criterion = .macroF1
  /// Whether a frozen trunk's features are given mean 0 and deviation 1, over the training windows,
  /// before the dense layers learn from them. Not published; the dense layers need fewer epochs.
  public var standardisesFeatures = false
  /// The seed of fresh parameters, of the windows' order and of dropout.
  public var seed: UInt64 = 1

  /// The published settings for SWELL and WESAD.
  public init() {}

  /// Two hidden layers, no dropout, no L2.
  public static let swell = EmotionConfiguration()
  /// Two hidden layers, no dropout, no L2.
  public static let wesad = EmotionConfiguration()
  /// Three hidden layers, dropout 0.2, L2 1e-4.
  public static let dreamer = preset(layers: 3, dropout: 0.2, l2: 1e-4)
  /// Three hidden layers, dropout 0.4, no L2.
  public static let amigos = preset(layers: 3, dropout: 0.4, l2: 0)

  /// The published settings for a data set by name (`swell`, `wesad`, `dreamer`, `amigos`), or nil
  /// for another.
  public static func preset(named name: String) -> EmotionConfiguration? {
    switch name {
    case "swell": swell
    case "wesad": wesad
    case "dreamer": dreamer
    case "amigos": amigos
    default: nil
    }
  }

  private static func preset(layers: Int, dropout: Float, l2: Float) -> EmotionConfiguration {
    var configuration = EmotionConfiguration()
    configuration.hidden = [Int](repeating: 512, count: layers)
    configuration.dropout = dropout
    configuration.l2 = l2
    return configuration
  }
}

extension EmotionConfiguration {
  /// Reads a configuration; a setting that is not there has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ setting: inout Value) throws {
      setting = try values.decodeIfPresent(Value.self, forKey: key) ?? setting
    }
    try read(.adaptation, &adaptation)
    try read(.hidden, &hidden)
    try read(.dropout, &dropout)
    try read(.l2, &l2)
    try read(.learningRate, &learningRate)
    try read(.epochs, &epochs)
    try read(.batchSize, &batchSize)
    try read(.patience, &patience)
    try read(.criterion, &criterion)
    try read(.standardisesFeatures, &standardisesFeatures)
    try read(.seed, &seed)
  }

  /// Checks that the settings can be trained with.
  /// - Throws: `EmotionError.configuration` for the first that cannot, with what it must be.
  public func validate() throws {
    func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
      if !holds { throw EmotionError.configuration(sentence()) }
    }
    try require(
      (1...1_000_000).contains(epochs), "epochs must be between 1 and 1,000,000, not \(epochs)")
    try require(
      (1...65_536).contains(batchSize),
      "the batch size must be between 1 and 65,536 windows, not \(batchSize)")
    try require(patience >= 0, "the patience must be 0 epochs or more, not \(patience)")
    try require(
      learningRate.isFinite && learningRate > 0,
      "the learning rate must be greater than 0, not \(learningRate)")
    try require(l2.isFinite && l2 >= 0, "the L2 weight must be 0 or more, not \(l2)")
    try require(
      dropout.isFinite && (0..<1).contains(dropout),
      "the dropout must lie in [0, 1), not \(dropout)")
    try require(
      hidden.count <= 32 && hidden.allSatisfy { (1...65_536).contains($0) },
      "the hidden layers must be at most 32 of 1 to 65,536 units, not \(hidden)")
  }
}
