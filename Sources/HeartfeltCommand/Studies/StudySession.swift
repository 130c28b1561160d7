import ArgumentParser
import ECGCatalogue
import ECGEvaluation
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import HeartfeltWork
import Yams

/// A study in its folder: the plan, the cells under a progress bar, the results and the report.
struct StudySession {
  let folder: URL
  let engine: any ComputeEngine
  let plan: StudyPlan
  let leftOut: [String]
  let data = StudyData()

  /// Lays a study out. Data whose stores are not there are left out, and the report says so.
  init(definition: StudyDefinition, folder: URL, engine: any ComputeEngine) throws {
    self.folder = folder
    self.engine = engine
    var present = definition
    var missing: [String] = []
    func isThere(_ store: String) -> Bool {
      FileManager.default.fileExists(
        atPath: URL(filePath: store).appending(path: "recipe.json").path)
    }
    present.data = definition.data.compactMap { entry in
      var entry = entry
      for store in entry.unlabelled where !isThere(store) {
        missing.append("\(entry.name): no window store at \(store) to pre-train on")
      }
      entry.unlabelled = entry.unlabelled.filter(isThere)
      guard let absent = entry.stores.first(where: { !isThere($0) }) else { return entry }
      missing.append("\(entry.name): no window store at \(absent)")
      return nil
    }
    guard !present.data.isEmpty else {
      throw CommandError(
        "none of the study's window stores is there (\(missing.prefix(2).joined(separator: "; "))…); "
          + "make them with 'heartfelt prepare', name others with --stores and --target, or try --quick"
      )
    }
    leftOut = missing
    let data = self.data
    plan = try StudyPlan(present, checksums: present.data.map { try data.checksum(of: $0) })
  }

  private var studyRun: StudyRun {
    StudyRun(
      folder: folder, version: Heartfelt.version, program: RunRecord.program, engine: engine)
  }

  /// Takes the finished cells of other folders into this one.
  func take(_ others: [URL]) throws {
    let manager = FileManager.default
    for other in others {
      guard manager.fileExists(atPath: other.appending(path: "cells").path) else {
        throw CommandError("\(other.path) holds no cells of a study")
      }
      for kind in ["cells", "times"] {
        let destination = folder.appending(path: kind)
        try manager.createDirectory(at: destination, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: other.appending(path: kind).path)
        where name.hasSuffix(".json") {
          let target = destination.appending(path: name)
          guard !manager.fileExists(atPath: target.path) else { continue }
          try AtomicFile.replace(
            target, with: try Data(contentsOf: other.appending(path: "\(kind)/\(name)")))
        }
      }
    }
  }

  /// Computes what is left of a share, and writes results and report once all shares are done.
  /// - Parameter recomputes: whether cells of other builds of the program are computed again.
  func run(shard: Shard, onlyPlan: Bool, recomputes: Bool = false) throws {
    let folderOfRun = try RunFolder(folder, marker: \.report, resume: true)
    try write(plan.definition, named: "study.yaml")
    let cells = shard.count == 1 ? plan.cells : plan.shard(shard.number, of: shard.count)
    let foreign = studyRun.foreign(of: cells)
    if recomputes, !foreign.isEmpty, !onlyPlan { try studyRun.forget(foreign.map(\.key)) }
    let left = studyRun.left(of: cells)
    let works = try works(of: cells)
    try showPlan(cells, left: left, works: works, shard: shard)
    if !recomputes { warn(of: foreign) }
    if onlyPlan { return }

    var record = RunRecord(
      kind: "study", folder: folder,
      stores: Set(plan.definition.data.flatMap { $0.stores + $0.unlabelled }).sorted()
        .map { URL(filePath: $0) },
      seed: plan.definition.seeds[0], engine: engine.name, configuration: plan.definition)
    do {
      try compute(cells, works: works)
    } catch EvaluationError.stopped {
      record.end(.stopped)
      Console.note("stopped; go on with the same command")
      throw Interrupted()
    } catch {
      record.end(.failed)
      throw error
    }
    record.end(.finished)
    let missing = studyRun.left(of: plan.cells).count
    guard missing == 0 else {
      Console.note(
        "\(missing) of \(plan.cells.count) cells are left to other shares; put them together with "
          + "--merge")
      return
    }
    try finish(folderOfRun)
  }

  /// Says that results of another build of the program are kept.
  private func warn(of foreign: [StudyCellResult]) {
    guard !foreign.isEmpty else { return }
    let builds = Set(foreign.map(\.build)).sorted().joined(separator: ", ")
    Console.note(
      "\(foreign.count) of the cells done are of another build of the program (\(builds)) and are kept "
        + "as they are; --recompute computes them again")
  }

  private func compute(_ cells: [StudyCell], works: [String: Double]) throws {
    let run = studyRun
    let left = run.left(of: cells)
    let interrupt = Interrupt()
    let catalogue = RunRecord.catalogue(beside: folder)
    let total = left.reduce(0) { $0 + works[$1.key, default: 1] }
    var bar = ProgressBar("study", total: max(Int(total), 1), unit: "")
    defer { bar.finish() }
    var done = 0.0
    var number = 0
    try run.run(cells, data: { try data.data($0.data, index: $0.dataIndex) }) { event in
      switch event {
      case .started(let cell):
        number += 1
        bar.update(Int(done), "cell \(number) of \(left.count): \(cell.words)")
      case .evaluation(let cell, let event):
        bar.update(
          Int(done + event.share * works[cell.key, default: 1]),
          "cell \(number) of \(left.count): \(cell.words)\(event.words)")
      case .finished(let cell, let result, let seconds):
        done += works[cell.key, default: 1]
        RunRecord.keep(entry(cell, result, seconds: seconds), in: catalogue)
        if let failure = result.failure {
          bar.clear()
          Console.note("left out, \(cell.words): \(failure)")
        }
      }
      return interrupt.isRequested ? .stop : .continue
    }
  }

  /// The catalogue's entry of a cell: its name is its content's.
  private func entry(
    _ cell: StudyCell, _ result: StudyCellResult, seconds: Double
  ) -> CatalogueRun {
    var run = CatalogueRun(
      id: cell.key, kind: "cell", name: "\(plan.definition.name): \(cell.words)",
      folder: folder.standardizedFileURL.path, version: result.version,
      program: RunRecord.program, engine: result.engine, seed: cell.seed,
      configuration: RunRecord.json(result.settings),
      data: zip(
        cell.data.stores + cell.data.unlabelled,
        cell.checksum.split(whereSeparator: { $0 == "+" || $0 == "|" })
      ).map { .init(path: $0, sha256: String($1)) })
    run.state = result.failure == nil ? .finished : .failed
    run.seconds = seconds
    run.metrics = (result.outcome?.scores ?? []).map {
      .init(
        name: "\(cell.level.rawValue)/\(cell.method.rawValue)/\($0.metric.rawValue)",
        value: $0.value, low: $0.interval?.low, high: $0.interval?.high)
    }
    return run
  }

  private func finish(_ run: RunFolder) throws {
    let results = plan.cells.compactMap(studyRun.result(of:))
    let analysis = try StudyAnalysis(plan.definition, results)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let summary = StudyResults(
      study: plan.definition, leftOut: leftOut, cells: results.map(\.summary), analysis: analysis)
    try AtomicFile.replace(run.results, with: try encoder.encode(summary))
    try RunFolder.write(times, to: folder.appending(path: "times.csv"))
    let report = try StudyReport(
      definition: plan.definition, results: results, analysis: analysis, leftOut: leftOut,
      recipes: plan.definition.data.enumerated().map { try data.data($1, index: $0).1 },
      descriptions: try plan.definition.data.flatMap { try data.descriptions($0) })
    try RunFolder.write(report.report.html, to: run.report)
    Console.result(analysis.text(plan.definition))
    Console.note("results: \(run.results.path)\nreport: \(run.report.path)")
  }

  /// Seconds of each cell, apart from the results, which do not depend on the machine's speed.
  private var times: String {
    plan.cells.reduce(into: "cell,seconds,what\n") { text, cell in
      let seconds = studyRun.seconds(of: cell).map { String(format: "%.3f", $0) } ?? ""
      text += "\(cell.key),\(seconds),\"\(cell.words)\"\n"
    }
  }

  private func write(_ definition: StudyDefinition, named name: String) throws {
    let encoder = YAMLEncoder()
    encoder.options.sortKeys = true
    // By way of JSON, whose whole numbers are written as such.
    let tree = try JSONDecoder().decode(SettingsTree.self, from: JSONEncoder().encode(definition))
    try RunFolder.write(try encoder.encode(tree), to: folder.appending(path: name))
  }
}

/// What `results.json` of a study says.
private struct StudyResults: Encodable {
  let study: StudyDefinition
  let leftOut: [String]
  let cells: [StudyCellResult]
  let analysis: StudyAnalysis
}
