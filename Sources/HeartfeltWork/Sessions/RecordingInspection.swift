import ECGFormats
import ECGReport
import ECGSignal
import Foundation

/// What can be said of a recording without any model: quality, findings, rhythm.
package struct RecordingInspection {
  /// Below this quality a prediction abstains unless a model says otherwise.
  package static let leastQuality = 0.5

  private let loaded: LoadedRecording
  private let peaks: [Int]
  private let findings: SignalFindings
  private let rhythm: HeartRateVariability
  private let qualities: [(start: Double, end: Double, quality: SignalQuality)]

  /// Looks at a recording, ten seconds at a time.
  package init(_ loaded: LoadedRecording) throws {
    self.loaded = loaded
    let recording = loaded.recording
    peaks = RPeakDetector().rPeaks(in: recording)
    findings = SignalFindings(of: recording)
    rhythm = HeartRateVariability(
      of: RRIntervals(peaks: peaks, samplingRate: recording.samplingRate).withoutArtefacts())
    let length = max(1, Int((10 * recording.samplingRate).rounded()))
    qualities = try stride(from: 0, to: recording.samples.count, by: length).map { first in
      let last = min(first + length, recording.samples.count)
      let part = try ECGRecording(
        samples: Array(recording.samples[first..<last]), samplingRate: recording.samplingRate,
        unit: recording.unit, lead: recording.lead)
      return (
        Double(first) / recording.samplingRate, Double(last) / recording.samplingRate,
        SignalQuality(of: part)
      )
    }
  }

  /// The numbers, for JSON.
  package struct Summary: Encodable {
    package let lead: String?
    package let choice: String
    package let unit: String
    package let samplingRate: Double
    package let seconds: Double
    package let meanQuality: Double
    package let usableShare: Double
    package let rPeaks: Int
    package let findings: SignalFindings
    package let heartRateVariability: [String: Double]
    package let warnings: [String]
  }

  /// The numbers.
  package var summary: Summary {
    Summary(
      lead: loaded.recording.lead, choice: loaded.choice, unit: loaded.recording.unit.rawValue,
      samplingRate: loaded.recording.samplingRate, seconds: loaded.recording.duration,
      meanQuality: meanQuality, usableShare: usableShare, rPeaks: peaks.count, findings: findings,
      heartRateVariability: rhythm.features.reduce(into: [:]) { $0[$1.name] = $1.value },
      warnings: loaded.warnings)
  }

  /// The numbers in lines.
  package var text: String {
    let recording = loaded.recording
    var lines = [
      "lead       \(loaded.choice)",
      "length     \(ProgressBar.duration(recording.duration)) at "
        + "\(Self.number(recording.samplingRate)) Hz, "
        + (recording.unit == .unknown ? "unit not known" : "in \(recording.unit.rawValue)"),
      "quality    \(rounded(meanQuality)) of 1 on average; "
        + "\(Int((usableShare * 100).rounded())) % of the time at least \(Self.leastQuality)",
      "R-peaks    \(peaks.count)",
    ]
    if let rate = rhythm.meanHeartRate, let sdnn = rhythm.sdnn, let rmssd = rhythm.rmssd {
      lines.append(
        "rhythm     \(rounded(rate)) beats/min, SDNN \(rounded(sdnn)) ms, "
          + "RMSSD \(rounded(rmssd)) ms")
    }
    if findings.polarity == .inverted {
      lines.append("found      inverted: the QRS complexes point down; check the electrodes")
    }
    for (what, stretches) in [
      ("missing", findings.missing), ("flat", findings.flat), ("clipped", findings.clipped),
    ] where !stretches.isEmpty {
      let seconds = stretches.reduce(0) { $0 + $1.duration }
      lines.append(
        "found      \(what): \(seconds < 0.01 ? "less than 0.01" : rounded(seconds)) s in \(stretches.count) "
          + "stretch\(stretches.count == 1 ? "" : "es"), the first at \(rounded(stretches[0].start)) s"
      )
    }
    lines += loaded.warnings.map { "note       \($0)" }
    return lines.joined(separator: "\n")
  }

  /// The recording drawn with what was found.
  package func figure(named name: String) -> Figure {
    let stretches = [("flat", findings.flat), ("clipped", findings.clipped)]
    return ECGStripChart(
      name: name, recording: loaded.recording, peaks: peaks,
      quality: qualities.map { .init(start: $0.start, end: $0.end, quality: $0.quality.score) },
      leastQuality: Self.leastQuality,
      findings: stretches.flatMap { kind, found in
        found.map { .init(kind: kind, start: $0.start, end: $0.end) }
      }
    ).figure
  }

  /// Three decimals at most, none that says nothing.
  package static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e9 { return "\(Int(value))" }
    var text = String(format: "%.3f", value)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private var meanQuality: Double { mean(\.score) }

  private var usableShare: Double { mean { $0.score >= Self.leastQuality ? 1 : 0 } }

  /// The mean of something over time: the last stretch may be much shorter than the others.
  private func mean(_ value: (SignalQuality) -> Double) -> Double {
    let seconds = qualities.reduce(0) { $0 + ($1.end - $1.start) }
    guard seconds > 0 else { return 0 }
    return qualities.reduce(0) { $0 + value($1.quality) * ($1.end - $1.start) } / seconds
  }

  private func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}
