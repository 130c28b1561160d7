/// Comma-separated text (RFC 4180) of the values behind a figure or a table.
///
/// A text that a spreadsheet would run as a formula gets an apostrophe in front, since names come from
/// files of others; numbers are written as they are.
public struct CSVText: Sendable {
  /// A cell.
  public enum Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral
  {
    /// A text.
    case text(String)
    /// A number; empty when it is not finite.
    case number(Double)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }

    var field: String {
      switch self {
      case .number(let value): return dataText(value)
      case .text(var text):
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
          text = "'" + text
        }
        let isPlain = !text.unicodeScalars.contains { "\",\n\r".unicodeScalars.contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
      }
    }
  }

  /// The text so far, lines ending in a line feed.
  public private(set) var text: String

  /// A text with its heading.
  public init(columns: [String]) {
    text = columns.map { Cell.text($0).field }.joined(separator: ",") + "\n"
  }

  /// Adds a row.
  public mutating func add(_ cells: [Cell]) {
    text += cells.map(\.field).joined(separator: ",") + "\n"
  }
}
