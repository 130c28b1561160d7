/// The first lines of a table, and what they look like under each way to separate them.
struct LayoutSample {
  private let bytes: Bytes
  private let lineCount: Int

  /// Takes up to 40 lines, and no more than 64 KiB.
  init(_ bytes: Bytes, at offset: Int, line: Int) {
    let limit = min(bytes.count, offset + 1 << 16)
    var end = offset
    var lines = 0
    var index = offset
    while index < limit, lines < 40 {
      if bytes[index] == 0x0A
        || (bytes[index] == 0x0D && !(index + 1 < limit && bytes[index + 1] == 0x0A))
      {
        lines += 1
        end = index + 1
      }
      index += 1
    }
    if index >= bytes.count || lines == 0 { end = limit }
    self.bytes = bytes.slice(offset..<max(end, offset))
    var count = 0
    var cells: [Range<Int>] = []
    var rows = DelimitedRows(self.bytes, delimiter: .none, offset: 0, line: 1)
    while rows.next(into: &cells) { count += 1 }
    lineCount = count
  }

  var isEmpty: Bool { lineCount == 0 }

  /// The delimiter and the decimal mark under which most cells are numbers and all rows equally long.
  func guess(fixed: Delimiter?, decimalComma: Bool?) -> (Delimiter, Bool) {
    var delimiters: [Delimiter] =
      ["\t", ";", "|", ","].map { .byte(UInt8(ascii: $0)) } + [.whitespace, .none]
    if let fixed { delimiters = [fixed] }
    var best: (delimiter: Delimiter, comma: Bool, score: Double)?
    for delimiter in delimiters {
      for comma in decimalComma.map({ [$0] }) ?? [false, true] {
        if comma, delimiter == .byte(UInt8(ascii: ",")), decimalComma == nil,
          !hasQuotedCells
        {
          continue
        }
        let score = score(delimiter, comma)
        if score > (best?.score ?? -1) { best = (delimiter, comma, score) }
      }
    }
    return (best?.delimiter ?? fixed ?? .none, best?.comma ?? false)
  }

  /// Whether each sampled row ends with the delimiter.
  func endWithDelimiter(_ delimiter: Delimiter) -> Bool {
    var rows = DelimitedRows(bytes, delimiter: delimiter, offset: 0, line: 1)
    var cells: [Range<Int>] = []
    while rows.next(into: &cells) {
      guard let last = cells.last, last.isEmpty else { return false }
    }
    return true
  }

  private var hasQuotedCells: Bool { bytes.first(UInt8(ascii: "\""), from: 0) != nil }

  /// Whether a cell stands in quotes behind which more follows than this delimiter.
  private func isCutByQuotes(_ cell: Range<Int>, _ delimiter: Delimiter) -> Bool {
    guard bytes.isQuoted(cell) else { return false }
    var next = cell.upperBound + 1
    while next < bytes.count, bytes[next] == 0x20, delimiter != .whitespace { next += 1 }
    guard next < bytes.count, bytes[next] != 0x0A, bytes[next] != 0x0D else { return false }
    switch delimiter {
    case .byte(let separator): return bytes[next] != separator
    case .whitespace: return bytes[next] != 0x20 && bytes[next] != 0x09
    case .none: return true
    }
  }

  /// The share of numbers among the cells below the first row, less something for rows of unequal
  /// length; negative if nothing is separated at all.
  private func score(_ delimiter: Delimiter, _ comma: Bool) -> Double {
    var counts: [Int: Int] = [:]
    var numbers = 0
    var filled = 0
    var total = 0
    var rows = DelimitedRows(bytes, delimiter: delimiter, offset: 0, line: 1)
    var cells: [Range<Int>] = []
    var row = 0
    var firstCount = 0
    while rows.next(into: &cells) {
      counts[cells.count, default: 0] += 1
      if row == 0 { firstCount = cells.count }
      row += 1
      if row == 1, lineCount > 1 { continue }
      for cell in cells {
        total += 1
        guard !isCutByQuotes(cell, delimiter) else {
          filled += 1
          continue
        }
        switch bytes.cell(cell, decimalComma: comma) {
        case .number:
          numbers += 1
          filled += 1
        case .missing: if cell.isEmpty { total -= 1 }
        case .text:
          filled += 1
          if bytes.clock(cell) != nil { numbers += 1 }
        }
      }
    }
    let commonest = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    if delimiter != .none, commonest < 2 { return -1 }
    guard filled > 0, total > 0 else { return 0 }
    let share = Double(numbers) / Double(filled)
    let regular = Double(counts[commonest] ?? 0) / Double(row)
    return share - 0.5 * (1 - regular) - (firstCount == commonest ? 0 : 0.01)
  }
}
