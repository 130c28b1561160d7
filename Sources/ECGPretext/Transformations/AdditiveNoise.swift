import ECGRandom
import Foundation

/// White Gaussian noise at a given signal-to-noise ratio.
///
/// ```
/// y[t] = x[t] + n[t],  n[t] ~ N(0, mean(x²) · 10^(−SNR / 10))
/// ```
///
/// The power is that of the window itself (trailing padding left out), so a faint window gets faint
/// noise. Sarkar and Etemad, IEEE TAC 13(3), section 3; 15 dB in their code.
public struct AdditiveNoise: SignalTransformation {
  public static let name = "noise"
  public static let settings = [
    TransformationSetting(
      "signalToNoise", "signal-to-noise ratio in dB", in: -60...120, \AdditiveNoise.signalToNoise)
  ]

  /// The signal-to-noise ratio in dB; less is harder on the signal.
  public var signalToNoise: Double

  public init() { self.init(signalToNoise: 15) }

  /// Noise at a signal-to-noise ratio in dB, −60 to 120.
  public init(signalToNoise: Double) { self.signalToNoise = signalToNoise }

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    let energy = window.reduce(0.0) { $0 + Double($1) * Double($1) }
    let power = energy / Double(window.count) * pow(10, -signalToNoise / 10)
    let deviation = Float(power.squareRoot())

    var index = 0
    while index + 1 < window.count {
      let (first, second) = random.singlePrecisionNormalPair()
      output[index] = window[index] + deviation * first
      output[index + 1] = window[index + 1] + deviation * second
      index += 2
    }
    if index < window.count {
      output[index] = window[index] + deviation * random.singlePrecisionNormalPair().0
    }
  }
}

extension RandomStream {
  /// Two independent standard normal numbers in single precision, from 64 random bits.
  ///
  /// Noise is most of what it costs to make a batch; this takes half the time of
  /// `normalPair()`. With 32 bits for the radius no number is further out than 6.8 deviations.
  fileprivate mutating func singlePrecisionNormalPair() -> (Float, Float) {
    let bits = next()
    let upper = Float(UInt32(truncatingIfNeeded: bits >> 32))
    let lower = Float(UInt32(truncatingIfNeeded: bits))
    // The half keeps the logarithm finite.
    let radius = (-2 * log((upper + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Float.pi * (lower * 0x1p-32)
    return (radius * cos(angle), radius * sin(angle))
  }
}
