import ECGSignal

/// Places a recording in rows of equal length.
struct ECGStripLayout {
  let chart: ECGStripChart
  let width: Double

  private var isNarrow: Bool { width < 500 }
  private var recording: ECGRecording { chart.recording }
  private var duration: Double { recording.duration }
  /// From here on single beats cannot be seen in a reasonable number of rows.
  private var isLong: Bool { duration > (isNarrow ? 60 : 120) }
  private var rowHeight: Double { isLong ? 62 : isNarrow ? 76 : 84 }

  /// The shortest round length of a row that keeps the drawing to a page.
  private var rowDuration: Double {
    let most = isLong ? 8.0 : 12.0
    let lengths: [Double] = [
      5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400,
    ]
    let least = isNarrow ? 5.0 : 10.0
    let fitting = lengths.first { $0 >= least && duration / $0 <= most + 1e-9 } ?? duration / most
    // One row is as long as what it shows.
    return duration < fitting ? max(duration, 1e-3) : fitting
  }

  func draw(on canvas: inout Canvas) {
    guard !recording.samples.isEmpty, duration.isFinite else {
      canvas.message("no samples")
      return
    }
    let hatch = canvas.hatch("ht")
    let levels = amplitudes
    let ticks = Self.ticks(of: levels)
    let left = max(Canvas.margin(for: ticks), 40)
    var top = canvas.legend(legend(hatch: hatch), x: 0, y: 0, width: width) + 26
    let unit = recording.unit == .millivolts ? "amplitude (mV)" : "amplitude (unit not known)"
    canvas.text(unit, x: 0, y: top - 12, .label, room: width, style: "mu")

    if isLong {
      top = drawDetail(top: top, left: left, levels: levels, hatch: hatch, on: &canvas)
      top = drawHeartRate(top: top, left: left, on: &canvas)
    }
    let rows = max(1, Int((duration / rowDuration - 1e-9).rounded(.up)))
    for row in 0..<min(rows, 400) {
      let start = Double(row) * rowDuration
      let panel = Panel(left: left, top: top, right: width - 8, bottom: top + rowHeight)
      drawRow(
        from: start, to: start + rowDuration, in: panel, levels: levels, hatch: hatch, on: &canvas)
      top = panel.bottom + 30
    }
    let axis = Scale(from: 0, to: duration, range: (0, 1))
    canvas.text(
      axis.timeLabel, x: (left + width - 8) / 2, y: top + 4, .label, anchor: .middle, style: "mu")
    canvas.height = top + 14
  }

  /// The cleanest ten seconds, in full.
  private func drawDetail(
    top: Double, left: Double, levels: Scale, hatch: String, on canvas: inout Canvas
  ) -> Double {
    let length = isNarrow ? 5.0 : 10.0
    let best = chart.quality.filter { $0.end - $0.start >= length * 0.99 && $0.quality.isFinite }
      .max { $0.quality < $1.quality }
    let start = min(max(0, best?.start ?? (duration - length) / 2), duration - length)
    canvas.text(
      "\(fixedText(length, decimals: 0)) s from \(clockText(start))", x: left, y: top + 10,
      .heading)
    let panel = Panel(
      left: left, top: top + 18, right: width - 8, bottom: top + 18 + rowHeight + 20)
    drawRow(
      from: start, to: start + length, in: panel, levels: levels, hatch: hatch, on: &canvas)
    return panel.bottom + 40
  }

  private func drawRow(
    from start: Double, to end: Double, in panel: Panel, levels: Scale, hatch: String,
    on canvas: inout Canvas
  ) {
    let time = Scale(from: start, to: end, range: (panel.left, panel.right))
    let amplitude = Scale(
      from: levels.domain.low, to: levels.domain.high, range: (panel.bottom, panel.top))
    canvas.rectangle(
      x: panel.left, y: panel.top, width: (time.clamped(duration) ?? panel.right) - panel.left,
      height: panel.height, "pn")
    drawQuality(time: time, in: panel, on: &canvas)
    canvas.verticalAxis(amplitude, ticks: Self.ticks(of: amplitude), in: panel)
    drawSamples(time: time, amplitude: amplitude, in: panel, hatch: hatch, on: &canvas)
    drawFindings(time: time, in: panel, on: &canvas)
    // Labels keep within the row so that the next row's do not meet them.
    let shown = Scale(
      from: start, to: min(end, max(duration, start + 1e-6)),
      range: (
        panel.left, time.clamped(duration) ?? panel.right
      ))
    canvas.horizontalAxis(
      time, ticks: shown.timeTicks(wanted: isNarrow ? 6 : 11), in: panel, grid: false)
  }

  /// Few ticks, but two of them: one alone is no scale.
  private static func ticks(of levels: Scale) -> [Tick] {
    (3...6).lazy.map { levels.ticks(atMost: $0) }.first { $0.count > 1 } ?? levels.ticks(atMost: 3)
  }

  private func drawQuality(time: Scale, in panel: Panel, on canvas: inout Canvas) {
    let shown = chart.quality.filter {
      $0.quality.isFinite && $0.end > time.domain.low && $0.start < time.domain.high
    }
    // In a long recording several windows share two units of width: the worst of them is shown.
    let least = (time.domain.high - time.domain.low) / (time.range.end - time.range.start) * 2
    for span in ECGStripLayout.merged(shown, least: least) where span.quality < 0.995 {
      guard let left = time.clamped(span.start), let right = time.clamped(span.end), right > left
      else { continue }
      let quality = min(max(span.quality, 0), 1)
      let opacity = (1 - quality) * 0.3 + (quality < chart.leastQuality ? 0.12 : 0)
      canvas.rectangle(
        x: left, y: panel.top, width: right - left, height: panel.height, "bd", opacity: opacity,
        tip: "\(clockText(span.start)) to \(clockText(span.end)): quality \(scoreText(quality))")
    }
  }

  /// Spans joined with what follows until they are at least so long, or as long as their equals go.
  private static func merged(
    _ spans: [ECGStripChart.QualitySpan], least: Double
  ) -> [ECGStripChart.QualitySpan] {
    var merged: [ECGStripChart.QualitySpan] = []
    for span in spans.sorted(by: { $0.start < $1.start }) {
      guard let last = merged.last, span.start <= last.end + 1e-6,
        last.end - last.start < least || abs(last.quality - span.quality) < 0.02
      else {
        merged.append(span)
        continue
      }
      merged[merged.count - 1].end = max(last.end, span.end)
      merged[merged.count - 1].quality = min(last.quality, span.quality)
    }
    return merged
  }

  private func drawSamples(
    time: Scale, amplitude: Scale, in panel: Panel, hatch: String, on canvas: inout Canvas
  ) {
    let rate = recording.samplingRate
    let count = recording.samples.count
    let first = min(max(0, Int((time.domain.low * rate).rounded())), count)
    let last = min(max(first, Int((time.domain.high * rate).rounded())), count)
    guard last > first, let left = time.position(Double(first) / rate),
      let right = time.position(Double(last) / rate)
    else { return }
    let samples = recording.samples[first..<last]
    for gap in gaps(in: samples) {
      guard let start = time.clamped(Double(gap.lowerBound) / rate),
        let end = time.clamped(Double(gap.upperBound) / rate), end - start >= 0.5
      else { continue }
      canvas.hatched(
        x: start, y: panel.top, width: end - start, height: panel.height, pattern: hatch,
        tip: "no samples for \(fixedText(Double(gap.count) / rate, decimals: 2)) s")
    }
    let perUnit = Double(last - first) / (right - left)
    canvas.path(
      WaveformPath.path(of: samples, x: (left, right), y: amplitude),
      perUnit > rate / 4 ? "en" : "wv")
    drawPeaks(first..<last, time: time, amplitude: amplitude, on: &canvas)
  }

  /// Dots on the R-peaks, where there is room to tell them apart.
  private func drawPeaks(
    _ samples: Range<Int>, time: Scale, amplitude: Scale, on canvas: inout Canvas
  ) {
    let peaks = chart.peaks.filter(samples.contains)
    let room = abs(time.range.end - time.range.start)
    guard Double(peaks.count) * 8 <= room else { return }
    for peak in peaks {
      guard let x = time.position(Double(peak) / recording.samplingRate),
        let y = amplitude.clamped(Double(recording.samples[peak]))
      else { continue }
      canvas.circle(x: x, y: y, radius: 2.5, "pk")
    }
  }

  /// Runs of at least two missing samples.
  private func gaps(in samples: ArraySlice<Float>) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var start: Int?
    for index in samples.indices {
      if samples[index].isFinite {
        if let begin = start, index - begin > 1 { gaps.append(begin..<index) }
        start = nil
      } else {
        start = start ?? index
      }
    }
    if let begin = start, samples.endIndex - begin > 1 { gaps.append(begin..<samples.endIndex) }
    return gaps
  }

  private func drawFindings(time: Scale, in panel: Panel, on canvas: inout Canvas) {
    for finding in chart.findings {
      guard finding.end > time.domain.low, finding.start < time.domain.high,
        let left = time.clamped(finding.start), let right = time.clamped(finding.end)
      else { continue }
      let kind = kinds.firstIndex(of: finding.kind) ?? 0
      canvas.rectangle(
        x: left, y: panel.top - 5 + Double(kind % 3) * 4, width: max(2, right - left), height: 3.5,
        FigureStyle.hue(kind + 2, "a"),
        tip: "\(finding.kind), \(clockText(finding.start)) to \(clockText(finding.end))")
    }
  }

  private var kinds: [String] {
    var seen: Set<String> = []
    return chart.findings.map(\.kind).filter { seen.insert($0).inserted }
  }

  private func legend(hatch: String) -> [LegendEntry] {
    var entries: [LegendEntry] = []
    if !chart.peaks.isEmpty { entries.append(.init(mark: .dot("pk"), label: "R-peak")) }
    if chart.quality.contains(where: { $0.quality < 0.9 }) {
      entries.append(.init(mark: .area("bd lo"), label: "low quality"))
    }
    if recording.samples.contains(where: { !$0.isFinite }) {
      entries.append(.init(mark: .pattern(hatch), label: "no samples"))
    }
    for (index, kind) in kinds.enumerated() {
      let all = chart.findings.filter { $0.kind == kind }
      let seconds = all.reduce(0) { $0 + max(0, $1.end - $1.start) }
      entries.append(
        .init(
          mark: .area(FigureStyle.hue(index + 2, "a")),
          label: "\(kind) (\(countText(all.count)) ×, \(fixedText(seconds, decimals: 1)) s)"))
    }
    return entries
  }

  /// The range of the middle 99.8 % of samples, so that an artefact does not flatten the beats. Nor does
  /// an electrode that was off: where the signal is flat, at whatever level, there are none.
  private var amplitudes: Scale {
    let samples = recording.samples
    let step = max(1, samples.count / 50_000)
    let off = chart.findings.filter { $0.kind == "flat" }
    func levels(beating: Bool) -> [Float] {
      stride(from: 0, to: samples.count, by: step).filter { index in
        let time = Double(index) / recording.samplingRate
        return samples[index].isFinite
          && !(beating && off.contains { $0.start <= time && time < $0.end })
      }.map { samples[$0] }.sorted()
    }
    let beating = levels(beating: true)
    let some = beating.isEmpty ? levels(beating: false) : beating
    let peaks = chart.peaks.lazy.map { samples[$0] }.filter(\.isFinite).sorted()
    guard let lowest = some.first, let highest = some.last else {
      return Scale(from: -1, to: 1, range: (1, 0))
    }
    let cut = some.count / 1000
    var low = Double(cut > 0 ? some[cut] : lowest)
    var high = Double(cut > 0 ? some[some.count - 1 - cut] : highest)
    // Most R-peaks are seen whole, upright or inverted.
    if !peaks.isEmpty {
      low = min(low, Double(peaks[peaks.count / 20]))
      high = max(high, Double(peaks[peaks.count - 1 - peaks.count / 20]))
    }
    return Scale(covering: [low, high], range: (1, 0), padding: 0.08)
  }
}

extension ECGStripLayout {
  /// The heart rate along a long recording: the median of each stretch of beats.
  private func drawHeartRate(top: Double, left: Double, on canvas: inout Canvas) -> Double {
    let rate = recording.samplingRate
    let beats = zip(chart.peaks, chart.peaks.dropFirst()).compactMap {
      first, second -> (time: Double, rate: Double)? in
      let interval = Double(second - first) / rate
      // Outside 20 to 240 beats a minute it is a missed or an extra peak.
      guard interval >= 0.25, interval <= 3 else { return nil }
      return (Double(second) / rate, 60 / interval)
    }
    guard beats.count > 2 else { return top }
    let panel = Panel(left: left, top: top + 26, right: width - 8, bottom: top + 96)
    let bins = Int(panel.width / 2)
    var gathered = [[Double]](repeating: [], count: bins)
    for beat in beats {
      gathered[min(bins - 1, Int(beat.time / duration * Double(bins)))].append(beat.rate)
    }
    let medians = gathered.map { values -> Double? in
      values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
    let level = Scale(covering: medians.compactMap { $0 }, range: (panel.bottom, panel.top))
    let time = Scale(from: 0, to: duration, range: (panel.left, panel.right))
    canvas.verticalAxis(
      level, ticks: level.ticks(atMost: 3), in: panel, label: "heart rate (1/min)")
    canvas.horizontalAxis(
      time, ticks: time.timeTicks(wanted: isNarrow ? 6 : 10), in: panel, grid: false)
    let step = panel.width / Double(bins)
    var pen = WaveformPath.Pen()
    var last = -100
    for (index, median) in medians.enumerated() {
      guard let median, let y = level.position(median) else { continue }
      // A bin without a beat is bridged; a stretch without any breaks the line.
      if Double(index - last) * duration / Double(bins) > max(5, duration / Double(bins) * 2) {
        pen.move(to: nil)
      }
      pen.move(to: (panel.left + (Double(index) + 0.5) * step, y))
      last = index
    }
    canvas.path(pen.data, "s1")
    return panel.bottom + 46
  }
}
