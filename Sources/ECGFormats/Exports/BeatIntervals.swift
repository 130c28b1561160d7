import Foundation

/// Reads a list of intervals between beats: one a line in milliseconds or seconds, with or without a
/// header, or a table with a column of intervals (`RR`, `IBI`, `NN`), Empatica's `IBI.csv` among them.
///
/// A list is taken to be in seconds if its median is below 5, for no heart beats every 5 ms or 5 s.
/// - Returns: the intervals in seconds.
/// - Throws: `FormatError` if there are none, or if some cannot be intervals.
public func readBeatIntervals(at url: URL) throws -> [Double] {
  let format = try detectFormat(of: url)
  guard format == .npy || format == .delimitedText else {
    throw FormatError(
      .unsupported, path: url.path, expected: "a list of intervals between beats",
      found: format.name, advice: "give one interval a line")
  }
  if format == .npy {
    let file = try NPYFile(at: url)
    return try inSeconds(file.rowMajorFloats().map(Double.init), url)
  }
  let bytes = try openText(at: url)
  let layout = try DelimitedLayout(of: bytes, options: ReadingOptions(), path: url.path)
  let names = layout.names.map { $0.lowercased() }
  let column =
    names.firstIndex { name in
      name.split { !$0.isLetter }.contains { ["rr", "ibi", "nn", "rri"].contains($0) }
    } ?? names.count - 1
  var values: [Double] = []
  var cells: [Range<Int>] = []
  var rows = DelimitedRows(
    bytes, delimiter: layout.delimiter, offset: layout.dataOffset, line: layout.dataLine)
  while rows.next(into: &cells) {
    guard column < cells.count else { continue }
    switch bytes.cell(cells[column], decimalComma: layout.decimalComma) {
    case .number(let value): values.append(value)
    case .missing: continue
    case .text:
      throw FormatError(
        path: url.path, at: .line(rows.line), expected: "an interval between beats",
        found: "\"\(String(bytes.words(cells[column]).prefix(40)))\"")
    }
  }
  return try inSeconds(values, url)
}

private func inSeconds(_ values: [Double], _ url: URL) throws -> [Double] {
  guard !values.isEmpty else {
    throw FormatError(.empty, path: url.path, expected: "intervals between beats", found: "none")
  }
  let factor = values.sorted()[values.count / 2] < 5 ? 1 : 1e-3
  let seconds = values.map { $0 * factor }
  // Slower than 10 or faster than 400 beats a minute in one of three is something else altogether.
  let odd = seconds.count { !(0.15...6).contains($0) }
  guard odd * 3 <= seconds.count else {
    throw FormatError(
      path: url.path, expected: "intervals of 0.15 to 6 s",
      found: "\(odd) others of \(values.count)",
      advice: "give a list of intervals between beats, one a line")
  }
  return seconds
}
