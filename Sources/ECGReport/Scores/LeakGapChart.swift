/// How much of each method's score under the window split is gone on unseen persons.
public struct LeakGapChart: Sendable {
  /// A method's two scores and the interval of their difference.
  public struct Row: Sendable {
    /// The method in words.
    public var method: String
    /// Its score under the window split.
    public var window: MethodScores
    /// Its score under the person split.
    public var person: MethodScores
    /// The 95 % interval of window less person, paired over persons.
    public var interval: Interval

    /// A method's row.
    public init(method: String, window: MethodScores, person: MethodScores, interval: Interval) {
      self.method = method
      self.window = window
      self.person = person
      self.interval = interval
    }

    /// Window score less person score.
    public var gap: Double { window.value - person.value }
  }

  /// What is recognised.
  public var target: String
  /// The score's name.
  public var metric: String
  /// The methods in the order to show them.
  public var rows: [Row]

  /// Leak gaps of given rows.
  public init(target: String, metric: String, rows: [Row]) {
    self.target = target
    self.metric = metric
    self.rows = rows
  }

  /// Leak gaps of the methods of a comparison that have both splits.
  /// - Parameter intervals: the interval of the gap by method name.
  public init(_ table: ComparisonTable, intervals: [String: Interval] = [:]) {
    let rows = table.methods.compactMap { method -> Row? in
      guard let window = method.score(.window), let person = method.score(.person) else {
        return nil
      }
      let interval = intervals[method.name] ?? .missing(because: "not computed")
      return Row(method: method.name, window: window, person: person, interval: interval)
    }
    self.init(target: table.target, metric: table.metric, rows: rows)
  }

  /// Bars of the gap, with what lies at its two ends in words.
  public var figure: Figure {
    Figure(
      name: "leak-gap-\(target)-\(metric)",
      title: "\(target.sentenceCase): leak gap in \(metric)",
      caption:
        "Score under the window split, where the test persons are also in training, less the score "
        + "on unseen persons (person split, "
        + "\(personsText(rows.map(\.person.persons).max() ?? 0))). Whisker: 95 % interval of the "
        + "difference. What a method loses here it owed to persons it had met before, not to the state.",
      data: csv
    ) { draw(on: &$0) }
  }

  private var csv: String {
    var csv = CSVText(columns: [
      "target", "metric", "method", "window", "person", "gap", "lower95", "upper95",
    ])
    for row in rows {
      let limits = row.interval.limits
      csv.add([
        .text(target), .text(metric), .text(row.method), .number(row.window.value),
        .number(row.person.value), .number(row.gap), .number(limits?.lower ?? .nan),
        .number(limits?.upper ?? .nan),
      ])
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    guard rows.contains(where: { $0.gap.isFinite }) else {
      canvas.message("no method has a score under both splits")
      return
    }
    let rowHeight = 46.0
    let top = 10.0
    canvas.height = top + Double(rows.count) * rowHeight + 46
    let widest = rows.map { TextMeasure.width(of: $0.method, size: 12) }.max() ?? 0
    let left = min(widest + 14, canvas.width * 0.38)
    let panel = Panel(
      left: left, top: top, right: canvas.width - 54, bottom: canvas.height - 46)
    let ends = rows.flatMap { row in
      [row.gap] + (row.interval.limits.map { [$0.lower, $0.upper] } ?? [])
    }
    let scale = Scale(covering: ends, including: [0], range: (panel.left, panel.right))
    canvas.horizontalAxis(
      scale, ticks: scale.horizontalTicks(wanted: 6), in: panel,
      label: "\(metric), window less person", labelRoom: canvas.width)
    guard let zero = scale.position(0) else { return }
    for (index, row) in rows.enumerated() {
      let y = top + (Double(index) + 0.5) * rowHeight
      draw(row, y: y, zero: zero, scale: scale, left: left, on: &canvas)
    }
    canvas.line(zero, panel.top, zero, panel.bottom, "ax")
  }

  private func draw(
    _ row: Row, y: Double, zero: Double, scale: Scale, left: Double, on canvas: inout Canvas
  ) {
    let lines = TextMeasure.lines(of: row.method, width: left - 10, size: 12).prefix(2)
    let first = y - (lines.count > 1 ? 9 : 2)
    for (index, line) in lines.enumerated() {
      canvas.text(line, x: 0, y: first + Double(index) * 13.5, .label)
    }
    canvas.text(
      "\(scoreText(row.window.value)) → \(scoreText(row.person.value))", x: 0,
      y: y + (lines.count > 1 ? 18 : 13), .tick, room: left - 10)
    guard let x = scale.clamped(row.gap) else {
      canvas.text("no gap", x: zero + 6, y: y + 4, .tick)
      return
    }
    canvas.rectangle(
      x: min(zero, x), y: y - 9, width: abs(x - zero), height: 18, row.gap < 0 ? "a3" : "a2",
      tip: "\(row.method): gap \(signedScoreText(row.gap)) \(row.interval.text)")
    var end = max(x, zero)
    if let limits = row.interval.limits, let low = scale.clamped(limits.lower),
      let high = scale.clamped(limits.upper)
    {
      canvas.line(low, y, high, y, "wv")
      for cap in [low, high] { canvas.line(cap, y - 4, cap, y + 4, "wv") }
      end = max(end, high)
    }
    canvas.text(
      signedScoreText(row.gap), x: min(end + 6, canvas.width - 46), y: y + 4, .value)
  }
}
