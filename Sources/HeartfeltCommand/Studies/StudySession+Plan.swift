import ECGEvaluation
import ECGPretext
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

extension StudySession {
  /// The work of each cell by its key; a cell whose trunks another one trains does not count them.
  func works(of cells: [StudyCell]) throws -> [String: Double] {
    var works: [String: Double] = [:]
    var trained: Set<String> = []
    for cell in cells {
      let counts = try windowCounts(cell)
      let shares = cell.method.usesPretrainedTrunk && !trained.insert(cell.trunks).inserted
      works[cell.key] =
        works[cell.key]
        ?? cell.work(windows: counts.labelled, unlabelled: counts.unlabelled, sharesTrunks: shares)
    }
    return works
  }

  /// Says what will be done and about how long it takes, before it starts.
  func showPlan(
    _ cells: [StudyCell], left: [StudyCell], works: [String: Double], shard: Shard
  ) throws {
    let definition = plan.definition
    func counted(_ count: Int, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    var grid = [
      counted(definition.data.count, "target", "targets"),
      counted(definition.methods.count, "method", "methods"),
      counted(definition.splits.count, "split", "splits"),
      counted(definition.seeds.count, "seed", "seeds"),
    ]
    grid += definition.factors.map { "\($0.values.count) values of \($0.name)" }
    Console.note("\(definition.name): \(grid.joined(separator: " × "))")
    for sentence in leftOut { Console.note("left out, \(sentence)") }
    let share = shard.count > 1 ? ", share \(shard.number) of \(shard.count)" : ""
    let trunks = Set(left.filter(\.method.usesPretrainedTrunk).map(\.trunks)).count
    Console.note(
      "\(cells.count) cells\(share), \(cells.count - left.count) done already, \(left.count) left with "
        + "\(counted(trunks, "set", "sets")) of trunks to pre-train")
    guard !left.isEmpty else { return }
    let rate = try signalsPerSecond()
    let work = left.reduce(0) { $0 + works[$1.key, default: 0] }
    Console.note(
      "about \(ProgressBar.duration(work / rate)) at \(Int(rate)) signals/s of the published trunk, as "
        + "just measured")
  }

  private func windowCounts(_ cell: StudyCell) throws -> (labelled: Int, unlabelled: Int) {
    let loaded = try data.data(cell.data, index: cell.dataIndex).0
    return (loaded.classes.count, loaded.unlabelled?.windows.count ?? 0)
  }

  /// Signals a second in training the published trunk, from a moment of it.
  private func signalsPerSecond() throws -> Double {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 3
    configuration.batchWindows = 4
    let length = 2560
    let samples = (0..<4 * length).map { Float(sin(Double($0) * 0.05)) }
    var last = Date()
    var seconds = Double.infinity
    _ = try Pretraining(configuration: configuration, engine: engine).run(
      on: WindowArray(samples: samples, windowLength: length)
    ) { event in
      if case .epoch = event {
        seconds = min(seconds, Date().timeIntervalSince(last))
        last = Date()
      }
      return .continue
    }
    return Double(4 * configuration.transformations.count) / max(seconds, 1e-6)
  }
}

extension StudyCellResult {
  /// The program that computed it, such as `0.1.0, build 3f2a9c01`.
  var build: String {
    version + (program.map { $0.isEmpty ? "" : ", build \($0.prefix(8))" } ?? "")
  }
}

extension StudyCell {
  /// The cell in words.
  var words: String {
    ([data.name] + values + ["\(level.rawValue) split", method.displayName, "seed \(seed)"])
      .joined(separator: ", ")
  }
}

extension EvaluationEvent {
  /// How much of the cell is done, roughly.
  var share: Double {
    switch self {
    case .started(let progress), .finished(_, let progress):
      Double(progress.finished) / Double(max(progress.total, 1))
    case .pretraining(let part, .step(let progress)):
      (Double(part.fold - 1) + Double(progress.epoch - 1) / Double(max(progress.epochs, 1)))
        / Double(part.folds)
    case .pretraining(let part, _): Double(part.fold - 1) / Double(part.folds)
    case .training(let part, let epoch, let epochs):
      (Double(part.fold - 1) + Double(epoch) / Double(max(epochs, 1))) / Double(part.folds)
    }
  }

  /// What is being done.
  var words: String {
    switch self {
    case .started: ""
    case .pretraining(let part, .step(let progress)):
      ", fold \(part.fold) of \(part.folds), pre-training epoch \(progress.epoch) of "
        + "\(progress.epochs)"
    case .pretraining(let part, _), .training(let part, _, _), .finished(let part, _):
      ", fold \(part.fold) of \(part.folds)"
    }
  }
}

extension StudyAnalysis {
  /// The scores for the screen, a table for each data entry with the splits side by side, and the
  /// differences that stand.
  func text(_ definition: StudyDefinition) -> String {
    let tables = definition.data.map(\.name).compactMap { name -> String? in
      let own = rows.filter { $0.data == name }
      let persons = own.map(\.persons.count).max() ?? 0
      return own.isEmpty
        ? nil
        : "\(name): \(metric.displayName) "
          + (persons > 1 ? "[95 % interval over \(persons) persons]" : "of one person, no interval")
          + "\n\n"
          + table(own, definition)
    }
    return (tables + [differences]).joined(separator: "\n")
  }

  private func table(_ rows: [Row], _ definition: StudyDefinition) -> String {
    let levels = Split.Level.allCases.filter { level in rows.contains { $0.level == level } }
    let hasGap = rows.contains { $0.leakGap != nil }
    var columns: [TextTable.Column] = [.init("method")]
    columns += definition.factors.map { TextTable.Column($0.name) }
    columns += levels.map { TextTable.Column("\($0.rawValue) split", .right) }
    if hasGap { columns.append(.init("leak gap", .right)) }
    columns.append(.init("p, chance", .right))
    var table = TextTable(columns: columns)
    var seen: Set<[String]> = []
    for row in rows where seen.insert(row.values + [row.method.rawValue]).inserted {
      let own = rows.filter { $0.values == row.values && $0.method == row.method }
      var cells = [row.method.displayName]
      cells += zip(row.values, definition.factors).map { value, factor in
        factor.appliesTo.isEmpty || factor.appliesTo.contains(row.method) ? value : ""
      }
      cells += levels.map { level in
        own.first { $0.level == level }.map { figuresText($0.value, $0.interval, digits: 2) } ?? ""
      }
      if hasGap {
        cells.append(
          own.compactMap(\.leakGap).first.map { differenceText($0.value, $0.interval) } ?? "")
      }
      table.add(cells + [own.last?.chanceP.map(probabilityText) ?? ""])
    }
    return table.text
  }

  /// The differences between methods that are significant after correction, in words.
  var significantDifferences: [String] {
    comparisons.filter { ($0.correctedP ?? 1) < 0.05 }.map { row in
      let place = ([row.data] + row.values + ["\(row.level.rawValue) split"])
        .joined(separator: ", ")
      let p = probabilityText(row.correctedP ?? 1)
      return "\(row.method.displayName) less \(row.reference.displayName) (\(place)): "
        + "\(differenceText(row.difference.value, row.difference.interval)), "
        + (p.hasPrefix("<") ? "p \(p)" : "p = \(p)")
    }
  }

  /// How many differences there are, and which are significant.
  private var differences: String {
    guard !comparisons.isEmpty else { return "" }
    let found = significantDifferences
    let lines = found.prefix(12).map { "  " + $0 }
    return
      "\(found.count) of \(comparisons.count) differences are significant (Wilcoxon over persons, "
      + "Holm's correction)" + (lines.isEmpty ? "" : ":\n" + lines.joined(separator: "\n"))
      + (found.count > 12 ? "\n  the others are in the report" : "")
  }
}

/// A value and its interval, with true minus signs.
func figuresText(
  _ value: Double, _ interval: ECGEvaluation.Interval?, digits: Int = 3
) -> String {
  func text(_ value: Double) -> String { fixedText(value, decimals: digits) }
  return text(value) + (interval.map { " [\(text($0.low)), \(text($0.high))]" } ?? "")
}

/// A difference with its sign, and its interval.
func differenceText(_ value: Double, _ interval: ECGEvaluation.Interval?) -> String {
  (value > 0.005 ? "+" : "") + figuresText(value, interval, digits: 2)
}

/// A probability as it is printed.
func probabilityText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : String(format: "%.3f", p) }
