import Foundation

/// One annotation of a WFDB file.
public struct WFDBAnnotation: Sendable, Hashable {
  /// The sample it belongs to, counted from 0 in frames of the record.
  public var sample: Int
  /// Its number in the format.
  public var code: Int
  /// Its symbol: `N`, `V`, `+` …
  public var symbol: String
  /// Subtype, channel and number, 0 unless the file says otherwise.
  public var subtype: Int
  public var channel: Int
  public var number: Int
  /// Its text, such as `(AFIB`; empty if it has none.
  public var note: String

  /// Whether it marks a beat.
  public var isBeat: Bool { Self.beats.contains(code) }

  private static let beats: Set<Int> = Set(1...13).union([25, 30, 34, 35, 38, 41])
  static let symbols: [Int: String] = [
    1: "N", 2: "L", 3: "R", 4: "a", 5: "V", 6: "F", 7: "J", 8: "A", 9: "S", 10: "E", 11: "j",
    12: "/", 13: "Q", 14: "~", 16: "|", 18: "s", 19: "T", 20: "*", 21: "D", 22: "\"", 23: "=",
    24: "p", 25: "B", 26: "^", 27: "t", 28: "+", 29: "u", 30: "?", 31: "!", 32: "[", 33: "]",
    34: "e", 35: "n", 36: "@", 37: "x", 38: "f", 39: "(", 40: ")", 41: "r",
  ]
}

/// All annotations of a file.
public struct WFDBAnnotations: Sendable, Hashable {
  /// In the order of time.
  public var annotations: [WFDBAnnotation]
  /// The resolution of their times in Hz, if the file states one of its own.
  public var samplingRate: Double?
}

/// Reads an annotation file (`.atr`, `.qrs` and others of the MIT format).
///
/// Format: G. B. Moody, *WFDB Applications Guide*, annot(5).
/// - Throws: `FormatError` if it cannot be read or is cut short.
public func readWFDBAnnotations(at url: URL) throws -> WFDBAnnotations {
  let bytes = try openBytes(at: url)
  var result: [WFDBAnnotation] = []
  var rate: Double?
  var time = 0
  var channel = 0
  var number = 0
  var offset = 0
  var ended = false
  while offset + 2 <= bytes.count {
    let word = Int(bytes.little(UInt16.self, at: offset))
    let code = word >> 10
    let value = word & 0x3FF
    offset += 2
    if word == 0 {
      ended = true
      break
    }
    // The low bits as a signed number: -512 to 511, of which files use -128 to 127.
    let signed = value >= 512 ? value - 1024 : value
    switch code {
    case 59:
      guard offset + 4 <= bytes.count else { throw cutShort(url, offset) }
      let high = UInt32(bytes.little(UInt16.self, at: offset))
      let low = UInt32(bytes.little(UInt16.self, at: offset + 2))
      time += Int(Int32(bitPattern: high << 16 | low))
      offset += 4
    case 60:
      number = signed
      if !result.isEmpty { result[result.count - 1].number = signed }
    case 61: if !result.isEmpty { result[result.count - 1].subtype = signed }
    case 62:
      channel = value & 0xFF
      if !result.isEmpty { result[result.count - 1].channel = channel }
    case 63:
      guard offset + value <= bytes.count else { throw cutShort(url, offset) }
      var note = bytes.slice(offset..<(offset + value)).text
      while note.last == "\0" { note.removeLast() }
      offset += value + value % 2
      if !result.isEmpty { result[result.count - 1].note = note }
    // No annotation, just a step in time; wfdb-python undoes with it the jump before.
    case 0: time += value
    default:
      time += value
      result.append(
        WFDBAnnotation(
          sample: time, code: code, symbol: WFDBAnnotation.symbols[code] ?? "[\(code)]",
          subtype: 0, channel: channel, number: number, note: ""))
    }
  }
  guard ended || offset == bytes.count else { throw cutShort(url, offset) }
  let mark = "## time resolution: "
  if let first = result.first(where: { $0.sample == 0 && $0.note.hasPrefix(mark) }) {
    rate = Double(first.note.dropFirst(mark.count)).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    result.removeAll { $0.sample == 0 && $0.note.hasPrefix("## ") }
  }
  return WFDBAnnotations(annotations: result, samplingRate: rate)
}

private func cutShort(_ url: URL, _ offset: Int) -> FormatError {
  FormatError(
    path: url.path, at: .byte(offset), expected: "the rest of a WFDB annotation",
    found: "the end of the file", advice: "the file is cut short; download it again")
}
