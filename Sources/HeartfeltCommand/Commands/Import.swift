import ArgumentParser
import ECGExchange
import ECGNetwork
import ECGPretext
import Foundation
import HeartfeltWork

/// `heartfelt import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model of weights that another program trained.",
    subcommands: [ImportTensorFlowCheckpoint.self, ImportSafetensors.self])
}

/// `heartfelt import tensorflow-checkpoint`.
struct ImportTensorFlowCheckpoint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensorflow-checkpoint",
    abstract: "Read a checkpoint of TensorFlow's Saver, such as that of the published code.",
    discussion: """
      The layers of the published graph are known: conv_layer_1 to conv_layer_6, task_0_dense_1 to \
      task_6. Others are named by --map. What the optimiser keeps is left out.
      """)

  @Argument(help: "The folder of the .index and .data files, or the .index file.")
  var checkpoint: URL

  @OptionGroup var options: ImportOptions

  func run() throws {
    let checkpoint = try TensorFlowCheckpoint(at: checkpoint)
    try options.write(ImportedWeights(checkpoint, layers: options.layers()))
  }
}

/// `heartfelt import safetensors`.
struct ImportSafetensors: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safetensors",
    abstract: "Read float32 weights in safetensors, such as PyTorch saves.",
    discussion: """
      Layers are called trunk.conv1 to trunk.conv6, heads.NAME.dense1, heads.NAME.output, \
      emotion.dense1, emotion.output, each with .weight and .bias; others are named by --map. Weights \
      with emotion layers become an emotion model, which --target and --classes describe.
      """)

  @Argument(help: "The safetensors file.")
  var file: URL

  @Option(help: "What an emotion network recognises, such as stress.")
  var target: String?

  @Option(help: "The classes of its outputs, in order, separated by commas.")
  var classes: String?

  @OptionGroup var options: ImportOptions

  func run() throws {
    let weights = try ImportedWeights(Safetensors(contentsOf: file), layers: options.layers())
    guard weights.hasEmotion else {
      try options.write(weights)
      return
    }
    guard let target, let classes else {
      throw CommandError(
        "\(file.path) holds an emotion network; say what it recognises by --target and --classes")
    }
    let model = try weights.emotionModel(
      target: target, classes: classes.split(separator: ",").map(String.init),
      recipe: options.recipe.recipe)
    try model.write(to: options.file())
    options.tell(weights)
  }
}

/// What all imports ask.
struct ImportOptions: ParsableArguments {
  @Option(help: "The model: a folder to be made, or a .safetensors file.")
  var output: URL

  @Option(
    name: .customLong("map"),
    help: "A layer's name there and here, such as 'conv1d=trunk.conv1'; may be repeated.")
  var maps: [String] = []

  @OptionGroup(title: "How its windows were prepared") var recipe: RecipeOptions

  mutating func validate() throws { _ = try layers() }

  /// The layers that were named.
  func layers() throws -> [String: String] {
    try maps.reduce(into: [:]) { layers, map in
      let parts = map.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ValidationError("--map takes THERE=HERE, such as 'conv1d=trunk.conv1', not '\(map)'")
      }
      layers[String(parts[0])] = String(parts[1])
    }
  }

  /// Writes weights without emotion layers as a pre-trained network.
  func write(_ weights: ImportedWeights) throws {
    let model = try weights.pretextModel(recipe: recipe.recipe)
    try model.write(to: file())
    tell(weights)
    if !weights.parameters.names.contains(where: { $0.hasPrefix("heads.") }) {
      Console.note("note: the weights hold no head; the model is a trunk for 'embed' and 'train'")
    }
  }

  /// The file to write; its folder is made.
  func file() throws -> URL {
    if output.pathExtension == "safetensors" { return output }
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    return output.appending(path: "model.safetensors")
  }

  /// Says what was taken and what was not.
  func tell(_ weights: ImportedWeights) {
    Console.note("\(weights.origins.count) tensors: \(output.path)")
    if !weights.leftOut.isEmpty {
      Console.note(
        "left out \(weights.leftOut.count): \(weights.leftOut.prefix(8).joined(separator: ", "))"
          + (weights.leftOut.count > 8 ? ", …" : ""))
    }
  }
}
