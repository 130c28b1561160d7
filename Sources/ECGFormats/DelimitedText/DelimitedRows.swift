/// What separates the cells of a row.
package enum Delimiter: Hashable, Sendable {
  /// One character.
  case byte(UInt8)
  /// Any run of blanks and tabs.
  case whitespace
  /// Nothing: one cell a line.
  case none
}

/// Walks through text row by row, and tells where in the bytes each cell lies.
struct DelimitedRows {
  let bytes: Bytes
  let delimiter: Delimiter
  /// The offset of the next row.
  private(set) var offset: Int
  /// The line the row read last begins on, counted from 1.
  private(set) var line: Int
  private var nextLine: Int

  init(_ bytes: Bytes, delimiter: Delimiter, offset: Int, line: Int) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.offset = offset
    self.line = line
    nextLine = line
  }

  /// Reads the next row that is not blank; the cells come without their quotes. False at the end.
  mutating func next(into cells: inout [Range<Int>]) -> Bool {
    bytes.withUnsafeBytes { raw in
      while offset < raw.count {
        line = nextLine
        cells.removeAll(keepingCapacity: true)
        readRow(raw, &cells)
        let isBlank = cells.allSatisfy { range in
          range.allSatisfy { raw[$0] == 0x20 || raw[$0] == 0x09 || raw[$0] == 0x1A }
        }
        // A missing sample of a single column may stand as two quotes.
        if !isBlank || cells.count > 1 || cells.first.map(bytes.isQuoted) ?? false { return true }
      }
      return false
    }
  }

  private mutating func readRow(_ raw: UnsafeRawBufferPointer, _ cells: inout [Range<Int>]) {
    let end = raw.count
    var index = offset
    while true {
      if delimiter == .whitespace {
        while index < end, raw[index] == 0x20 || raw[index] == 0x09 { index += 1 }
        if index == end || raw[index] == 0x0A || raw[index] == 0x0D { break }
      }
      if index < end, raw[index] == UInt8(ascii: "\"") {
        // A quoted cell: doubled quotes stay in the range, line ends count.
        let start = index + 1
        index = start
        while index < end {
          if raw[index] == UInt8(ascii: "\"") {
            if index + 1 < end, raw[index + 1] == UInt8(ascii: "\"") {
              index += 1
            } else {
              break
            }
          } else if raw[index] == 0x0A {
            nextLine += 1
          }
          index += 1
        }
        cells.append(start..<min(index, end))
        index = min(index + 1, end)
        while index < end, !separates(raw[index]) { index += 1 }
      } else {
        let start = index
        while index < end, !separates(raw[index]) { index += 1 }
        cells.append(start..<index)
      }
      guard index < end, raw[index] != 0x0A, raw[index] != 0x0D else { break }
      index += 1
    }
    if index < end {
      index += raw[index] == 0x0D && index + 1 < end && raw[index + 1] == 0x0A ? 2 : 1
    }
    nextLine += 1
    offset = index
  }

  @inline(__always)
  private func separates(_ byte: UInt8) -> Bool {
    if byte == 0x0A || byte == 0x0D { return true }
    switch delimiter {
    case .byte(let separator): return byte == separator
    case .whitespace: return byte == 0x20 || byte == 0x09
    case .none: return false
    }
  }
}

extension Bytes {
  /// Whether a cell came out of quotes.
  func isQuoted(_ cell: Range<Int>) -> Bool {
    cell.lowerBound > 0 && self[cell.lowerBound - 1] == UInt8(ascii: "\"")
  }

  /// The words of a cell, trimmed, doubled quotes made one; also without the single quotes of WFDB's rdsamp.
  func words(_ range: Range<Int>) -> String {
    let cell = slice(range)
    var text = cell.text
    if cell.first(UInt8(ascii: "\""), from: 0) != nil {
      text = text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
    }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    let trimmed = text.drop { $0.isWhitespace }
    let isQuoted = trimmed.count > 1 && trimmed.first == "'" && trimmed.last == "'"
    return String(isQuoted ? trimmed.dropFirst().dropLast() : trimmed)
  }

  /// The time of day in a cell; nil if it holds none.
  func clock(_ range: Range<Int>) -> Double? {
    let cell = slice(range)
    // Most cells are told apart by their length and the lack of a colon.
    guard (7...60).contains(cell.count), cell.first(UInt8(ascii: ":"), from: 1) != nil else {
      return nil
    }
    return ClockTime.seconds(words(range))
  }
}
