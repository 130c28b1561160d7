import ECGNetwork
import Foundation
import Yams

/// The folder of one piece of work, with its files under the names that the documentation gives them.
package struct RunFolder {
  package let url: URL

  /// The resolved configuration.
  package var configuration: URL { url.appending(path: "config.yaml") }
  /// The trained model.
  package var model: URL { url.appending(path: "model.safetensors") }
  /// What is needed to go on after an interruption.
  package var checkpoint: URL { url.appending(path: Self.checkpointName) }
  /// The checkpoint's name in the folder.
  package static let checkpointName = "checkpoint.safetensors"
  /// A row an epoch.
  package var metrics: URL { url.appending(path: "metrics.csv") }
  /// Every tested window's prediction.
  package var predictions: URL { url.appending(path: "predictions.csv") }
  /// Scores with everything behind them.
  package var results: URL { url.appending(path: "results.json") }
  /// Figures and tables to look at.
  package var report: URL { url.appending(path: "report.html") }
  /// Finished parts of an evaluation.
  package var parts: URL { url.appending(path: "parts") }

  /// Makes the folder, or takes one that is there.
  /// - Parameters:
  ///   - marker: the file that shows that the folder already holds such work.
  ///   - resume: whether work that is there is to be gone on with.
  /// - Throws: when there is such work and it is not to be resumed, so that nothing is overwritten.
  package init(
    _ url: URL, marker: KeyPath<RunFolder, URL>, resume: Bool
  ) throws {
    self.url = url
    if !resume, FileManager.default.fileExists(atPath: self[keyPath: marker].path) {
      throw CommandError(
        "\(url.path) already holds a run; go on with it by --resume, or name another --output")
    }
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        "the folder \(url.path) cannot be made (\(error.localizedDescription)); name an --output in "
          + "a folder that you may write to")
    }
  }

  /// Writes the resolved configuration.
  package func write(configuration value: some Encodable) throws {
    let encoder = YAMLEncoder()
    encoder.options.sortKeys = true
    try Self.write(try encoder.encode(value), to: configuration)
  }

  /// Writes a text file in one go: all of it is there afterwards, or what was there before.
  package static func write(_ text: String, to file: URL) throws {
    try AtomicFile.replace(file, with: Data(text.utf8))
  }
}
