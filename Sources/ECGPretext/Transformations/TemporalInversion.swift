import ECGRandom

/// The window backwards in time: y[t] = x[N − 1 − t].
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3. Easy to recognise, and weighted accordingly.
public struct TemporalInversion: SignalTransformation {
  public static let name = "inversion"
  public static let recognitionWeight: Float = 0.0125

  public init() {}

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    let last = window.count - 1
    for index in window.indices { output[index] = window[last - index] }
  }
}
