/// The times between successive heartbeats.
///
/// Where beats are missing or rejected the intervals do not follow one another; `ends` tells, and
/// successive differences are only taken across true neighbours.
public struct RRIntervals: Hashable, Sendable {
  /// The intervals in s.
  public private(set) var durations: [Double]
  /// When the beat that ends each interval came, in s from the start of the recording.
  public private(set) var ends: [Double]

  /// Intervals that follow one another, in s; the first beat came at 0.
  public init(_ durations: [Double]) {
    var time = 0.0
    self.durations = durations
    ends = durations.map { duration in
      time += duration
      return time
    }
  }

  /// The intervals between R-peaks given as sample numbers, ascending, at a rate in Hz.
  public init(peaks: [Int], samplingRate: Double) {
    durations = zip(peaks.dropFirst(), peaks).map { Double($0 - $1) / samplingRate }
    ends = peaks.dropFirst().map { Double($0) / samplingRate }
  }

  /// The intervals between the R-peaks of a recording, without those that span missing samples.
  public init(of recording: ECGRecording) {
    let peaks = RPeakDetector().rPeaks(in: recording)
    self.init(peaks: peaks, samplingRate: recording.samplingRate)
    var gaps = SampleRuns.missing(in: recording.samples).runs[...]
    keep { index in
      while let gap = gaps.first, gap.upperBound <= peaks[index] { gaps.removeFirst() }
      return (gaps.first?.lowerBound ?? .max) > peaks[index + 1]
    }
  }

  /// How many intervals there are.
  public var count: Int { durations.count }

  /// The differences of intervals that follow one another, in s.
  public var successiveDifferences: [Double] {
    durations.indices.dropFirst().compactMap { index in
      let follows = abs(ends[index] - durations[index] - ends[index - 1]) < 1e-6
      return follows ? durations[index] - durations[index - 1] : nil
    }
  }

  /// The intervals between normal beats (NN): without those that a premature, missed or falsely found
  /// beat has made.
  ///
  /// An interval is left out when it lies outside 0.3 to 2 s (200 to 30 beats a minute), or differs
  /// from the median of itself and its four neighbours on either side by more than `tolerance` of
  /// that median. This is a step of its own, never done unasked; it also takes part of a breathing
  /// rhythm away that is stronger than the tolerance.
  /// - Parameter tolerance: a share greater than 0; 0.25 keeps the breathing rhythm of healthy young
  ///   people and removes most premature beats.
  public func withoutArtefacts(tolerance: Double = 0.25) -> RRIntervals {
    var normal = self
    normal.keep { index in
      let duration = durations[index]
      guard (0.3...2).contains(duration) else { return false }
      let local = median(Array(durations[max(0, index - 4)..<min(count, index + 5)]))
      return abs(duration - local) <= tolerance * local
    }
    return normal
  }

  private mutating func keep(_ isKept: (Int) -> Bool) {
    let kept = durations.indices.filter(isKept)
    durations = kept.map { durations[$0] }
    ends = kept.map { ends[$0] }
  }
}
