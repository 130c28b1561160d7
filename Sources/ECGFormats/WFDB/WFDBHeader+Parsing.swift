import Foundation

extension WFDBHeader {
  /// No real header comes near this size.
  private static let largest = 1 << 20

  /// Whether a text is a WFDB header: a record line and exactly as many lines as it announces.
  static func isHeader(_ bytes: Bytes) -> Bool {
    bytes.count <= largest && (try? WFDBHeader(bytes, path: "")) != nil
  }

  /// Reads a header.
  /// - Throws: `FormatError` naming the line.
  init(_ bytes: Bytes, path: String) throws {
    guard bytes.count <= Self.largest else {
      throw FormatError(
        path: path, expected: "a WFDB header", found: "a text of \(bytes.count) bytes")
    }
    var lines: [(number: Int, words: [Substring])] = []
    var comments: [String] = []
    let text = bytes.text
    for (index, raw) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let line = raw.drop { $0 == " " || $0 == "\t" }
      if line.first == "#" {
        comments.append(line.dropFirst().trimmingCharacters(in: .whitespaces))
      } else if !line.isEmpty {
        lines.append((index + 1, line.split { $0 == " " || $0 == "\t" }))
      }
    }
    guard let first = lines.first else {
      throw FormatError(path: path, expected: "a WFDB record line", found: "none")
    }
    self = try Self(recordLine: first.words, line: first.number, path: path)
    self.comments = comments

    let announced = segments.isEmpty ? signalCount : segments.count
    guard lines.count - 1 == announced else {
      throw FormatError(
        path: path, at: .line(first.number), expected: "\(announced) lines after the record line",
        found: "\(lines.count - 1)")
    }
    if segments.isEmpty {
      signals = try lines.dropFirst().map { try Signal($0.words, line: $0.number, path: path) }
    } else {
      segments = try lines.dropFirst().map { try Segment($0.words, line: $0.number, path: path) }
    }
  }

  /// `name[/segments] signals [rate[/counter[(base)]] [frames [time [date]]]]`
  private init(recordLine words: [Substring], line: Int, path: String) throws {
    func fail(_ expected: String, _ found: some StringProtocol) -> FormatError {
      FormatError(path: path, at: .line(line), expected: expected, found: "\"\(found)\"")
    }
    guard words.count >= 2 else {
      throw fail("a record name and a number of signals", words.joined(separator: " "))
    }
    let nameParts = words[0].split(separator: "/", omittingEmptySubsequences: false)
    name = String(nameParts[0])
    if nameParts.count > 1 {
      guard nameParts.count == 2, let count = Int(nameParts[1]), (1...1_000_000).contains(count)
      else { throw fail("a record name, or a name and a number of segments", words[0]) }
      segments = Array(repeating: Segment(name: "~", sampleCount: 0), count: count)
    }
    guard let signals = Int(words[1]), (0...4096).contains(signals) else {
      throw fail("a number of signals", words[1])
    }
    signalCount = signals
    frameRate = 250
    statesRate = false
    if words.count > 2 {
      let rate = words[2].prefix { $0 != "/" && $0 != "(" }
      guard let value = Double(rate), value.isFinite, value >= 0 else {
        throw fail("a sampling rate", words[2])
      }
      if value > 0 {
        frameRate = value
        statesRate = true
      }
    }
    if words.count > 3 {
      guard let frames = Int(words[3]), frames >= 0 else {
        throw fail("a number of samples", words[3])
      }
      if frames > 0 { frameCount = frames }
    }
    if words.count > 5 { start = Self.date(time: words[4], date: words[5]) }
  }

  /// `13:05:07.250` and `15/08/1994`, taken as UTC since the format has no time zones.
  private static func date(time: Substring, date: Substring) -> Date? {
    let parts = date.split(separator: "/").compactMap { Int($0) }
    guard parts.count == 3, (1...31).contains(parts[0]), (1...12).contains(parts[1]),
      (1...9999).contains(parts[2]), let clock = ClockTime.seconds(String(time))
    else { return nil }
    let days = ClockTime.daysSince1970(parts[2], parts[1], parts[0])
    return Date(timeIntervalSince1970: Double(days) * 86_400 + clock)
  }
}

extension WFDBHeader.Signal {
  /// `file format[xN][:skew][+offset] [gain[(baseline)][/unit] [resolution [zero [initial [checksum
  /// [block [description]]]]]]]`
  fileprivate init(_ words: [Substring], line: Int, path: String) throws {
    func fail(_ expected: String, _ found: some StringProtocol) -> FormatError {
      FormatError(path: path, at: .line(line), expected: expected, found: "\"\(found)\"")
    }
    guard words.count >= 2 else {
      throw fail("a file name and a format", words.joined(separator: " "))
    }
    file = String(words[0])
    let formatDigits = words[1].prefix(while: \.isNumber)
    guard let number = Int(formatDigits), let kind = WFDBCodingKind(rawValue: number) else {
      throw fail("a WFDB signal format", words[1])
    }
    coding = kind
    // A layout describes signals that stand in no file.
    guard WFDBRecord.isPlainName(file) || file == "~" && kind == .none else {
      throw fail("the name of a file beside the header", words[0])
    }
    var rest = words[1].dropFirst(formatDigits.count)
    while let mark = rest.first {
      let digits = rest.dropFirst().prefix(while: \.isNumber)
      guard let value = Int(digits), value >= 0 else {
        throw fail("a WFDB signal format", words[1])
      }
      switch mark {
      case "x":
        guard (1...100_000).contains(value) else { throw fail("samples per frame", words[1]) }
        samplesPerFrame = value
      case ":": skew = value
      case "+": byteOffset = value
      default: throw fail("a WFDB signal format", words[1])
      }
      rest = rest.dropFirst(digits.count + 1)
    }

    if words.count > 2 {
      let gainText = words[2].prefix { $0 != "(" && $0 != "/" }
      guard let value = Double(gainText), value.isFinite else { throw fail("a gain", words[2]) }
      gain = value == 0 ? nil : value
      if let slash = words[2].firstIndex(of: "/") {
        unit = String(words[2][words[2].index(after: slash)...])
      }
    }
    func integer(_ index: Int, _ what: String) throws -> Int? {
      guard words.count > index else { return nil }
      guard let value = Int(words[index]) else { throw fail(what, words[index]) }
      return value
    }
    _ = try integer(3, "an ADC resolution")
    baseline = try integer(4, "an ADC zero") ?? 0
    initialValue = try integer(5, "an initial value") ?? baseline
    checksum = try integer(6, "a checksum")
    _ = try integer(7, "a block size")
    description = words.dropFirst(8).joined(separator: " ")
    if words.count > 2, let open = words[2].firstIndex(of: "("),
      let close = words[2].firstIndex(of: ")"), open < close
    {
      guard let value = Int(words[2][words[2].index(after: open)..<close]) else {
        throw fail("a baseline", words[2])
      }
      baseline = value
    }
  }
}

extension WFDBHeader.Segment {
  fileprivate init(_ words: [Substring], line: Int, path: String) throws {
    guard words.count >= 2, let count = Int(words[1]), count >= 0, count < 1 << 40,
      words[0] == "~" || WFDBRecord.isPlainName(String(words[0]))
    else {
      throw FormatError(
        path: path, at: .line(line), expected: "a segment's name and length",
        found: "\"\(words.joined(separator: " "))\"")
    }
    name = String(words[0])
    sampleCount = count
  }
}
