import ECGRandom

/// A larger or smaller amplitude: y[t] = a · x[t].
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3; a = 1.1 in their code. Nothing in a single window
/// tells the factor: what can be learned is how large a person's normalised waves usually are.
public struct Scaling: SignalTransformation {
  public static let name = "scaling"
  public static let settings = [
    TransformationSetting("factor", "the factor a", in: 0.001...1000, \Scaling.factor)
  ]

  /// The factor a.
  public var factor: Double

  public init() { self.init(factor: 1.1) }

  /// Scaling by a factor, 0.001 to 1000.
  public init(factor: Double) { self.factor = factor }

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    let factor = Float(factor)
    for index in window.indices { output[index] = factor * window[index] }
  }
}
