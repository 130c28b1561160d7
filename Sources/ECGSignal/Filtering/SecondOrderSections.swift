import Foundation

/// A recursive filter as a chain of second-order sections, the form that stays exact for cutoffs far
/// below the sampling rate (0.8 Hz at 2048 Hz).
///
/// Use `zeroPhase(_:)` on a whole signal and a `StreamingFilter` where samples arrive one by one.
/// One section computes, with a0 = 1,
/// ```
/// y[n] = b0 x[n] + b1 x[n−1] + b2 x[n−2] − a1 y[n−1] − a2 y[n−2]
/// ```
public struct SecondOrderSections: Codable, Hashable, Sendable {
  /// One section; a first-order one has b2 = a2 = 0.
  public struct Section: Codable, Hashable, Sendable {
    /// Coefficients of the input: now, one and two samples ago.
    public var b0, b1, b2: Double
    /// Coefficients of the output one and two samples ago.
    public var a1, a2: Double

    /// A section from its coefficients, divided by a0.
    public init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
      self.b0 = b0
      self.b1 = b1
      self.b2 = b2
      self.a1 = a1
      self.a2 = a2
    }
  }

  /// The sections, in the order the signal passes them.
  public var sections: [Section]

  /// A filter of the given sections; with none, the signal passes unchanged.
  public init(_ sections: [Section] = []) {
    self.sections = sections
  }

  /// This filter followed by another.
  public func followed(by other: SecondOrderSections) -> SecondOrderSections {
    SecondOrderSections(sections + other.sections)
  }

  /// |H(f)|: by how much a sine at `frequency` (Hz) is multiplied, for samples at `samplingRate` (Hz).
  public func gain(at frequency: Double, samplingRate: Double) -> Double {
    let angle = 2 * Double.pi * frequency / samplingRate
    return sections.reduce(1) { $0 * $1.gain(at: angle) }
  }
}

extension SecondOrderSections.Section {
  /// The memory of a section between samples (transposed direct form II).
  struct State: Hashable, Sendable {
    var first = 0.0
    var second = 0.0
  }

  /// The gain for a signal that never changes.
  var steadyGain: Double { (b0 + b1 + b2) / (1 + a1 + a2) }

  /// The memory after an input of 1 for ever.
  var steadyState: State {
    let second = b2 - a2 * steadyGain
    return State(first: b1 - a1 * steadyGain + second, second: second)
  }

  /// Filters in place, from and to `state`.
  func process(_ samples: UnsafeMutableBufferPointer<Double>, state: inout State) {
    var first = state.first
    var second = state.second
    for index in samples.indices {
      let input = samples[index]
      let output = b0 * input + first
      first = b1 * input - a1 * output + second
      second = b2 * input - a2 * output
      samples[index] = output
    }
    state = State(first: first, second: second)
  }

  /// |H| at an angle in radians a sample.
  fileprivate func gain(at angle: Double) -> Double {
    let (cosine, sine) = (cos(angle), sin(angle))
    let (cosine2, sine2) = (cos(2 * angle), sin(2 * angle))
    let numerator = hypot(b0 + b1 * cosine + b2 * cosine2, b1 * sine + b2 * sine2)
    return numerator / hypot(1 + a1 * cosine + a2 * cosine2, a1 * sine + a2 * sine2)
  }
}
