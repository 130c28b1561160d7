import ECGFormats
import ECGSignal
import Foundation

/// SWELL-KW (Koldijk and others, ICMI 2014): 25 persons at office work in three blocks, ECG at 2048 Hz
/// in TMSi Poly5 files `ppN_D-M-YYYY_cK.S00`.
///
/// A recording is a block. Labels, one answer for each person and block, from any workbook or `.tab`,
/// `.tsv` or `.csv` file that has the columns `PP` and `Blok` or `C`: `condition` (`N` neutral, `T` time pressure, `I` interruptions;
/// the overview of available data decides where it is there), `stress` (0 to 10), `arousal`, `valence`,
/// `dominance` (1 to 9), `effort` (0 to 10) and the parts of the task load index; and `block` (1 to 3),
/// the order in time, which is what the published code took for stress. Where a workbook says so minute
/// by minute and the recording says when it began, windows in the relaxation before a block have the
/// condition `R` and no answers.
public struct SWELLDataset: Dataset {
  public let name = "swell"
  public let title = "SWELL-KW: office work under time pressure and interruptions; ECG at 2048 Hz"
  public let citation =
    "Koldijk S, Sappelli M, Verberne S, Neerincx MA, Kraaij W. The SWELL knowledge work dataset for "
    + "stress and user modeling research. ICMI 2014"
  public let licence =
    "Creative Commons BY-NC-SA 4.0: to be used and shared with credit, not commercially, under the same "
    + "licence"
  public let source = "https://doi.org/10.17026/dans-x55-69zp"
  public let companions = [
    "*.xlsx", "*.xls", "*.ods", "*.tab", "*.tsv", "*.csv", "*.txt", "*.pdf", "*.docx", "*.doc",
    "*.rtf", "*.mat", "*.avi",
    "*.s00", "*.s01", "*.log", "*.xml",
  ]
  /// The channel to take, by name or number from 1; nil lets names and quality decide.
  public let channel: String?
  /// Defects of the published code to repeat.
  public let asPublished: Set<PublishedDefect>

  /// How the data set is read.
  public init(channel: String? = nil, asPublished: Set<PublishedDefect> = []) {
    self.channel = channel
    self.asPublished = asPublished
  }

  public var settings: [String: String] {
    PublishedDefect.settings(asPublished).merging(["channel": channel ?? ""]) { $1 }
  }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, channel: true)
    return SWELLDataset(channel: options.reading.channel, asPublished: options.asPublished)
  }

  public func contents(of tree: DataTree) throws -> DatasetContents {
    let blocks = tree.files { SWELLBlock(fileName: $0) != nil }.compactMap { file in
      SWELLBlock(fileName: file.name).map { (block: $0, file: file) }
    }
    guard !blocks.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as pp1_18-9-2012_c1.S00, from \(source)")
    }
    var contents = DatasetContents(
      dataset: name, labels: SWELLAnswers.labels + ["block"], persons: [])
    contents.scales = SWELLAnswers.scales
    contents.notes = PublishedDefect.notes(asPublished)
    let answers = answers(in: tree, &contents)
    let persons = Dictionary(grouping: blocks, by: \.block.person).sorted { $0.key < $1.key }
    contents.persons = persons.map { person, blocks in
      let ordered = blocks.sorted {
        ($0.block.number, $0.file.path) < ($1.block.number, $1.file.path)
      }
      return DatasetPerson(name: "PP\(person)", files: ordered.map(\.file)) {
        var result = PersonRecordings()
        let lead = channel == nil ? LeadByQuality(of: ordered.map(\.file), in: tree) : nil
        if let lead { result.notes.append("Lead of PP\(person): \(lead.sentence)") }
        for (block, file) in ordered { read(block, file, lead?.name, answers, in: tree, &result) }
        return result
      }
    }
    let present = Set(persons.map(\.key))
    contents.leftOut += (1...25).filter { !present.contains($0) }.map {
      LeftOut(person: "PP\($0)", what: "all blocks", reason: .missing, detail: "there are no files")
    }
    for (person, blocks) in persons {
      let numbers = Set(blocks.map(\.block.number))
      contents.leftOut += (1...3).filter { !numbers.contains($0) }.map {
        LeftOut(
          person: "PP\(person)", what: "block \($0)", reason: .missing, detail: "there is no file")
      }
    }
    return contents
  }

  /// What is longer holds no labels: a minute of a person in each row makes some 3 MB.
  private static let mostBytesOfText = 64_000_000

  private static func mayHoldLabels(_ name: String) -> Bool {
    !name.hasPrefix("~") && [".xlsx", ".tab", ".tsv", ".csv"].contains { name.hasSuffix($0) }
  }

  private func answers(in tree: DataTree, _ contents: inout DatasetContents) -> SWELLAnswers {
    var answers = SWELLAnswers()
    for file in tree.files(where: Self.mayHoldLabels) {
      let isWorkbook = file.name.lowercased().hasSuffix(".xlsx")
      let isOverview = file.name.lowercased().contains("overview")
      // Signals that somebody wrote as text are no labels, and too much to look through.
      guard isWorkbook || file.bytes <= Self.mostBytesOfText else { continue }
      do {
        let sheets = try tree.withURL(of: file) { url -> [LabelSheet] in
          guard isWorkbook || isOverview || SWELLAnswers.areAnswers(LabelSheet.heads(of: url))
          else {
            return []
          }
          return try LabelSheet.all(in: url, named: file.name)
        }
        if isOverview {
          contents.tables.append(file)
          guard !answers.addOverview(sheets, of: file.name) else { continue }
          contents.leftOut.append(
            LeftOut(
              person: nil, what: file.name, reason: .incomplete,
              detail:
                "no sheet of it says a person's, a block's and a condition's column; conditions "
                + "are those of the answers"))
        } else if answers.add(sheets) {
          contents.tables.append(file)
        }
      } catch {
        contents.leftOut.append(
          LeftOut(person: nil, what: file.name, reason: .damaged, detail: "\(error)"))
      }
    }
    if answers.isEmpty {
      contents.leftOut.append(
        LeftOut(
          person: nil, what: "the label workbook", reason: .missing,
          detail:
            "no .xlsx, .tab, .tsv or .csv file has the columns PP and Blok with a label, so labels "
            + "are not known")
      )
    }
    contents.notes += answers.notes
    return answers
  }

  private func read(
    _ block: SWELLBlock, _ file: DataFile, _ lead: String?, _ answers: SWELLAnswers,
    in tree: DataTree, _ result: inout PersonRecordings
  ) {
    let person = "PP\(block.person)"
    var options = ReadingOptions()
    options.channel = channel ?? lead
    do {
      let loaded = try tree.withURL(of: file) { try readRecording(at: $0, options: options) }
      if lead == nil { result.notes.append("Lead: \(loaded.choice)") }
      result.notes += loaded.warnings.map { "Reading: \($0)" }
      var labels = answers[block.person, block.number]
      labels["block"] = "\(block.number)"
      if asPublished.contains(.blockAsStress) { labels["stress"] = "\(block.number)" }
      let minutes = answers.minutes(block.person, block.number)
      let inTime = loaded.recording.start.flatMap { start in
        Self.labelling(labels, by: minutes, from: start, lasting: loaded.recording.duration)
      }
      if inTime != nil {
        result.notes.append(
          "Relaxation: told from the block by the minutes in the workbook and the recorder's clock")
      }
      result.recordings.append(
        LabelledRecording(
          name: block.name, recording: loaded.recording,
          labels: inTime == nil ? labels : ["block": "\(block.number)"], windowLabels: inTime))
    } catch {
      result.leaveOut(file.name, of: person, .damaged, "\(error)")
    }
  }

  /// Labels by time: those of the block from its first minute on, `R` in the relaxation. Nil unless the
  /// workbook's minutes lie in the recording.
  private static func labelling(
    _ labels: [String: String], by minutes: [SWELLAnswers.Minute], from start: Date,
    lasting duration: Double
  ) -> (@Sendable (Double, Double) -> [String: String]?)? {
    let times = minutes.map { (time: $0.time.timeIntervalSince(start), isRest: $0.isRelaxation) }
      .filter { $0.time > -60 && $0.time < duration }.sorted { $0.time < $1.time }
    guard times.contains(where: \.isRest), times.contains(where: { !$0.isRest }) else { return nil }
    return { start, end in
      let middle = (start + end) / 2
      let minute = times.last { $0.time <= middle } ?? times[0]
      return minute.isRest ? ["condition": "R"] : labels
    }
  }
}

/// Person and block in the name of a file: `pp10_8-10-2012_c2.S00`, `PP4-…-c1_cont.S01`.
package struct SWELLBlock: Sendable {
  package let person: Int
  package let number: Int
  /// The recording's name: `block2`, or `block2-cont` for a continuation.
  package let name: String

  package init?(fileName: String) {
    let lowered = fileName.lowercased()
    let kind = lowered.split(separator: ".").last.map(String.init) ?? ""
    guard lowered.hasPrefix("pp"), kind == "poly5" || (kind.count == 3 && kind.hasPrefix("s")),
      kind == "poly5" || kind.dropFirst().allSatisfy(\.isNumber)
    else { return nil }
    let stem = lowered.dropLast(kind.count + 1)
    let parts = stem.split { $0 == "_" || $0 == "-" || $0 == " " }
    guard let person = parts.first.flatMap({ Int($0.dropFirst(2)) }),
      let place = parts.firstIndex(where: { $0.hasPrefix("c") && Int($0.dropFirst()) != nil }),
      let number = Int(parts[place].dropFirst()), (1...3).contains(number)
    else { return nil }
    self.person = person
    self.number = number
    let suffix = parts[(place + 1)...].joined(separator: "-")
    let part = kind == "s00" || kind == "poly5" ? "" : "-\(kind)"
    name = "block\(number)" + (suffix.isEmpty ? "" : "-\(suffix)") + part
  }
}
