import ECGFormats
import Foundation

/// Which condition each block of SWELL-KW had, out of the overview of available data.
///
/// Two loaders read its third sheet by place, person, block and condition in the first three columns, and the
/// `.tab` that the archive hands out begins its rows the same way; nobody says what its headings are.
/// So headings count where they can be understood, and what stands in the columns where they cannot.
struct SWELLConditions: Sendable {
  /// `N`, `T` or `I` by person and block.
  private(set) var conditions: [String: String] = [:]
  /// How they were told, in a sentence; nil while there are none.
  private(set) var note: String?

  subscript(key: String) -> String? { conditions[key] }

  /// Takes in the first sheet that says conditions.
  /// - Returns: whether one did.
  mutating func add(_ sheets: [LabelSheet], of file: String) -> Bool {
    for sheet in sheets where addTitled(sheet) {
      note = "Conditions: by the headings of sheet “\(sheet.name)” of \(file)"
      return true
    }
    for sheet in sheets {
      guard let columns = Self.untitled(sheet) else { continue }
      for row in sheet.rows { add(row, columns) }
      let letters = [columns.person, columns.block, columns.condition].map(Self.letter)
      note =
        "Conditions: by what columns \(letters.joined(separator: ", ")) of sheet “\(sheet.name)” of "
        + "\(file) hold (a person, a block from 1 to 3, one of N, T, I), since no heading says it"
      return true
    }
    return false
  }

  /// `N`, `T`, `I` or `R` from the letter or the word.
  static func condition(_ text: String) -> String? {
    let word = text.trimmingCharacters(in: .whitespaces).lowercased()
    if ["n", "t", "i", "r"].contains(word) { return word.uppercased() }
    return ["neutral": "N", "time": "T", "interr": "I", "relax": "R"].first {
      word.hasPrefix($0.key)
    }?.value
  }

  /// 1 from `1`, `PP1` or `pp01`.
  static func number(_ row: [Workbook.Cell], _ place: Int) -> Int? {
    guard row.indices.contains(place) else { return nil }
    return Int(row[place].words.drop { !$0.isNumber })
  }

  private struct Columns {
    var person: Int
    var block: Int
    var condition: Int
  }

  private mutating func add(_ row: [Workbook.Cell], _ columns: Columns) {
    guard let who = Self.number(row, columns.person), let which = Self.number(row, columns.block)
    else { return }
    add(row, columns.condition, who, which)
  }

  private mutating func add(_ row: [Workbook.Cell], _ place: Int, _ who: Int, _ which: Int) {
    guard row.indices.contains(place), let condition = Self.condition(row[place].words),
      condition != "R"
    else { return }
    conditions["\(who)/\(which)"] = condition
  }

  /// A row for each person with a column for each block, or a row for each block, whose cells say the
  /// condition.
  private mutating func addTitled(_ sheet: LabelSheet) -> Bool {
    for (line, row) in sheet.rows.prefix(6).enumerated() {
      let names = row.map { $0.words.lowercased().trimmingCharacters(in: .whitespaces) }
      guard let person = names.firstIndex(where: { ["pp", "participant", "subject"].contains($0) })
      else { continue }
      let long = (
        block: names.firstIndex { ["blok", "block", "c"].contains($0) },
        condition: names.firstIndex { ["condition", "conditie"].contains($0) }
      )
      let blocks = names.indices.compactMap { place in
        Self.block(names[place]).map { (place, $0) }
      }
      for row in sheet.rows.dropFirst(line + 1) {
        if let block = long.block, let condition = long.condition {
          add(row, Columns(person: person, block: block, condition: condition))
        }
        guard let who = Self.number(row, person) else { continue }
        for (place, which) in blocks { add(row, place, who, which) }
      }
      if !conditions.isEmpty { return true }
    }
    return false
  }

  /// 2 from `C2`, `Blok 2` or `Block2`.
  private static func block(_ name: String) -> Int? {
    for prefix in ["blok", "block", "c"] where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces)
      if let number = Int(rest), (1...3).contains(number) { return number }
    }
    return nil
  }

  /// The three columns, from left to right, that hold a person, a block and a condition in most rows, at
  /// least three, no block twice; nil if no three do.
  private static func untitled(_ sheet: LabelSheet) -> Columns? {
    let width = min(12, sheet.rows.map(\.count).max() ?? 0)
    var best: (columns: Columns, rows: Int)?
    for person in 0..<width {
      for block in person..<width where block > person {
        for condition in block..<width where condition > block {
          let columns = Columns(person: person, block: block, condition: condition)
          guard let rows = count(sheet, columns), rows >= 3, rows > best?.rows ?? 0 else {
            continue
          }
          best = (columns, rows)
        }
      }
    }
    return best?.columns
  }

  /// In how many rows three columns hold what they should; nil if a block comes twice.
  private static func count(_ sheet: LabelSheet, _ columns: Columns) -> Int? {
    var seen: Set<String> = []
    for row in sheet.rows where row.indices.contains(columns.condition) {
      guard let who = number(row, columns.person), (1...25).contains(who),
        case let block = row[columns.block].words.trimmingCharacters(in: .whitespaces),
        let which = Int(block), (1...3).contains(which),
        let condition = condition(row[columns.condition].words), condition != "R"
      else { continue }
      guard seen.insert("\(who)/\(which)").inserted else { return nil }
    }
    return seen.count
  }

  private static func letter(_ column: Int) -> String {
    String(UnicodeScalar(UInt8(65 + min(25, column))))
  }
}
