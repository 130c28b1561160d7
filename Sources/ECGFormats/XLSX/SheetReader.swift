/// Reads the cells of one sheet.
struct SheetReader {
  let strings: [String]

  /// The rows; `cells` counts what the workbook holds in all.
  /// - Throws: `XMLScanner.Damage`, also if there are more than `Workbook.mostCells`.
  func rows(of scanner: inout XMLScanner, cells: inout Int) throws -> [[Workbook.Cell]] {
    var rows: [[Workbook.Cell]] = []
    var row: [Workbook.Cell] = []
    var column = 0
    var kind = "n"
    var value = ""
    var isInValue = false
    func count(_ more: Int) throws {
      cells += more
      guard cells <= Workbook.mostCells else {
        throw XMLScanner.Damage(
          what: "more than \(Workbook.mostCells) cells", offset: scanner.offset)
      }
    }
    while let event = try scanner.next() {
      switch event {
      case .start("row", let attributes):
        // Rows without cells may be left out; a row costs like a cell.
        if let number = attributes["r"].flatMap({ Int($0) }), number > rows.count + 1 {
          guard number <= 1 << 20 else { continue }
          try count(number - 1 - rows.count)
          while rows.count < number - 1 { rows.append([]) }
        }
        try count(1)
        row = []
      case .end("row"): rows.append(row)
      case .start("c", let attributes):
        column = attributes["r"].flatMap(Self.column) ?? row.count
        kind = attributes["t"] ?? "n"
        value = ""
      case .start("v", _), .start("t", _): isInValue = true
      case .end("v"), .end("t"): isInValue = false
      case .text(let text): if isInValue { value += text }
      case .end("c"):
        guard column >= row.count, column < 1 << 14 else { continue }
        try count(column + 1 - row.count)
        while row.count < column { row.append(.empty) }
        row.append(cell(kind, value))
      default: break
      }
    }
    return rows
  }

  private func cell(_ kind: String, _ value: String) -> Workbook.Cell {
    switch kind {
    case "s":
      guard let index = Int(value), strings.indices.contains(index) else { return .empty }
      return .text(strings[index])
    case "str", "inlineStr", "d": return .text(value)
    case "b": return .truth(value == "1" || value == "true")
    case "e": return .error(value)
    default: return Double(value).map(Workbook.Cell.number) ?? .empty
    }
  }

  /// The column, from 0, of a place such as `AB12`.
  private static func column(_ place: String) -> Int? {
    var column = 0
    for letter in place.utf8 {
      guard letter >= 0x41, letter <= 0x5A else { break }
      column = column * 26 + Int(letter) - 0x40
      guard column <= 1 << 14 else { return nil }
    }
    return column > 0 ? column - 1 : nil
  }
}
