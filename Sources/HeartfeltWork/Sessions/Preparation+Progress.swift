import ECGDatasets
import Foundation

extension Preparation {
  /// Prepares a data set under a progress bar.
  package func run(
    _ dataset: any Dataset, at folder: URL, to destination: URL, showing title: String
  ) throws -> PreparationReport {
    let bar = SharedProgressBar(title)
    defer { bar.finish() }
    return try run(dataset, at: folder, to: destination) { bar.update($0) }
  }
}
