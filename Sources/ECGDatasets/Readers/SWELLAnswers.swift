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

  private var answers: [String: [String: String]] = [:]
  private var conditions: [String: String] = [:]
  private var times: [String: [Minute]] = [:]

  /// No answers yet.
  init() {}

  /// The answers in one workbook.
  package init(workbook url: URL) throws { add(try Workbook(at: url), isOverview: false) }

  var isEmpty: Bool { answers.isEmpty && conditions.isEmpty }

  package subscript(person: Int, block: Int) -> [String: String] {
    var labels = answers["\(person)/\(block)"] ?? [:]
    if let condition = conditions["\(person)/\(block)"] { labels["condition"] = condition }
    return labels
  }

  /// The minutes of a block that a workbook lists.
  func minutes(_ person: Int, _ block: Int) -> [Minute] { times["\(person)/\(block)"] ?? [] }

  /// Blocks whose condition is another in the overview than in the answers, in sentences.
  var conflicts: [String] {
    conditions.sorted { $0.key < $1.key }.compactMap { key, condition in
      guard let other = answers[key]?["condition"], other != condition else { return nil }
      return
        "Condition of PP\(key.replacing("/", with: ", block ")): \(condition) in the overview, "
        + "\(other) in the answers; the overview counts"
    }
  }

  /// Takes in every sheet that has the columns. The last row of a person and block that holds a number
  /// counts, since the sheets repeat the answers minute by minute; rows of the relaxation before the
  /// block (`R`) give its minutes only.
  /// - Returns: whether there was anything.
  @discardableResult
  mutating func add(_ workbook: Workbook, isOverview: Bool) -> Bool {
    var found = false
    for sheet in workbook.sheets {
      if isOverview, addOverview(sheet) { found = true }
      if !isOverview, addAnswers(sheet) { found = true }
    }
    return found
  }

  private mutating func addAnswers(_ sheet: Workbook.Sheet) -> Bool {
    guard let header = sheet.rows.first else { return false }
    let names = header.map(Self.folded)
    guard let person = names.firstIndex(of: "pp"),
      let block = names.firstIndex(of: "blok") ?? names.firstIndex(of: "c")
    else { return false }
    let places = Self.columns.compactMap { label, spellings, _ in
      spellings.lazy.compactMap { names.firstIndex(of: $0) }.first.map { (label, $0) }
    }
    let stamp = names.firstIndex(of: "timestamp")
    var found = false
    for row in sheet.rows.dropFirst() {
      guard let who = Self.number(row, person), let which = Self.number(row, block) else {
        continue
      }
      var labels: [String: String] = [:]
      for (label, place) in places where row.indices.contains(place) {
        switch (label, row[place]) {
        case ("condition", .text(let text)):
          labels[label] = Self.condition(text) ?? text.uppercased()
        case (_, .number(let value)) where value != 999: labels[label] = LabelRule.text(value)
        default: break
        }
      }
      let isRelaxation = labels["condition"] == "R"
      if let stamp, row.indices.contains(stamp), let time = Self.time(row[stamp].words),
        labels["condition"] != nil
      {
        times["\(who)/\(which)", default: []].append(
          Minute(time: time, isRelaxation: isRelaxation))
      }
      if isRelaxation || labels.isEmpty { continue }
      answers["\(who)/\(which)", default: [:]].merge(labels) { _, later in later }
      found = true
    }
    return found
  }

  /// The overview of available data: a row for each person with a column for each block, or a row for
  /// each block, whose cells say the condition.
  private mutating func addOverview(_ sheet: Workbook.Sheet) -> Bool {
    var found = false
    for (line, row) in sheet.rows.prefix(6).enumerated() {
      let names = row.map(Self.folded)
      guard let person = names.firstIndex(where: { ["pp", "participant", "subject"].contains($0) })
      else { continue }
      let blocks = names.indices.compactMap { place in
        Self.block(names[place]).map { (place, $0) }
      }
      let long = (
        block: names.firstIndex { ["blok", "block", "c"].contains($0) },
        condition: names.firstIndex(of: "condition")
      )
      for row in sheet.rows.dropFirst(line + 1) {
        guard let who = Self.number(row, person) else { continue }
        if let place = long.block, let condition = long.condition,
          let which = Self.number(row, place), row.indices.contains(condition),
          let condition = Self.condition(row[condition].words), condition != "R"
        {
          conditions["\(who)/\(which)"] = condition
          found = true
        }
        for (place, which) in blocks where row.indices.contains(place) {
          guard let condition = Self.condition(row[place].words), condition != "R" else { continue }
          conditions["\(who)/\(which)"] = condition
          found = true
        }
      }
      if found { return true }
    }
    return found
  }

  private static func folded(_ cell: Workbook.Cell) -> String {
    cell.words.lowercased().trimmingCharacters(in: .whitespaces)
  }

  /// 2 from `C2`, `Blok 2` or `Block2`.
  private static func block(_ name: String) -> Int? {
    for prefix in ["blok", "block", "c"] where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces)
      if let number = Int(rest), (1...3).contains(number) { return number }
    }
    return nil
  }

  /// `N`, `T`, `I` or `R` from the letter or the word.
  private static func condition(_ text: String) -> String? {
    let word = text.trimmingCharacters(in: .whitespaces).lowercased()
    if ["n", "t", "i", "r"].contains(word) { return word.uppercased() }
    return ["neutral": "N", "time": "T", "interr": "I", "relax": "R"].first {
      word.hasPrefix($0.key)
    }?.value
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

  /// 1 from `1`, `PP1` or `pp01`.
  private static func number(_ row: [Workbook.Cell], _ place: Int) -> Int? {
    guard row.indices.contains(place) else { return nil }
    return Int(row[place].words.drop { !$0.isNumber })
  }
}
