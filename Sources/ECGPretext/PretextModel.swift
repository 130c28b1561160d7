import ECGNetwork
import ECGSignal
import Foundation

/// A pre-trained transformation recognition network, with everything that is needed to use it.
///
/// It is one `.safetensors` file: the parameters under their names, and in the metadata `format`,
/// `architecture`, `configuration` (the transformations among it), `recipe`, `persons` and `history`,
/// each as JSON. Python reads it as it is.
public struct PretextModel: Sendable, Equatable {
  /// Trunk and heads.
  public var parameters: Parameters
  /// The network they belong to.
  public var architecture: NetworkArchitecture
  /// How the windows were trained, and under which transformations.
  public var configuration: PretrainingConfiguration
  /// How recordings became the windows it was trained on, and must become those it is used on.
  public var recipe: PreprocessingRecipe
  /// The persons it has seen in training, as `dataset/person`, sorted.
  public var persons: [String]
  /// The epochs of its training.
  public var history: [PretrainingEpoch]

  /// The trunk alone: what is transferred to the emotion recognition network.
  public var trunk: Parameters { parameters.filter(prefix: "trunk.") }

  /// The model that a pre-training made.
  /// - Parameters:
  ///   - persons: whose windows were in the training, as `WindowRecord.personIdentity`; in any order,
  ///     repeated or not.
  public init(
    _ result: PretrainingResult, configuration: PretrainingConfiguration,
    recipe: PreprocessingRecipe, persons: some Sequence<String>
  ) {
    parameters = result.parameters
    architecture = result.architecture
    self.configuration = configuration
    self.recipe = recipe
    self.persons = Set(persons).sorted()
    history = result.history
  }

  /// Reads a model.
  /// - Throws: `NetworkError` when the file is missing, cut, no pre-trained network, or when a
  ///   parameter is missing or of another shape than the architecture in it needs.
  public init(contentsOf url: URL) throws {
    try self.init(Safetensors(contentsOf: url), name: url.path)
  }

  /// Takes a model from tensors and metadata; `name` is what errors call it.
  /// - Throws: `NetworkError` when they are no pre-trained network.
  public init(_ file: Safetensors, name: String) throws {
    guard file.metadata["format"] == Self.format else {
      throw NetworkError.file(
        "\(name) is not a pre-trained network (its metadata lacks format \(Self.format)); give the "
          + "model.safetensors that 'pretrain' wrote")
    }
    func read<Value: Decodable>(_ key: String) throws -> Value {
      guard let text = file.metadata[key] else {
        throw NetworkError.file(
          "the metadata of \(name) lacks '\(key)'; the file was changed after 'pretrain' wrote it")
      }
      do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
      } catch let error as PretextError {
        throw NetworkError.file("the '\(key)' in the metadata of \(name) does not fit: \(error)")
      } catch {
        throw NetworkError.file(
          "the '\(key)' in the metadata of \(name) cannot be read; it is damaged or of another "
            + "version: write the model again")
      }
    }
    architecture = try read("architecture")
    configuration = try read("configuration")
    recipe = try read("recipe")
    persons = try read("persons")
    history = try read("history")
    parameters = file.tensors
    try parameters.validate(against: architecture)
    guard architecture.inputLength == recipe.windowLength else {
      throw NetworkError.file(
        "\(name) holds a network for windows of \(architecture.inputLength) samples, but a recipe "
          + "that cuts \(recipe.windowLength); the file was changed after 'pretrain' wrote it")
    }
  }

  /// The model as tensors and metadata.
  /// - Throws: an `EncodingError` when a number in it is not finite.
  public func safetensors() throws -> Safetensors {
    Safetensors(
      tensors: parameters,
      metadata: [
        "format": Self.format, "architecture": try metadataJSON(architecture),
        "configuration": try metadataJSON(configuration), "recipe": try metadataJSON(recipe),
        "persons": try metadataJSON(persons), "history": try metadataJSON(history),
      ])
  }

  /// Writes the model; a failure leaves a model that was there whole.
  /// - Throws: `NetworkError.file` with the system's reason.
  public func write(to url: URL) throws {
    try safetensors().write(to: url)
  }

  private static let format = "heartfelt-pretext-1"
}
