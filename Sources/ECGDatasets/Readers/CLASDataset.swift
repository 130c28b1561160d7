import ECGFormats
import ECGSignal
import Foundation

/// CLAS (Markova and others, 2019): 62 persons at tasks and stimuli, ECG at 256 Hz of a Shimmer, in
/// `Participants/PartN/by_block/*_ecg_*.csv`.
///
/// A recording is a block. Labels: `block`, what the block is by `Block_details/PartN_Block_Details.csv`,
/// or by the file's name; `stress` (1 for mental arithmetic, Stroop and intelligence tests, 0 for baseline and
/// neutral blocks, unknown for pictures, videos and the time after a test in which its answers are shown).
/// Of the two leads `ecg2` is taken, as the published loaders take it.
public struct CLASDataset: Dataset {
  public let name = "clas"
  public let title = "CLAS: tasks, pictures and videos; ECG at 256 Hz"
  public let citation =
    "Markova V, Ganchev T, Kalinkov K. CLAS: a database for cognitive load, affect and stress "
    + "recognition. BIA 2019"
  public let licence = "open access after registration; IEEE DataPort's page states the terms"
  public let source =
    "https://ieee-dataport.org/open-access/database-cognitive-load-affect-and-stress-recognition"
  public let companions = [
    "*.pdf", "*.txt", "*.xlsx", "*_gsrppg_*.csv", "*_gsr_*.csv", "*_ppg_*.csv", "*_acc_*.csv",
    "*block_details.csv", "*answers*.csv", "*_ecg*.csv", "*_gsrppg*.csv",
    "*_gsr_ppg*.csv", "*.docx", "*.doc",
  ]
  /// The lead to take, by name or number from 1; nil takes `ecg2` where there is one.
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
    let copies = Set(
      tree.files.flatMap { $0.folder.split(separator: "/") }.filter {
        $0.lowercased().hasPrefix("part") && $0.lowercased().contains("copy")
      })
    contents.notes = copies.sorted().map {
      "“\($0)” is a copy that came with the data set, and not read"
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
    var blocks: [String: Block] = [:]
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
      let known = parts.first { Int($0) != nil }.flatMap { blocks[$0] }
      let named = parts.drop { !$0.lowercased().hasPrefix("ecg") }.dropFirst().joined(
        separator: "_")
      var labels: [String: String] = [:]
      if let kind = known?.kind ?? (named.isEmpty ? nil : named) {
        labels["block"] = kind
        labels["stress"] = Self.stress(kind)
      }
      let channels = (try? tree.withURL(of: file) { try openChannelFile(at: $0).channels }) ?? []
      let hasUsual = channels.contains { $0.name.lowercased() == Self.usualLead }
      var options = ReadingOptions()
      options.channel = channel ?? (hasUsual ? Self.usualLead : nil)
      // Documented, for files whose times do not tell it.
      let statesRate = channels.contains { $0.samplingRate != nil }
      if !channels.isEmpty, !statesRate { options.samplingRate = Self.documentedRate }
      var notes: [String] = []
      let failures = result.leftOut.count
      result.add(
        file, of: person, in: tree, options: options,
        lead: channel == nil && hasUsual
          ? "\(Self.usualLead), of the two the one that published loaders take; --channel ecg1 takes the "
            + "other" : nil
      ) { loaded in
        if !statesRate { notes.append(Self.rateNote(of: loaded.recording, in: known, stem)) }
        if let quality = known?.quality, quality < 1 {
          notes.append(
            "Quality: the data set's own “ECG Quality” calls a block less than good; it is read all the "
              + "same, and each window has its own quality")
        }
        return [LabelledRecording(name: stem, recording: loaded.recording, labels: labels)]
      }
      result.notes += notes
      if result.leftOut.count > failures,
        let mended = Self.mended(file, channel ?? Self.usualLead, channels, in: tree)
      {
        result.leftOut.removeLast()
        result.notes.append(mended.note)
        result.recordings.append(
          LabelledRecording(name: stem, recording: mended.recording, labels: labels))
      }
    }
    return result
  }

  /// A file in which words stand among the samples, which a published loader also meets and passes over:
  /// they count as missing samples. Nil where that is not what is wrong.
  private static func mended(
    _ file: DataFile, _ lead: String, _ channels: [ChannelDescription], in tree: DataTree
  ) -> (recording: ECGRecording, note: String)? {
    guard let table = try? tree.withURL(of: file, { try Table(at: $0) }),
      let column = table.column(lead.lowercased())
    else { return nil }
    let samples = table.rows.map { Float($0.cells[column]) ?? .nan }
    let words = samples.count { !$0.isFinite }
    let rate = channels.lazy.compactMap(\.samplingRate).first ?? documentedRate
    guard words * 2 < samples.count,
      let recording = try? ECGRecording(
        samples: samples, samplingRate: rate, unit: .unknown, lead: table.columns[column])
    else { return nil }
    return (
      recording,
      "Reading: \(file.name): \(words) cell\(words == 1 ? "" : "s") of \(table.columns[column]) "
        + (words == 1
          ? "is no number and counts as a missing sample"
          : "are no numbers and count as missing samples")
    )
  }

  private static let usualLead = "ecg2"
  private static let documentedRate = 256.0

  /// How the documented rate fits the length that the details state.
  private static func rateNote(
    of recording: ECGRecording, in block: Block?, _ name: String
  ) -> String {
    guard let seconds = block?.seconds, seconds > 0 else {
      return "Rate: 256 Hz by the data set's documentation; the files do not state it"
    }
    guard abs(recording.duration - seconds) > max(2, 0.02 * seconds) else {
      return
        "Rate: 256 Hz by the data set's documentation, which fits the length that Block_Details states"
    }
    return
      "Rate: 256 Hz by the data set's documentation, but \(name) then lasts "
      + "\(LabelRule.text(recording.duration.rounded())) s where Block_Details states "
      + "\(LabelRule.text(seconds.rounded())) s"
  }

  /// A row of the details.
  private struct Block {
    var kind: String
    /// How long it lasted, where that is said.
    var seconds: Double?
    /// The data set's own word on the signal, 1 for good.
    var quality: Double?
  }

  /// Blocks by their numbers.
  private static func blocks(_ table: Table) throws -> [String: Block] {
    guard let number = table.column("block", "block number", "number", "no", "#"),
      let kind = table.column("block type", "type", "block_type", "name", "stimuli", "stimulus")
    else {
      throw DatasetError.table(
        table.path, row: 1,
        "columns of the block's number and type are needed; there are "
          + table.columns.joined(separator: ", "))
    }
    let (seconds, quality) = (table.column("length(s)", "length (s)"), table.column("ecg quality"))
    return table.rows.reduce(into: [:]) { blocks, row in
      guard let place = Double(row.cells[number]).flatMap({ Int(exactly: $0) }),
        !row.cells[kind].isEmpty
      else { return }
      blocks["\(place)"] = Block(
        kind: row.cells[kind], seconds: seconds.flatMap { Double(row.cells[$0]) },
        quality: quality.flatMap { Double(row.cells[$0]) })
    }
  }

  private static func stress(_ block: String) -> String? {
    let name = block.lowercased()
    if name.contains("response") { return nil }
    if ["math", "stroop", "iq", "logic"].contains(where: name.contains) { return "1" }
    return ["baseline", "neutral"].contains(where: name.contains) ? "0" : nil
  }
}
