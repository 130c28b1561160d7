import ECGFormats
import Foundation

/// The answers after each video in AMIGOS's `SelfAsessment.xlsx`: two rows of headings, then a row for
/// each person and video with `UserID`, `VideoID` (such as `'10'`, in quotation marks), a number, the
/// twelve answers before the video and the twelve after it. Those after it count.
struct AMIGOSAnswers: Sendable {
  private var answers: [String: [String: String]] = [:]

  /// No answers.
  init() {}

  /// - Throws: `DatasetError.table` when no sheet has the columns.
  init(_ workbook: Workbook, path: String) throws {
    let sheets = [workbook.sheet(named: "Experiment_1")].compactMap { $0 } + workbook.sheets
    for sheet in sheets where answers.isEmpty { add(sheet) }
    guard !answers.isEmpty else {
      throw DatasetError.table(
        path, row: nil, "no sheet has the columns UserID and VideoID with arousal and valence")
    }
  }

  subscript(person: Int, video: String) -> [String: String]? { answers["\(person)/\(video)"] }

  /// A video's identity as the matrices write it.
  static func video(_ text: String) -> String {
    text.trimmingCharacters(in: CharacterSet(charactersIn: "'\"’ ")).uppercased()
  }

  private mutating func add(_ sheet: Workbook.Sheet) {
    let heads = sheet.rows.prefix(3).map { row in
      row.map { $0.words.lowercased().trimmingCharacters(in: .whitespaces) }
    }
    guard let line = heads.firstIndex(where: { $0.contains("userid") && $0.contains("videoid") }),
      let person = heads[line].firstIndex(of: "userid"),
      let video = heads[line].firstIndex(of: "videoid")
    else { return }
    // The questions are named in either row of headings, before and after the video by the same words.
    let places = AMIGOSDataset.labels.map { label in
      heads.lazy.compactMap { $0.lastIndex { $0.hasPrefix(label) } }.first
    }
    for row in sheet.rows.dropFirst(line + 1) where row.count > max(person, video) {
      guard let number = Int(row[person].words.drop { !$0.isNumber }) else { continue }
      var labels: [String: String] = [:]
      for (label, place) in zip(AMIGOSDataset.labels, places) {
        guard let place, row.indices.contains(place), case .number(let value) = row[place] else {
          continue
        }
        labels[label] = LabelRule.text(value)
      }
      if !labels.isEmpty { answers["\(number)/\(Self.video(row[video].words))"] = labels }
    }
  }
}
