/// A table of aligned columns for a terminal.
///
/// Widths count what a terminal shows: marks that combine take no column, East Asian wide characters
/// and emoji take two. Control characters in a cell, which could steer the terminal, are replaced. A
/// cell is never wrapped.
public struct TextTable: Sendable {
  /// On which side of its column a cell stands.
  public enum Alignment: Sendable {
    case left, right
  }

  /// A column's heading and side.
  public struct Column: Sendable {
    let heading: String
    let alignment: Alignment

    /// A column.
    public init(_ heading: String, _ alignment: Alignment = .left) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  /// An empty table.
  public init(columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty, cells beyond the last column are dropped.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table in lines, each ending in a line feed: headings, a rule, the rows.
  public var text: String {
    let body = ([columns.map(\.heading)] + rows).map { row in
      columns.indices.map { $0 < row.count ? TextTable.printable(row[$0]) : "" }
    }
    let widths = columns.indices.map { column in
      body.map { TextTable.displayWidth(of: $0[column]) }.max() ?? 0
    }
    var lines = body.map { line($0, widths: widths) }
    lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ row: [String], widths: [Int]) -> String {
    var line = ""
    for (index, cell) in row.enumerated() {
      let space = String(repeating: " ", count: widths[index] - TextTable.displayWidth(of: cell))
      if index > 0 { line += "  " }
      line += columns[index].alignment == .left ? cell + space : space + cell
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// How many columns of a terminal a text takes.
  public static func displayWidth(of text: String) -> Int {
    text.reduce(0) { width, character in
      width + (character.unicodeScalars.map(columns(of:)).max() ?? 0)
    }
  }

  /// The text with each control character and each mark that reorders text replaced by U+FFFD.
  public static func printable(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}":
        output.append("\u{FFFD}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar {
    case "\u{300}"..."\u{36F}", "\u{1AB0}"..."\u{1AFF}", "\u{20D0}"..."\u{20FF}",
      "\u{200B}"..."\u{200F}", "\u{FE00}"..."\u{FE0F}", "\u{FE20}"..."\u{FE2F}":
      0
    case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{303E}", "\u{3041}"..."\u{A4CF}",
      "\u{AC00}"..."\u{D7A3}", "\u{F900}"..."\u{FAFF}", "\u{FE30}"..."\u{FE6F}",
      "\u{FF00}"..."\u{FF60}", "\u{FFE0}"..."\u{FFE6}", "\u{1F300}"..."\u{1FAFF}",
      "\u{20000}"..."\u{3FFFD}":
      2
    default: 1
    }
  }
}
