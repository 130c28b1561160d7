import ECGNetwork
import ECGSignal
import Foundation

/// A trained emotion model with all that is needed to use it on a recording, in one file.
///
/// ```swift
/// let model = try EmotionModel(contentsOf: url)
/// for window in try model.predict(recording, engine: engine) {
///   print(window.start, window.predictedClass.map { model.classes[$0] } ?? "abstains")
/// }
/// ```
///
/// The file is `.safetensors` that Python reads as it is: parameters under their names, the rest as
/// JSON in the metadata.
public struct EmotionModel: Sendable, Equatable {
  /// Where a model comes from.
  public struct Provenance: Codable, Hashable, Sendable {
    /// The persons learned from, validation included, as `dataset/person`, sorted.
    public var persons: [String] = []
    /// The persons the trunk was pre-trained on, sorted.
    public var pretrainingPersons: [String] = []
    /// The settings it was trained with.
    public var configuration = EmotionConfiguration()
    /// The engine it was trained on, such as `native`.
    public var engine = ""
    /// How well it or its like did, and on which split, in words.
    public var evaluation = ""

    /// An unknown provenance, to be filled in.
    public init() {}
  }

  /// How recordings become windows for this model.
  public var recipe: PreprocessingRecipe
  /// What is predicted: the name of the label, such as `stress`.
  public var target: String
  /// The names of the classes, in the order of the probabilities.
  public var classes: [String]
  /// Trunk and dense layers.
  public var network: EmotionNetwork
  /// What logits are divided by; see `Calibration`.
  public var temperature: Double
  /// The least signal quality, in [0, 1], at which the model does not abstain; see `SignalQuality`.
  public var minimumQuality: Double
  /// The least probability of the likeliest class, in [0, 1], at which the model does not abstain; 0
  /// for never. See the risk-coverage curve of an evaluation for what a value costs and gains.
  public var minimumConfidence: Double
  /// Whether its confidence means what it says, on persons the temperature was not fitted to.
  public var calibration: CalibrationRecord?
  /// The normalisation of the one person this model was made for; nil for everybody's model.
  public var normalisation: AmplitudeNormalisation?
  /// What heart rate and its variability alone say of the target, to compare with.
  public var rhythm: RhythmModel?
  /// Where the model comes from.
  public var provenance: Provenance

  /// The quality below which a model abstains unless told otherwise: muscle noise and moving
  /// electrodes bring a window below it, rest recordings lie above 0.8.
  public static let usualMinimumQuality = 0.5

  /// A model.
  /// - Throws: `EmotionError.model` when the parts do not fit together, `NetworkError` when the
  ///   network's parameters do not fit its architecture, `SignalError` for an impossible recipe.
  public init(
    recipe: PreprocessingRecipe, target: String, classes: [String], network: EmotionNetwork,
    temperature: Double = 1, minimumQuality: Double = usualMinimumQuality,
    minimumConfidence: Double = 0, provenance: Provenance = Provenance()
  ) throws {
    self.recipe = recipe
    self.target = target
    self.classes = classes
    self.network = network
    self.temperature = temperature
    self.minimumQuality = minimumQuality
    self.minimumConfidence = minimumConfidence
    self.provenance = provenance
    try validate()
  }

  /// The probability of each class for windows that were prepared by the model's recipe, N rows of K.
  /// - Throws: `EmotionError.windowLength` for windows of another length.
  public func probabilities(
    of windows: any WindowSource, engine: any ComputeEngine
  ) throws -> [[Float]] {
    try network.probabilities(of: windows, engine: engine, temperature: temperature)
  }

  /// Checks that windows were prepared as the model needs them.
  /// - Parameter other: the recipe of the windows, such as a store's.
  /// - Throws: `EmotionError.recipe` naming each setting that differs. The step between windows may
  ///   differ: it changes how many there are, not what they look like.
  public func require(recipe other: PreprocessingRecipe) throws {
    try recipe.require(other, of: "the model")
  }

  func validate() throws {
    try recipe.validate()
    try network.parameters.validate(against: network.architecture)
    func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
      if !holds { throw EmotionError.model("the model does not fit together: " + sentence()) }
    }
    let architecture = network.architecture
    try require(architecture.trunk != nil, "its network has no trunk")
    try require(
      architecture.inputLength == recipe.windowLength,
      "its network takes windows of \(architecture.inputLength) samples, but its recipe cuts "
        + "\(recipe.windowLength)")
    try require(
      architecture.heads.count == 1 && architecture.heads[0].outputs >= 2,
      "its network needs one head with an output for each of at least two classes")
    try require(
      architecture.logitCount == classes.count,
      "it names \(classes.count) classes, but its network has \(architecture.logitCount) outputs")
    try require(
      Set(classes).count == classes.count, "it names a class twice among \(classes)")
    try require(
      temperature.isFinite && temperature > 0,
      "its temperature must be greater than 0, not \(temperature)")
    try require(
      (0...1).contains(minimumQuality),
      "its minimum quality must lie in [0, 1], not \(minimumQuality)")
    try require(
      (0...1).contains(minimumConfidence),
      "its minimum confidence must lie in [0, 1], not \(minimumConfidence)")
    try require(
      normalisation.map { $0.mean.isFinite && $0.deviation.isFinite && $0.deviation >= 0 } ?? true,
      "the normalisation of its person must be of finite numbers, the deviation 0 or more")
    try require(
      rhythm?.fits(classCount: classes.count) ?? true,
      "what it says of heart rate alone is of other classes or damaged")
  }
}

extension PreprocessingRecipe {
  /// Checks that windows made by another recipe look as this one's do.
  /// - Parameter owner: whose recipe this is, in the error.
  /// - Throws: `EmotionError.recipe` naming each setting that differs, but the step between windows.
  public func require(_ other: PreprocessingRecipe, of owner: String) throws {
    func text(_ value: Double?, _ unit: String) -> String {
      value.map { "\($0) \(unit)" } ?? "none"
    }
    let settings: [(String, String, String)] = [
      ("sampling rate", "\(samplingRate) Hz", "\(other.samplingRate) Hz"),
      ("window length", "\(windowLength) samples", "\(other.windowLength) samples"),
      ("normalisation", normalisation.rawValue, other.normalisation.rawValue),
      ("high-pass cutoff", "\(highPassCutoff) Hz", "\(other.highPassCutoff) Hz"),
      ("high-pass order", "\(highPassOrder)", "\(other.highPassOrder)"),
      ("mains notch", text(mainsNotch, "Hz"), text(other.mainsNotch, "Hz")),
      ("low-pass cutoff", text(lowPassCutoff, "Hz"), text(other.lowPassCutoff, "Hz")),
    ]
    let differing = settings.filter { $0.1 != $0.2 }
      .map { "\($0.0) \($0.2), where \(owner) needs \($0.1)" }
    guard differing.isEmpty else {
      throw EmotionError.recipe(
        "the windows were prepared by another recipe (" + differing.joined(separator: "; ")
          + "); prepare the recordings again with \(owner)'s recipe")
    }
  }
}
