import ECGFormats
import Foundation

/// The answers of all persons after each block of SWELL-KW, and the conditions of the blocks.
package struct SWELLAnswers: Sendable {
  /// Our names, how the workbooks spell them (the first that is there counts), and the scale.
  private static let columns: [(label: String, spellings: [String], scale: [Double]?)] = [
    ("condition", ["condition"], nil), ("stress", ["stress"], [0, 10]),
    ("arousal", ["arousal_rc", "arousal"], [1, 9]),
    ("valence", ["valence_rc", "valence"], [1, 9]),
    ("dominance", ["dominance"], [1, 9]), ("effort", ["mentaleffort"], [0, 10]),
    ("mental_demand", ["mentaldemand"], nil), ("physical_demand", ["physicaldemand"], nil),
    ("temporal_demand", ["temporaldemand"], nil), ("task_effort", ["effort"], nil),
    ("performance", ["performance_rc", "performance"], nil), ("frustration", ["frustration"], nil),
    ("nasa_tlx", ["nasatlx"], nil),
  ]
  static let labels = columns.map(\.label)
  static let scales: [String: [Double]] = columns.reduce(into: [:]) { $0[$1.label] = $1.scale }

  /// A minute of a block, or of the relaxation before it.
  struct Minute: Sendable {
    let time: Date
    let isRelaxation: Bool
  }

  /// What a person answered, and how well the column's spelling is known: 0 for the first that counts.
  private struct Answer: Sendable {
    var text: String
    var spelling: Int
  }

  private var answers: [String: [String: Answer]] = [:]
  private var conditions = SWELLConditions()
  private var times: [String: [Minute]] = [:]

  /// No answers yet.
  init() {}

  /// The answers in one workbook.
  package init(workbook url: URL) throws {
    add(try LabelSheet.all(in: url, named: url.lastPathComponent))
  }

  var isEmpty: Bool { answers.isEmpty && conditions.conditions.isEmpty }

  package subscript(person: Int, block: Int) -> [String: String] {
    var labels = (answers["\(person)/\(block)"] ?? [:]).mapValues(\.text)
    if let condition = conditions["\(person)/\(block)"] { labels["condition"] = condition }
    return labels
  }

  /// The minutes of a block that a workbook lists.
  func minutes(_ person: Int, _ block: Int) -> [Minute] { times["\(person)/\(block)"] ?? [] }

  /// How conditions were told, blocks whose condition is another in the overview than in the answers, and
  /// answers that may run the other way, in sentences.
  var notes: [String] {
    let conflicts = conditions.conditions.sorted { $0.key < $1.key }.compactMap { key, condition in
      answers[key]?["condition"].flatMap { other -> String? in
        guard other.text != condition else { return nil }
        return
          "Condition of PP\(key.replacing("/", with: ", block ")): \(condition) in the overview, "
          + "\(other.text) in the answers; the overview counts"
      }
    }
    let turned = Self.columns.compactMap { label, spellings, _ -> String? in
      guard spellings.count > 1,
        answers.values.contains(where: { $0[label].map { $0.spelling > 0 } ?? false })
      else { return nil }
      return
        "Scale of \(label): no column “\(label.capitalized)_rc” for every block; where “"
        + "\(label.capitalized)” is taken instead, high and low may be exchanged, since rc means "
        + "reverse-coded"
    }
    return [conditions.note].compactMap { $0 } + conflicts + turned
  }

  /// Takes in the conditions of the overview of available data.
  /// - Returns: whether there were any.
  mutating func addOverview(_ sheets: [LabelSheet], of file: String) -> Bool {
    conditions.add(sheets, of: file)
  }

  /// Whether one of the first rows names a person, a block and something to learn.
  static func areAnswers(_ rows: [[Workbook.Cell]]) -> Bool {
    rows.first.map { places(of: $0) != nil } ?? false
  }

  /// Takes in every sheet that has the columns. The last row of a person and block that holds a number
  /// counts, since the sheets repeat the answers minute by minute; rows of the relaxation before the
  /// block (`R`) give its minutes only. A column spelt as the documented one counts before others,
  /// whatever file it is in.
  /// - Returns: whether there was anything.
  @discardableResult
  mutating func add(_ sheets: [LabelSheet]) -> Bool {
    var found = false
    for sheet in sheets where add(sheet) { found = true }
    return found
  }

  private typealias Places = (
    person: Int, block: Int, labels: [(label: String, place: Int, spelling: Int)], stamp: Int?
  )

  private static func places(of header: [Workbook.Cell]) -> Places? {
    let names = header.map(folded)
    guard let person = names.firstIndex(of: "pp"),
      let block = names.firstIndex(of: "blok") ?? names.firstIndex(of: "c")
    else { return nil }
    let labels = columns.compactMap { label, spellings, _ in
      spellings.enumerated().lazy.compactMap { spelling, name in
        names.firstIndex(of: name).map { (label: label, place: $0, spelling: spelling) }
      }.first
    }
    return labels.isEmpty ? nil : (person, block, labels, names.firstIndex(of: "timestamp"))
  }

  private mutating func add(_ sheet: LabelSheet) -> Bool {
    guard let header = sheet.rows.first, let places = Self.places(of: header) else { return false }
    var found = false
    for row in sheet.rows.dropFirst() {
      guard let who = SWELLConditions.number(row, places.person),
        let which = SWELLConditions.number(row, places.block)
      else { continue }
      var labels: [String: Answer] = [:]
      for (label, place, spelling) in places.labels where row.indices.contains(place) {
        switch (label, row[place]) {
        case ("condition", .text(let text)):
          let known = SWELLConditions.condition(text) ?? text.uppercased()
          labels[label] = Answer(text: known, spelling: spelling)
        case (_, .number(let value)) where value != 999:
          labels[label] = Answer(text: LabelRule.text(value), spelling: spelling)
        default: break
        }
      }
      let isRelaxation = labels["condition"]?.text == "R"
      if let stamp = places.stamp, row.indices.contains(stamp),
        let time = Self.time(row[stamp].words), labels["condition"] != nil
      {
        times["\(who)/\(which)", default: []].append(
          Minute(time: time, isRelaxation: isRelaxation))
      }
      if isRelaxation || labels.isEmpty { continue }
      answers["\(who)/\(which)", default: [:]].merge(labels) { earlier, later in
        later.spelling <= earlier.spelling ? later : earlier
      }
      found = true
    }
    return found
  }

  private static func folded(_ cell: Workbook.Cell) -> String {
    cell.words.lowercased().trimmingCharacters(in: .whitespaces)
  }

  /// `20120918T131600000`, on the recorder's clock.
  private static func time(_ text: String) -> Date? {
    let digits = text.filter(\.isNumber).prefix(14)
    guard digits.count == 14, text.contains("T") else { return nil }
    func part(_ from: Int, _ count: Int) -> Int { Int(digits.dropFirst(from).prefix(count)) ?? 0 }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar.date(
      from: DateComponents(
        year: part(0, 4), month: part(4, 2), day: part(6, 2), hour: part(8, 2), minute: part(10, 2),
        second: part(12, 2)))
  }
}
