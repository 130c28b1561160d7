import ArgumentParser
import ECGCatalogue
import ECGReport
import Foundation
import HeartfeltWork

/// `heartfelt runs`.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What was run, with what, on what, and what came out.",
    discussion: """
      Every pretrain, train, evaluate and every cell of a study is kept in heartfelt.sqlite beside its \
      output. Any program that reads SQLite can read it.
      """,
    subcommands: [ListRuns.self, ShowRun.self, CompareRuns.self, ExportRuns.self],
    defaultSubcommand: ListRuns.self)
}

/// Which catalogue.
struct CatalogueArguments: ParsableArguments {
  @Option(help: "The catalogue; heartfelt.sqlite here unless given or in HEARTFELT_CATALOGUE.")
  var catalogue: URL?

  func open() throws -> RunCatalogue {
    let named = ProcessInfo.processInfo.environment["HEARTFELT_CATALOGUE"] ?? ""
    guard catalogue != nil || named != "none" else {
      throw CommandError(
        "HEARTFELT_CATALOGUE is 'none', which keeps no catalogue of runs; name one with --catalogue"
      )
    }
    let url = catalogue ?? URL(filePath: named.isEmpty ? "heartfelt.sqlite" : named)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CommandError(
        "there is no run catalogue at \(url.path); name one with --catalogue, or run something first"
      )
    }
    return try RunCatalogue(at: url)
  }
}

/// `heartfelt runs list`.
struct ListRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The runs, newest first.")

  @Option(help: "Only runs of this kind: pretrain, train, evaluate, study or cell.")
  var kind: String?

  @Flag(help: "Print them as JSON.")
  var json = false

  @OptionGroup var catalogue: CatalogueArguments

  func run() throws {
    let runs = try catalogue.open().runs(kind: kind)
    if json { return try Console.json(runs) }
    guard !runs.isEmpty else { return Console.note("the catalogue holds no such run") }
    var table = TextTable(columns: [
      .init("run"), .init("kind"), .init("name"), .init("state"), .init("started"),
      .init("seconds", .right),
    ])
    for run in runs {
      table.add([
        String(run.id.prefix(8)), run.kind, run.name, run.state.rawValue, run.started,
        String(format: "%.1f", run.seconds),
      ])
    }
    Console.result(table.text)
  }
}

/// `heartfelt runs show`.
struct ShowRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "All that is known of a run.")

  @Argument(help: "The run's name, or its beginning.")
  var name: String

  @Flag(help: "Print it as JSON.")
  var json = false

  @OptionGroup var catalogue: CatalogueArguments

  func run() throws {
    let run = try catalogue.open().run(named: name)
    if json { return try Console.json(run) }
    var lines = [
      "run      \(run.id)", "kind     \(run.kind)", "name     \(run.name)",
      "state    \(run.state.rawValue)", "started  \(run.started)",
      "seconds  \(String(format: "%.1f", run.seconds))",
      "program  \(run.version) \(run.program.prefix(12))", "engine   \(run.engine)",
      "seed     \(run.seed)",
    ]
    if !run.folder.isEmpty { lines.append("folder   \(run.folder)") }
    lines += run.data.map { "data     \($0.path) \($0.sha256.prefix(12))" }
    Console.result(lines.joined(separator: "\n"))
    var settings = TextTable(columns: [.init("configuration"), .init("")])
    for (name, value) in run.settings.sorted(by: { $0.key < $1.key }) {
      settings.add([name, value])
    }
    var metrics = TextTable(columns: [.init("metric"), .init("value", .right)])
    for metric in run.metrics { metrics.add([metric.name, metric.figures]) }
    if !run.settings.isEmpty { Console.result("\n" + settings.text) }
    if !run.metrics.isEmpty { Console.result(metrics.text) }
  }
}

/// `heartfelt runs compare`.
struct CompareRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "What differs between two runs, settings and figures.")

  @Argument(help: "A run's name, or its beginning.")
  var first: String

  @Argument(help: "Another's.")
  var second: String

  @OptionGroup var catalogue: CatalogueArguments

  func run() throws {
    let catalogue = try catalogue.open()
    let (one, other) = (try catalogue.run(named: first), try catalogue.run(named: second))
    Console.result(
      [one, other].map { "\($0.id.prefix(8))  \($0.kind)  \($0.name)" }.joined(separator: "\n")
        + "\n")
    var table = TextTable(columns: [
      .init(""), .init(String(one.id.prefix(8)), .right), .init(String(other.id.prefix(8)), .right),
      .init("second less first", .right),
    ])
    let facts = (one.facts, other.facts)
    for key in Set(facts.0.keys).union(facts.1.keys).sorted() where facts.0[key] != facts.1[key] {
      table.add([key, facts.0[key] ?? "–", facts.1[key] ?? "–", ""])
    }
    let values = (one.values, other.values)
    for key in Set(values.0.keys).union(values.1.keys).sorted() {
      let pair = (values.0[key], values.1[key])
      let difference =
        pair.0.flatMap { one in pair.1.map { String(format: "%+.4f", $0.value - one.value) } } ?? ""
      table.add([key, pair.0?.figures ?? "–", pair.1?.figures ?? "–", difference])
    }
    Console.result(table.text)
  }
}

/// `heartfelt runs export`.
struct ExportRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "All figures of all runs, a row a figure.")

  @Flag(help: "As CSV, which is the only form there is.")
  var csv = false

  @Option(help: "The file; standard output unless given.")
  var output: URL?

  @OptionGroup var catalogue: CatalogueArguments

  func run() throws {
    var text = CSVText(columns: [
      "run", "kind", "name", "state", "started", "seconds", "version", "program", "engine", "seed",
      "data", "metric", "value", "lower95", "upper95",
    ])
    for run in try catalogue.open().runs() {
      let head: [CSVText.Cell] =
        [run.id, run.kind, run.name, run.state.rawValue, run.started].map { .text($0) }
        + [.number(run.seconds)]
        + [run.version, run.program, run.engine, run.seed].map { .text($0) }
        + [.text(run.data.map(\.sha256).joined(separator: " "))]
      if run.metrics.isEmpty { text.add(head + ["", "", "", ""]) }
      for metric in run.metrics {
        text.add(
          head + [
            .text(metric.name), .number(metric.value), .number(metric.low ?? .nan),
            .number(metric.high ?? .nan),
          ])
      }
    }
    if let output {
      try RunFolder.write(text.text, to: output)
    } else {
      Console.result(text.text)
    }
  }
}
