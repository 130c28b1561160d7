extension ComparisonTable {
  /// Methods × splits: a dot for the score, a bar for its 95 % interval, a small dot a person.
  public var figure: Figure {
    Figure(
      name: "methods-\(target)-\(metric)",
      title: "\(target.sentenceCase): \(metric) by method and split",
      caption: caption, data: csv
    ) { ComparisonLayout(table: self, width: $0.width).draw(on: &$0) }
  }

  private var caption: String {
    let splits = splits.map { "\(heading($0)) (\($0.meaning))" }.joined(separator: "; ")
    let guess = chance.map { " The dotted line is chance, \(scoreText($0))." } ?? ""
    let hasPersons = methods.contains { $0.scores.contains { !$0.perPerson.isEmpty } }
    return
      "Large dot: score over all test windows; bar: 95 % interval by bootstrap over persons"
      + (hasPersons ? "; small dots: each test person by themselves." : ".")
      + "\(guess) Splits: \(splits.isEmpty ? "none" : splits)."
  }
}

/// Splits as columns on a desk, below each other on a phone.
private struct ComparisonLayout {
  let table: ComparisonTable
  let width: Double

  private let rowHeight = 42.0
  private var splits: [ReportedSplit] { table.splits }
  private var isNarrow: Bool { width < 500 }

  private var nameWidth: Double {
    let widest =
      table.methods.map { TextMeasure.width(of: $0.name, size: Canvas.TextRole.label.size) }.max()
      ?? 0
    return min(widest + 14, width * (isNarrow ? 0.38 : 0.26))
  }

  private var panelHeight: Double { Double(max(1, table.methods.count)) * rowHeight + 8 }

  func draw(on canvas: inout Canvas) {
    guard !splits.isEmpty, !table.methods.isEmpty else {
      canvas.message("no scores to compare")
      return
    }
    let top = 42.0
    let block = top + panelHeight + 44
    canvas.height = isNarrow ? block * Double(splits.count) : block
    let gap = 22.0
    let columns = isNarrow ? 1 : splits.count
    let inner = width - nameWidth - 12
    let panelWidth = (inner - gap * Double(columns - 1)) / Double(columns)
    for (index, split) in splits.enumerated() {
      let column = isNarrow ? 0 : index
      let left = nameWidth + Double(column) * (panelWidth + gap)
      let offset = isNarrow ? Double(index) * block : 0
      let panel = Panel(
        left: left, top: offset + top, right: left + panelWidth,
        bottom: offset + top + panelHeight)
      if column == 0 { drawNames(in: panel, on: &canvas) }
      drawPanel(split, in: panel, on: &canvas)
    }
  }

  private func drawNames(in panel: Panel, on canvas: inout Canvas) {
    for (row, method) in table.methods.enumerated() {
      let lines = TextMeasure.lines(of: method.name, width: nameWidth - 10, size: 12).prefix(3)
      let first = middle(row, in: panel) + 4 - Double(lines.count - 1) * 6.75
      for (index, line) in lines.enumerated() {
        canvas.text(line, x: 0, y: first + Double(index) * 13.5, .label)
      }
    }
  }

  private func middle(_ row: Int, in panel: Panel) -> Double {
    panel.top + 8 + (Double(row) + 0.5) * rowHeight
  }

  private func drawPanel(_ split: ReportedSplit, in panel: Panel, on canvas: inout Canvas) {
    let scale = scale(in: panel)
    let persons = table.heading(split).split(separator: ", ").last.map(String.init) ?? ""
    let start = isNarrow ? 0 : panel.left
    canvas.text(
      split.title, x: start, y: panel.top - 24, .heading, room: panel.right - start)
    canvas.text(
      persons, x: start, y: panel.top - 9, .tick, room: panel.right - start)
    canvas.horizontalAxis(
      scale, ticks: scale.horizontalTicks(wanted: 5), in: panel, label: table.metric,
      overhang: 9)
    if let chance = table.chance, let x = scale.position(chance) {
      canvas.line(x, panel.top, x, panel.bottom, "ch")
    }
    for (row, method) in table.methods.enumerated() {
      let y = middle(row, in: panel)
      guard let score = method.score(split), score.value.isFinite else {
        canvas.text(
          "no score", x: (panel.left + panel.right) / 2, y: y + 4, .tick, anchor: .middle,
          room: panel.width)
        continue
      }
      draw(
        score, of: method, hue: method.hue ?? row, y: y, scale: scale, in: panel, on: &canvas)
    }
  }

  private func draw(
    _ score: MethodScores, of method: ComparisonTable.Method, hue: Int, y: Double, scale: Scale,
    in panel: Panel, on canvas: inout Canvas
  ) {
    // Each in the first of five lanes where it stays clear of the one before; in the last where none is.
    var lanes = [Double](repeating: -Double.infinity, count: 5)
    for one in score.perPerson.sorted(by: { $0.value < $1.value }) {
      guard let x = scale.clamped(one.value) else { continue }
      let lane = lanes.firstIndex { x - $0 > 3.6 } ?? lanes.count - 1
      lanes[lane] = x
      canvas.circle(
        x: x, y: y + 8 + Double(lane) * 3.4, radius: 1.9, "dt",
        tip: "\(one.person): \(scoreText(one.value))")
    }
    if let limits = score.interval.limits, let low = scale.clamped(limits.lower),
      let high = scale.clamped(limits.upper)
    {
      canvas.line(low, y, high, y, FigureStyle.hue(hue, "s") + " ci")
    }
    guard let x = scale.clamped(score.value) else { return }
    canvas.circle(
      x: x, y: y, radius: 5, FigureStyle.hue(hue, "a"),
      tip: "\(method.name): \(score.sentence(metric: table.metric))")
    let half = TextMeasure.width(of: scoreText(score.value), size: 11) / 2
    canvas.text(
      scoreText(score.value), x: min(max(x, panel.left + half), panel.right - half), y: y - 9,
      .value, anchor: .middle, style: "ho")
  }

  private func scale(in panel: Panel) -> Scale {
    let scores = table.methods.flatMap(\.scores)
    let values = scores.flatMap { score -> [Double] in
      let limits = score.interval.limits.map { [$0.lower, $0.upper] } ?? []
      return [score.value] + limits + score.perPerson.map(\.value)
    }
    let all = values + (table.chance.map { [$0] } ?? [])
    let range = (start: panel.left, end: panel.right)
    let finite = all.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low >= 0, high <= 1 else {
      return Scale(covering: all, range: range)
    }
    // Scores are shares: the axis ends at tenths and never leaves 0 to 1.
    let bottom = max(0, ((low - 0.02) * 10).rounded(.down) / 10)
    let top = min(1, ((high + 0.02) * 10).rounded(.up) / 10)
    return Scale(from: bottom, to: top, range: range)
  }
}

extension Canvas {
  /// A figure that has nothing to show says so.
  mutating func message(_ text: String) {
    height = 60
    self.text(text, x: width / 2, y: 34, .label, anchor: .middle, room: width - 20, style: "mu")
  }
}
