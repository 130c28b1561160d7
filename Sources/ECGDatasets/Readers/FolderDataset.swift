import ECGFormats
import ECGSignal
import Foundation

/// Any folder of recordings: with a table `labels.csv` that says whose they are and what was felt, or
/// without one.
///
/// The table has a row for each file, or for each stretch of one:
///
/// | column | meaning |
/// |---|---|
/// | `file` | the path below the folder |
/// | `person` (or `subject`, `participant`) | whose recording it is |
/// | `recording` | optional: a name; rows of the same name are one recording to a split |
/// | `start_s` and `end_s`, or `onset` and `duration` | optional: the stretch in seconds |
/// | `rate`, `channel`, `unit` | optional: what the file does not say by itself |
/// | any other | a label; an empty cell is a label not known |
///
/// Without a table every readable file is a recording without labels; its person is the folder it
/// lies in if there are several such folders, else the file's name without extension.
public struct FolderDataset: Dataset {
  public let name = "folder"
  public let title = "your own recordings, with a labels.csv or without"
  public let citation = ""
  public let licence = "yours"
  public let source = "your own"
  /// What all files have in common and do not say by themselves.
  public var options: ReadingOptions
  /// The name of the data set in the windows' identity; nil takes the folder's.
  public var identity: String?

  /// A folder of recordings.
  public init(options: ReadingOptions = ReadingOptions(), identity: String? = nil) {
    self.options = options
    self.identity = identity
  }

  public let companions = ["*"]

  public var settings: [String: String] { ["options": "\(options)"] }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    var others = options
    others.reading = ReadingOptions()
    try others.allow(in: self)
    return FolderDataset(options: options.reading, identity: identity)
  }

  public func contents(of tree: DataTree) throws -> DatasetContents {
    guard tree.root.pathExtension.lowercased() != "zip" else {
      throw DatasetError.file(
        tree.root.path, "is an archive; unpack it and give the folder that holds the recordings")
    }
    let folder = tree.root.standardizedFileURL
    let identity = identity ?? folder.lastPathComponent
    let tables = ["labels.csv", "labels.tsv", "labels.txt"].map { folder.appending(path: $0) }
    if let table = tables.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      return try contents(of: folder, table: Table(at: table), identity)
    }
    return try contentsWithoutTable(of: folder, identity)
  }

  private func contents(
    of folder: URL, table: Table, _ identity: String
  ) throws -> DatasetContents {
    let columns = try FolderColumns(of: table)
    guard !table.rows.isEmpty else {
      throw DatasetError.table(table.path, row: nil, "the table names no recording")
    }
    var leftOut: [LeftOut] = []
    var order: [String] = []
    var entries: [String: [FolderEntry]] = [:]
    for row in table.rows {
      guard
        let entry = try columns.entry(
          row, of: table, in: folder, options: options, leftOut: &leftOut)
      else { continue }
      if entries[entry.person] == nil { order.append(entry.person) }
      entries[entry.person, default: []].append(entry)
    }
    let persons = order.map { FolderEntry.person($0, entries[$0] ?? [], in: folder) }
    var contents = DatasetContents(
      dataset: identity, labels: columns.labels.map { table.columns[$0] }, persons: persons)
    contents.leftOut = leftOut
    return contents
  }

  private func contentsWithoutTable(
    of folder: URL, _ identity: String
  ) throws -> DatasetContents {
    let files = try Self.recordingFiles(in: folder)
    guard !files.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: "recordings", folder: folder.path,
        expected: "a labels.csv, or files such as .csv, .edf, .hea with .dat, .npy")
    }
    let parts = files.map { $0.split(separator: "/").map(String.init) }
    let folders = Set(parts.map { $0.count > 1 ? $0[0] : "" })
    let byFolder = folders.count > 1 && !folders.contains("")
    var order: [String] = []
    var entries: [String: [FolderEntry]] = [:]
    for (file, parts) in zip(files, parts) {
      let stem = String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)])
      let person = byFolder ? parts[0] : stem
      let recording = byFolder ? String(stem.dropFirst(parts[0].count + 1)) : stem
      if entries[person] == nil { order.append(person) }
      entries[person, default: []].append(
        FolderEntry(
          person: person, recording: recording, path: file, url: folder.appending(path: file),
          options: options, interval: nil, labels: [:]))
    }
    var contents = DatasetContents(
      dataset: identity, labels: [],
      persons: order.map { FolderEntry.person($0, entries[$0] ?? [], in: folder) })
    contents.notes = [
      "There is no labels.csv: windows have no labels, and a person is "
        + (byFolder ? "a subfolder." : "a file.")
    ]
    return contents
  }

  /// The paths below a folder of what may be recordings, sorted.
  private static func recordingFiles(in folder: URL) throws -> [String] {
    guard let names = FileManager.default.enumerator(atPath: folder.path) else {
      throw DatasetError.file(folder.path, "cannot be read")
    }
    var paths: [String] = []
    for case let path as String in names {
      let hidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
      let kind = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
      if !hidden, recordingKinds.contains(kind) { paths.append(path) }
    }
    return paths.sorted()
  }

  /// Extensions of recordings. A WFDB record counts by its header.
  private static let recordingKinds: Set<String> = [
    "csv", "tsv", "txt", "edf", "bdf", "hea", "npy", "npz", "poly5", "s00", "s01", "json",
  ]
}
