import ECGRandom

/// The window upside down: y[t] = −x[t].
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3. Easy to recognise, and weighted accordingly.
public struct Negation: SignalTransformation {
  public static let name = "negation"
  public static let recognitionWeight: Float = 0.0125

  public init() {}

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    for index in window.indices { output[index] = -window[index] }
  }
}
