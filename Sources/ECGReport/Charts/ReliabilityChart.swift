/// Whether a model that says 80 % is right in 80 of 100 cases.
public struct ReliabilityChart: Sendable {
  /// The windows whose confidence falls within a range.
  public struct Bin: Sendable {
    /// The range of the confidence, within [0, 1].
    public var lower: Double
    public var upper: Double
    /// The mean confidence of its windows.
    public var confidence: Double
    /// The share of its windows that were right.
    public var accuracy: Double
    /// How many windows.
    public var count: Int

    /// A bin.
    public init(lower: Double, upper: Double, confidence: Double, accuracy: Double, count: Int) {
      self.lower = lower
      self.upper = upper
      self.confidence = confidence
      self.accuracy = accuracy
      self.count = count
    }
  }

  /// What is recognised.
  public var target: String
  /// The method in words.
  public var method: String
  /// The bins from low to high confidence.
  public var bins: [Bin]
  /// The name of the score beside it, such as `expected calibration error`.
  public var metric: String
  /// The score, with its split, persons and interval.
  public var score: MethodScores

  /// A reliability diagram with the score that belongs to it.
  public init(target: String, method: String, bins: [Bin], metric: String, score: MethodScores) {
    self.target = target
    self.method = method
    self.bins = bins
    self.metric = metric
    self.score = score
  }

  /// Accuracy against confidence, and how many windows there are of each confidence.
  public var figure: Figure {
    Figure(
      name: "reliability-\(target)-\(method)-\(score.split.rawValue)",
      title: "\(target.sentenceCase): does confidence mean what it says? \(method.sentenceCase)",
      caption:
        "Above: share of windows that were right, by the model's confidence; on the dotted line "
        + "confidence is honest, below it the model is too sure. Dots grow with the number of "
        + "windows. Below: windows by confidence. "
        + "\(score.sentence(metric: metric).sentenceCase) (\(score.split.meaning)).",
      data: csv
    ) { draw(on: &$0) }
  }

  private var filled: [Bin] {
    bins.filter { $0.count > 0 && $0.confidence.isFinite && $0.accuracy.isFinite }
  }

  private var csv: String {
    var csv = CSVText(columns: ["lower", "upper", "mean_confidence", "accuracy", "windows"])
    for bin in bins {
      csv.add([
        .number(bin.lower), .number(bin.upper), .number(bin.confidence), .number(bin.accuracy),
        .number(Double(bin.count)),
      ])
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    guard let most = filled.map(\.count).max() else {
      canvas.message("no predictions")
      return
    }
    let side = min(canvas.width - 60, 320)
    let left = 46.0
    let panel = Panel(left: left, top: 28, right: left + side, bottom: 28 + side)
    let histogram = Panel(
      left: left, top: panel.bottom + 34, right: panel.right, bottom: panel.bottom + 104)
    canvas.height = histogram.bottom + 40
    let shares = Scale(from: 0, to: 1, range: (panel.left, panel.right))
    let accuracy = Scale(from: 0, to: 1, range: (panel.bottom, panel.top))
    let ticks = accuracy.ticks(atMost: 5)
    canvas.verticalAxis(accuracy, ticks: ticks, in: panel, label: "share that was right")
    for tick in ticks {
      guard let x = shares.position(tick.value) else { continue }
      canvas.line(x, panel.top, x, panel.bottom, "gr")
    }
    canvas.line(panel.left, panel.bottom, panel.right, panel.top, "ch")
    canvas.line(panel.left, panel.bottom, panel.right, panel.bottom, "ax")
    drawBins(shares: shares, accuracy: accuracy, most: most, on: &canvas)
    drawHistogram(in: histogram, shares: shares, most: most, on: &canvas)
  }

  private func drawBins(
    shares: Scale, accuracy: Scale, most: Int, on canvas: inout Canvas
  ) {
    let places = filled.map { bin -> (x: Double, y: Double)? in
      guard let x = shares.clamped(bin.confidence), let y = accuracy.clamped(bin.accuracy) else {
        return nil
      }
      return (x, y)
    }
    // A bin of a few windows may be anywhere: it is drawn as a small dot, and the line passes it by.
    let solid = zip(filled, places).filter { $0.0.count >= 5 }.map(\.1)
    canvas.path(WaveformPath.path(through: solid), "s1")
    for (bin, place) in zip(filled, places) {
      guard let place else { continue }
      let weight = (Double(bin.count) / Double(most)).squareRoot()
      canvas.circle(
        x: place.x, y: place.y, radius: 2.5 + 4.5 * weight, "a1",
        tip: "confidence \(scoreText(bin.confidence)): right in \(percentText(bin.accuracy)) of "
          + "\(countText(bin.count)) windows")
    }
  }

  private func drawHistogram(
    in panel: Panel, shares: Scale, most: Int, on canvas: inout Canvas
  ) {
    let height = Scale(from: 0, to: Double(most), range: (panel.bottom, panel.top))
    canvas.text("windows", x: 2, y: panel.top - 9, .label, style: "mu")
    canvas.text(
      countText(most), x: panel.left - 6, y: panel.top + 4, .tick, anchor: .end,
      room: panel.left - 6)
    canvas.line(panel.left, panel.top, panel.right, panel.top, "gr")
    for bin in filled {
      guard let start = shares.clamped(bin.lower), let end = shares.clamped(bin.upper),
        let top = height.position(Double(bin.count))
      else { continue }
      canvas.rectangle(
        x: start + 1, y: top, width: end - start - 2, height: panel.bottom - top, "a1",
        tip: "\(countText(bin.count)) windows")
    }
    canvas.horizontalAxis(
      shares, ticks: shares.horizontalTicks(wanted: 5), in: panel, label: "confidence",
      grid: false)
  }
}
