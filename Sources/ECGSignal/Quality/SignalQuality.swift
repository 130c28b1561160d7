/// How much of a window is usable heartbeat, with the parts that decide it.
///
/// `score` is the share of the window, from 0 to 1, that is undisturbed, repeating heartbeat: the
/// product of the share of its samples that are sound, the share of its power that is neither noise
/// nor overwhelming drift, and the share of its beats' shape that the average beat explains.
/// ```
/// score = (1 − missing) (1 − flat) (1 − clipped) · 1/(1 + noise) · 1/(1 + baseline/50) · agreement
/// ```
/// It depends on the window's own samples and on nothing else, so a window scores the same from a
/// file and from a stream. It is no probability that a prediction is right, and regular disturbances
/// shaped like beats are not told from beats. Rest recordings score 0.8 to 1; muscle noise or
/// electrode motion brings it below 0.5; without a heartbeat it is near 0.
public struct SignalQuality: Codable, Hashable, Sendable {
  /// Share of the samples that are missing, in [0, 1].
  public var missing: Double
  /// Share of the samples in flat stretches (`SignalFindings.flat`), in [0, 1].
  public var flat: Double
  /// Share of the samples within 50 ms of a clipped stretch (`SignalFindings.clipped`), in [0, 1].
  public var clipped: Double
  /// Power below 0.5 Hz over power from 0.5 to 40 Hz, 0 or more. The high-pass of the preparation
  /// removes it, so it counts a fiftieth.
  public var baselinePower: Double
  /// Power above 40 Hz over power from 0.5 to 40 Hz, 0 or more; 0 for rates of 80 Hz or less.
  public var noisePower: Double
  /// The mean over beats of r², r being the correlation of a beat (0.2 s before to 0.4 s after its
  /// R-peak) with the average beat, 0 where it is negative; in [0, 1], 0 with fewer than three beats.
  public var templateAgreement: Double
  /// How many R-peaks were found.
  public var beats: Int
  /// The share of the window that is usable heartbeat, in [0, 1].
  public var score: Double

  /// The quality of a window of a recording, as it was made: before any filter or normalisation, at
  /// any rate and in any unit.
  ///
  /// Meant for a few seconds to a minute; about 0.3 ms for 10 s at 256 Hz.
  public init(of window: ECGRecording) {
    let count = window.samples.count
    let faults = FaultRuns(in: window.samples, samplingRate: window.samplingRate)
    missing = share(faults.missing.sampleCount, of: count)
    flat = share(faults.flat.sampleCount, of: count)
    let margin = Int((0.05 * min(window.samplingRate, 1e6)).rounded())
    clipped = share(faults.clipped.widened(by: margin, within: count).sampleCount, of: count)

    let band = HeartbeatBand(
      of: window.samples, missing: faults.missing, samplingRate: window.samplingRate)
    let heartbeat = band.heartbeatPower
    baselinePower = heartbeat > 0 ? band.baselinePower / heartbeat : 0
    noisePower = heartbeat > 0 ? band.noisePower / heartbeat : 0

    let peaks = RPeakDetector().beats(in: band, missing: faults.missing).peaks
    beats = peaks.count
    templateAgreement = agreement(of: peaks, in: band)
    score =
      (1 - missing) * (1 - flat) * (1 - clipped) * templateAgreement
      / ((1 + noisePower) * (1 + baselinePower / 50))
  }
}

private func share(_ part: Int, of whole: Int) -> Double {
  whole > 0 ? Double(part) / Double(whole) : 1
}

extension SampleRuns {
  /// The runs widened on both sides and joined where they meet.
  fileprivate func widened(by margin: Int, within count: Int) -> SampleRuns {
    var wide: [Range<Int>] = []
    for run in runs {
      let lower = max(0, run.lowerBound - margin)
      let upper = min(count, run.upperBound + margin)
      if let last = wide.last, last.upperBound >= lower {
        wide[wide.count - 1] = last.lowerBound..<max(last.upperBound, upper)
      } else {
        wide.append(lower..<upper)
      }
    }
    return SampleRuns(wide)
  }
}

/// The mean squared correlation of the beats with their average.
private func agreement(of peaks: [Int], in band: HeartbeatBand) -> Double {
  let before = Int((0.2 * band.samplingRate).rounded())
  let after = Int((0.4 * band.samplingRate).rounded())
  let whole = peaks.filter { $0 >= before && $0 + after <= band.samples.count }
  let length = before + after
  guard whole.count >= 3, length > 2 else { return 0 }

  var template = [Double](repeating: 0, count: length)
  for peak in whole {
    for index in 0..<length { template[index] += band.samples[peak - before + index] }
  }
  let total = whole.reduce(0.0) { sum, peak in
    let beat = band.samples[peak - before..<peak + after]
    // The beat itself is taken out of the average it is compared with.
    let r = correlation(length) {
      (beat[beat.startIndex + $0], template[$0] - beat[beat.startIndex + $0])
    }
    return sum + max(0, r) * max(0, r)
  }
  return total / Double(whole.count)
}

/// Pearson's correlation of `count` pairs; 0 when one side is constant.
private func correlation(_ count: Int, _ pair: (Int) -> (Double, Double)) -> Double {
  var (sumX, sumY, sumXX, sumYY, sumXY) = (0.0, 0.0, 0.0, 0.0, 0.0)
  for index in 0..<count {
    let (x, y) = pair(index)
    sumX += x
    sumY += y
    sumXX += x * x
    sumYY += y * y
    sumXY += x * y
  }
  let n = Double(count)
  let spread = ((sumXX - sumX * sumX / n) * (sumYY - sumY * sumY / n)).squareRoot()
  return spread > 0 ? min(1, max(-1, (sumXY - sumX * sumY / n) / spread)) : 0
}
