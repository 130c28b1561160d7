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
  public let licence = "Open Data Commons Attribution 1.0"
  public let source = "https://physionet.org/content/eegmat/1.0.0/"

  /// How the data set is read; there is nothing to set.
  public init() {}

  private static let persons = (0..<36).map { $0 < 10 ? "Subject0\($0)" : "Subject\($0)" }
  private static let parts = [
    (suffix: "_1.edf", labels: ["task": "rest", "stress": "0"]),
    (suffix: "_2.edf", labels: ["task": "arithmetic", "stress": "1"]),
  ]

  public func contents(of folder: URL) throws -> DatasetContents {
    let files = try FolderSearch(folder)
    var contents = DatasetContents(dataset: name, labels: ["task", "stress"], persons: [])
    var absent: [String] = []
    for person in Self.persons {
      let present = Self.parts.map { files.first(named: person + $0.suffix) }
      guard present.contains(where: { $0 != nil }) else {
        absent.append(person)
        continue
      }
      for (part, url) in zip(Self.parts, present) where url == nil {
        contents.leftOut.append(
          LeftOut(
            person: person, what: person + part.suffix, reason: .missing,
            detail: "there is no such file"))
      }
      let entries = zip(Self.parts, present).compactMap { part, url in
        url.map { url in
          FolderEntry(
            person: person, recording: part.labels["task"] ?? "", path: url.lastPathComponent,
            url: url, options: ReadingOptions(), interval: nil, labels: part.labels)
        }
      }
      contents.persons.append(FolderEntry.person(person, entries, in: folder))
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: folder.path,
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

/// The files in a folder and below, by name.
struct FolderSearch {
  private var urls: [String: [URL]] = [:]

  /// Looks through a folder.
  /// - Throws: `DatasetError.file` when it is none or cannot be read.
  init(_ folder: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw DatasetError.file(folder.path, "there is no such folder")
    }
    guard isFolder.boolValue, let paths = FileManager.default.enumerator(atPath: folder.path) else {
      throw DatasetError.file(folder.path, "is not a folder that can be read")
    }
    let sorted = paths.compactMap { $0 as? String }.sorted {
      // Nearer the top first; then by name.
      let depths = ($0.count { $0 == "/" }, $1.count { $0 == "/" })
      return depths.0 != depths.1 ? depths.0 < depths.1 : $0 < $1
    }
    for path in sorted {
      let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
      urls[name, default: []].append(folder.appending(path: path))
    }
  }

  /// The file of a name, whatever its case; the one nearest the top if there are several.
  func first(named name: String) -> URL? { urls[name.lowercased()]?.first }

  /// The files whose names satisfy a condition, the nearest the top of each name, sorted by name.
  func files(where condition: (String) -> Bool) -> [URL] {
    urls.filter { condition($0.key) }.sorted { $0.key < $1.key }.compactMap { $0.value.first }
  }
}
