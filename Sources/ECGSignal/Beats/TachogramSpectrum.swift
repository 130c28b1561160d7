import Foundation

/// The power spectrum of the intervals over time (the tachogram).
///
/// The intervals are placed at the beats that end them, interpolated at 4 Hz by a quadratic spline,
/// their mean is taken away, and Welch's method averages the periodograms of segments half the
/// tachogram long (at most 1024 s) under a Hann window, overlapping by half, padded with as many zeros.
struct TachogramSpectrum {
  /// Samples of the tachogram per second, in Hz.
  static let samplingRate = 4.0
  /// The longest segment in samples; longer series are averaged over more segments.
  private static let longestSegment = 4096

  private let tachogram: [Double]
  private let segment: Int
  private let window: [Double]

  /// Nil for fewer than four intervals, or times that do not ascend, or a series of more than a week.
  init?(of intervals: RRIntervals) {
    let times = intervals.ends
    guard times.count >= 4, let first = times.first, let last = times.last,
      last - first < 7 * 24 * 3600, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
      let spline = QuadraticSpline(times, intervals.durations.map { 1000 * $0 })
    else { return nil }
    let period = 1 / Self.samplingRate
    let count = Int(((last + period - first) / period).rounded(.up))
    let values = spline.values(at: (0..<count).map { min(last, first + Double($0) * period) })
    let mean = values.reduce(0, +) / Double(count)
    let segment = min(count / 2, Self.longestSegment)
    guard segment > 1 else { return nil }
    tachogram = values.map { $0 - mean }
    self.segment = segment
    window = (0..<segment).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(segment)) }
  }

  /// The power between two frequencies in Hz, in ms²; nil when the series is shorter than four periods
  /// of the lower one.
  func power(from lower: Double, to upper: Double) -> Double? {
    let resolution = Self.samplingRate / Double(2 * segment)
    guard 4 * Self.samplingRate / Double(tachogram.count) <= lower else { return nil }
    let first = Int((lower / resolution - 1e-9).rounded(.up))
    let end = Int((upper / resolution - 1e-9).rounded(.up))
    guard end - first > 1 else { return nil }
    let density = (first..<end).map { densityAt(bin: $0) }
    // The trapezoidal rule.
    return zip(density, density.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 * resolution }
  }

  /// The one-sided density in ms²/Hz at bin / (2 · segment) · rate, by the plain sum: only the bins of
  /// the two bands are wanted.
  private func densityAt(bin: Int) -> Double {
    let length = 2 * segment
    let turn = 2 * Double.pi / Double(length)
    // A rotation a sample, started afresh often enough to stay exact.
    let (stepCosine, stepSine) = (cos(turn * Double(bin)), sin(turn * Double(bin)))
    var total = 0.0
    var segments = 0
    for start in stride(from: 0, through: tachogram.count - segment, by: segment - segment / 2) {
      var (real, imaginary) = (0.0, 0.0)
      var (cosine, sine) = (1.0, 0.0)
      for index in 0..<segment {
        if index.isMultiple(of: 64) {
          let angle = turn * Double((index * bin) % length)
          (cosine, sine) = (cos(angle), sin(angle))
        }
        let value = tachogram[start + index] * window[index]
        real += value * cosine
        imaginary -= value * sine
        (cosine, sine) = (
          cosine * stepCosine - sine * stepSine, sine * stepCosine + cosine * stepSine
        )
      }
      total += real * real + imaginary * imaginary
      segments += 1
    }
    let weight = window.reduce(0) { $0 + $1 * $1 }
    return 2 * total / (Double(segments) * weight * Self.samplingRate)
  }
}
