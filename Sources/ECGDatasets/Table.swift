import Foundation

/// A table of text: a header and rows of as many cells, as RFC 4180 has it, with any of `,` `;` and
/// tab between the cells, with or without a byte-order mark.
package struct Table: Sendable {
  /// The file it came from, for messages.
  package let path: String
  /// The names of the columns, trimmed.
  package let columns: [String]
  /// The cells, trimmed; every row has as many as there are columns.
  package let rows: [Row]

  package struct Row: Sendable {
    /// The row's number in the file; the header is 1 and blank lines count.
    package let number: Int
    package let cells: [String]
  }

  /// Reads a table.
  /// - Throws: `DatasetError` when the file cannot be read, is empty, or a row has more cells than the
  ///   header (fewer are filled up with empty ones).
  package init(at url: URL) throws {
    let data: Data
    do { data = try Data(contentsOf: url) } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw DatasetError.file(
        url.path,
        exists ? "cannot be read (\(error.localizedDescription))" : "there is no such file")
    }
    try self.init(text: String(decoding: data, as: UTF8.self), path: url.path)
  }

  package init(text: String, path: String) throws {
    let lines = try Self.lines(of: text, path: path)
    guard let header = lines.first else {
      throw DatasetError.table(path, row: nil, "the table is empty; it needs a row of column names")
    }
    var columns = header.cells
    while columns.last == "" { columns.removeLast() }
    // Nobody can mean a column without a name, so several of them do no harm.
    let twice = Dictionary(grouping: columns, by: { $0 }).first { !$0.isEmpty && $1.count > 1 }?.key
    if let twice {
      throw DatasetError.table(path, row: header.number, "the column “\(twice)” is there twice")
    }
    self.path = path
    self.columns = columns
    rows = try lines.dropFirst().map { line in
      var cells = line.cells
      while cells.count > columns.count, cells.last == "" { cells.removeLast() }
      guard cells.count <= columns.count else {
        throw DatasetError.table(
          path, row: line.number, "\(cells.count) cells, but the header names \(columns.count)")
      }
      cells.append(contentsOf: repeatElement("", count: columns.count - cells.count))
      return Row(number: line.number, cells: cells)
    }
  }

  /// All lines that are not blank as cells, whatever the first one holds.
  static func lines(of text: String, path: String) throws -> [Row] {
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    return try split(bytes, delimiter: delimiter(of: bytes), path)
  }

  /// The place of a column among several names for it, the first that is there.
  func column(_ names: String...) -> Int? {
    let lowered = columns.map { $0.lowercased() }
    return names.lazy.compactMap { lowered.firstIndex(of: $0) }.first
  }

  /// Whichever of the three is most frequent in the first line.
  private static func delimiter(of bytes: ArraySlice<UInt8>) -> UInt8 {
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let counts = candidates.map { candidate in line.count { $0 == candidate } }
    let best = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return counts[best] > 0 ? candidates[best] : candidates[0]
  }

  private static func split(
    _ bytes: ArraySlice<UInt8>, delimiter: UInt8, _ path: String
  ) throws -> [Row] {
    var rows: [Row] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var (quoted, wasQuoted) = (false, false)
    var (line, firstLine) = (1, 1)
    func endCell() {
      let text = String(decoding: cell, as: UTF8.self)
      cells.append(wasQuoted ? text : text.trimmingCharacters(in: .whitespaces))
      cell.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRow() {
      endCell()
      if cells.contains(where: { !$0.isEmpty }) {
        rows.append(Row(number: firstLine, cells: cells))
      }
      cells.removeAll(keepingCapacity: true)
    }
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      let next = bytes.index(after: index)
      if quoted {
        if byte == UInt8(ascii: "\"") {
          if next < bytes.endIndex, bytes[next] == byte {
            cell.append(byte)
            index = next
          } else {
            quoted = false
          }
        } else {
          if byte == 0x0A { line += 1 }
          cell.append(byte)
        }
      } else if byte == UInt8(ascii: "\""), cell.allSatisfy({ $0 == 0x20 }) {
        cell.removeAll(keepingCapacity: true)
        (quoted, wasQuoted) = (true, true)
      } else if byte == delimiter {
        endCell()
      } else if byte == 0x0A || byte == 0x0D {
        if byte == 0x0D, next < bytes.endIndex, bytes[next] == 0x0A { index = next }
        endRow()
        line += 1
        firstLine = line
      } else {
        cell.append(byte)
      }
      index = bytes.index(after: index)
    }
    guard !quoted else {
      throw DatasetError.table(path, row: firstLine, "a quotation mark is opened and never closed")
    }
    if !cell.isEmpty || !cells.isEmpty { endRow() }
    return rows
  }
}

extension Table {
  /// A cell as RFC 4180 writes it: in quotation marks where it needs them.
  static func escape(_ cell: String) -> String {
    let special = cell.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    // A reader may trim what is not quoted.
    guard special || cell.first == " " || cell.last == " " else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// A row as RFC 4180 writes it, with a line feed.
  package static func line(_ cells: [String]) -> String {
    cells.map(escape).joined(separator: ",") + "\n"
  }
}
