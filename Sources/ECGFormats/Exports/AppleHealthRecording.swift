import Foundation

/// The lines in front of the samples of an Apple Health electrocardiogram, whatever the language of the
/// phone: keys are translated, so only values are looked at.
struct AppleHealthHeader {
  var samplingRate: Double
  var unit: String
  var start: Date?
  /// The number of lines before the first sample.
  var lineCount: Int

  /// - Returns: nil unless there is a rate with a word for Hz, a unit of voltage, and numbers below.
  init?(_ lines: [String]) {
    var rate: Double?
    var unit: String?
    var start: Date?
    for (index, line) in lines.enumerated() {
      let bare = line.trimmingCharacters(
        in: .whitespaces.union(CharacterSet(charactersIn: "\u{FEFF}")))
      if bare.isEmpty { continue }
      if rate != nil, let unit, Self.isNumber(bare) {
        self.samplingRate = rate ?? 0
        self.unit = unit
        self.start = start
        lineCount = index
        return
      }
      guard let separator = bare.firstIndex(where: { $0 == "," || $0 == ";" }) else {
        if Self.isNumber(bare) { return nil }
        continue
      }
      let value = bare[bare.index(after: separator)...].trimmingCharacters(
        in: CharacterSet(charactersIn: " \""))
      let number = value.prefix { $0.isNumber || $0 == "." || $0 == "," }
      let word = value.dropFirst(number.count).trimmingCharacters(in: .whitespaces).lowercased()
      if let found = Double(number.map { $0 == "," ? "." : String($0) }.joined()), found > 0,
        Self.hertz.contains(word) || Self.isUsualRate(found) && Self.isWord(word)
      {
        rate = found
      }
      if VoltageUnit(named: value) != nil { unit = value }
      if value.count >= 19, let seconds = ClockTime.seconds(value), seconds > 86_400 {
        start = Date(timeIntervalSince1970: seconds)
      }
    }
    return nil
  }

  private static func isNumber(_ text: String) -> Bool {
    let bytes = Bytes(Array(text.filter { $0 != "\"" }.utf8))
    for comma in [false, true] {
      if case .number = bytes.cell(0..<bytes.count, decimalComma: comma) { return true }
    }
    return false
  }

  /// Every watch so far samples at 512 Hz or next to it; no heart beats that fast, so that in a language
  /// unknown here a word after such a number means Hz.
  private static func isUsualRate(_ number: Double) -> Bool { (500...525).contains(number) }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "." }
  }

  /// "hertz" in the languages of the phone.
  private static let hertz: Set<String> = [
    "hertz", "hz", "hercios", "hertzios", "herc", "herce", "hertzů", "hertsi", "hertsiä", "герц",
    "гц", "ヘルツ", "赫兹", "赫茲", "헤르츠", "هرتز", "הרץ", "เฮิรตซ์", "हर्ट्ज़", "χερτζ",
  ]
}

/// One electrocardiogram exported by Apple Health: some 30 s of lead I.
package struct AppleHealthRecording: ChannelFile {
  package let format: FileFormat = .appleHealth
  package let channels: [ChannelDescription]
  package let start: Date?
  package let details: [FileDescription.Detail]

  private let values: [Double]

  package init(at url: URL) throws {
    let bytes = try openText(at: url)
    let lines = bytes.slice(0..<min(bytes.count, 1 << 14)).text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let header = AppleHealthHeader(lines.map(String.init)) else {
      throw FormatError(
        path: url.path, expected: "the header of an Apple Health electrocardiogram",
        found: "other lines")
    }
    // One number a line; those with a decimal comma stand in quotes.
    var values: [Double] = []
    var cells: [Range<Int>] = []
    var rows = DelimitedRows(bytes, delimiter: .none, offset: 0, line: 1)
    while rows.next(into: &cells) {
      guard rows.line > header.lineCount, let cell = cells.first else { continue }
      var value = bytes.cell(cell, decimalComma: false)
      if value == .text { value = bytes.cell(cell, decimalComma: true) }
      switch value {
      case .number(let number): values.append(number)
      case .missing: values.append(.nan)
      case .text:
        throw FormatError(
          path: url.path, at: .line(rows.line), expected: "a sample",
          found: "\"\(String(bytes.words(cell).prefix(40)))\"")
      }
    }
    self.values = values
    start = header.start
    channels = [
      ChannelDescription(
        name: "Lead I", unit: header.unit, samplingRate: header.samplingRate,
        sampleCount: values.count)
    ]
    details = [FileDescription.Detail("source", "Apple Health")]
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    ChannelSamples(values.map { Float($0 * factor) })
  }
}
