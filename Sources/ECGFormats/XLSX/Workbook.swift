import Foundation

/// An Excel workbook (Office Open XML) as tables of cells; formulas give the value last computed.
///
/// Format: ECMA-376, part 1, SpreadsheetML.
public struct Workbook: Sendable {
  /// What a cell holds.
  public enum Cell: Sendable, Hashable {
    case empty
    case number(Double)
    case text(String)
    case truth(Bool)
    /// An error such as `#VALUE!`.
    case error(String)

    /// The cell as words; whole numbers without a decimal point, nothing for an empty one.
    public var words: String {
      switch self {
      case .empty: ""
      case .number(let value):
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      case .text(let text), .error(let text): text
      case .truth(let value): value ? "TRUE" : "FALSE"
      }
    }
  }

  /// One sheet.
  public struct Sheet: Sendable {
    /// Its name on the tab.
    public let name: String
    /// Rows from the first, cells from column A; rows may differ in length.
    public let rows: [[Cell]]
  }

  /// The sheets in the order of their tabs.
  public let sheets: [Sheet]

  /// Reads all sheets.
  /// - Throws: `FormatError` if the file is no workbook, damaged, or larger than `mostCells` cells.
  public init(at url: URL) throws {
    let path = url.path
    let archive = try ZIPArchive(try openBytes(at: url), path: path)
    let budget = UnpackingBudget()
    func part(_ name: String) throws -> Bytes? {
      let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
      return try archive.entries.first { $0.name == bare }.map {
        try archive.content(of: $0, within: budget)
      }
    }
    guard let book = try part("xl/workbook.xml") else {
      throw FormatError(path: path, expected: "an Excel workbook", found: "an archive without one")
    }
    let targets = try Self.targets(try part("xl/_rels/workbook.xml.rels"), path)
    let strings = try Self.strings(try part("xl/sharedStrings.xml"), path)
    var cells = 0
    sheets = try Self.names(book, path).compactMap { name, relation in
      guard let target = targets[relation] else { return nil }
      let place = target.hasPrefix("/") ? target : "xl/" + target
      guard let content = try part(place) else { return nil }
      let rows = try Self.scan(content, path, place) {
        try SheetReader(strings: strings).rows(of: &$0, cells: &cells)
      }
      return Sheet(name: name, rows: rows)
    }
  }

  /// The sheet of a name, capital letters aside.
  public func sheet(named name: String) -> Sheet? {
    sheets.first { $0.name.lowercased() == name.lowercased() }
  }

  /// More cells than this, empty ones between others included, are refused.
  public static let mostCells = 8_000_000

  private static func scan<Result>(
    _ bytes: Bytes, _ path: String, _ part: String, _ body: (inout XMLScanner) throws -> Result
  ) throws -> Result {
    var scanner = XMLScanner(bytes)
    do {
      return try body(&scanner)
    } catch let damage as XMLScanner.Damage {
      throw FormatError(
        path: path, at: .key("\(part), byte \(damage.offset)"), expected: "sound XML",
        found: damage.what, advice: "save the workbook again")
    }
  }

  private static func names(_ bytes: Bytes, _ path: String) throws -> [(String, String)] {
    try scan(bytes, path, "xl/workbook.xml") { scanner in
      var names: [(String, String)] = []
      while let event = try scanner.next() {
        if case .start("sheet", let attributes) = event, let name = attributes["name"],
          let relation = attributes["id"]
        {
          names.append((name, relation))
        }
      }
      return names
    }
  }

  private static func targets(_ bytes: Bytes?, _ path: String) throws -> [String: String] {
    guard let bytes else { return [:] }
    return try scan(bytes, path, "xl/_rels/workbook.xml.rels") { scanner in
      var targets: [String: String] = [:]
      while let event = try scanner.next() {
        if case .start("Relationship", let attributes) = event, let id = attributes["Id"] {
          targets[id] = attributes["Target"]
        }
      }
      return targets
    }
  }

  /// The shared texts; runs of formatted text are joined, phonetic readings left out.
  private static func strings(_ bytes: Bytes?, _ path: String) throws -> [String] {
    guard let bytes else { return [] }
    return try scan(bytes, path, "xl/sharedStrings.xml") { scanner in
      var strings: [String] = []
      var text = ""
      var inText = false
      var inReading = false
      while let event = try scanner.next() {
        switch event {
        case .start("si", _): text = ""
        case .start("t", _): inText = true
        case .start("rPh", _): inReading = true
        case .end("rPh"): inReading = false
        case .end("t"): inText = false
        case .end("si"): strings.append(text)
        case .text(let part): if inText, !inReading { text += part }
        default: break
        }
      }
      return strings
    }
  }
}
