/// Where a window comes from and what is known of it: a row of a window store's table.
public struct WindowRecord: Codable, Hashable, Sendable {
  /// The data set, such as `wesad`.
  public var dataset: String
  /// The person within the data set, such as `S2`.
  public var person: String
  /// The recording of that person: a clip, block or phase, such as `stress`.
  public var recording: String
  /// The window's first sample, in seconds from the start of the recording.
  public var start: Double
  /// Signal quality in [0, 1]; see `SignalQuality`.
  public var quality: Double
  /// Labels by column name, as written in the source, such as `["arousal": "6"]`; a label that is
  /// not known is absent.
  public var labels: [String: String]

  /// A window's record.
  public init(
    dataset: String, person: String, recording: String, start: Double, quality: Double,
    labels: [String: String] = [:]
  ) {
    self.dataset = dataset
    self.person = person
    self.recording = recording
    self.start = start
    self.quality = quality
    self.labels = labels
  }

  /// The person among all data sets: `dataset/person`.
  public var personIdentity: String { dataset + "/" + person }
  /// The recording among all data sets and persons: `dataset/person/recording`.
  public var recordingIdentity: String { personIdentity + "/" + recording }
}
