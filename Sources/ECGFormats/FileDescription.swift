import Foundation

/// What a file holds, without its samples.
public struct FileDescription: Sendable, Codable {
  /// The path it was read from.
  public var path: String
  /// The format, told from the content.
  public var format: FileFormat
  /// All channels or columns, in the file's order; `--channel` counts them from 1.
  public var channels: [ChannelDescription]
  /// The channel that `readRecording` would take, as an index into `channels`; nil if it would ask.
  public var chosen: Int?
  /// Why that channel, or why none.
  public var choice: String
  /// When the first sample was taken, if the file tells.
  public var start: Date?
  /// Who was recorded, if the file carries a code for it.
  public var person: String?
  /// Facts of the format that have no place of their own, as name and value.
  public var details: [Detail]
  /// The number of annotations that come with it.
  public var annotationCount: Int
  /// What a careful reader should know.
  public var warnings: [String]

  /// A fact by name.
  public struct Detail: Sendable, Codable, Hashable {
    public var name: String
    public var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// One channel of a signal file, or one column of a table.
public struct ChannelDescription: Sendable, Codable, Hashable {
  /// What a column is for.
  public enum Role: String, Sendable, Codable {
    /// Samples.
    case signal
    /// The times of the samples, or their running number.
    case time
    /// Words.
    case text
  }

  /// The name the file gives it, or `column 3` if it gives none.
  public var name: String
  /// The unit as the file spells it, if it does.
  public var unit: String?
  /// Samples per second in Hz, if the file tells.
  public var samplingRate: Double?
  /// The number of samples, missing ones included.
  public var sampleCount: Int
  /// What it is for.
  public var role: Role

  /// A channel by its facts.
  public init(
    name: String, unit: String? = nil, samplingRate: Double? = nil, sampleCount: Int,
    role: Role = .signal
  ) {
    self.name = name
    self.unit = unit
    self.samplingRate = samplingRate
    self.sampleCount = sampleCount
    self.role = role
  }

  /// The length in seconds, if the rate is known.
  public var duration: Double? { samplingRate.map { Double(sampleCount) / $0 } }
}
