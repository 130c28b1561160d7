/// What a model said along a recording: class probabilities, quality, and where it abstained.
public struct EmotionTimelineChart: Sendable {
  /// A window of the recording.
  public struct Window: Sendable {
    /// Start and end in seconds from the start of the recording.
    public var start: Double
    public var end: Double
    /// Signal quality in [0, 1].
    public var quality: Double
    /// The probability of each class, K of them; nil where the model abstained.
    public var probabilities: [Double]?

    /// A window of the recording.
    public init(start: Double, end: Double, quality: Double, probabilities: [Double]?) {
      self.start = start
      self.end = end
      self.quality = quality
      self.probabilities = probabilities
    }
  }

  /// The recording, such as the name of its file.
  public var recording: String
  /// The classes in the order of the probabilities.
  public var classes: [String]
  /// The windows in the order of time.
  public var windows: [Window]
  /// Below which quality the model abstains.
  public var leastQuality: Double

  /// A timeline.
  public init(recording: String, classes: [String], windows: [Window], leastQuality: Double) {
    self.recording = recording
    self.classes = classes
    self.windows = windows
    self.leastQuality = leastQuality
  }

  /// Probabilities stacked over time above a strip of quality.
  public var figure: Figure {
    let abstained = windows.count { $0.probabilities == nil }
    return Figure(
      name: "timeline-\(recording)", title: "Emotion over time: \(recording)",
      caption:
        "Height of a colour: the model's probability of the class in that window. Hatched: the model "
        + "abstains (\(countText(abstained)) of \(countText(windows.count)) windows), because the "
        + "signal is missing or its quality is below \(scoreText(leastQuality)).",
      data: csv
    ) { draw(on: &$0) }
  }

  private var csv: String {
    var csv = CSVText(columns: ["start_s", "end_s", "quality", "abstained"] + classes)
    for window in windows {
      csv.add(
        [
          .number(window.start), .number(window.end), .number(window.quality),
          .number(window.probabilities == nil ? 1 : 0),
        ]
          + classes.indices.map { index in
            let values = window.probabilities ?? []
            return .number(index < values.count ? values[index] : .nan)
          })
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    let shown = windows.filter { $0.start.isFinite && $0.end.isFinite && $0.end > $0.start }
    guard let first = shown.map(\.start).min(), let last = shown.map(\.end).max() else {
      canvas.message("no windows")
      return
    }
    let hatch = canvas.hatch("ht")
    var legend = classes.enumerated().map { index, name in
      LegendEntry(mark: .area(FigureStyle.hue(index, "a")), label: name)
    }
    if shown.contains(where: { $0.probabilities == nil }) {
      legend.append(LegendEntry(mark: .pattern(hatch), label: "abstained"))
    }
    let top = canvas.legend(legend, x: 0, y: 0, width: canvas.width) + 28
    let panel = Panel(left: 34, top: top, right: canvas.width - 8, bottom: top + 150)
    let strip = Panel(
      left: 34, top: panel.bottom + 28, right: panel.right, bottom: panel.bottom + 62)
    canvas.height = strip.bottom + 40
    let time = Scale(from: first, to: last, range: (panel.left, panel.right))
    let share = Scale(from: 0, to: 1, range: (panel.bottom, panel.top))
    canvas.rectangle(
      x: panel.left, y: panel.top, width: panel.width, height: panel.height, "pn")
    var columns = columns(shown, on: time)
    for index in columns.indices.dropLast() {
      columns[index].meetsNext = columns[index + 1].left - columns[index].right < 0.25
    }
    for column in columns {
      draw(column, in: panel, hatch: hatch, on: &canvas)
      drawQuality(column, in: strip, on: &canvas)
    }
    canvas.verticalAxis(
      share, ticks: [0, 0.5, 1].map { Tick(value: $0, label: Scale.plainLabel($0)) }, in: panel,
      label: "probability")
    let quality = Scale(from: 0, to: 1, range: (strip.bottom, strip.top))
    canvas.verticalAxis(
      quality, ticks: [0, 1].map { Tick(value: $0, label: Scale.plainLabel($0)) }, in: strip,
      label: "quality")
    if let level = quality.clamped(leastQuality) {
      canvas.line(strip.left, level, strip.right, level, "ch")
    }
    canvas.horizontalAxis(
      time, ticks: time.timeTicks(wanted: 10), in: strip, label: time.timeLabel, grid: false)
  }

  /// Some windows drawn as one bar: one where there is room, several in a long recording.
  private struct Column {
    let left: Double
    let right: Double
    let windows: [Window]
    var meetsNext = false

    var quality: Double {
      let values = windows.map(\.quality).filter(\.isFinite)
      return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
  }

  private func columns(_ shown: [Window], on time: Scale) -> [Column] {
    var columns: [Column] = []
    var gathered: [Window] = []
    for window in shown.sorted(by: { $0.start < $1.start }) {
      // A gap ends a bar: what was not measured is not drawn over.
      if let last = gathered.last, window.start - last.end > (last.end - last.start) / 2 {
        columns.append(contentsOf: column(gathered, on: time))
        gathered = []
      }
      gathered.append(window)
      guard let start = time.position(gathered[0].start), let end = time.position(window.end),
        end - start >= 2
      else { continue }
      columns.append(contentsOf: column(gathered, on: time))
      gathered = []
    }
    return columns + column(gathered, on: time)
  }

  private func column(_ windows: [Window], on time: Scale) -> [Column] {
    guard let first = windows.first, let last = windows.last,
      let left = time.position(first.start), let right = time.position(last.end)
    else { return [] }
    return [Column(left: left, right: right, windows: windows)]
  }

  private func draw(
    _ column: Column, in panel: Panel, hatch: String, on canvas: inout Canvas
  ) {
    // Wide bars are told apart by a hair; narrow ones overlap by one, so that no ground shines through.
    let full = column.right - column.left
    let width = full > 6 ? full - 0.75 : full + (column.meetsNext ? 0.5 : 0)
    let known = column.windows.compactMap(\.probabilities)
    let abstained = column.windows.count - known.count
    let period =
      "\(clockText(column.windows.first?.start ?? 0)) to \(clockText(column.windows.last?.end ?? 0))"
    guard !known.isEmpty, abstained * 2 <= column.windows.count else {
      canvas.hatched(
        x: column.left, y: panel.top, width: width, height: panel.height, pattern: hatch,
        tip: "\(period): abstained, quality \(scoreText(column.quality))")
      return
    }
    let means = classes.indices.map { index in
      known.reduce(0) { sum, values in
        let value = index < values.count ? values[index] : 0
        return sum + (value.isFinite ? min(max(value, 0), 1) : 0)
      } / Double(known.count)
    }
    let sum = max(means.reduce(0, +), 1e-12)
    let tip = zip(classes, means).map { "\($0) \(percentText($1))" }.joined(separator: ", ")
    var bottom = panel.bottom
    var bars = canvas.group(tip: "\(period): \(tip)")
    for (index, mean) in means.enumerated() where mean > 0 {
      // Classes that need not sum to one, as two sigmoid units do, are shown by their shares.
      let height = mean / sum * panel.height
      bottom -= height
      bars.rectangle(
        x: column.left, y: bottom, width: width, height: height, FigureStyle.hue(index, "a"))
    }
    canvas.add(bars)
  }

  private func drawQuality(_ column: Column, in strip: Panel, on canvas: inout Canvas) {
    let quality = min(max(column.quality, 0), 1)
    let height = max(1, quality * strip.height)
    canvas.rectangle(
      x: column.left, y: strip.bottom - height, width: column.right - column.left, height: height,
      quality < leastQuality ? "bd" : "dt", tip: "quality \(scoreText(quality))")
  }
}
