import Foundation

/// A recording in columns of text: CSV, TSV and their kin, with or without a header.
///
/// The rate comes from a comment (`Sampling rate: 1000`) or from a time column; the unit from the
/// header's brackets or a row of units. Cells without a number are missing samples.
package struct DelimitedRecording: ChannelFile {
  package let format: FileFormat
  package let person: String?
  package let channels: [ChannelDescription]
  package let details: [FileDescription.Detail]
  package let warnings: [String]
  package let rateAdvice: String

  /// The comments in front of the table.
  let preamble: [String]
  private let bytes: Bytes
  private let layout: DelimitedLayout
  private let path: String
  private let times: TimeColumn?

  package init(at url: URL, options: ReadingOptions) throws {
    path = url.path
    bytes = try openText(at: url)
    var layout = try DelimitedLayout(of: bytes, options: options, path: path)
    let comments = DelimitedPreamble(layout.preamble)
    layout.adopt(comments)
    self.layout = layout
    preamble = layout.preamble
    person = comments.person
    format =
      layout.preamble.contains { $0.hasPrefix("Sampling Rate (Hz):=") } ? .bioSPPy : .delimitedText

    let timeIndex = try Self.timeIndex(bytes, layout, options: options, path: path)
    let scan = Self.scan(bytes, layout, timeIndex: timeIndex)
    var warnings: [String] = []
    var advice = ""
    var times: TimeColumn?
    var rate = comments.samplingRate
    if rate == nil, let timeIndex {
      let name = layout.names[timeIndex]
      switch Self.timeScale(layout.units[timeIndex], scan, options: options) {
      case nil: advice = "--time-unit can say what the time column \"\(name)\" counts"
      case let scale?:
        switch TimeColumn.measure(scan.times.map { $0 * scale }) {
        case .success(let measured):
          times = measured
          rate = measured.samplingRate
          warnings += measured.warnings
        case .failure(let untold): advice = "the time column \"\(name)\" \(untold.reason)"
        }
      }
    }
    if scan.shortRows > 0 {
      warnings.append("\(scan.shortRows) rows have fewer cells than the others")
    }
    self.times = times
    self.warnings = warnings
    rateAdvice = advice
    let missing = times?.missingBefore.reduce(0) { $0 + $1.count } ?? 0
    let (names, units, hasHeader) = (layout.names, layout.units, layout.hasHeader)
    channels = names.indices.map { index in
      ChannelDescription(
        name: names[index], unit: units[index], samplingRate: rate,
        sampleCount: scan.rows + missing,
        role: index == timeIndex || TimeColumn.isTime(names[index]) && hasHeader
          || scan.counting == index ? .time : scan.textual.contains(index) ? .text : .signal)
    }
    details = Self.details(layout)
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    var values: [Float] = []
    values.reserveCapacity(channels[index].sampleCount)
    var gaps = (times?.missingBefore ?? []).makeIterator()
    var gap = gaps.next()
    var rows = DelimitedRows(
      bytes, delimiter: layout.delimiter, offset: layout.dataOffset, line: layout.dataLine)
    var cells: [Range<Int>] = []
    var row = 0
    while rows.next(into: &cells) {
      if let next = gap, next.row == row {
        values.append(contentsOf: repeatElement(.nan, count: next.count))
        gap = gaps.next()
      }
      row += 1
      guard index < cells.count else {
        values.append(.nan)
        continue
      }
      switch bytes.cell(cells[index], decimalComma: layout.decimalComma) {
      case .number(let value): values.append(Float(value * factor))
      case .missing: values.append(.nan)
      case .text:
        throw FormatError(
          path: path, at: .line(rows.line),
          expected: "a number in column \"\(layout.names[index])\"",
          found: "\"\(String(bytes.words(cells[index]).prefix(40)))\"",
          advice: "correct the cell, or leave it empty if the sample is missing")
      }
    }
    return ChannelSamples(values)
  }
}

extension DelimitedRecording {
  /// What one pass over the rows shows.
  private struct Scan {
    var rows = 0
    var shortRows = 0
    var times: [Double] = []
    var timesAreClock = false
    /// Columns without a single number among the first rows.
    var textual: Set<Int> = []
    /// A first column that merely counts rows.
    var counting: Int?
  }

  private static func scan(_ bytes: Bytes, _ layout: DelimitedLayout, timeIndex: Int?) -> Scan {
    var scan = Scan()
    var numbers = Array(repeating: 0, count: layout.names.count)
    var words = numbers
    var firsts: [Double] = []
    var cells: [Range<Int>] = []
    var rows = DelimitedRows(
      bytes, delimiter: layout.delimiter, offset: layout.dataOffset, line: layout.dataLine)
    while rows.next(into: &cells) {
      if cells.count < layout.names.count { scan.shortRows += 1 }
      if scan.rows < 1000 {
        for index in 0..<min(cells.count, numbers.count) {
          switch bytes.cell(cells[index], decimalComma: layout.decimalComma) {
          case .number(let value):
            numbers[index] += 1
            if index == 0 { firsts.append(value) }
          case .text: words[index] += 1
          case .missing: break
          }
        }
      }
      scan.rows += 1
      guard let timeIndex else { continue }
      guard timeIndex < cells.count else {
        scan.times.append(.nan)
        continue
      }
      switch bytes.cell(cells[timeIndex], decimalComma: layout.decimalComma) {
      case .number(let value): scan.times.append(value)
      case .missing: scan.times.append(.nan)
      case .text:
        scan.timesAreClock = true
        scan.times.append(bytes.clock(cells[timeIndex]) ?? .nan)
      }
    }
    scan.textual = Set(numbers.indices.filter { words[$0] > numbers[$0] })
    let counts = firsts.count > 2 && zip(firsts, firsts.dropFirst()).allSatisfy { $1 - $0 == 1 }
    if counts, layout.names.count > 1 { scan.counting = 0 }
    return scan
  }

  private static func timeIndex(
    _ bytes: Bytes, _ layout: DelimitedLayout, options: ReadingOptions, path: String
  ) throws -> Int? {
    guard let wanted = options.timeColumn else {
      guard layout.names.count > 1 else { return nil }
      let named =
        layout.hasHeader ? TimeColumn.index(names: layout.names, units: layout.units) : nil
      return named ?? clockIndex(bytes, layout)
    }
    if let index = layout.names.firstIndex(where: { $0.lowercased() == wanted.lowercased() }) {
      return index
    }
    if let number = Int(wanted), layout.names.indices.contains(number - 1) { return number - 1 }
    throw FormatError(
      .unclear, path: path, expected: "a time column \"\(wanted)\"",
      found: layout.names.map { "\"\($0)\"" }.joined(separator: ", "),
      advice: "give --time-column one of these names or a number from 1 to \(layout.names.count)")
  }

  /// The first column that holds times of day, whatever it is called.
  private static func clockIndex(_ bytes: Bytes, _ layout: DelimitedLayout) -> Int? {
    var rows = DelimitedRows(
      bytes, delimiter: layout.delimiter, offset: layout.dataOffset, line: layout.dataLine)
    var cells: [Range<Int>] = []
    guard rows.next(into: &cells) else { return nil }
    return layout.names.indices.first { $0 < cells.count && bytes.clock(cells[$0]) != nil }
  }

  /// Seconds in one unit of the time column; nil if that cannot be known.
  private static func timeScale(
    _ unit: String?, _ scan: Scan, options: ReadingOptions
  ) -> Double? {
    if scan.timesAreClock { return 1 }
    if let known = options.timeUnit ?? unit.flatMap(TimeColumn.unit(named:)) {
      return known.seconds
    }
    // Without a unit: milliseconds and finer since 1970 are told by their size, and steps below a
    // twentieth are seconds, since no ECG is sampled 20 times in any smaller unit's one.
    guard scan.times.count > 2, let first = scan.times.first, let last = scan.times.last else {
      return nil
    }
    switch first {
    case 1e11..<1e14: return 1e-3
    case 1e14..<1e17: return 1e-6
    case 1e17..<1e20: return 1e-9
    default: break
    }
    let step = (last - first) / Double(scan.times.count - 1)
    return step > 0 && step < 0.05 ? 1 : nil
  }

  private static func details(_ layout: DelimitedLayout) -> [FileDescription.Detail] {
    let delimiter =
      switch layout.delimiter {
      case .byte(0x09): "tab"
      case .byte(let byte): "\"\(Character(Unicode.Scalar(byte)))\""
      case .whitespace: "blanks"
      case .none: "none, one column"
      }
    return [
      FileDescription.Detail("delimiter", delimiter),
      FileDescription.Detail("decimal mark", layout.decimalComma ? "comma" : "point"),
      FileDescription.Detail("header", layout.hasHeader ? "yes" : "no"),
    ]
  }
}
