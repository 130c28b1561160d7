/// One window as it is and under each transformation, on shared axes.
public struct TransformationChart: Sendable {
  /// A version of the window.
  public struct Version: Sendable {
    /// The transformation, such as `permutation`.
    public var name: String
    /// Its setting in words, such as `20 pieces`.
    public var setting: String
    /// The samples, T of them.
    public var samples: [Float]

    /// A version of the window.
    public init(name: String, setting: String, samples: [Float]) {
      self.name = name
      self.setting = setting
      self.samples = samples
    }
  }

  /// Where the window comes from, in words.
  public var source: String
  /// Samples per second, in Hz.
  public var samplingRate: Double
  /// The unit of the samples, such as `z-score`.
  public var unit: String
  /// The original first, then its versions.
  public var versions: [Version]

  /// A window and its versions.
  public init(source: String, samplingRate: Double, unit: String, versions: [Version]) {
    self.source = source
    self.samplingRate = samplingRate
    self.unit = unit
    self.versions = versions
  }

  /// The versions as rows, each over the original in grey.
  public var figure: Figure {
    Figure(
      name: "transformations", title: "One window under each transformation",
      caption:
        "\(source). Dark: the version the network sees; grey: the original behind it. All rows have "
        + "the same scales. The network learns to tell which of these it is shown.",
      data: csv
    ) { draw(on: &$0) }
  }

  private var rate: Double { samplingRate.isFinite && samplingRate > 0 ? samplingRate : 1 }
  private var length: Int { versions.map(\.samples.count).max() ?? 0 }

  private var csv: String {
    var csv = CSVText(columns: ["time_s"] + versions.map(\.name))
    for index in 0..<length {
      csv.add(
        [.number(Double(index) / rate)]
          + versions.map { version in
            .number(index < version.samples.count ? Double(version.samples[index]) : .nan)
          })
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    guard length > 0 else {
      canvas.message("no window to draw")
      return
    }
    let rowHeight = canvas.width < 500 ? 64.0 : 72.0
    let caption = 18.0
    let top = 6.0
    canvas.height = top + Double(versions.count) * (rowHeight + caption) + 42
    let levels = amplitudes
    let ticks = levels.ticks(atMost: 3)
    let left = Canvas.margin(for: ticks)
    let right = canvas.width - 8
    for (index, version) in versions.enumerated() {
      let y = top + Double(index) * (rowHeight + caption)
      let panel = Panel(left: left, top: y + caption, right: right, bottom: y + caption + rowHeight)
      let heading = TextMeasure.width(of: version.name, size: Canvas.TextRole.heading.measure)
      canvas.text(version.name, x: left, y: y + 12, .heading, room: right - left)
      canvas.text(
        version.setting, x: left + heading + 12, y: y + 12, .tick,
        room: max(0, right - left - heading - 12))
      let scale = Scale(
        from: levels.domain.low, to: levels.domain.high, range: (panel.bottom, panel.top))
      canvas.verticalAxis(scale, ticks: ticks, in: panel)
      let time = Scale(from: 0, to: Double(length) / rate, range: (left, right))
      if index == versions.count - 1 {
        canvas.horizontalAxis(
          time, ticks: time.timeTicks(wanted: 11), in: panel,
          label: "\(time.timeLabel); amplitude: \(unit)", grid: false)
      }
      if index > 0, let original = versions.first {
        canvas.path(path(of: original, in: panel, y: scale), "gh")
      }
      canvas.path(path(of: version, in: panel, y: scale), "wv")
    }
  }

  private func path(of version: Version, in panel: Panel, y: Scale) -> String {
    let share = Double(version.samples.count) / Double(length)
    return WaveformPath.path(
      of: version.samples, x: (panel.left, panel.left + panel.width * share), y: y)
  }

  private var amplitudes: Scale {
    let values = versions.flatMap { version -> [Double] in
      let finite = version.samples.filter(\.isFinite)
      return [finite.min(), finite.max()].compactMap { $0 }.map(Double.init)
    }
    return Scale(covering: values, range: (1, 0))
  }
}
