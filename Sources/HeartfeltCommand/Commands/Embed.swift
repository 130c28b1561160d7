import ArgumentParser
import ECGDatasets
import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGPretext
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt embed`.
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the trunk's features of windows.",
    discussion: """
      Writes a NumPy array of N windows × 128 features. The input is a recording, which is prepared by \
      the model's own recipe, a window store, or a .npy array of windows that are prepared already.
      """)

  @Option(help: "A pre-trained or emotion model, or the run that holds it.")
  var model: URL

  @Option(help: "A recording, a window store or a .npy array of N × T.")
  var input: URL

  @Option(help: "Where the features go: a .npy array.")
  var output: URL

  @OptionGroup(title: "Recording") var reading: ReadingArguments
  @OptionGroup(title: "Computing") var engine: EngineOptions

  func run() throws {
    let trunk = try TrunkFile(at: model)
    let windows = try self.windows(for: trunk)
    let features = try features(
      of: windows, trunk: trunk.parameters, architecture: trunk.architecture,
      engine: try engine.makeEngine())
    let width = trunk.architecture.featureCount
    try writeNPY(features, shape: [windows.count, width], to: output)
    Console.note("\(windows.count) windows × \(width) features: \(output.path)")
  }

  private func windows(for trunk: TrunkFile) throws -> any WindowSource {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: input.path, isDirectory: &isFolder)
    if isThere, isFolder.boolValue {
      let store = try WindowStore(at: input)
      try trunk.recipe.require(store.recipe, of: "the model")
      return store
    }
    if try detectFormat(of: input) == .npy {
      let file = try NPYFile(at: input)
      if file.shape.count == 2 {
        guard file.shape[1] == trunk.recipe.windowLength else {
          throw CommandError(
            "the windows in \(input.path) have \(file.shape[1]) samples, but the model needs "
              + "\(trunk.recipe.windowLength)")
        }
        return try WindowArray(numpyFile: input)
      }
    }
    let loaded = try readRecording(at: input, options: try reading.readingOptions())
    let prepared = try trunk.recipe.windows(of: [loaded.recording])
    guard !prepared.windows.isEmpty else {
      throw CommandError("no window could be cut from \(input.path)")
    }
    return WindowArray(
      samples: prepared.windows.flatMap(\.samples), windowLength: trunk.recipe.windowLength)
  }
}
