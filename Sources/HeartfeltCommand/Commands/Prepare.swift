import ArgumentParser
import ECGDatasets
import Foundation

/// `heartfelt prepare`.
struct Prepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a window store of original files.",
    discussion: """
      Filters, resamples, normalises and cuts every recording into 10-second windows, each with its \
      person, recording, start, quality and labels. Whatever is left out is counted and listed.

      Data sets:
      """ + Datasets.all.map { "\n  \($0.name): \($0.title)" }.joined())

  @Argument(help: "The data set: \(Datasets.all.map(\.name).joined(separator: ", ")).")
  var dataset: String

  @Argument(help: "The folder as it was downloaded.")
  var path: URL

  @Option(help: "The window store: a folder to be made.")
  var output: URL

  @Option(help: "Leave out windows of a quality below this, in [0, 1].")
  var minimumQuality = 0.0

  @Option(help: "Prepare the first so many persons only.")
  var maximumPersons: Int?

  @Flag(help: "End with an error if anything has to be left out, noise excepted.")
  var strict = false

  @Flag(help: "Replace a window store that is there already.")
  var replace = false

  @Option(help: "How many persons to prepare at a time. Default: one for each core.")
  var threads: Int?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions
  @OptionGroup(title: "Files of your own") var reading: ReadingArguments

  mutating func validate() throws {
    guard (0...1).contains(minimumQuality) else {
      throw ValidationError("--minimum-quality must lie in [0, 1], not \(minimumQuality)")
    }
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads)")
    }
    if let maximumPersons, maximumPersons < 1 {
      throw ValidationError("--maximum-persons must be at least 1, not \(maximumPersons)")
    }
  }

  func run() throws {
    var preparation = Preparation()
    preparation.recipe = recipe.recipe
    preparation.minimumQuality = minimumQuality
    preparation.maximumPersons = maximumPersons
    preparation.isStrict = strict
    preparation.replacesStore = replace
    preparation.tool = "heartfelt \(Heartfelt.version)"
    if let threads { preparation.threads = threads }

    let report = try preparation.run(try reader(), at: path, to: output, showing: "preparing")
    if json {
      try Console.json(report)
    } else {
      Console.result(report.table)
      Console.note("window store: \(output.path)")
    }
  }

  /// The data set's reader; for one's own folder with what the options say of its files.
  private func reader() throws -> any Dataset {
    let named = try Datasets.named(dataset)
    return named is FolderDataset ? FolderDataset(options: try reading.readingOptions()) : named
  }
}

extension Preparation {
  /// Prepares a data set under a progress bar.
  func run(
    _ dataset: any Dataset, at folder: URL, to destination: URL, showing title: String
  ) throws -> PreparationReport {
    let bar = SharedBar(title)
    defer { bar.finish() }
    return try run(dataset, at: folder, to: destination) { bar.update($0) }
  }

  /// A bar that is moved from several threads, one at a time.
  private final class SharedBar: @unchecked Sendable {
    private let lock = NSLock()
    private let title: String
    private var bar: ProgressBar?

    init(_ title: String) { self.title = title }

    func update(_ progress: Preparation.Progress) {
      lock.withLock {
        var bar = bar ?? ProgressBar(title, total: progress.totalBytes, unit: "bytes")
        bar.update(
          progress.bytes, "\(progress.persons) of \(progress.totalPersons) persons")
        self.bar = bar
      }
    }

    func finish() { lock.withLock { bar?.finish() } }
  }
}
