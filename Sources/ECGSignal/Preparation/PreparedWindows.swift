/// A window ready for a network, and where it comes from.
public struct PreparedWindow: Sendable {
  /// T samples at the recipe's rate, normalised; none is missing.
  public var samples: [Float]
  /// Which of the recordings that were given, counted from 0.
  public var recording: Int
  /// The window's first sample, in s from the start of that recording.
  public var start: Double
  /// The quality of that stretch of the recording as it was made.
  public var quality: SignalQuality
}

/// A stretch of a recording that no window covers, and why.
public struct LeftOutStretch: Codable, Hashable, Sendable {
  /// Why there is no window.
  public enum Reason: String, Codable, Sendable {
    /// A window's worth with at least one missing sample.
    case missingSamples
    /// A window's worth without any signal.
    case flat
    /// The rest at the end, shorter than a window.
    case tail
    /// The whole recording is shorter than a window.
    case shorterThanWindow
  }

  /// Which of the recordings that were given, counted from 0.
  public var recording: Int
  /// The stretch, in s from the start of that recording.
  public var stretch: SignalStretch
  /// Why there is no window.
  public var reason: Reason
}

/// What a recipe makes of the recordings of one person.
public struct PreparedWindows: Sendable {
  /// The windows, recording after recording, in time order.
  public var windows: [PreparedWindow]
  /// What was left out, in the same order; every second of a recording is in a window or here.
  public var leftOut: [LeftOutStretch]
  /// The normalisation applied to each recording; mean 0 and deviation 1 where none was asked for.
  public var normalisations: [AmplitudeNormalisation]

  /// How many windows were left out for a reason, or stretches for `tail` and `shorterThanWindow`.
  public func count(leftOut reason: LeftOutStretch.Reason) -> Int {
    leftOut.count { $0.reason == reason }
  }
}
