/// How often each class was taken for each other class.
public struct ConfusionChart: Sendable {
  /// What is recognised.
  public var target: String
  /// The method in words.
  public var method: String
  /// The classes in the order of the rows and columns.
  public var classes: [String]
  /// Test windows by true class (row) and predicted class (column), K × K.
  public var counts: [[Int]]
  /// The name of the score beside it.
  public var metric: String
  /// The score, with its split, persons and interval.
  public var score: MethodScores

  /// A confusion matrix with the score that belongs to it.
  public init(
    target: String, method: String, classes: [String], counts: [[Int]], metric: String,
    score: MethodScores
  ) {
    self.target = target
    self.method = method
    self.classes = classes
    self.counts = counts
    self.metric = metric
    self.score = score
  }

  /// The matrix as a map of row shares, with counts.
  public var figure: Figure {
    Figure(
      name: "confusion-\(target)-\(method)-\(score.split.rawValue)",
      title: "\(target.sentenceCase): confusion of classes, \(method)",
      caption:
        "Rows: true class; columns: predicted class. Shade and per cent: share of the row; below it: "
        + "test windows. \(score.sentence(metric: metric).sentenceCase) (\(score.split.meaning)).",
      data: csv
    ) { draw(on: &$0) }
  }

  private func count(_ row: Int, _ column: Int) -> Int {
    guard row < counts.count, column < counts[row].count else { return 0 }
    return max(0, counts[row][column])
  }

  private func total(_ row: Int) -> Int {
    classes.indices.reduce(0) { total, column in
      let (sum, overflow) = total.addingReportingOverflow(count(row, column))
      return overflow ? Int.max : sum
    }
  }

  private var csv: String {
    var csv = CSVText(columns: ["true", "predicted", "windows", "row_share"])
    for row in classes.indices {
      for column in classes.indices {
        let share = Double(count(row, column)) / Double(total(row))
        csv.add([
          .text(classes[row]), .text(classes[column]), .number(Double(count(row, column))),
          .number(share),
        ])
      }
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    guard !classes.isEmpty else {
      canvas.message("no classes")
      return
    }
    let classCount = Double(classes.count)
    let widest = classes.map { TextMeasure.width(of: $0, size: 12) }.max() ?? 0
    let left = min(max(widest, 66) + 12, canvas.width * 0.28)
    let totals = 64.0
    let cell = min(84, (canvas.width - left - totals) / classCount)
    let height = max(15, min(cell, 56))
    let top = 46.0
    canvas.height = top + height * classCount + 8
    canvas.text(
      "predicted class", x: left + cell * classCount / 2, y: 14, .label, anchor: .middle,
      room: cell * classCount + 20, style: "mu")
    canvas.text("true class", x: 0, y: top - 10, .label, room: left - 6, style: "mu")
    canvas.text(
      "windows", x: left + cell * classCount + 8, y: top - 10, .tick, room: totals - 8)
    for column in classes.indices {
      canvas.text(
        classes[column], x: left + (Double(column) + 0.5) * cell, y: top - 10, .label,
        anchor: .middle, room: cell - 6)
    }
    for row in classes.indices {
      let y = top + Double(row) * height
      canvas.text(classes[row], x: 0, y: y + height / 2 + 4, .label, room: left - 8)
      canvas.text(
        countText(total(row)), x: left + cell * classCount + 8, y: y + height / 2 + 4, .tick,
        room: totals - 8)
      for column in classes.indices {
        let x = left + Double(column) * cell
        drawCell(row, column, x: x, y: y, width: cell, height: height, on: &canvas)
      }
    }
  }

  private func drawCell(
    _ row: Int, _ column: Int, x: Double, y: Double, width: Double, height: Double,
    on canvas: inout Canvas
  ) {
    let total = total(row)
    let share = total > 0 ? Double(count(row, column)) / Double(total) : 0
    let tip =
      "true \(classes[row]), predicted \(classes[column]): "
      + "\(countText(count(row, column))) of \(countText(total)) windows"
    canvas.rectangle(x: x + 1, y: y + 1, width: width - 2, height: height - 2, "pn", radius: 3)
    // The deepest shade still leaves the text a contrast above 4 in light and in dark.
    canvas.rectangle(
      x: x + 1, y: y + 1, width: width - 2, height: height - 2, "ac", opacity: share * 0.58,
      radius: 3,
      tip: tip)
    let middle = x + width / 2
    let percent = total == 0 ? "–" : fixedText(share * 100, decimals: 0)
    guard width >= 44, height >= 36 else {
      canvas.text(
        percent, x: middle, y: y + height / 2 + 4, .value, anchor: .middle, room: width)
      return
    }
    canvas.text(
      total == 0 ? "–" : percent + " %", x: middle, y: y + height / 2 - 2, .label,
      anchor: .middle, room: width - 4)
    canvas.text(
      countText(count(row, column)), x: middle, y: y + height / 2 + 14, .value, anchor: .middle,
      room: width - 4)
  }
}
