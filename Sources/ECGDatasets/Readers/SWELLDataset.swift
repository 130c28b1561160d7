import ECGFormats
import ECGSignal
import Foundation

/// SWELL-KW (Koldijk and others, ICMI 2014): 25 persons at office work in three blocks, ECG at 2048 Hz
/// in TMSi Poly5 files `ppN_D-M-YYYY_cK.S00`.
///
/// A recording is a block. Labels, one answer for each person and block, from any workbook that has
/// the columns `PP` and `Blok` or `C`: `condition` (`N` neutral, `T` time pressure, `I` interruptions),
/// `stress` (0 to 10), `arousal`, `valence`, `dominance` (1 to 9), `effort` (0 to 10); and `block` (1 to
/// 3), the order in time, which is what the published code took for stress.
public struct SWELLDataset: Dataset {
  public let name = "swell"
  public let title = "SWELL-KW: office work under time pressure and interruptions; ECG at 2048 Hz"
  public let citation =
    "Koldijk S, Sappelli M, Verberne S, Neerincx MA, Kraaij W. The SWELL knowledge work dataset for "
    + "stress and user modeling research. ICMI 2014"
  public let licence = "Creative Commons BY-NC-SA 4.0, after registration"
  public let source = "https://doi.org/10.17026/dans-x55-69zp"
  /// The channel to take, by name or number from 1; nil lets the names decide.
  public let channel: String?

  /// How the data set is read.
  public init(channel: String? = nil) { self.channel = channel }

  public func contents(of folder: URL) throws -> DatasetContents {
    let search = try FolderSearch(folder)
    let blocks = search.files { SWELLBlock(fileName: $0) != nil }.compactMap { url in
      SWELLBlock(fileName: url.lastPathComponent).map { (block: $0, url: url) }
    }
    guard !blocks.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: folder.path,
        expected: "files such as pp1_18-9-2012_c1.S00, from \(source)")
    }
    let workbooks = search.files { $0.hasSuffix(".xlsx") && !$0.hasPrefix("~") }
    var contents = DatasetContents(
      dataset: name, labels: SWELLAnswers.labels + ["block"], persons: [])
    contents.scales = [
      "arousal": [1, 9], "valence": [1, 9], "dominance": [1, 9], "stress": [0, 10],
      "effort": [0, 10],
    ]
    var answers = SWELLAnswers()
    for workbook in workbooks {
      do { try answers.add(Workbook(at: workbook)) } catch {
        contents.leftOut.append(
          LeftOut(
            person: nil, what: workbook.lastPathComponent, reason: .damaged, detail: "\(error)"))
      }
    }
    if answers.isEmpty {
      contents.leftOut.append(
        LeftOut(
          person: nil, what: "the label workbook", reason: .missing,
          detail: "no .xlsx file has the columns PP and Blok with a label, so labels are not known")
      )
    }
    let known = answers
    let persons = Dictionary(grouping: blocks, by: \.block.person).sorted { $0.key < $1.key }
    contents.persons = persons.map { person, blocks in
      let ordered = blocks.sorted {
        ($0.block.number, $0.url.path) < ($1.block.number, $1.url.path)
      }
      let name = "PP\(person)"
      return DatasetPerson(name: name, files: ordered.map(\.url)) {
        var result = PersonRecordings()
        for (block, url) in ordered { read(block, url, known, &result) }
        return result
      }
    }
    let present = Set(persons.map(\.key))
    contents.leftOut += (1...25).filter { !present.contains($0) }.map {
      LeftOut(person: "PP\($0)", what: "all blocks", reason: .missing, detail: "there are no files")
    }
    return contents
  }

  private func read(
    _ block: SWELLBlock, _ url: URL, _ answers: SWELLAnswers, _ result: inout PersonRecordings
  ) {
    do {
      var options = ReadingOptions()
      options.channel = channel
      let loaded = try readRecording(at: url, options: options)
      result.notes.append("Lead: \(loaded.choice)")
      var labels = answers[block.person, block.number]
      labels["block"] = "\(block.number)"
      result.recordings.append(
        LabelledRecording(name: block.name, recording: loaded.recording, labels: labels))
    } catch {
      result.leftOut.append(
        LeftOut(
          person: "PP\(block.person)", what: url.lastPathComponent, reason: .damaged,
          detail: "\(error)"))
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

/// The answers of all persons after each block.
package struct SWELLAnswers: Sendable {
  /// Our names, and how the workbooks spell them; the first that is there counts.
  private static let columns: [(label: String, spellings: [String])] = [
    ("condition", ["condition"]), ("stress", ["stress"]),
    ("arousal", ["arousal_rc", "arousal"]), ("valence", ["valence_rc", "valence"]),
    ("dominance", ["dominance"]), ("effort", ["mentaleffort"]),
  ]
  static let labels = columns.map(\.label)

  private var answers: [String: [String: String]] = [:]

  /// No answers yet.
  init() {}

  /// The answers in one workbook.
  package init(workbook url: URL) throws { try add(Workbook(at: url)) }

  var isEmpty: Bool { answers.isEmpty }

  package subscript(person: Int, block: Int) -> [String: String] {
    answers["\(person)/\(block)"] ?? [:]
  }

  /// Takes in every sheet that has the columns. The last row of a person and block that holds a number
  /// counts, since the sheets repeat the answers minute by minute; rows of the relaxation before the
  /// block (`R`) are passed over.
  mutating func add(_ workbook: Workbook) {
    for sheet in workbook.sheets {
      guard let header = sheet.rows.first else { continue }
      let names = header.map { $0.words.lowercased().trimmingCharacters(in: .whitespaces) }
      guard let person = names.firstIndex(of: "pp"),
        let block = names.firstIndex(of: "blok") ?? names.firstIndex(of: "c")
      else { continue }
      let places = Self.columns.compactMap { label, spellings in
        spellings.lazy.compactMap { names.firstIndex(of: $0) }.first.map { (label, $0) }
      }
      for row in sheet.rows.dropFirst() {
        guard let who = Self.number(row, person), let which = Self.number(row, block) else {
          continue
        }
        var labels: [String: String] = [:]
        for (label, place) in places where row.indices.contains(place) {
          switch (label, row[place]) {
          case ("condition", .text(let text)): labels[label] = text.uppercased()
          case (_, .number(let value)) where value != 999: labels[label] = LabelRule.text(value)
          default: break
          }
        }
        if labels["condition"] == "R" || labels.isEmpty { continue }
        answers["\(who)/\(which)", default: [:]].merge(labels) { _, later in later }
      }
    }
  }

  /// 1 from `1`, `PP1` or `pp01`.
  private static func number(_ row: [Workbook.Cell], _ place: Int) -> Int? {
    guard row.indices.contains(place) else { return nil }
    return Int(row[place].words.drop { !$0.isNumber })
  }
}
