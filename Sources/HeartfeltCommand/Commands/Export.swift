import ArgumentParser
import ECGEmotion
import ECGExchange
import ECGNetwork
import ECGPrediction
import ECGPretext
import Foundation
import HeartfeltWork

/// `heartfelt export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a network as ONNX, Core ML or safetensors for other programs.",
    discussion: """
      The input is 'window', N × 2560 samples prepared as the recipe says; the outputs are 'features' \
      and, unless only the trunk is exported, 'logits' and 'probabilities'. Recipe, labels and the \
      coefficients of the preprocessing stand in the file's metadata.
      """)

  /// The form of the file.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case onnx, coreml, safetensors
  }

  /// How much of the network.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case whole, trunk
  }

  @Option(help: "A pre-trained or emotion model, or the run that holds it.")
  var model: URL

  @Option(help: "onnx, coreml (an .mlpackage) or safetensors.")
  var format: Format

  @Option(help: "Where it goes.")
  var output: URL

  @Option(help: "'whole', or 'trunk' for the features alone.")
  var part = Part.whole

  @Option(
    help: """
      A sampling rate in Hz of recordings that the other program will read: filter and resampler for \
      it are written into the metadata. May be repeated.
      """)
  var rate: [Double] = []

  func run() throws {
    let export = try networkExport()
    switch format {
    case .onnx: try AtomicFile.replace(output, with: export.onnx())
    case .coreml: try export.coreMLPackage().write(to: output)
    case .safetensors: try export.safetensors().write(to: output)
    }
    let labels = export.labels.isEmpty ? "" : " (\(export.labels.joined(separator: ", ")))"
    Console.note("\(export.content.rawValue) network\(labels): \(output.path)")
  }

  private func networkExport() throws -> NetworkExport {
    let file = modelFile(at: model)
    if part == .trunk {
      let trunk = try TrunkFile(at: model)
      return try NetworkExport(
        trunk: trunk.architecture, parameters: trunk.parameters, recipe: trunk.recipe, rates: rate)
    }
    let stored = try Safetensors(contentsOf: file)
    if stored.metadata["format"]?.hasPrefix("heartfelt-emotion") == true {
      return try NetworkExport(EmotionModel(contentsOf: file), rates: rate)
    }
    return try NetworkExport(PretextModel(stored, name: file.path), rates: rate)
  }
}
