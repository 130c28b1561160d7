import ECGSignal

/// A window of ECG with what carried a model's decision in it: attributions sample by sample and beat by
/// beat, and what happens when a stretch is taken away.
public struct ExplanationChart: Sendable {
  /// A stretch of the window with a value.
  public struct Stretch: Sendable {
    /// Start and end in s from the window's start.
    public var start, end: Double
    /// Its value, in logits.
    public var value: Double

    /// A stretch with a value.
    public init(start: Double, end: Double, value: Double) {
      self.start = start
      self.end = end
      self.value = value
    }
  }

  /// The name to show, such as the file's and the time.
  public var name: String
  /// The class explained.
  public var className: String
  /// Its probability.
  public var probability: Double
  /// The window's samples, normalised, and their rate in Hz.
  public var samples: [Float]
  public var samplingRate: Double
  /// R-peaks in s from the window's start.
  public var peaks: [Double]
  /// Each sample's attribution, in logits.
  public var attributions: [Float]
  /// Each heartbeat's attribution.
  public var beats: [Stretch]
  /// By how much the logit falls without each stretch.
  public var occlusions: [Stretch]

  /// An explained window.
  public init(
    name: String, className: String, probability: Double, samples: [Float], samplingRate: Double,
    peaks: [Double], attributions: [Float], beats: [Stretch], occlusions: [Stretch]
  ) {
    self.name = name
    self.className = className
    self.probability = probability
    self.samples = samples
    self.samplingRate = samplingRate
    self.peaks = peaks
    self.attributions = attributions
    self.beats = beats
    self.occlusions = occlusions
  }

  /// The window as a figure.
  public var figure: Figure {
    Figure(
      name: "explanation-\(name)", title: "What carries \"\(className)\": \(name)",
      caption:
        "Above: the ECG as the model sees it, beats shaded by what they add to the class (blue) or "
        + "take from it (orange); dots: R-peaks. Middle: integrated gradients in 0.1 s. Below: by how "
        + "much the class's logit falls when half a second is replaced by a straight line. Probability "
        + "\(scoreText(probability)). This says what moved the model, not what caused a feeling.",
      data: csv
    ) { draw(on: &$0) }
  }

  private var csv: String {
    var csv = CSVText(columns: ["time_s", "amplitude", "attribution"])
    for (index, sample) in samples.enumerated() {
      csv.add([
        .number(Double(index) / samplingRate), .number(Double(sample)),
        .number(attributions.indices.contains(index) ? Double(attributions[index]) : .nan),
      ])
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    guard samples.count > 1, samplingRate > 0 else {
      canvas.message("no window")
      return
    }
    let seconds = Double(samples.count) / samplingRate
    let sums = tenths
    let left = 46.0
    let right = canvas.width - 8
    let ecg = Panel(left: left, top: 28, right: right, bottom: 168)
    let parts = Panel(left: left, top: 206, right: right, bottom: 276)
    let falls = Panel(left: left, top: 314, right: right, bottom: 384)
    canvas.height = falls.bottom + 42
    let time = Scale(from: 0, to: seconds, range: (left, right))

    drawBeats(in: ecg, time: time, on: &canvas)
    let finite = samples.filter(\.isFinite).map(Double.init)
    let amplitude = Scale(covering: finite, range: (ecg.bottom, ecg.top))
    canvas.verticalAxis(
      amplitude, ticks: amplitude.ticks(atMost: 4), in: ecg, label: "ECG, standard deviations")
    canvas.path(
      WaveformPath.path(of: samples, x: (left, right), y: amplitude, columnsPerUnit: 2), "wv")
    for peak in peaks {
      let index = min(max(0, Int((peak * samplingRate).rounded())), samples.count - 1)
      if let x = time.position(peak), let y = amplitude.clamped(Double(samples[index])) {
        canvas.circle(x: x, y: y, radius: 2.5, "pk")
      }
    }
    drawBars(sums, in: parts, time: time, label: "integrated gradients, logits", on: &canvas)
    drawBars(occlusions, in: falls, time: time, label: "fall without it, logits", on: &canvas)
    canvas.horizontalAxis(
      time, ticks: time.horizontalTicks(wanted: 10), in: falls, label: "s", grid: false)
  }

  /// The attributions summed over tenths of a second.
  private var tenths: [Stretch] {
    let size = max(1, Int((samplingRate / 10).rounded()))
    return stride(from: 0, to: attributions.count, by: size).map { first in
      let end = min(first + size, attributions.count)
      return Stretch(
        start: Double(first) / samplingRate, end: Double(end) / samplingRate,
        value: attributions[first..<end].reduce(0.0) { $0 + Double($1) })
    }
  }

  private func drawBeats(in panel: Panel, time: Scale, on canvas: inout Canvas) {
    let most = beats.map { abs($0.value) }.max() ?? 0
    for beat in beats where most > 0 {
      guard let start = time.clamped(beat.start), let end = time.clamped(beat.end) else { continue }
      canvas.rectangle(
        x: start, y: panel.top, width: end - start, height: panel.height,
        beat.value >= 0 ? "a1" : "a2", opacity: 0.35 * abs(beat.value) / most,
        tip: "beat from \(scoreText(beat.start)) s: \(signedScoreText(beat.value))")
    }
  }

  private func drawBars(
    _ bars: [Stretch], in panel: Panel, time: Scale, label: String, on canvas: inout Canvas
  ) {
    let values = bars.map(\.value).filter(\.isFinite)
    let scale = Scale(covering: values, including: [0], range: (panel.bottom, panel.top))
    canvas.verticalAxis(scale, ticks: scale.ticks(atMost: 2), in: panel, label: label)
    guard let zero = scale.clamped(0) else { return }
    for bar in bars {
      guard let start = time.clamped(bar.start), let end = time.clamped(bar.end),
        let y = scale.clamped(bar.value)
      else { continue }
      // Overlapping stretches each show in the half around their middle.
      let middle = (start + end) / 2
      let overlaps = bars.count > 1 && bars[1].start < bars[0].end
      let half = (end - start) / (overlaps ? 4 : 2)
      canvas.rectangle(
        x: middle - half + 0.25, y: min(zero, y), width: max(0.5, 2 * half - 0.5),
        height: abs(y - zero), bar.value >= 0 ? "a1" : "a2",
        tip: "\(scoreText(bar.start)) to \(scoreText(bar.end)) s: \(signedScoreText(bar.value))")
    }
    canvas.line(panel.left, zero, panel.right, zero, "ax")
  }
}
