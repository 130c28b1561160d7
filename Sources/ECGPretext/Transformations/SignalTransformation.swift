import ECGRandom

/// A change of a window that a network can learn to recognise without any label.
///
/// A transformation is a small value: its name, its settings and what it does to a window. To add
/// one, write it in a file of its own and name it in `TransformationCatalogue.all`; everything else
/// (a recognition head, random numbers, configuration, command line) follows from the name.
///
/// ```swift
/// public struct Smoothing: SignalTransformation {
///   public static let name = "smoothing"
///   public var width = 5
///   public static let settings = [
///     TransformationSetting("width", "samples averaged", in: 1...1000, \Smoothing.width)
///   ]
///   public init() {}
///   public func apply(…) { … }
/// }
/// ```
public protocol SignalTransformation: Hashable, Sendable {
  /// The name, in lower case: `noise`. It names the recognition head (`heads.noise`) and keys the
  /// random numbers, so it is part of a reproducible result: do not rename one.
  static var name: String { get }

  /// The settings that can be adjusted by name, with their ranges.
  static var settings: [TransformationSetting<Self>] { get }

  /// The weight of its recognition in the loss of the transformation recognition network, unless a
  /// configuration says otherwise; 0.195 unless the type says otherwise.
  static var recognitionWeight: Float { get }

  /// The transformation with the published settings.
  init()

  /// Writes the transformed window to `output`. Called by `transform(_:into:scratch:random:)`, which
  /// keeps padding away from it.
  ///
  /// Training calls this some thousand times a second: it should not allocate memory.
  /// - Parameters:
  ///   - window: at least one sample, N.
  ///   - output: room for exactly N samples, all of which are written; it does not overlap `window`.
  ///   - scratch: room to work in, for windows of at least N samples.
  ///   - random: the only source of chance.
  func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream)
}

extension SignalTransformation {
  public static var settings: [TransformationSetting<Self>] { [] }
  public static var recognitionWeight: Float { 0.195 }

  /// The name of the type, `Self.name`.
  public var name: String { Self.name }

  /// Writes the transformed window to `output`.
  ///
  /// A trailing run of exact zeros is padding: it is trimmed before the transformation and put back
  /// after it, so that neither its length nor its place gives the transformation away.
  /// - Parameters:
  ///   - window: N samples, such as 2560.
  ///   - output: room for exactly N samples; it must not overlap `window`.
  ///   - scratch: made for windows of at least N samples.
  ///   - random: the stream of this window, see `RandomStream`.
  public func transform(
    _ window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    precondition(output.count == window.count, "a transformed window keeps its length")
    var signal = window.count
    while signal > 0, window[signal - 1] == 0 { signal -= 1 }
    if signal > 0 {
      apply(
        to: UnsafeBufferPointer(rebasing: window[..<signal]),
        into: UnsafeMutableBufferPointer(rebasing: output[..<signal]),
        scratch: &scratch, random: &random)
    }
    output[signal...].update(repeating: 0)
  }
}

/// Room for transformations to work in, made once and used for window after window.
public struct TransformationScratch: Sendable {
  /// Whole numbers, as many as a window has samples.
  public var numbers: [Int]
  /// Samples, as many as a window has.
  public var samples: [Float]

  /// Room for windows of up to `windowLength` samples.
  public init(windowLength: Int) {
    numbers = [Int](repeating: 0, count: windowLength)
    samples = [Float](repeating: 0, count: windowLength)
  }
}
