import ECGEvaluation
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

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
    var grid = [
      "\(definition.data.count) data", "\(definition.methods.count) methods",
      "\(definition.splits.count) splits", "\(definition.seeds.count) seeds",
    ]
    grid += definition.factors.map { "\($0.values.count) values of \($0.name)" }
    Console.note("\(definition.name): \(grid.joined(separator: " × "))")
    for sentence in leftOut { Console.note("left out, \(sentence)") }
    let share = shard.count > 1 ? ", share \(shard.number) of \(shard.count)" : ""
    let trunks = Set(left.filter(\.method.usesPretrainedTrunk).map(\.trunks)).count
    Console.note(
      "\(cells.count) cells\(share), \(cells.count - left.count) done already, \(left.count) left with "
        + "\(trunks) sets of trunks to pre-train")
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
  /// The rows for the screen.
  var text: String {
    var table = TextTable(columns: [
      .init("data"), .init("choice"), .init("split"), .init("method"),
      .init("\(metric.displayName)", .right), .init("leak gap", .right),
      .init("p, chance", .right),
    ])
    for row in rows {
      table.add([
        row.data, row.values.joined(separator: ", "), row.level.rawValue, row.method.displayName,
        figuresText(row.value, row.interval),
        row.leakGap.map { figuresText($0.value, $0.interval) } ?? "",
        row.chanceP.map(probabilityText) ?? "",
      ])
    }
    return table.text
  }
}

/// A value and its interval with three digits.
func figuresText(_ value: Double, _ interval: ECGEvaluation.Interval?) -> String {
  func digits(_ value: Double) -> String { String(format: "%.3f", value) }
  return digits(value) + (interval.map { " [\(digits($0.low)), \(digits($0.high))]" } ?? "")
}

/// A probability as it is printed.
func probabilityText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : String(format: "%.3f", p) }
