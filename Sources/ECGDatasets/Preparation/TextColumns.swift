/// Tables and lists of reports, as text.
enum TextColumns {
  /// Rows in columns, two blanks apart; columns of the given numbers stand to the right.
  static func aligned(_ rows: [[String]], right: Set<Int>) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line +=
          (column > 0 ? "  " : "") + (right.contains(column) ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// The first lines of many.
  static func shortened(_ lines: [String], _ rest: String = "listed with --json") -> String {
    let most = 20
    let shown = lines.prefix(most).map { "  \($0)\n" }.joined()
    return lines.count > most ? shown + "  and \(lines.count - most) more, \(rest)\n" : shown
  }

  static func oneDigit(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
