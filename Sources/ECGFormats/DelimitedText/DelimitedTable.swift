import Foundation

/// A table of words, such as a list of labels: every cell as its text.
public struct DelimitedTable: Sendable {
  /// The names of the columns; `column 1` … if the file gives none.
  public let columns: [String]
  /// One array of cells for each row, as long as `columns`; missing cells are empty.
  public let rows: [[String]]

  /// Reads a table of text, its layout told from the content unless the options say.
  /// - Throws: `FormatError` if the file is missing, empty, or no text.
  public init(at url: URL, options: ReadingOptions = ReadingOptions()) throws {
    let bytes = try openText(at: url)
    guard bytes.slice(0..<min(bytes.count, 1 << 16)).looksLikeText else {
      throw FormatError(path: url.path, expected: "a table of text", found: "a binary file")
    }
    let layout = try DelimitedLayout(of: bytes, options: options, path: url.path)
    columns = layout.names
    var cells: [Range<Int>] = []
    var reader = DelimitedRows(
      bytes, delimiter: layout.delimiter, offset: layout.dataOffset, line: layout.dataLine)
    var rows: [[String]] = []
    while reader.next(into: &cells) {
      var words = cells.prefix(layout.names.count).map { bytes.words($0) }
      while words.count < layout.names.count { words.append("") }
      rows.append(words)
    }
    self.rows = rows
  }

  /// The index of a column by name, capital letters aside.
  public func index(of name: String) -> Int? {
    columns.firstIndex { $0.lowercased() == name.lowercased() }
  }
}
