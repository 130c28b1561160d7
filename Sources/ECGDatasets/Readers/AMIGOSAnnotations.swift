import ECGFormats
import Foundation

/// AMIGOS's `External_Annotations.xlsx`: a row for each person, video and segment, with what each of
/// three annotators saw.
///
/// Columns are known by their headings: `UserID`; `VideoID`, or the `Video_Number` in the catalogue; one
/// with “segment” in it; those with “valence” and those with “arousal” in them, of which the mean is
/// taken. So a published loader reads it (`Segment_Index`, `Valence_Annotator_1` …); no genuine file was
/// seen here.
struct AMIGOSAnnotations: Sendable {
  private var videos: [String: AMIGOSAnnotation] = [:]
  /// How many annotators each value is the mean of.
  private(set) var annotators = 0
  /// Values beyond −1 to 1, which are taken as the nearer end.
  private(set) var beyond = 0
  /// Rows without a person, a video, a segment or a value.
  private(set) var skipped = 0

  /// No annotations.
  init() {}

  /// - Throws: `DatasetError.table`, with the headings that were found, when no sheet has the columns.
  init(_ workbook: Workbook, path: String) throws {
    var found: [String] = []
    for sheet in workbook.sheets {
      if let columns = Columns(sheet) {
        read(sheet, columns)
        return
      }
      let heads = sheet.rows.first?.map(\.words).filter { !$0.isEmpty } ?? []
      found.append(
        "sheet “\(sheet.name)” has " + (heads.isEmpty ? "none" : heads.joined(separator: ", ")))
    }
    throw DatasetError.table(
      path, row: nil,
      "no sheet has the columns UserID, VideoID, Segment_Index and annotators' valence and arousal; "
        + found.joined(separator: "; "))
  }

  subscript(person: Int, video: String) -> AMIGOSAnnotation? { videos["\(person)/\(video)"] }

  /// What was read, as a note; nil if nothing was.
  var note: String? {
    guard !videos.isEmpty else { return nil }
    return
      "External annotation: the mean of \(annotators) annotators in External_Annotations.xlsx; its "
      + "columns and the places of its segments (the first 20 s of a trial, every 20 s from second 5 on, "
      + "the last 20 s) as published loaders have them, not confirmed on a genuine file"
      + (beyond > 0 ? "; \(beyond) values beyond −1 to 1 are taken as the nearer end" : "")
      + (skipped > 0 ? "; \(skipped) rows without a segment or a value are passed over" : "")
  }

  private mutating func read(_ sheet: Workbook.Sheet, _ columns: Columns) {
    annotators = max(columns.valence.count, columns.arousal.count)
    for row in sheet.rows.dropFirst(columns.line + 1) where row.contains(where: { $0 != .empty }) {
      func cell(_ column: Int) -> Workbook.Cell { column < row.count ? row[column] : .empty }
      guard let person = Int(cell(columns.person).words.drop { !$0.isNumber }),
        let video = Self.video(columns.video.map(cell), columns.videoNumber.map(cell)),
        case .number(let number) = cell(columns.segment), let segment = Int(exactly: number),
        (1...100_000).contains(segment)
      else {
        skipped += 1
        continue
      }
      let valence = mean(columns.valence.map(cell))
      let arousal = mean(columns.arousal.map(cell))
      guard valence.isFinite || arousal.isFinite else {
        skipped += 1
        continue
      }
      videos["\(person)/\(video)", default: AMIGOSAnnotation([])].segments.append(
        AMIGOSAnnotation.Segment(number: segment, valence: valence, arousal: arousal))
    }
  }

  private mutating func mean(_ cells: [Workbook.Cell]) -> Double {
    var sum = 0.0
    var count = 0
    for case .number(let value) in cells where value.isFinite {
      if abs(value) > 1 { beyond += 1 }
      sum += min(max(value, -1), 1)
      count += 1
    }
    return count > 0 ? sum / Double(count) : .nan
  }

  /// The identity of a video by itself, else by its number in the catalogue.
  private static func video(_ identity: Workbook.Cell?, _ number: Workbook.Cell?) -> String? {
    if let words = identity.map({ AMIGOSAnswers.video($0.words) }), !words.isEmpty { return words }
    guard case .number(let value) = number, let place = Int(exactly: value),
      AMIGOSDataset.catalogue.indices.contains(place - 1)
    else { return nil }
    return AMIGOSDataset.catalogue[place - 1]
  }
}

extension AMIGOSAnnotations {
  /// Which column of a sheet is what.
  private struct Columns {
    /// The row of headings.
    var line = 0
    var person = 0
    var video: Int?
    var videoNumber: Int?
    var segment = 0
    var valence: [Int] = []
    var arousal: [Int] = []

    /// Looks for the headings in the first rows; nil if they cannot be told.
    init?(_ sheet: Workbook.Sheet) {
      for (line, row) in sheet.rows.prefix(5).enumerated() {
        let heads = row.map { $0.words.lowercased().filter { $0.isLetter || $0.isNumber } }
        func annotators(_ word: String, not other: String) -> [Int] {
          let all = heads.indices.filter { heads[$0].contains(word) && !heads[$0].contains(other) }
          // A mean that the sheet holds itself counts only where there are no others.
          let single = all.filter { !heads[$0].contains("mean") && !heads[$0].contains("average") }
          return single.isEmpty ? all : single
        }
        video = heads.firstIndex(of: "videoid")
        videoNumber = heads.firstIndex(of: "videonumber")
        valence = annotators("valence", not: "arousal")
        arousal = annotators("arousal", not: "valence")
        guard let person = heads.firstIndex(of: "userid"), video != nil || videoNumber != nil,
          let segment = heads.firstIndex(where: { $0.contains("segment") }), !valence.isEmpty,
          !arousal.isEmpty
        else { continue }
        self.line = line
        self.person = person
        self.segment = segment
        return
      }
      return nil
    }
  }
}
