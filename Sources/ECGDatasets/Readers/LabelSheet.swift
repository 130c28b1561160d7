import ECGFormats
import Foundation

/// A table of labels as rows of cells, from a sheet of an Excel workbook or from text with tabs, commas
/// or semicolons: repositories hand out workbooks as `.tab` files as well.
struct LabelSheet: Sendable {
  /// The sheet's name, or the file's.
  let name: String
  /// Rows from the first; they may differ in length.
  let rows: [[Workbook.Cell]]

  /// The sheets of a file.
  /// - Throws: `FormatError` or `DatasetError` for a file that is damaged or cannot be read.
  static func all(in file: URL, named name: String) throws -> [LabelSheet] {
    guard !name.lowercased().hasSuffix(".xlsx") else {
      return try Workbook(at: file).sheets.map { LabelSheet(name: $0.name, rows: $0.rows) }
    }
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw DatasetError.file(file.path, "cannot be read (\(error.localizedDescription))")
    }
    let lines = try Table.lines(of: String(decoding: data, as: UTF8.self), path: file.path)
    return [LabelSheet(name: name, rows: lines.map { $0.cells.map(cell) })]
  }

  /// The first rows of a file of text, cheaply: enough to see whether it holds labels.
  static func heads(of file: URL) -> [[Workbook.Cell]] {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
    defer { try? handle.close() }
    let start = (try? handle.read(upToCount: 65_536)) ?? Data()
    let lines = String(decoding: start, as: UTF8.self).split(
      maxSplits: 6, whereSeparator: \.isNewline)
    let rows = try? Table.lines(of: lines.prefix(6).joined(separator: "\n"), path: file.path)
    return rows?.map { $0.cells.map(cell) } ?? []
  }

  private static func cell(_ text: String) -> Workbook.Cell {
    if text.isEmpty { return .empty }
    if let value = Double(text), value.isFinite { return .number(value) }
    return text.hasPrefix("#") && (text.hasSuffix("!") || text.hasSuffix("?") || text == "#N/A")
      ? .error(text) : .text(text)
  }
}
