import Foundation

/// One lead of electrocardiogram, with everything needed to read its numbers.
///
/// A recording always carries its sampling rate and its unit; nothing in this package assumes
/// either. A missing sample is NaN.
public struct ECGRecording: Sendable {
  /// The unit of the samples.
  public enum Unit: String, Codable, Sendable {
    /// Millivolts.
    case millivolts = "mV"
    /// The source does not tell; amplitudes mean nothing until the recording is normalised.
    case unknown
  }

  /// The samples in `unit`, one lead, in time order; NaN where the source has none.
  public var samples: [Float]
  /// Samples per second, in Hz; greater than 0 and at most `highestRate`.
  public let samplingRate: Double
  /// The unit of the samples.
  public var unit: Unit
  /// The lead or channel by the name its source gives it, if it gives one.
  public var lead: String?
  /// When the first sample was taken, if the source tells.
  public var start: Date?

  /// The highest rate, in Hz, that is believed: a million, far above any recorder's.
  public static let highestRate = 1e6

  /// A recording of one lead.
  /// - Throws: `SignalError.samplingRate` unless the rate is greater than 0 and at most `highestRate`.
  public init(
    samples: [Float], samplingRate: Double, unit: Unit, lead: String? = nil, start: Date? = nil
  ) throws {
    guard samplingRate > 0, samplingRate <= Self.highestRate else {
      throw SignalError.samplingRate(samplingRate)
    }
    self.samples = samples
    self.samplingRate = samplingRate
    self.unit = unit
    self.lead = lead
    self.start = start
  }

  /// The length in seconds.
  public var duration: Double { Double(samples.count) / samplingRate }
}
