import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation

/// A network on its way into another program: as ONNX, as a Core ML package, as safetensors.
///
/// ```swift
/// let export = try NetworkExport(EmotionModel(contentsOf: url), rates: [130])
/// try export.onnx().write(to: file)
/// ```
/// The input is `window`, N × T float32 at the recipe's rate, normalised. The outputs are `features`,
/// N × C, and unless it is a trunk `logits` and `probabilities`, N × K. Recipe, preprocessing
/// coefficients and labels stand in the file's metadata.
public struct NetworkExport: Sendable {
  /// What is exported.
  public enum Content: String, Codable, Sendable {
    /// The convolutional trunk alone.
    case trunk
    /// The signal transformation recognition network; its probabilities are one a transformation.
    case pretext
    /// The emotion recognition network; its probabilities are one a class and add to 1.
    case emotion
  }

  /// What is exported.
  public let content: Content
  /// How recordings become windows.
  public let recipe: PreprocessingRecipe
  /// What the probabilities are of: classes, or transformations; none for a trunk.
  public let labels: [String]
  /// What the file says of itself, by key; the same in every format.
  public let metadata: [String: String]

  let graph: LayerGraph
  private let parameters: Parameters
  /// The model file's own metadata, which safetensors keep so that they stay a model.
  private let modelMetadata: [String: String]

  /// The trunk alone.
  /// - Parameters:
  ///   - parameters: that hold the trunk's; others are left aside.
  ///   - rates: sampling rates in Hz to write preprocessing coefficients for.
  /// - Throws: `NetworkError` when the parameters do not fit the trunk, `SignalError` for a rate that
  ///   the recipe cannot be carried out at.
  public init(
    trunk: NetworkArchitecture.Trunk, parameters: Parameters, recipe: PreprocessingRecipe,
    rates: [Double] = []
  ) throws {
    try self.init(
      .trunk, trunk: trunk, heads: [], parameters: parameters.filter(prefix: "trunk."),
      recipe: recipe, labels: [], rates: rates, more: [:], modelMetadata: [:])
  }

  /// A pre-trained network with its heads. Parameters and errors as for a trunk.
  public init(_ model: PretextModel, rates: [Double] = []) throws {
    guard let trunk = model.architecture.trunk else { throw Self.noTrunk }
    try self.init(
      .pretext, trunk: trunk, heads: model.architecture.heads, parameters: model.parameters,
      recipe: model.recipe, labels: model.architecture.heads.map { $0.name.withoutHeadsPrefix },
      rates: rates, more: [:], modelMetadata: model.safetensors().metadata)
  }

  /// A complete emotion model; the probabilities are the calibrated ones.
  ///
  /// Parameters and errors as for a trunk.
  public init(_ model: EmotionModel, rates: [Double] = []) throws {
    guard let trunk = model.network.architecture.trunk else { throw Self.noTrunk }
    var more = [
      "target": model.target, "temperature": String(model.temperature),
      "minimum_quality": String(model.minimumQuality), "evaluation": model.provenance.evaluation,
    ]
    // A model of one person's has that person's amplitudes.
    if let own = model.normalisation { more["normalisation"] = try json(own) }
    try self.init(
      .emotion, trunk: trunk, heads: model.network.architecture.heads,
      parameters: model.network.parameters, recipe: model.recipe, labels: model.classes,
      rates: rates, temperature: model.temperature,
      more: more, modelMetadata: Safetensors(bytes: model.bytes()).metadata)
  }

  private init(
    _ content: Content, trunk: NetworkArchitecture.Trunk, heads: [NetworkArchitecture.Head],
    parameters: Parameters, recipe: PreprocessingRecipe, labels: [String], rates: [Double],
    temperature: Double = 1, more: [String: String], modelMetadata: [String: String]
  ) throws {
    self.content = content
    self.recipe = recipe
    self.labels = labels
    self.parameters = parameters
    self.modelMetadata = modelMetadata
    guard trunk.blockLengths(inputLength: recipe.windowLength).allSatisfy({ $0 > 0 }) else {
      throw ExchangeError.export(
        "the recipe's windows of \(recipe.windowLength) samples are too short for the trunk")
    }
    graph = try LayerGraph(
      trunk: trunk, heads: heads, inputLength: recipe.windowLength, parameters: parameters,
      temperature: temperature)
    let own = [
      "content": content.rawValue, "recipe": try json(recipe), "labels": try json(labels),
      "preprocessing": try json(PreprocessingDocument(recipe, rates: rates)),
      "trunk": try json(trunk), "heads": try json(heads),
      "input": "\(LayerGraph.input): N x \(recipe.windowLength) float32, preprocessed",
      "outputs": graph.outputs.joined(separator: ", "),
    ]
    metadata = own.merging(more) { $1 }
  }

  /// The network as safetensors: parameters under their names, `[out, in, kernel]` and `[out, in]`.
  ///
  /// A whole model stays one that this package reads.
  public func safetensors() -> Safetensors {
    Safetensors(
      tensors: parameters,
      metadata: ["format": "heartfelt-trunk-1"].merging(metadata) { $1 }
        .merging(modelMetadata) { $1 })
  }

  /// One sentence on what it is.
  var summary: String {
    switch content {
    case .trunk: "ECG features of ten-second windows, learned without labels."
    case .pretext: "Says which transformations an ECG window has undergone."
    case .emotion: "Says \(metadata["target"] ?? "emotion") from an ECG window. For research only."
    }
  }

  private static let noTrunk = ExchangeError.export(
    "the model has no trunk, so there is nothing that takes ECG; export a whole model")
}

extension String {
  fileprivate var withoutHeadsPrefix: String {
    hasPrefix("heads.") ? String(dropFirst("heads.".count)) : self
  }
}

/// A value as JSON, always in the same form.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
