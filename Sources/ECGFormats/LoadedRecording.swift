import ECGSignal

/// One lead read from a file, and how it was read.
public struct LoadedRecording: Sendable {
  /// The lead; in millivolts wherever the file lets that be known.
  public var recording: ECGRecording
  /// The format, told from the content.
  public var format: FileFormat
  /// All channels or columns of the file, in its order.
  public var channelNames: [String]
  /// Which of them was taken, and why; one sentence.
  public var choice: String
  /// What a careful reader should know: gaps, failed checksums, units that are not stated.
  public var warnings: [String]
  /// Who was recorded, if the file carries a code for it. Never a name or a date of birth.
  public var person: String?
  /// Marks in time that came with the recording: beats, events, comments.
  public var annotations: [RecordingAnnotation]
}

/// A mark at one time of a recording.
public struct RecordingAnnotation: Sendable, Hashable, Codable {
  /// Seconds from the first sample.
  public var time: Double
  /// How long it lasts in seconds, if it lasts.
  public var duration: Double?
  /// What it is: the WFDB symbol of a beat (`N`, `V` …), or the text of an event.
  public var label: String
  /// More about it, such as the rhythm of a WFDB `+`; empty if nothing.
  public var note: String

  /// A mark at one time.
  public init(time: Double, duration: Double? = nil, label: String, note: String = "") {
    self.time = time
    self.duration = duration
    self.label = label
    self.note = note
  }
}
