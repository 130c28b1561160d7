/// How a text of columns is laid out: what separates cells, where the data begin, what the columns are
/// called. Told from the first lines, unless the options say.
package struct DelimitedLayout: Sendable, Hashable {
  package var delimiter: Delimiter
  /// Numbers are written `0,5`.
  package var decimalComma: Bool
  /// One name for each column; `column 3` where the text gives none.
  package var names: [String]
  /// One unit for each column, where a row of units, a bracket or a suffix gives one.
  package var units: [String?]
  /// Whether the names are the text's own.
  package var hasHeader: Bool
  /// The comment lines in front, without their marks.
  package var preamble: [String]
  /// Where the first row of data begins.
  package var dataOffset: Int
  /// The line it stands on, counted from 1.
  package var dataLine: Int

  /// Reads the layout from the beginning of a text.
  init(of bytes: Bytes, options: ReadingOptions, path: String) throws {
    var beginning = Beginning(bytes)
    if let asked = options.delimiter {
      guard let byte = asked.asciiValue else {
        throw FormatError(
          .unclear, path: path, expected: "a delimiter of one ASCII character",
          found: "\"\(asked)\"", advice: "correct --delimiter")
      }
      beginning.delimiter = .byte(byte)
    }
    let rows = LayoutSample(bytes, at: beginning.offset, line: beginning.line)
    guard !rows.isEmpty else {
      throw FormatError(
        .empty, path: path, expected: "rows of numbers", found: "no row of data",
        advice: "export it again")
    }
    let (delimiter, comma) = rows.guess(
      fixed: beginning.delimiter, decimalComma: options.decimalComma)

    var cells: [Range<Int>] = []
    var reader = DelimitedRows(
      bytes, delimiter: delimiter, offset: beginning.offset, line: beginning.line)
    _ = reader.next(into: &cells)
    let first = cells.map { bytes.words($0) }
    hasHeader = options.header ?? !Self.isData(cells, before: reader, bytes, decimalComma: comma)
    var names = hasHeader ? first : []
    var units: [String?] = []
    dataOffset = hasHeader ? reader.offset : beginning.offset
    dataLine = hasHeader ? reader.line + 1 : reader.line

    if hasHeader {
      // A row of units under the names, as Shimmer writes it.
      var second: [Range<Int>] = []
      var ahead = reader
      if ahead.next(into: &second) {
        let words = second.map { bytes.words($0) }
        let filled = words.filter { !$0.isEmpty }
        let isUnits =
          !filled.isEmpty && filled.allSatisfy { $0.count <= 12 && ClockTime.seconds($0) == nil }
          && second.allSatisfy { range in
            if case .number = bytes.cell(range, decimalComma: comma) { false } else { true }
          }
          && filled.contains {
            VoltageUnit(named: $0.trimmingParentheses) != nil || TimeColumn.unit(named: $0) != nil
          }
        if isUnits {
          units = words.map { $0.isEmpty ? nil : $0.trimmingParentheses }
          dataOffset = ahead.offset
          dataLine = ahead.line + 1
        }
        // A delimiter at the end of each row makes an empty last column.
        if names.count > 1, names.last == "", second.count < names.count || words.last == "" {
          names.removeLast()
        }
        if words.last != "" {
          let isRowName = second.first.map { bytes.isQuoted($0) || words[0] == "1" } ?? false
          names = Self.names(
            names, over: second.count, delimiter: delimiter, besideRowNames: isRowName)
        }
      }
    } else if let words = Self.namesInComment(
      beginning.preamble.last, delimiter: delimiter, count: cells.count)
    {
      names = words
      hasHeader = true
    } else {
      names = Array(repeating: "", count: cells.count)
      if names.count > 1, first.last == "", rows.endWithDelimiter(delimiter) { names.removeLast() }
    }
    names = names.enumerated().map { $1.isEmpty ? "column \($0 + 1)" : $1 }
    self.names = names
    self.units = names.indices.map { index in
      index < units.count && units[index] != nil ? units[index] : Self.unit(in: names[index])
    }
    self.delimiter = delimiter
    decimalComma = comma
    preamble = beginning.preamble
  }

  /// Names for so many columns, where the header has another number of cells.
  private static func names(
    _ names: [String], over count: Int, delimiter: Delimiter, besideRowNames: Bool
  ) -> [String] {
    // R writes no name over the names of rows, which begin with 1 or stand in quotes. What else has a cell
    // more than the header has a remark at its end.
    if besideRowNames, names.count + 1 == count { return ["row"] + names }
    guard delimiter == .whitespace, names.count > count else { return names }
    // Names of several words, of which only WFDB's rdsamp's is known; others would stand over wrong columns.
    let isElapsed = names.count == count + 1 && names[0] == "Elapsed" && names[1] == "time"
    return isElapsed ? ["Elapsed time"] + names.dropFirst(2) : Array(repeating: "", count: count)
  }

  /// Whether a first row is data already: numbers and times, with words at most where the next row has no number.
  private static func isData(
    _ row: [Range<Int>], before rest: DelimitedRows, _ bytes: Bytes, decimalComma: Bool
  ) -> Bool {
    func isWords(_ cell: Range<Int>) -> Bool {
      bytes.cell(cell, decimalComma: decimalComma) == .text && bytes.clock(cell) == nil
    }
    func isNumber(_ cell: Range<Int>) -> Bool {
      if case .number = bytes.cell(cell, decimalComma: decimalComma) { true } else { false }
    }
    guard row.contains(where: isWords) else { return true }
    var (rest, second) = (rest, [Range<Int>]())
    guard row.contains(where: isNumber), rest.next(into: &second), second.count == row.count else {
      return false
    }
    return zip(row, second).allSatisfy { !isWords($0) || !isNumber($1) }
  }

  /// Takes names and units from the comments where the table has none.
  mutating func adopt(_ comments: DelimitedPreamble) {
    if !hasHeader, let own = comments.names, own.count == names.count { names = own }
    if let own = comments.units, own.count == units.count {
      for index in units.indices where units[index] == nil && own[index] != "0" {
        units[index] = own[index]
      }
    }
  }

  /// `# time,ecg`, as `numpy.savetxt` writes its header.
  private static func namesInComment(
    _ comment: String?, delimiter: Delimiter, count: Int
  ) -> [String]? {
    guard let comment, count > 1 else { return nil }
    let bytes = Bytes(Array(comment.utf8))
    var rows = DelimitedRows(bytes, delimiter: delimiter, offset: 0, line: 1)
    var cells: [Range<Int>] = []
    guard rows.next(into: &cells), cells.count == count else { return nil }
    let words = cells.map { bytes.words($0) }
    return words.allSatisfy({ !$0.isEmpty && Double($0) == nil }) ? words : nil
  }

  /// The unit in `ECG [uV]`, `ecg (mV)` or `ecg_mV`; nil if the name has none.
  static func unit(in name: String) -> String? {
    for (open, close) in [("[", "]"), ("(", ")")] {
      if name.hasSuffix(close), let start = name.lastIndex(of: Character(open)) {
        let inside = name[name.index(after: start)...].dropLast()
        if !inside.isEmpty { return String(inside) }
      }
    }
    guard let last = name.split(whereSeparator: { $0 == "_" || $0 == " " }).last,
      last.count < name.count
    else { return nil }
    let isUnit =
      ["mV", "uV", "µV", "μV", "V", "nV", "ms", "us", "ns", "s", "sec"].contains(String(last))
    return isUnit ? String(last) : nil
  }
}

/// What stands in front of the table: a byte-order mark, `sep=`, comments.
private struct Beginning {
  var offset = 0
  var line = 1
  var delimiter: Delimiter?
  var preamble: [String] = []

  init(_ bytes: Bytes) {
    if bytes.hasPrefix([0xEF, 0xBB, 0xBF]) { offset = 3 }
    // More comment lines than this are no preamble of a recording.
    while offset < bytes.count, preamble.count < 1000 {
      let end = bytes.first(0x0A, from: offset) ?? bytes.count
      let content = bytes.slice(offset..<end)
      var text = content.count <= 1 << 16 ? content.text : content.slice(0..<(1 << 16)).text
      while let last = text.last, last.isWhitespace, last != "\t" { text.removeLast() }
      if text.hasSuffix("\r") { text.removeLast() }
      let bare = text.drop { $0 == "\"" }
      if bare.hasPrefix("sep=") {
        if let byte = bare.dropFirst(4).utf8.first { delimiter = .byte(byte) }
      } else if let mark = text.first, mark == "#" || mark == "%" || text.hasPrefix("//") {
        let trimmed = text.drop { $0 == "#" || $0 == "%" || $0 == "/" || $0 == " " }
        preamble.append(String(trimmed))
      } else if !text.allSatisfy(\.isWhitespace) {
        return
      }
      offset = min(end + 1, bytes.count)
      line += 1
    }
  }
}

extension String {
  /// `mV` for `(mV)`.
  fileprivate var trimmingParentheses: String {
    hasPrefix("(") && hasSuffix(")") && count > 2 ? String(dropFirst().dropLast()) : self
  }
}
