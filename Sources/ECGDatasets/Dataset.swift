import ECGSignal
import Foundation

/// A data set in the form in which it is downloaded, or a folder of one's own.
///
/// A reader is one file and one line in `Datasets.all`. It finds the persons in a folder and, when
/// asked, reads one person's recordings; windows, quality, hashes, progress and reports are made by
/// `Preparation`, the same for all.
public protocol Dataset: Sendable {
  /// The name on the command line, such as `wesad`.
  var name: String { get }
  /// What it is, in a line.
  var title: String { get }
  /// The publication to cite, or empty.
  var citation: String { get }
  /// What may be done with it.
  var licence: String { get }
  /// Where it is had from.
  var source: String { get }
  /// Files that belong to the download but are not read, as patterns in small letters with `*` for any
  /// characters, matched against names; `*` alone when any file may be there.
  var companions: [String] { get }
  /// What was set about the reading, so that a preparation is not resumed with another setting.
  var settings: [String: String] { get }
  /// The same data set, read by other wishes.
  /// - Throws: `DatasetError.labels` for a wish that this data set does not know.
  func reading(by options: DatasetOptions) throws -> any Dataset
  /// Finds what is there, reading no more than that takes.
  /// - Throws: `DatasetError` when the download holds nothing of the data set.
  func contents(of tree: DataTree) throws -> DatasetContents
}

extension Dataset {
  public var companions: [String] { [] }
  public var settings: [String: String] { [:] }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self)
    return self
  }

  /// Finds what is in a folder, or in one ZIP archive.
  /// - Throws: `DatasetError` when it holds nothing of the data set.
  public func contents(of folder: URL) throws -> DatasetContents {
    try contents(of: DataTree(at: folder))
  }
}

/// What was found in a folder.
public struct DatasetContents: Sendable {
  /// The first part of the windows' identity: the data set's name, or a name for the folder.
  public var dataset: String
  /// The label columns.
  public var labels: [String]
  /// The ends of the scales of numeric labels, where they are documented.
  public var scales: [String: [Double]] = [:]
  /// The persons, in the order in which they are prepared.
  public var persons: [DatasetPerson]
  /// Files that belong to everybody, such as tables of labels.
  public var tables: [DataFile] = []
  /// What is missing or cannot be used, as far as that shows without reading signals.
  public var leftOut: [LeftOut] = []
  /// What a reader of a result should know about the data.
  public var notes: [String] = []

  /// What was found.
  public init(dataset: String, labels: [String], persons: [DatasetPerson]) {
    self.dataset = dataset
    self.labels = labels
    self.persons = persons
  }
}

/// A person whose recordings can be read.
public struct DatasetPerson: Sendable {
  /// The person's name in the data set, such as `S2`.
  public let name: String
  /// The files that reading needs.
  public let files: [DataFile]
  /// Reads all recordings of the person.
  ///
  /// A file that cannot be read is no error but is listed in the result; what is thrown ends the
  /// preparation.
  public let read: @Sendable () throws -> PersonRecordings

  /// A person and how to read the recordings.
  public init(
    name: String, files: [DataFile], read: @escaping @Sendable () throws -> PersonRecordings
  ) {
    self.name = name
    self.files = files
    self.read = read
  }
}

/// All recordings of a person.
public struct PersonRecordings: Sendable {
  /// The recordings, in order.
  public var recordings: [LabelledRecording] = []
  /// What could not be used and why.
  public var leftOut: [LeftOut] = []
  /// Which lead was taken and the like; equal sentences are counted.
  public var notes: [String] = []

  /// No recording yet.
  public init() {}
}

/// A recording, or a stretch of one, with one label for each column.
public struct LabelledRecording: Sendable {
  /// The recording's name among those of the person, such as `stress`. Stretches of the same name
  /// are the same recording to a split.
  public var name: String
  /// The signal.
  public var recording: ECGRecording
  /// When the signal begins, in seconds from the start of the recording.
  public var start: Double
  /// Labels by column; unknown ones are absent.
  public var labels: [String: String]
  /// Labels that change within the recording: called with the beginning and the end of a window, in
  /// seconds from the start of the recording, they are added to `labels`. Nil leaves the window out as
  /// unlabelled.
  public var windowLabels: (@Sendable (_ start: Double, _ end: Double) -> [String: String]?)?

  /// A labelled recording.
  public init(
    name: String, recording: ECGRecording, start: Double = 0, labels: [String: String],
    windowLabels: (@Sendable (_ start: Double, _ end: Double) -> [String: String]?)? = nil
  ) {
    self.windowLabels = windowLabels
    self.name = name
    self.recording = recording
    self.start = start
    self.labels = labels
  }
}
