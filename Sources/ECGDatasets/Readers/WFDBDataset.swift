import ECGFormats
import ECGSignal
import Foundation

/// Any collection of WFDB records, such as PTB-XL, Icentia11k or the MIT-BIH databases: signals without
/// labels, for pre-training.
///
/// The records are those that the list `RECORDS` names, or without one all headers. A person is told by
/// `ptbxl_database.csv` where it is there, else by the folder or the part of the name that records of a
/// person share (`p00/p00001/p00001_s03`), else each record is one.
public struct WFDBDataset: Dataset {
  public let name = "wfdb"
  public let title = "any collection of WFDB records (PTB-XL, Icentia11k, MIT-BIH), without labels"
  public let citation = ""
  public let licence = "see the collection's own page"
  public let source = "https://physionet.org/about/database/"
  public let companions = ["*"]
  /// The lead to take, by name or number from 1; nil lets the names decide.
  public let channel: String?

  /// How the records are read.
  public init(channel: String? = nil) { self.channel = channel }

  public var settings: [String: String] { ["channel": channel ?? ""] }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, channel: true)
    return WFDBDataset(channel: options.reading.channel)
  }

  public func contents(of tree: DataTree) throws -> DatasetContents {
    let headers = tree.files.filter { $0.name.lowercased().hasSuffix(".hea") }
    guard !headers.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path, expected: "headers (.hea) of WFDB records")
    }
    var contents = DatasetContents(
      dataset: tree.root.deletingPathExtension().standardizedFileURL.lastPathComponent, labels: [],
      persons: [])
    let byPath = Dictionary(headers.map { (String($0.path.dropLast(4)), $0) }) { first, _ in first }
    var records = try list(in: tree, byPath, &contents)
    let patients = try patients(in: tree, &contents)
    // PTB-XL holds each record at two rates; the better one is enough.
    let better = Set(records.filter { $0.hasSuffix("_hr") }.map(Self.number))
    records.removeAll { $0.hasSuffix("_lr") && better.contains(Self.number($0)) }

    let top = tree.all(named: "RECORDS").first?.folder
    var order: [String] = []
    var persons: [String: [String]] = [:]
    for record in records {
      let person =
        patients[Self.number(record)] ?? Self.name(of: Self.person(of: record), below: top)
      if persons[person] == nil { order.append(person) }
      persons[person, default: []].append(record)
    }
    let files = Dictionary(tree.files.map { ($0.path, $0) }) { first, _ in first }
    contents.persons = order.map { person in
      let parts = (persons[person] ?? []).compactMap { record in
        byPath[record].map { (record: record, header: $0) }
      }
      let beside = parts.map { Self.files(of: $0.header, files, in: tree) }
      return DatasetPerson(name: person, files: zip(parts, beside).flatMap { [$0.header] + $1 }) {
        var result = PersonRecordings()
        for (part, others) in zip(parts, beside) {
          var options = ReadingOptions()
          options.channel = channel
          result.add(part.header, with: others, of: person, in: tree, options: options) { loaded in
            [
              LabelledRecording(
                name: Self.name(of: part.record, below: top), recording: loaded.recording,
                labels: [:])
            ]
          }
        }
        return result
      }
    }
    contents.notes.append(
      patients.isEmpty
        ? "Persons: by the folders and names of the records; where these do not tell, each record is one"
        : "Persons: by patient_id in ptbxl_database.csv")
    return contents
  }

  /// The records that `RECORDS` names, else all that are not segments of another.
  private func list(
    in tree: DataTree, _ headers: [String: DataFile], _ contents: inout DatasetContents
  ) throws -> [String] {
    let lists = tree.all(named: "RECORDS")
    guard let top = lists.first else {
      let segments = try headers.values.reduce(into: Set<String>()) { segments, header in
        for name in try Self.names(in: header, tree) where !name.contains(".") {
          segments.insert((header.folder.isEmpty ? "" : header.folder + "/") + name)
        }
      }
      return headers.keys.filter { !segments.contains($0) }
        .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }
    contents.tables.append(top)
    // Lists of subfolders may be named by the list above them; every record counts once.
    var records: [String] = []
    var known: Set<String> = []
    func add(_ list: DataFile, depth: Int) throws {
      let text = try tree.withURL(of: list) { try openBytes(at: $0).text }
      for line in text.split(whereSeparator: \.isNewline) {
        let name = line.trimmingCharacters(in: .whitespaces)
        guard !name.isEmpty else { continue }
        let path = (list.folder.isEmpty ? "" : list.folder + "/") + name
        if name.hasSuffix("/"), depth < 4,
          let inner = lists.first(where: { $0.folder == String(path.dropLast()) })
        {
          try add(inner, depth: depth + 1)
        } else if headers[path] != nil {
          if known.insert(path).inserted { records.append(path) }
        } else if known.insert(path).inserted {
          contents.leftOut.append(
            LeftOut(
              person: Self.name(of: Self.person(of: path), below: top.folder), what: "\(name).hea",
              reason: .missing,
              detail: "RECORDS names it, but there is no such file"))
        }
      }
    }
    try add(top, depth: 0)
    return records
  }

  /// PTB-XL's patients by the number of the record.
  private func patients(
    in tree: DataTree, _ contents: inout DatasetContents
  ) throws -> [String: String] {
    guard let file = tree.first(named: "ptbxl_database.csv") else { return [:] }
    contents.tables.append(file)
    let table = try tree.withURL(of: file) { try Table(at: $0) }
    guard let record = table.column("ecg_id"), let patient = table.column("patient_id") else {
      throw DatasetError.table(file.path, row: 1, "the columns ecg_id and patient_id are needed")
    }
    return table.rows.reduce(into: [:]) { patients, row in
      guard let number = Int(row.cells[record]), let who = Double(row.cells[patient]) else {
        return
      }
      patients["\(number)"] = "patient\(LabelRule.text(who))"
    }
  }

  /// A record's path below the list that names it, or below the archive it is in.
  private static func name(of record: String, below folder: String?) -> String {
    if let folder, !folder.isEmpty, record.hasPrefix(folder + "/") {
      return String(record.dropFirst(folder.count + 1))
    }
    return record.range(of: ".zip/", options: [.backwards, .caseInsensitive]).map {
      String(record[$0.upperBound...])
    } ?? record
  }

  /// 17 of `records500/00000/00017_hr`.
  private static func number(_ record: String) -> String {
    let name = record.split(separator: "/").last ?? ""
    return Int(name.prefix { $0.isNumber }).map { "\($0)" } ?? String(name)
  }

  /// The folder that a record lies in if it is named for a person, else the record.
  private static func person(of record: String) -> String {
    let parts = record.split(separator: "/").map(String.init)
    guard parts.count >= 2, let name = parts.last else { return record }
    let folder = parts[parts.count - 2]
    let stems = ["patient", "subject", "person", "sub", "pat", "p", "s"]
    let isNamed = stems.contains { stem in
      let rest = folder.lowercased().dropFirst(stem.count).drop { $0 == "-" || $0 == "_" }
      return folder.lowercased().hasPrefix(stem) && !rest.isEmpty && rest.allSatisfy(\.isNumber)
    }
    return isNamed || name.hasPrefix(folder + "_") ? folder : record
  }

  /// The files that a header names, those of segments as well.
  private static func files(
    of header: DataFile, _ files: [String: DataFile], in tree: DataTree
  ) -> [DataFile] {
    let folder = header.folder.isEmpty ? "" : header.folder + "/"
    var found: [DataFile] = []
    for name in (try? names(in: header, tree)) ?? [] {
      if let file = files[folder + name] {
        found.append(file)
      } else if let segment = files[folder + name + ".hea"], segment.path != header.path {
        found.append(segment)
        for inner in (try? names(in: segment, tree)) ?? [] {
          if let file = files[folder + inner] { found.append(file) }
        }
      }
    }
    return found
  }

  /// The first word of each line after a header's first: files of signals, or segments.
  private static func names(in header: DataFile, _ tree: DataTree) throws -> [String] {
    let text = try tree.withURL(of: header) { try openBytes(at: $0).text }
    var names: [String] = []
    for line in text.split(whereSeparator: \.isNewline).filter({ !$0.hasPrefix("#") }).dropFirst() {
      guard let name = line.split(whereSeparator: \.isWhitespace).first.map(String.init),
        name != "~", !names.contains(name)
      else { continue }
      names.append(name)
    }
    return names
  }
}
