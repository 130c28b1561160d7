import Foundation

/// The header of a Poly5 file: 217 bytes (218 in version 2.04) and 136 for each signal.
struct Poly5Header: Sendable {
  /// One channel; a floating-point one takes two signals of the header.
  struct Channel: Sendable {
    var name: String
    var unit: String
    var unitLow: Double
    var unitHigh: Double
    var codeLow: Double
    var codeHigh: Double
    var isFloat: Bool
    /// Bytes from the beginning of a sample period.
    var offset: Int

    /// Value = code · scale + offset. Newer writers put whole numbers into the four fields, which read
    /// as floats are zero or next to it, and mean that codes are values; so does an empty range.
    var calibration: (scale: Double, offset: Double) {
      let fields = [unitLow, unitHigh, codeLow, codeHigh]
      let tiny = fields.contains { $0 != 0 && abs($0) < 1e-30 }
      guard !tiny, codeHigh != codeLow, fields.allSatisfy(\.isFinite) else { return (1, 0) }
      let scale = (unitHigh - unitLow) / (codeHigh - codeLow)
      return scale == 0 ? (1, 0) : (scale, unitLow - codeLow * scale)
    }
  }

  static let blockHeaderBytes = 86
  private static let signalBytes = 136

  var version: String
  var name: String
  var samplingRate: Double
  var start: Date?
  /// Stated samples of each channel; 0 if the recording was interrupted.
  var periodCount: Int
  var periodsPerBlock: Int
  var blockDataBytes: Int
  var byteCount: Int
  var channels: [Channel] = []

  /// Bytes of one sample of all channels.
  var periodBytes: Int { channels.last.map { $0.offset + ($0.isFloat ? 4 : 2) } ?? 0 }

  /// - Throws: `FormatError` naming the byte.
  init(_ bytes: Bytes, path: String) throws {
    func fail(_ offset: Int, _ expected: String, _ found: String) -> FormatError {
      FormatError(path: path, at: .byte(offset), expected: expected, found: found)
    }
    // "POLY SAMPLE FILEversion 2.03" or "POLY SAMPLE FILE version 2.04": one blank more.
    let shift = bytes.count > 16 && bytes[16] == 0x20 ? 1 : 0
    let fixed = 217 + shift
    guard bytes.count >= fixed else {
      throw fail(0, "a Poly5 header of \(fixed) bytes", "\(bytes.count) bytes")
    }
    version = bytes.slice((24 + shift)..<(28 + shift)).latin1
    guard version == "2.03" || version == "2.04" else {
      throw fail(24 + shift, "Poly5 version 2.03 or 2.04", "\"\(version)\"")
    }
    func word(_ offset: Int) -> Int { Int(bytes.little(Int16.self, at: offset + shift)) }
    name = Self.pascal(bytes, 33 + shift, 80)
    samplingRate = Double(word(116) > 0 ? word(116) : word(114))
    guard samplingRate > 0 else { throw fail(116 + shift, "a sampling rate", "\(samplingRate)") }
    guard bytes[118 + shift] == 0 else {
      throw FormatError(
        .unsupported, path: path, at: .byte(118 + shift), expected: "a sampling rate in Hz",
        found: "a storage type of \(bytes[118 + shift])")
    }
    guard word(151) == 0 else {
      throw FormatError(
        .unsupported, path: path, at: .byte(151 + shift), expected: "samples as they are",
        found: "delta compression", advice: "export it again without")
    }
    let signalCount = word(119)
    periodCount = max(0, Int(bytes.little(Int32.self, at: 121 + shift)))
    periodsPerBlock = Int(bytes.little(UInt16.self, at: 147 + shift))
    blockDataBytes = Int(bytes.little(UInt16.self, at: 149 + shift))
    byteCount = fixed + signalCount * Self.signalBytes
    guard signalCount > 0, bytes.count >= byteCount else {
      throw fail(
        119 + shift, "the descriptions of \(signalCount) signals", "\(bytes.count) bytes in all")
    }

    var index = 0
    var offset = 0
    while index < signalCount {
      let at = fixed + index * Self.signalBytes
      let label = Self.pascal(bytes, at, 40)
      func number(_ place: Int) -> Double {
        Double(Float(bitPattern: bytes.little(UInt32.self, at: at + place)))
      }
      let isFloat = label.hasPrefix("(Lo) ")
      if isFloat {
        guard index + 1 < signalCount else {
          throw fail(at, "the high half of \"\(label)\"", "the last signal")
        }
      }
      channels.append(
        Channel(
          name: isFloat ? String(label.dropFirst(5)) : label,
          unit: Self.pascal(bytes, at + 45, 10), unitLow: number(56), unitHigh: number(60),
          codeLow: number(64), codeHigh: number(68), isFloat: isFloat, offset: offset))
      offset += isFloat ? 4 : 2
      index += isFloat ? 2 : 1
    }
    guard periodsPerBlock > 0, periodsPerBlock * offset <= blockDataBytes else {
      throw fail(
        147 + shift, "blocks that hold \(periodsPerBlock) samples of \(offset) bytes",
        "blocks of \(blockDataBytes) bytes")
    }
    let date = (0..<7).map { word(129 + 2 * $0) }
    if (1970...9999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]) {
      let days = ClockTime.daysSince1970(date[0], date[1], date[2])
      start = Date(
        timeIntervalSince1970: Double(days * 86_400 + date[4] * 3600 + date[5] * 60 + date[6]))
    }
  }

  /// A text with its length in front; the length may exceed the field in real files.
  private static func pascal(_ bytes: Bytes, _ offset: Int, _ most: Int) -> String {
    let length = min(Int(bytes[offset]), most)
    return bytes.slice((offset + 1)..<(offset + 1 + length)).latin1
      .trimmingCharacters(in: .whitespaces.union(.controlCharacters))
  }
}
