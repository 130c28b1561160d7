/// What the caller knows about a file that the file itself may not say.
///
/// Everything is optional; what is nil is told from the content, or asked for by an error.
public struct ReadingOptions: Sendable, Hashable {
  /// The unit of a time column.
  public enum TimeUnit: String, Codable, CaseIterable, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// How many seconds one of this unit is.
    public var seconds: Double {
      switch self {
      case .seconds: 1
      case .milliseconds: 1e-3
      case .microseconds: 1e-6
      case .nanoseconds: 1e-9
      }
    }
  }

  /// Samples per second in Hz, for files that do not state it. A file whose header states another
  /// rate is refused rather than misread.
  public var samplingRate: Double?
  /// The channel or column to read: its name, or its number counted from 1.
  public var channel: String?
  /// The unit of the samples, if the file does not tell or tells it wrongly.
  public var unit: VoltageUnit?
  /// What separates columns of text. Nil: told from the content.
  public var delimiter: Character?
  /// Whether the first row of text holds names. Nil: told from the content.
  public var header: Bool?
  /// The column that holds times: its name, or its number counted from 1. Nil: told by name.
  public var timeColumn: String?
  /// The unit of the time column, if its name does not tell.
  public var timeUnit: TimeUnit?
  /// Whether numbers are written `0,5` rather than `0.5`. Nil: told from the content.
  public var decimalComma: Bool?

  /// Nothing known beforehand.
  public init() {}

  /// What is known: a rate in Hz, a channel by name or number from 1, a unit.
  public init(samplingRate: Double?, channel: String? = nil, unit: VoltageUnit? = nil) {
    self.samplingRate = samplingRate
    self.channel = channel
    self.unit = unit
  }
}
