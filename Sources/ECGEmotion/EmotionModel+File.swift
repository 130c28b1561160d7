import ECGNetwork
import ECGSignal
import Foundation

extension EmotionModel {
  /// Reads a model file.
  /// - Throws: `NetworkError` for a file that is missing, cut, or holds another network;
  ///   `EmotionError.model` for one that is no emotion model or does not fit together.
  public init(contentsOf url: URL) throws {
    try self.init(Safetensors(contentsOf: url), name: url.path)
  }

  /// Reads the bytes of a model file, such as one that an app carries in its bundle.
  /// - Parameter name: what errors call it.
  /// - Throws: as for a file.
  public init(bytes: Data, name: String = "the model") throws {
    try self.init(Safetensors(bytes: bytes, name: name), name: name)
  }

  private init(_ file: Safetensors, name: String) throws {
    guard file.metadata["format"] == Self.format else {
      throw EmotionError.model(
        "\(name) is no emotion model (its metadata lacks format \(Self.format)); give the "
          + "model.safetensors that 'train' wrote")
    }
    guard let text = file.metadata["model"],
      let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8))
    else {
      throw EmotionError.model(
        "the description in the metadata of \(name) cannot be read; the file is damaged or of "
          + "another version: train the model again")
    }
    recipe = description.recipe
    target = description.target
    classes = description.classes
    temperature = description.temperature
    minimumQuality = description.minimumQuality
    minimumConfidence = description.minimumConfidence ?? 0
    calibration = description.calibration
    normalisation = description.normalisation
    rhythm = description.rhythm
    provenance = description.provenance
    network = EmotionNetwork(
      architecture: description.architecture, parameters: file.tensors,
      chosenEpoch: description.chosenEpoch, history: description.history)
    try validate()
    let needed = Set(network.architecture.parameterShapes.map(\.name))
    for tensor in file.tensors.names {
      guard needed.contains(tensor) else {
        throw EmotionError.model(
          "\(name) holds the tensor '\(tensor)', which is not in the network it describes; the "
            + "file was put together wrongly")
      }
      guard file.tensors[tensor]?.values.allSatisfy(\.isFinite) == true else {
        throw EmotionError.model(
          "the tensor '\(tensor)' in \(name) holds a value that is not a number; train again")
      }
    }
  }

  /// The bytes of the model's file. The same model gives the same bytes.
  /// - Throws: an `EncodingError` when a number of its history is not finite.
  public func bytes() throws -> Data {
    try safetensors().bytes()
  }

  /// Writes the model; a failure, such as a full disk, leaves a model that was there whole.
  /// - Throws: `NetworkError.file` with the system's reason.
  public func write(to url: URL) throws {
    try safetensors().write(to: url)
  }

  private func safetensors() throws -> Safetensors {
    let description = Description(
      recipe: recipe, target: target, classes: classes, temperature: temperature,
      minimumQuality: minimumQuality, minimumConfidence: minimumConfidence,
      calibration: calibration, normalisation: normalisation, rhythm: rhythm,
      provenance: provenance, architecture: network.architecture,
      chosenEpoch: network.chosenEpoch, history: network.history)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(description), as: UTF8.self)
    return Safetensors(
      tensors: network.parameters, metadata: ["format": Self.format, "model": text])
  }

  /// Everything but the tensors.
  private struct Description: Codable {
    var recipe: PreprocessingRecipe
    var target: String
    var classes: [String]
    var temperature: Double
    var minimumQuality: Double
    // Not in the files of earlier versions.
    var minimumConfidence: Double?
    var calibration: CalibrationRecord?
    var normalisation: AmplitudeNormalisation?
    var rhythm: RhythmModel?
    var provenance: Provenance
    var architecture: NetworkArchitecture
    var chosenEpoch: Int
    var history: [EmotionEpoch]
  }

  private static let format = "heartfelt-emotion-1"
}
