/// A stretch of a recording, in seconds from its first sample.
public struct SignalStretch: Codable, Hashable, Sendable {
  /// Where it starts, in s.
  public var start: Double
  /// Where it ends, in s.
  public var end: Double
  /// How long it is, in s.
  public var duration: Double { end - start }

  /// A stretch from `start` to `end`, in s.
  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }
}

/// What is wrong with a recording: where samples are missing, flat or clipped, and whether the
/// electrodes seem to be swapped.
///
/// Nothing here changes the recording; a preparation leaves windows out by it and a report shows it.
public struct SignalFindings: Codable, Hashable, Sendable {
  /// Which way the QRS complexes point.
  public enum Polarity: String, Codable, Sendable {
    /// QRS complexes rise clearly more than they fall.
    case upright
    /// QRS complexes fall clearly more than they rise: electrodes swapped, or a lead that sees the
    /// heart from behind.
    case inverted
    /// Fewer than three beats were found, or they rise and fall about equally.
    case undetermined
  }

  /// Samples that are NaN or infinite.
  public var missing: [SignalStretch]
  /// Half a second or more in which the signal does not move by more than one step of its converter.
  public var flat: [SignalStretch]
  /// 12 ms or more (at least three samples) at the highest or lowest value of the recording.
  public var clipped: [SignalStretch]
  /// Which way the QRS complexes point.
  public var polarity: Polarity

  /// Examines a recording as it was made, before any filter.
  public init(of recording: ECGRecording) {
    let rate = recording.samplingRate
    let runs = FaultRuns(in: recording.samples, samplingRate: rate)
    func stretches(_ runs: SampleRuns) -> [SignalStretch] {
      runs.runs.map {
        SignalStretch(start: Double($0.lowerBound) / rate, end: Double($0.upperBound) / rate)
      }
    }
    missing = stretches(runs.missing)
    flat = stretches(runs.flat)
    clipped = stretches(runs.clipped)

    let band = HeartbeatBand(of: recording.samples, missing: runs.missing, samplingRate: rate)
    let beats = RPeakDetector().beats(in: band, missing: runs.missing)
    polarity =
      switch beats.leaning {
      case _ where beats.peaks.count < 3: .undetermined
      case ..<(-0.1): .inverted
      case 0.1...: .upright
      default: .undetermined
      }
  }

  /// Whether nothing is wrong.
  public var isClean: Bool {
    missing.isEmpty && flat.isEmpty && clipped.isEmpty && polarity != .inverted
  }
}

/// The runs of samples of a raw signal in which something is wrong.
struct FaultRuns: Sendable {
  let missing: SampleRuns
  let flat: SampleRuns
  let clipped: SampleRuns

  init(in samples: [Float], samplingRate: Double) {
    missing = SampleRuns.missing(in: samples)
    var (lowest, highest, step) = (Float.infinity, -Float.infinity, Float.infinity)
    var previous = Float.nan
    for sample in samples {
      if sample.isFinite {
        lowest = min(lowest, sample)
        highest = max(highest, sample)
      }
      let change = abs(sample - previous)
      if change > 0 { step = min(step, change) }
      previous = sample
    }
    let range = highest - lowest
    // One step of the converter, as far as it can be told; a step that is large against the signal is
    // not one.
    let tolerance = step <= 0.005 * range ? max(step * 1.01, 1e-6 * range) : 1e-6 * range
    flat = Self.flatRuns(
      in: samples, tolerance: range > 0 ? tolerance : 0,
      minimum: max(2, Int((0.5 * samplingRate).rounded(.up))))

    guard range > 0 else {
      clipped = SampleRuns([])
      return
    }
    let atRail = max(3, Int((0.012 * samplingRate).rounded(.up)))
    clipped = SampleRuns(
      (SampleRuns(in: samples) { $0 == highest }.atLeast(atRail).runs
        + SampleRuns(in: samples) { $0 == lowest }.atLeast(atRail).runs)
        .sorted { $0.lowerBound < $1.lowerBound })
  }

  /// Runs of at least `minimum` samples whose highest and lowest differ by at most `tolerance`.
  private static func flatRuns(
    in samples: [Float], tolerance: Float, minimum: Int
  ) -> SampleRuns {
    var runs: [Range<Int>] = []
    var start = 0
    var (low, high) = (Float.nan, Float.nan)
    func close(at end: Int) {
      if end - start >= minimum { runs.append(start..<end) }
    }
    for index in samples.indices {
      let sample = samples[index]
      let (newLow, newHigh) = (min(low, sample), max(high, sample))
      if sample.isFinite, newHigh - newLow <= tolerance {
        (low, high) = (newLow, newHigh)
      } else {
        close(at: index)
        start = sample.isFinite ? index : index + 1
        (low, high) = (sample, sample)
      }
    }
    close(at: samples.count)
    return SampleRuns(runs)
  }
}
