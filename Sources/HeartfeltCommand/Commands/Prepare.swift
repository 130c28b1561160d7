import ArgumentParser
import ECGDatasets
import Foundation
import HeartfeltWork

/// `heartfelt prepare`.
struct Prepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a window store of original files.",
    discussion: """
      Filters, resamples, normalises and cuts every recording into 10-second windows, each with its \
      person, recording, start, quality and labels. Whatever is left out is counted and listed.

      A preparation that was stopped or killed goes on where it was when the same command is given \
      again, and ends in the same bytes.

      Data sets:
      """ + Datasets.all.map { "\n  \($0.name): \($0.title)" }.joined()
        + "\n\nDefects of the published code that --as-published repeats:"
        + PublishedDefect.allCases.map {
          "\n  \($0.rawValue) (\($0.datasets.joined(separator: ", "))): \($0.sentence)"
        }.joined())

  @Argument(help: "The data set: \(Datasets.all.map(\.name).joined(separator: ", ")).")
  var dataset: String

  @Argument(help: "The folder as it was downloaded, unpacked or not, or one ZIP archive.")
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

  @OptionGroup(title: "Data set") var reading: DatasetArguments
  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

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

    let wishes = try reading.options()
    if wishes.asPublished.contains(.lastRecording) {
      preparation.recipe.normalisation = .lastRecording
    }
    let reader = try Datasets.named(dataset).reading(by: wishes)
    let interrupt = Interrupt()
    preparation.shouldStop = { interrupt.isRequested }

    let report: PreparationReport
    do {
      report = try Datasets.withHints(at: path) {
        try preparation.run(reader, at: path, to: output, showing: "preparing")
      }
    } catch is CancellationError {
      Console.note("stopped; give the same command again to go on")
      throw Interrupted()
    }
    if json {
      try Console.json(report)
    } else {
      Console.result(report.table)
      Console.note("window store: \(output.path)")
    }
  }
}
