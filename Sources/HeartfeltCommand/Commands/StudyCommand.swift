import ArgumentParser
import ECGEvaluation
import Foundation
import HeartfeltWork

/// `heartfelt study`.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "A table or figure of the papers, or your own grid, in one command.",
    discussion: """
      A study is a grid of data, targets, methods, splits, seeds and factors, as a short YAML file says. \
      Every cell is computed once and kept: started again, after Ctrl-C, a crash or on another share of \
      the cells, it goes on where it was and ends in the same results. Trunks that several cells need \
      are trained once.

      Built-in studies:
      """
        + BuiltInStudy.all.map { "\n  \($0.name): \($0.abstract)" }.joined())

  @Argument(help: "A YAML file, or the name of a built-in study.")
  var study: String?

  @Flag(help: "List the built-in studies.")
  var list = false

  @Option(name: .customLong("print"), help: "Write a built-in study out as YAML, to edit.")
  var printed: String?

  @Option(help: "The study's folder; made, or gone on with.")
  var output: URL?

  @Flag(
    help: "The small form: a small trunk, few epochs and values; on a synthetic cohort if need be.")
  var quick = false

  @Option(help: "A share of the cells, as 2/8: for job arrays.")
  var shard: String?

  @Option(
    parsing: .upToNextOption, help: "Folders of other shares to be taken into --output first.")
  var merge: [URL] = []

  @Flag(help: "Only show the plan.")
  var plan = false

  @Flag(
    help: """
      Compute cells again that another build of the program computed, and train trunks again. Without \
      it they are kept, and the study says so.
      """)
  var recompute = false

  @Option(
    parsing: .upToNextOption, help: "Window stores to use instead of those that the study names.")
  var stores: [String] = []

  @Option(parsing: .upToNextOption, help: "With --stores: further stores for pre-training only.")
  var unlabelled: [String] = []

  @Option(help: "With --stores: the label column.")
  var target: String?

  @Option(help: "With --stores: how its values become classes, as for evaluate.")
  var classes = "as-written"

  @Option(help: "With --stores: the classes to keep, separated by commas.")
  var only: String?

  @Option(
    help: """
      Beside the study as it is, defects of the published code switched on, each alone and together, \
      separated by commas, or all: \(PublishedDefect.allCases.map(\.rawValue).joined(separator: ", ")). \
      Those of the data are switched on in prepare.
      """)
  var asPublished: String?

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    if list || printed != nil { return }
    guard study != nil, output != nil else {
      throw ValidationError("name a study and its --output; --list shows the built-in studies")
    }
    guard stores.isEmpty == (target == nil) else {
      throw ValidationError("--stores and --target belong together")
    }
    if let shard, Shard(shard) == nil {
      throw ValidationError("--shard must be like 2/8, not '\(shard)'")
    }
  }

  func run() throws {
    if list {
      let width = BuiltInStudy.all.map(\.name.count).max() ?? 0
      for study in BuiltInStudy.all {
        let space = String(repeating: " ", count: width - study.name.count)
        Console.result("\(study.name)\(space)  \(study.abstract)")
      }
      return
    }
    if let printed { return Console.result(try BuiltInStudy.named(printed).yaml) }
    guard let study, let output else { return }
    var file = try StudyFile(study, isQuick: quick)
    if let target {
      var data = StudyDefinition.Data(
        name: "\(stores.map { URL(filePath: $0).lastPathComponent }.joined(separator: " and ")): "
          + target, stores: stores, target: target)
      data.unlabelled = unlabelled
      data.classes = classes
      data.only = only?.split(separator: ",").map(String.init) ?? []
      file.definition.data = [data]
    } else if quick, BuiltInStudy.all.contains(where: { $0.name == study }) {
      file.definition.data = try QuickCohort(folder: output).data(for: study)
    }
    if let asPublished { try file.definition.switchOn(asPublished) }
    let session = try StudySession(
      definition: file.definition, folder: output, engine: try engine.makeEngine())
    try session.take(merge)
    try session.run(
      shard: shard.flatMap(Shard.init) ?? Shard(), onlyPlan: plan, recomputes: recompute)
  }
}

/// A share of the cells.
struct Shard {
  let number: Int
  let count: Int

  /// All of them.
  init() { (number, count) = (1, 1) }

  /// Reads `2/8`.
  init?(_ text: String) {
    let parts = text.split(separator: "/").compactMap { Int($0) }
    guard parts.count == 2, parts[1] >= 1, (1...parts[1]).contains(parts[0]) else { return nil }
    (number, count) = (parts[0], parts[1])
  }
}
