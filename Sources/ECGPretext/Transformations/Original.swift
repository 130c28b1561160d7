import ECGRandom

/// The window as it is: x. Recognising it is a task of its own.
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3.
public struct Original: SignalTransformation {
  public static let name = "original"

  public init() {}

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    _ = output.update(fromContentsOf: window)
  }
}
