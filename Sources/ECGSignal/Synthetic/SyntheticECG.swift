import ECGRandom
import Foundation

/// Artificial electrocardiogram by the dynamical model of McSharry, Clifford, Tarassenko and Smith,
/// "A dynamical model for generating synthetic electrocardiogram signals" (IEEE Transactions on
/// Biomedical Engineering 50(3), 2003), and where its R-peaks are.
///
/// A point runs around the unit circle, once a heart beat, and is pulled up and down by one Gaussian
/// event for each wave that it passes (section III, equation 1):
///
/// ```
/// x' = (1 − r) x − ω y            r = √(x² + y²)
/// y' = (1 − r) y + ω x            θ = atan2(y, x)
/// z' = −Σᵢ Aᵢ (ω / bᵢ²) Δθᵢ exp(−Δθᵢ² / 2bᵢ²) − (z − z₀(t))
/// ```
///
/// with Δθᵢ = θ − θᵢ taken into (−π, π], and z the voltage. The paper's aᵢ is written Aᵢ ω / bᵢ²
/// here, so that Aᵢ is the wave's height in mV whatever the rate. ω = 2π/T is constant from one
/// R-peak to the next; the intervals T are drawn by `Rhythm`. z₀ is the baseline moved by breathing.
///
/// Two things are added to the paper's model, since the heart does them: the waves' angles and widths
/// follow the *recent* intervals (Bazett's √RR, with the lag of the QT interval), and breathing
/// modulates the height of the waves. It is a model of a healthy sinus rhythm: no ectopic beats, no
/// arrhythmia.
public struct SyntheticECG: Codable, Hashable, Sendable {
  /// The waves of a beat.
  public var morphology = Morphology()
  /// The process of the beat intervals.
  public var rhythm = Rhythm()
  /// Amplitude of the baseline's movement with breathing in mV; the paper's is 0.15.
  public var respirationBaseline = 0.15
  /// Relative change of the waves' height with breathing, in [0, 1).
  public var respirationModulation = 0.05
  /// Relative change of the waves' height from beat to beat (one standard deviation).
  public var beatVariation = 0.01

  /// The paper's average heart: 60 beats a minute.
  public init() {}

  /// An artificial recording with its ground truth.
  public struct Trace: Sendable {
    /// The voltage in mV.
    public var samples: [Float]
    /// The times of the R-peaks in seconds from the first sample, ascending.
    public let rPeaks: [Double]
  }

  /// A recording of a given length.
  ///
  /// Integrated by the classical Runge-Kutta method of fourth order at 500 steps a second or more,
  /// from a random phase; the first seconds, until the motion has settled, are thrown away.
  /// - Parameters:
  ///   - duration: seconds, finite and not negative.
  ///   - samplingRate: samples per second in Hz.
  ///   - stream: where all randomness comes from.
  /// - Returns: duration · samplingRate samples, rounded to the nearest.
  /// - Throws: `SignalError.samplingRate` unless the rate is finite and greater than 0, and
  ///   `SignalError.recipe` for a duration or parameters that mean nothing.
  public func trace(
    duration: Double, samplingRate: Double, using stream: inout RandomStream
  ) throws -> Trace {
    guard samplingRate.isFinite, samplingRate > 0 else {
      throw SignalError.samplingRate(samplingRate)
    }
    guard duration.isFinite, duration >= 0, duration * samplingRate < 1e9 else {
      throw SignalError.recipe(
        "an artificial recording of \(duration) s at \(samplingRate) Hz cannot be made; give a "
          + "duration of 0 s or more")
    }
    try checkParameters()
    let stepsPerSample = max(1, Int((500 / samplingRate).rounded(.up)))
    var motion = Motion(
      of: self, step: 1 / (samplingRate * Double(stepsPerSample)), using: stream)
    defer { stream = motion.stream }
    while motion.time < 0 { motion.advance() }

    let count = Int((duration * samplingRate).rounded())
    var samples = [Float]()
    samples.reserveCapacity(count)
    for _ in 0..<count {
      samples.append(Float(motion.z))
      for _ in 0..<stepsPerSample { motion.advance() }
    }
    let end = Double(count) / samplingRate
    return Trace(samples: samples, rPeaks: motion.rPeaks.filter { $0 >= 0 && $0 < end })
  }

  private func checkParameters() throws {
    let waves = morphology.waves
    guard waves.allSatisfy({ $0.width > 0 && $0.angle.isFinite && $0.amplitude.isFinite }) else {
      throw SignalError.recipe("every wave needs a width above 0 and a finite angle and amplitude")
    }
    guard rhythm.meanRate.isFinite, (10...300).contains(rhythm.meanRate) else {
      throw SignalError.recipe(
        "a mean heart rate of \(rhythm.meanRate) per minute cannot be made; give 10 to 300")
    }
    let powers = [rhythm.lowFrequencyPower, rhythm.highFrequencyPower]
    guard powers.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw SignalError.recipe("the powers of the beat intervals must be 0 ms² or more")
    }
  }
}
