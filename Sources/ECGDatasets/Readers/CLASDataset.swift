import ECGFormats
import ECGSignal
import Foundation

/// CLAS (Markova and others, 2019): 62 persons at tasks and stimuli, ECG at 256 Hz of a Shimmer, in
/// `Participants/PartN/by_block/*_ecg_*.csv`.
///
/// A recording is a block. Labels: `block`, what the block is by `Block_details/PartN_Block_Details.csv`,
/// or by the file's name; `stress` (1 for mental arithmetic, Stroop and intelligence tests, 0 for baseline and
/// neutral blocks, unknown for pictures and videos).
public struct CLASDataset: Dataset {
  public let name = "clas"
  public let title = "CLAS: tasks, pictures and videos; ECG at 256 Hz"
  public let citation =
    "Markova V, Ganchev T, Kalinkov K. CLAS: a database for cognitive load, affect and stress "
    + "recognition. BIA 2019"
  public let licence = "see IEEE DataPort"
  public let source = "https://doi.org/10.21227/eeb5-hc05"
  public let companions = [
    "*.pdf", "*.txt", "*.xlsx", "*_gsrppg_*.csv", "*_gsr_*.csv", "*_ppg_*.csv", "*_acc_*.csv",
    "*block_details.csv", "*answers*.csv", "*_ecg*.csv", "*_gsrppg*.csv",
  ]
  /// The lead to take, by name or number from 1; nil lets the names decide.
  public let channel: String?

  /// How the data set is read.
  public init(channel: String? = nil) { self.channel = channel }

  public var settings: [String: String] { ["channel": channel ?? ""] }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, channel: true)
    return CLASDataset(channel: options.reading.channel)
  }

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(dataset: name, labels: ["block", "stress"], persons: [])
    let files = tree.files.filter { file in
      let name = file.name.lowercased()
      return name.hasSuffix(".csv") && name.contains("_ecg")
        && file.folder.lowercased().contains("by_block") && Self.person(of: file) != nil
    }
    guard !files.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as Participants/Part1/by_block/1_ecg_Baseline.csv, from \(source)")
    }
    let persons = Dictionary(grouping: files) { Self.person(of: $0) ?? 0 }
      .sorted { $0.key < $1.key }
    contents.persons = persons.map { number, files in
      let person = "Part\(number)"
      let details = tree.first(named: "Part\(number)_Block_Details.csv")
      let ordered = files.sorted {
        $0.name.compare($1.name, options: .numeric) == .orderedAscending
      }
      return DatasetPerson(name: person, files: ordered + (details.map { [$0] } ?? [])) {
        read(person, ordered, details, in: tree)
      }
    }
    let present = Set(persons.map(\.key))
    contents.leftOut = (1...62).filter { !present.contains($0) }.map {
      LeftOut(
        person: "Part\($0)", what: "all blocks", reason: .missing, detail: "there are no files")
    }
    return contents
  }

  /// 7 from a folder `Part7`.
  private static func person(of file: DataFile) -> Int? {
    file.folder.split(separator: "/").lazy.compactMap { part in
      part.lowercased().hasPrefix("part") ? Int(part.dropFirst(4)) : nil
    }.last
  }

  private func read(
    _ person: String, _ files: [DataFile], _ details: DataFile?, in tree: DataTree
  ) -> PersonRecordings {
    var result = PersonRecordings()
    var blocks: [String: String] = [:]
    if let details {
      do {
        blocks = try tree.withURL(of: details) { try Self.blocks(Table(at: $0)) }
      } catch {
        result.leaveOut(
          details.name, of: person, .damaged, "\(error); blocks are named by their files")
      }
    }
    for file in files {
      let stem = String(file.name.dropLast(4))
      let parts = stem.split(separator: "_").map(String.init)
      let number = parts.first { Int($0) != nil }
      let named = parts.drop { !$0.lowercased().hasPrefix("ecg") }.dropFirst().joined(
        separator: "_")
      let block = number.flatMap { blocks[$0] } ?? (named.isEmpty ? nil : named)
      var labels: [String: String] = [:]
      if let block {
        labels["block"] = block
        labels["stress"] = Self.stress(block)
      }
      var options = ReadingOptions()
      options.channel = channel
      // Documented, for files whose times do not tell it.
      if (try? tree.withURL(of: file) { try Self.statesRate($0) }) == false {
        options.samplingRate = 256
      }
      result.add(file, of: person, in: tree, options: options) { loaded in
        [LabelledRecording(name: stem, recording: loaded.recording, labels: labels)]
      }
    }
    return result
  }

  private static func statesRate(_ url: URL) throws -> Bool {
    try openChannelFile(at: url).channels.contains { $0.samplingRate != nil }
  }

  /// Names of blocks by their numbers.
  private static func blocks(_ table: Table) throws -> [String: String] {
    guard let number = table.column("block", "block number", "number", "no", "#"),
      let kind = table.column("block type", "type", "block_type", "name", "stimuli", "stimulus")
    else {
      throw DatasetError.table(
        table.path, row: 1,
        "columns of the block's number and type are needed; there are "
          + table.columns.joined(separator: ", "))
    }
    return table.rows.reduce(into: [:]) { blocks, row in
      let digits = row.cells[number].filter(\.isNumber)
      if !digits.isEmpty, !row.cells[kind].isEmpty { blocks[digits] = row.cells[kind] }
    }
  }

  private static func stress(_ block: String) -> String? {
    let name = block.lowercased()
    if ["math", "stroop", "iq", "logic"].contains(where: name.contains) { return "1" }
    return ["baseline", "neutral"].contains(where: name.contains) ? "0" : nil
  }
}
