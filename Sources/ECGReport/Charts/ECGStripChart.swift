import ECGSignal

/// A recording with its R-peaks, its quality, its gaps and what was found wrong with it.
///
/// Short recordings are drawn in rows like an ECG printout; long ones as envelopes with the heart rate
/// above and the cleanest ten seconds in full.
public struct ECGStripChart: Sendable {
  /// A stretch with one quality.
  public struct QualitySpan: Sendable {
    /// Start and end in seconds from the start of the recording.
    public var start: Double
    public var end: Double
    /// Signal quality in [0, 1].
    public var quality: Double

    /// A stretch with one quality.
    public init(start: Double, end: Double, quality: Double) {
      self.start = start
      self.end = end
      self.quality = quality
    }
  }

  /// A stretch where something is wrong.
  public struct Finding: Sendable {
    /// What is wrong, such as `flat` or `clipped`.
    public var kind: String
    /// Start and end in seconds from the start of the recording.
    public var start: Double
    public var end: Double

    /// A stretch where something is wrong.
    public init(kind: String, start: Double, end: Double) {
      self.kind = kind
      self.start = start
      self.end = end
    }
  }

  /// The name to show, such as that of the file.
  public var name: String
  /// The recording; NaN samples are gaps.
  public var recording: ECGRecording
  /// The R-peaks by sample number.
  public var peaks: [Int]
  /// The quality along the recording.
  public var quality: [QualitySpan]
  /// Below which quality a window is not used.
  public var leastQuality: Double
  /// What was found wrong.
  public var findings: [Finding]

  /// A recording to be drawn.
  public init(
    name: String, recording: ECGRecording, peaks: [Int], quality: [QualitySpan],
    leastQuality: Double, findings: [Finding]
  ) {
    self.name = name
    self.recording = recording
    self.peaks = peaks.filter { recording.samples.indices.contains($0) }.sorted()
    self.quality = quality
    self.leastQuality = leastQuality
    self.findings = findings
  }

  /// The recording as a figure.
  public var figure: Figure {
    Figure(
      name: "ecg-\(name)", title: "Recording: \(name)", caption: caption, data: csv
    ) { ECGStripLayout(chart: self, width: $0.width).draw(on: &$0) }
  }

  private var caption: String {
    let lead = recording.lead.map { ", lead \($0)" } ?? ""
    let worst = quality.map(\.quality).filter(\.isFinite).min()
    return
      "\(clockText(recording.duration)) (min:s) at \(Scale.plainLabel(recording.samplingRate)) Hz"
      + "\(lead); \(countText(peaks.count)) R-peaks (dots). Shading: quality below 1, the darker the "
      + "worse\(worst.map { " (lowest \(scoreText($0)))" } ?? ""). Hatched: no samples. Amplitudes "
      + "beyond the scale are drawn at its edge."
  }

  /// Every sample of a short recording; of a long one the lowest and highest in equal steps.
  private var csv: String {
    let samples = recording.samples
    let rate = recording.samplingRate
    guard samples.count > 20_000 else {
      var csv = CSVText(columns: ["time_s", "amplitude_\(recording.unit.rawValue)", "r_peak"])
      let marked = Set(peaks)
      for (index, sample) in samples.enumerated() {
        csv.add([
          .number(Double(index) / rate), .number(Double(sample)),
          .number(marked.contains(index) ? 1 : 0),
        ])
      }
      return csv.text
    }
    var csv = CSVText(columns: [
      "start_s", "lowest_\(recording.unit.rawValue)", "highest_\(recording.unit.rawValue)",
    ])
    let step = (samples.count + 4_999) / 5_000
    for start in stride(from: 0, to: samples.count, by: step) {
      let part = samples[start..<min(start + step, samples.count)].lazy.filter(\.isFinite)
      csv.add([
        .number(Double(start) / rate), .number(part.min().map(Double.init) ?? .nan),
        .number(part.max().map(Double.init) ?? .nan),
      ])
    }
    return csv.text
  }
}
