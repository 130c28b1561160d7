import ArgumentParser
import ECGDatasets
import Foundation
import HeartfeltWork

/// How a data set is read.
struct DatasetArguments: ParsableArguments {
  @OptionGroup var files: ReadingArguments

  @Option(
    help: """
      Which version of the files, where there are several: original or preprocessed (amigos), pickle or \
      respiban (wesad).
      """)
  var variant: String?

  @Option(
    help: """
      Defects of the published code to repeat, separated by commas: \
      \(PublishedDefect.allCases.map(\.rawValue).joined(separator: ", ")).
      """)
  var asPublished: String?

  /// The wishes as the readers take them.
  func options() throws -> DatasetOptions {
    var options = DatasetOptions()
    options.reading = try files.readingOptions()
    options.variant = variant
    if let asPublished { options.asPublished = try PublishedDefect.parse(asPublished) }
    return options
  }
}

extension Datasets {
  /// Runs a body, and when nothing of the data set is there, says what is there instead.
  static func withHints<Result>(at path: URL, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DatasetError {
      if case .nothingFound = error {
        let others = recognised(in: path).map(\.name)
        if !others.isEmpty {
          Console.note("hint: this looks like \(others.joined(separator: " and "))")
        }
      }
      throw error
    }
  }
}
