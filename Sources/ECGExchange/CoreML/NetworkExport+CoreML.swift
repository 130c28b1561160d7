import Foundation
import SwiftProtobuf

/// The files of a Core ML package, `.mlpackage`.
public struct CoreMLPackage: Hashable, Sendable {
  /// The specification, an ML Program: `Data/com.apple.CoreML/model.mlmodel`.
  public let model: Data
  /// The weights: `Data/com.apple.CoreML/weights/weight.bin`.
  public let weights: Data
  /// What lies where: `Manifest.json`.
  public var manifest: Data { Data(Self.manifestText.utf8) }

  /// Writes the package, a folder, in place of one that was there.
  ///
  /// It is put together beside and moved into place, so a failure leaves what was there.
  /// - Throws: `ExchangeError.writing`; something that is there and no package is left alone.
  public func write(to url: URL) throws {
    let files = FileManager.default
    let isThere = files.fileExists(atPath: url.path)
    guard !isThere || files.fileExists(atPath: url.appending(path: "Manifest.json").path) else {
      throw ExchangeError.writing(
        "\(url.path) is there and is no Core ML package; name another output")
    }
    let beside = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).partial")
    do {
      let data = beside.appending(path: "Data/com.apple.CoreML")
      try files.createDirectory(
        at: data.appending(path: "weights"), withIntermediateDirectories: true)
      try model.write(to: data.appending(path: "model.mlmodel"))
      try weights.write(to: data.appending(path: "weights/weight.bin"))
      try manifest.write(to: beside.appending(path: "Manifest.json"))
      if isThere { try files.removeItem(at: url) }
      try files.moveItem(at: beside, to: url)
    } catch {
      try? files.removeItem(at: beside)
      throw ExchangeError.writing(
        "\(url.path) could not be written (\(error.localizedDescription)); check the folder and the "
          + "space on the disk")
    }
  }

  // The two identifiers only need to differ from each other.
  private static let manifestText = """
    {
      "fileFormatVersion": "1.0.0",
      "itemInfoEntries": {
        "8A0C5B0E-7D1B-4C57-9B3F-0E1F6A1D0001": {
          "author": "com.apple.CoreML",
          "description": "CoreML Model Specification",
          "name": "model.mlmodel",
          "path": "com.apple.CoreML/model.mlmodel"
        },
        "8A0C5B0E-7D1B-4C57-9B3F-0E1F6A1D0002": {
          "author": "com.apple.CoreML",
          "description": "CoreML Model Weights",
          "name": "weights",
          "path": "com.apple.CoreML/weights"
        }
      },
      "rootModelIdentifier": "8A0C5B0E-7D1B-4C57-9B3F-0E1F6A1D0001"
    }

    """
}

extension NetworkExport {
  /// The network as a Core ML package for iOS 15, macOS 12, watchOS 8 and later.
  ///
  /// One window a call, 1 × T; Core ML predicts many by `MLModel.predictions(fromBatch:)`. An emotion
  /// model is a classifier: besides `features` and `logits` it gives `classLabel` and, in place of
  /// `probabilities`, the dictionary `classLabel_probs`.
  public func coreMLPackage() throws -> CoreMLPackage {
    var operations = CoreMLOperations()
    for layer in graph.layers { operations.append(layer) }
    let isClassifier = content == .emotion
    if isClassifier { operations.appendClassification(into: labels) }

    var arrays = graph.outputs
    if isClassifier { arrays.removeAll { $0 == LayerGraph.probabilities } }
    var block = CoreMLBlock()
    block.outputs = (isClassifier ? ["classLabel", "classLabel_probs"] : []) + arrays
    block.operations = operations.operations
    var function = CoreMLFunction()
    function.inputs = [
      CoreMLNamedValueType(
        LayerGraph.input, CoreMLValueType(.float32, shape: [1, graph.inputLength]))
    ]
    function.opset = "CoreML5"
    function.blockSpecializations["CoreML5"] = block

    var model = CoreMLModel()
    model.specificationVersion = 6
    model.mlProgram.version = 1
    model.mlProgram.functions["main"] = function
    model.description_p = description(arrays: arrays, isClassifier: isClassifier)
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return CoreMLPackage(
      model: try model.serializedData(options: options), weights: operations.weights.bytes)
  }

  private func description(arrays: [String], isClassifier: Bool) -> CoreMLModelDescription {
    var description = CoreMLModelDescription()
    description.input = [
      feature(
        LayerGraph.input,
        "\(graph.inputLength) samples at \(recipe.samplingRate) Hz, prepared as "
          + "the metadata's `preprocessing` says")
    ]
    description.output = arrays.map { feature($0, meaning(of: $0)) }
    if isClassifier {
      var label = CoreMLFeature()
      label.name = "classLabel"
      label.shortDescription = "the likeliest class"
      label.type.stringType = CoreMLEmpty()
      var shares = CoreMLFeature()
      shares.name = "classLabel_probs"
      shares.shortDescription = "the calibrated probability of each class"
      shares.type.dictionaryType.stringKeyType = CoreMLEmpty()
      description.output = [label, shares] + description.output
      description.predictedFeatureName = label.name
      description.predictedProbabilitiesName = shares.name
    }
    description.metadata.shortDescription = summary
    description.metadata.author = "heartfelt"
    description.metadata.userDefined = metadata
    return description
  }

  private func meaning(of output: String) -> String {
    switch output {
    case LayerGraph.features: "what the trunk makes of the window"
    case LayerGraph.logits: "before temperature and probabilities"
    default: "of " + labels.joined(separator: ", ")
    }
  }

  private func feature(_ name: String, _ meaning: String) -> CoreMLFeature {
    var feature = CoreMLFeature()
    feature.name = name
    feature.shortDescription = meaning
    feature.type.multiArrayType.shape = [1] + graph.shape(of: name).map(Int64.init)
    feature.type.multiArrayType.dataType = 65568  // float32
    return feature
  }
}
