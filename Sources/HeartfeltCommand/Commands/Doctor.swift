import ArgumentParser
import ECGDatasets
import Foundation
import HeartfeltWork

/// `heartfelt doctor`.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether a data set is complete, and what prepare would make of it.",
    discussion: """
      Looks for every person and file of the data set, reads all of them, and says what is missing, \
      damaged or unexpected, what the licence allows, and how many windows and labels come of it. \
      Nothing is written. Without arguments the data sets that it knows are listed.

      Ends with 0 when everything is there and sound, else with 1.
      """)

  @Argument(help: "The data set: \(Datasets.all.map(\.name).joined(separator: ", ")).")
  var dataset: String?

  @Argument(help: "The folder as it was downloaded, unpacked or not, or one ZIP archive.")
  var path: URL?

  @Flag(help: "Look at names only; nothing is read.")
  var quick = false

  @Option(help: "How many persons to read at a time. Default: one for each core.")
  var threads: Int?

  @Flag(help: "Print everything as JSON.")
  var json = false

  @OptionGroup(title: "Data set") var reading: DatasetArguments

  mutating func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads)")
    }
    if let dataset, path == nil {
      // One argument that is a place needs the data set's name in front of it.
      if FileManager.default.fileExists(atPath: dataset) {
        let names = Datasets.recognised(in: URL(filePath: dataset)).map(\.name)
        throw ValidationError(
          (names.isEmpty
            ? "nothing of a known data set was recognised in \(dataset); if it is one, say which: "
            : "say which data set it is: ")
            + (names.isEmpty ? ["DATASET"] : names).map { "heartfelt doctor \($0) \(dataset)" }
            .joined(separator: " or "))
      }
    }
  }

  func run() throws {
    guard let dataset else { return try list(Datasets.all) }
    let reader = try Datasets.named(dataset).reading(by: try reading.options())
    guard let path else { return try list([reader]) }
    var examiner = Examiner()
    examiner.readsSignals = !quick
    if let threads { examiner.threads = threads }
    let bar = SharedProgressBar("reading")
    let examination = try Datasets.withHints(at: path) {
      defer { bar.finish() }
      return try examiner.examine(reader, at: path) { bar.update($0) }
    }
    if json { try Console.json(examination) } else { Console.result(examination.text) }
    if !examination.isComplete { throw ExitCode.failure }
  }

  /// What is known of data sets.
  private func list(_ datasets: [any Dataset]) throws {
    if json {
      return try Console.json(
        datasets.map {
          Known(
            name: $0.name, title: $0.title, source: $0.source, licence: $0.licence,
            citation: $0.citation)
        })
    }
    for dataset in datasets {
      Console.result(
        """
        \(dataset.name)
          \(dataset.title)
          from     \(dataset.source)
          licence  \(dataset.licence)
        """ + (dataset.citation.isEmpty ? "" : "\n  to cite  \(dataset.citation)") + "\n")
    }
    Console.note("heartfelt doctor DATASET PATH examines a download")
  }

  private struct Known: Encodable {
    let name: String
    let title: String
    let source: String
    let licence: String
    let citation: String
  }
}
