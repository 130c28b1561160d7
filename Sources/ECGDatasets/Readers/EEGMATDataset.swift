import ECGFormats
import ECGSignal
import Foundation

/// Rest and mental arithmetic: PhysioNet `eegmat` 1.0.0, 36 persons, EDF at 500 Hz with an ECG channel.
///
/// `SubjectNN_1.edf` is about three minutes of rest, `SubjectNN_2.edf` the first minute of serial
/// subtraction. Labels: `task` (`rest`, `arithmetic`) and `stress` (0, 1). Rest always comes first, so
/// the task and the time in the session cannot be told apart.
public struct EEGMATDataset: Dataset {
  public let name = "eegmat"
  public let title = "PhysioNet EEG During Mental Arithmetic Tasks: rest and serial subtraction"
  public let citation =
    "Zyma I, Tukaev S, Seleznov I, et al. Electroencephalograms during mental arithmetic task "
    + "performance. Data 4(1):14, 2019"
  public let licence = "Open Data Commons Attribution 1.0: any use, with credit"
  public let source = "https://physionet.org/content/eegmat/1.0.0/"

  /// How the data set is read; there is nothing to set.
  public init() {}

  private static let persons = (0..<36).map { $0 < 10 ? "Subject0\($0)" : "Subject\($0)" }
  private static let parts = [
    (suffix: "_1.edf", labels: ["task": "rest", "stress": "0"]),
    (suffix: "_2.edf", labels: ["task": "arithmetic", "stress": "1"]),
  ]

  public let companions = ["*.txt", "*.csv", "*.html", "records", "*.edf.seizures", "annotators"]

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(dataset: name, labels: ["task", "stress"], persons: [])
    var absent: [String] = []
    for person in Self.persons {
      let present = Self.parts.map { tree.first(named: person + $0.suffix) }
      guard present.contains(where: { $0 != nil }) else {
        absent.append(person)
        continue
      }
      for (part, file) in zip(Self.parts, present) where file == nil {
        contents.leftOut.append(
          LeftOut(
            person: person, what: person + part.suffix, reason: .missing,
            detail: "there is no such file"))
      }
      let parts = zip(Self.parts, present).compactMap { part, file in
        file.map { (file: $0, labels: part.labels) }
      }
      contents.persons.append(
        DatasetPerson(name: person, files: parts.map(\.file)) {
          var result = PersonRecordings()
          for part in parts {
            result.add(part.file, of: person, in: tree) { loaded in
              [
                LabelledRecording(
                  name: part.labels["task"] ?? "", recording: loaded.recording,
                  labels: part.labels)
              ]
            }
          }
          return result
        })
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as Subject00_1.edf and Subject00_2.edf, from \(source)")
    }
    contents.leftOut += absent.map {
      LeftOut(
        person: $0, what: "both recordings", reason: .missing, detail: "there are no such files")
    }
    contents.notes = [
      "Rest was always recorded before arithmetic: the task and the time in the session cannot be "
        + "told apart."
    ]
    return contents
  }
}
