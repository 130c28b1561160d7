import Foundation

extension SecondOrderSections {
  /// A Butterworth high-pass: flat above the cutoff, −3 dB at it, −6 dB an octave and order below.
  ///
  /// The bilinear transform of the analogue filter with the cutoff pre-warped, as in
  /// `scipy.signal.butter(order, cutoff, "highpass", fs: samplingRate)`.
  /// - Parameters:
  ///   - cutoff: in Hz, between 0 and half the sampling rate.
  ///   - order: 1 or more.
  ///   - samplingRate: in Hz.
  /// - Throws: `SignalError.cutoff`, or `.recipe` for an order below 1.
  public static func highPass(
    cutoff: Double, order: Int, samplingRate: Double
  ) throws -> SecondOrderSections {
    let k = try warped(cutoff, order: order, samplingRate: samplingRate)
    return butterworth(order: order) { damping in
      guard let damping else {
        return Section(b0: 1 / (1 + k), b1: -1 / (1 + k), b2: 0, a1: (k - 1) / (k + 1), a2: 0)
      }
      let scale = 1 / (1 + damping * k + k * k)
      return Section(
        b0: scale, b1: -2 * scale, b2: scale,
        a1: 2 * (k * k - 1) * scale, a2: (1 - damping * k + k * k) * scale)
    }
  }

  /// A Butterworth low-pass: flat below the cutoff, −3 dB at it, −6 dB an octave and order above.
  ///
  /// Parameters and errors as for `highPass(cutoff:order:samplingRate:)`.
  public static func lowPass(
    cutoff: Double, order: Int, samplingRate: Double
  ) throws -> SecondOrderSections {
    let k = try warped(cutoff, order: order, samplingRate: samplingRate)
    return butterworth(order: order) { damping in
      guard let damping else {
        return Section(b0: k / (1 + k), b1: k / (1 + k), b2: 0, a1: (k - 1) / (k + 1), a2: 0)
      }
      let scale = 1 / (1 + damping * k + k * k)
      return Section(
        b0: k * k * scale, b1: 2 * k * k * scale, b2: k * k * scale,
        a1: 2 * (k * k - 1) * scale, a2: (1 - damping * k + k * k) * scale)
    }
  }

  /// A notch that removes one frequency: the mains hum.
  ///
  /// As `scipy.signal.iirnotch(frequency, quality, fs: samplingRate)`.
  /// - Parameters:
  ///   - frequency: in Hz, between 0 and half the sampling rate.
  ///   - quality: the frequency divided by the width (Hz) between the −3 dB points.
  ///   - samplingRate: in Hz.
  /// - Throws: `SignalError.cutoff`, or `.recipe` for a quality that is not greater than 0.
  public static func notch(
    at frequency: Double, quality: Double = 30, samplingRate: Double
  ) throws -> SecondOrderSections {
    _ = try warped(frequency, order: 1, samplingRate: samplingRate)
    guard quality.isFinite, quality > 0 else {
      throw SignalError.recipe("the quality of a notch must be greater than 0, not \(quality)")
    }
    let angle = 2 * Double.pi * frequency / samplingRate
    let gain = 1 / (1 + tan(angle / quality / 2))
    let middle = -2 * gain * cos(angle)
    return SecondOrderSections([
      Section(b0: gain, b1: middle, b2: gain, a1: middle, a2: 2 * gain - 1)
    ])
  }

  /// One section a pair of poles, the best damped first; an odd order starts with the real pole (nil).
  private static func butterworth(
    order: Int, _ section: (_ damping: Double?) -> Section
  ) -> SecondOrderSections {
    var sections = (0..<order / 2).map { pair in
      // The pole pair k of N lies at the angle (2k + 1)π/2N from the imaginary axis.
      section(2 * sin(Double.pi * Double(2 * pair + 1) / Double(2 * order)))
    }
    sections.reverse()
    if !order.isMultiple(of: 2) { sections.insert(section(nil), at: 0) }
    return SecondOrderSections(sections)
  }

  /// tan(π f / rate): the cutoff as the bilinear transform bends it.
  private static func warped(_ cutoff: Double, order: Int, samplingRate: Double) throws -> Double {
    guard samplingRate.isFinite, samplingRate > 0 else {
      throw SignalError.samplingRate(samplingRate)
    }
    guard cutoff > 0, cutoff < samplingRate / 2 else {
      throw SignalError.cutoff(cutoff, samplingRate: samplingRate)
    }
    guard (1...64).contains(order) else {
      throw SignalError.recipe("the order of a filter must be from 1 to 64, not \(order)")
    }
    return tan(Double.pi * cutoff / samplingRate)
  }
}
