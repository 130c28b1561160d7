import ECGRandom
import Foundation

extension SyntheticECG {
  /// The process that draws the beat intervals T(t): a mean, and the two bands that the autonomic
  /// nervous system puts into them (section III, equation 2 of the paper).
  ///
  /// ```
  /// S(f) = P₁ N(f; f₁, c₁) + P₂ N(f; f₂, c₂)
  /// ```
  ///
  /// N is the normal density. T(t) is a sum of cosines whose powers follow S(f), with random phases.
  public struct Rhythm: Codable, Hashable, Sendable {
    /// Mean heart rate in beats per minute.
    public var meanRate = 60.0
    /// Power of the low-frequency band (Mayer waves of blood pressure) in ms².
    public var lowFrequencyPower = 833.0
    /// Power of the high-frequency band (breathing) in ms².
    public var highFrequencyPower = 1667.0
    /// Centre of the low-frequency band in Hz.
    public var lowFrequency = 0.1
    /// Breaths per second: centre of the high-frequency band in Hz.
    public var respirationFrequency = 0.25
    /// Standard deviation of either band in Hz.
    public var bandwidth = 0.01

    /// The paper's rhythm: 60 per minute, a ratio of low to high of 0.5, a deviation of 50 ms.
    public init() {}
  }
}

/// One realisation of the interval process.
struct BeatIntervals {
  private struct Cosine {
    var frequency: Double
    var phase: Double
    var amplitude: Double
  }
  private let mean: Double
  private var cosines: [Cosine] = []
  /// Lines in a band. Their spacing is uneven, so their sum does not repeat.
  private static let lines = 40

  init(of rhythm: SyntheticECG.Rhythm, using stream: inout RandomStream) {
    mean = 60 / rhythm.meanRate
    let bands = [
      (rhythm.lowFrequency, rhythm.lowFrequencyPower),
      (rhythm.respirationFrequency, rhythm.highFrequencyPower),
    ]
    for (centre, power) in bands { addBand(at: centre, power, rhythm.bandwidth, using: &stream) }
  }

  private mutating func addBand(
    at centre: Double, _ power: Double, _ width: Double, using stream: inout RandomStream
  ) {
    // Equal steps through ±3 standard deviations, each line somewhere within its step.
    let offsets = (0..<Self.lines).map { line in
      6 * (Double(line) + stream.uniform()) / Double(Self.lines) - 3
    }
    let weights = offsets.map { exp(-$0 * $0 / 2) }
    let sum = weights.reduce(0, +)
    for (offset, weight) in zip(offsets, weights) {
      // A cosine of amplitude a has the power a²/2; ms² to s².
      let amplitude = (2 * power * weight / sum).squareRoot() / 1000
      cosines.append(
        Cosine(
          frequency: max(centre + offset * width, 0), phase: 2 * .pi * stream.uniform(),
          amplitude: amplitude))
    }
  }

  /// The length in seconds of the beat that begins at a time; kept within 0.25 to 3 s and within
  /// half to twice the mean.
  func interval(at time: Double) -> Double {
    var interval = mean
    for cosine in cosines {
      interval += cosine.amplitude * cos(2 * .pi * cosine.frequency * time + cosine.phase)
    }
    return min(max(interval, mean / 2, 0.25), mean * 2, max(3, mean))
  }
}
