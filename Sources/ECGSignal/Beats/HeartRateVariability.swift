/// Heart-rate variability of a series of intervals: time domain and frequency domain.
///
/// What a series is too short for is nil. Definitions are those of the Task Force of the ESC and NASPE
/// (Circulation 93, 1996); the figures equal NeuroKit2's `hrv_time` and, for the frequency domain,
/// `hrv_frequency(interpolation_rate=4, normalize=False)`.
/// Nothing is rejected here: call `RRIntervals.withoutArtefacts(tolerance:)` first.
public struct HeartRateVariability: Hashable, Sendable {
  /// Mean of the intervals in ms; needs one.
  public var meanNN: Double?
  /// 60,000 / `meanNN`: beats a minute.
  public var meanHeartRate: Double?
  /// Standard deviation of the intervals in ms (n − 1 in the denominator); needs two.
  public var sdnn: Double?
  /// Root mean square of the successive differences in ms; needs one difference.
  public var rmssd: Double?
  /// Standard deviation of the successive differences in ms (n − 1); needs two.
  public var sdsd: Double?
  /// Successive differences above 50 ms, in % of the number of intervals.
  public var pnn50: Double?
  /// Median of the intervals in ms.
  public var medianNN: Double?
  /// Shortest and longest interval in ms.
  public var minimumNN, maximumNN: Double?
  /// Power from 0.04 to 0.15 Hz in ms²; needs 100 s (four periods of its slowest rhythm).
  public var lowFrequency: Double?
  /// Power from 0.15 to 0.4 Hz in ms²; needs 27 s (four periods of its slowest rhythm).
  public var highFrequency: Double?
  /// `lowFrequency` / `highFrequency`.
  public var lowToHighRatio: Double?

  /// The variability of a series of intervals.
  public init(of intervals: RRIntervals) {
    let durations = intervals.durations.map { 1000 * $0 }
    let differences = intervals.successiveDifferences.map { 1000 * $0 }
    if !durations.isEmpty {
      let mean = durations.reduce(0, +) / Double(durations.count)
      meanNN = mean
      meanHeartRate = mean > 0 ? 60_000 / mean : nil
      medianNN = median(durations)
      minimumNN = durations.min()
      maximumNN = durations.max()
    }
    sdnn = deviation(durations)
    sdsd = deviation(differences)
    if !differences.isEmpty {
      rmssd = (differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)).squareRoot()
      // A billionth of a second for what rounding makes of a difference of exactly 50 ms.
      let large = differences.count { abs($0) > 50 + 1e-6 }
      pnn50 = 100 * Double(large) / Double(differences.count + 1)
    }
    if let spectrum = TachogramSpectrum(of: intervals) {
      lowFrequency = spectrum.power(from: 0.04, to: 0.15)
      highFrequency = spectrum.power(from: 0.15, to: 0.4)
      if let lowFrequency, let highFrequency, highFrequency > 0 {
        lowToHighRatio = lowFrequency / highFrequency
      }
    }
  }

  /// The variability of a recording's normal beats: R-peaks found, artefacts rejected.
  public init(of recording: ECGRecording) {
    self.init(of: RRIntervals(of: recording).withoutArtefacts())
  }

  /// One measure by its name; nil where the series is too short for it.
  public struct Feature: Hashable, Sendable {
    /// The measure, such as `rmssd`.
    public var name: String
    /// Its value in the unit of the property of that name.
    public var value: Double?
  }

  /// All measures, always the same ones in the same order: for tables and for baselines.
  public var features: [Feature] {
    [
      Feature(name: "meanHeartRate", value: meanHeartRate),
      Feature(name: "meanNN", value: meanNN),
      Feature(name: "sdnn", value: sdnn),
      Feature(name: "rmssd", value: rmssd),
      Feature(name: "sdsd", value: sdsd),
      Feature(name: "pnn50", value: pnn50),
      Feature(name: "medianNN", value: medianNN),
      Feature(name: "minimumNN", value: minimumNN),
      Feature(name: "maximumNN", value: maximumNN),
      Feature(name: "lowFrequency", value: lowFrequency),
      Feature(name: "highFrequency", value: highFrequency),
      Feature(name: "lowToHighRatio", value: lowToHighRatio),
    ]
  }
}

/// The standard deviation with n − 1 in the denominator; nil of fewer than two values.
private func deviation(_ values: [Double]) -> Double? {
  guard values.count > 1 else { return nil }
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}
