/// A text or byte string as it stands in a pickle, in one of the ways protocols write it.
enum PickleText: Sendable {
  /// The bytes themselves.
  case plain(Bytes)
  /// Protocol 0's STRING, between its quotes: Python 2's `repr`.
  case escaped(Bytes)
  /// A text in UTF-8.
  case utf8(Bytes)
  /// Bytes written as a text in UTF-8, one character each (`_codecs.encode(…, 'latin1')`).
  case latin1InUTF8(Bytes)
  /// Protocol 0's UNICODE: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
  case unicodeEscaped(Bytes)
  /// The bytes of the last, one character each.
  case latin1InUnicodeEscaped(Bytes)

  /// The text, of at most 64 KiB: keys and names, not data.
  var string: String {
    switch self {
    case .plain(let bytes), .utf8(let bytes):
      bytes.slice(0..<min(bytes.count, 1 << 16)).text
    case .escaped, .latin1InUTF8, .latin1InUnicodeEscaped, .unicodeEscaped:
      (try? decoded(atMost: 1 << 16)).map(\.text) ?? ""
    }
  }

  /// The most bytes there can be once decoded.
  var mostBytes: Int {
    switch self {
    case .plain(let bytes), .escaped(let bytes), .utf8(let bytes), .latin1InUTF8(let bytes),
      .unicodeEscaped(let bytes), .latin1InUnicodeEscaped(let bytes):
      bytes.count
    }
  }

  /// The bytes meant, decoded until `limit` are there.
  /// - Throws: `PickleMachine.Damage` at a bad escape.
  func decoded(atMost limit: Int) throws -> Bytes {
    switch self {
    case .plain(let bytes), .utf8(let bytes): return bytes
    case .escaped(let bytes): return try Self.unescaped(bytes, limit, unicode: false)
    case .unicodeEscaped(let bytes), .latin1InUnicodeEscaped(let bytes):
      return try Self.unescaped(bytes, limit, unicode: true)
    case .latin1InUTF8(let bytes): return try Self.narrowed(bytes, limit)
    }
  }

  private static func unescaped(_ bytes: Bytes, _ limit: Int, unicode: Bool) throws -> Bytes {
    let output = ByteBuffer(count: min(limit, bytes.count))
    let most = output.count
    let written = try bytes.withUnsafeBytes { raw -> Int in
      let target = output.base.assumingMemoryBound(to: UInt8.self)
      var index = 0
      var written = 0
      while index < raw.count, written < most {
        // A few megabytes at a time, and their pages let go: they are not read again.
        let part = index..<min(index + (1 << 22), raw.count)
        while index < part.upperBound, written < most {
          let byte = raw[index]
          if byte != UInt8(ascii: "\\") {
            target[written] = byte
            written += 1
            index += 1
            continue
          }
          guard index + 1 < raw.count else { throw PickleMachine.Damage("a bad escape") }
          let (value, length) = try escape(raw, index, unicode)
          target[written] = value
          written += 1
          index += length
        }
        bytes.letGo(part)
      }
      return written
    }
    return Bytes(output).slice(0..<written)
  }

  /// The byte that an escape means, and its length.
  @inline(__always)
  private static func escape(
    _ raw: UnsafeRawBufferPointer, _ index: Int, _ unicode: Bool
  ) throws -> (UInt8, Int) {
    let mark = raw[index + 1]
    if unicode {
      guard mark == UInt8(ascii: "u"), index + 6 <= raw.count,
        let high = hexadecimal(raw[index + 2], raw[index + 3]), high == 0,
        let low = hexadecimal(raw[index + 4], raw[index + 5])
      else {
        // Any other backslash stands for itself.
        guard mark != UInt8(ascii: "u"), mark != UInt8(ascii: "U") else {
          throw PickleMachine.Damage("a character beyond Latin-1")
        }
        return (UInt8(ascii: "\\"), 1)
      }
      return (low, 6)
    }
    switch mark {
    case UInt8(ascii: "x"):
      guard index + 4 <= raw.count, let value = hexadecimal(raw[index + 2], raw[index + 3]) else {
        throw PickleMachine.Damage("a bad escape")
      }
      return (value, 4)
    case UInt8(ascii: "n"): return (0x0A, 2)
    case UInt8(ascii: "r"): return (0x0D, 2)
    case UInt8(ascii: "t"): return (0x09, 2)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return (mark, 2)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = 0
      var length = 1
      while length < 4, index + length < raw.count, raw[index + length] & 0xF8 == 0x30 {
        value = value * 8 + Int(raw[index + length] & 7)
        length += 1
      }
      return (UInt8(truncatingIfNeeded: value), length)
    case UInt8(ascii: "a"): return (7, 2)
    case UInt8(ascii: "b"): return (8, 2)
    case UInt8(ascii: "f"): return (12, 2)
    case UInt8(ascii: "v"): return (11, 2)
    default: throw PickleMachine.Damage("a bad escape")
    }
  }

  @inline(__always)
  private static func hexadecimal(_ high: UInt8, _ low: UInt8) -> UInt8? {
    let high = digit(high)
    let low = digit(low)
    return high | low > 15 ? nil : high << 4 | low
  }

  /// The value of a character as a hexadecimal digit; 255 if it is none. A look into a table that is made
  /// once would ask each time whether it is made.
  @inline(__always)
  private static func digit(_ character: UInt8) -> UInt8 {
    let number = character &- UInt8(ascii: "0")
    let letter = (character | 0x20) &- UInt8(ascii: "a")
    return number < 10 ? number : letter < 6 ? letter &+ 10 : 255
  }

  /// Characters up to U+00FF as one byte each.
  private static func narrowed(_ bytes: Bytes, _ limit: Int) throws -> Bytes {
    let output = ByteBuffer(count: min(limit, bytes.count))
    let target = output.base.assumingMemoryBound(to: UInt8.self)
    var index = 0
    var written = 0
    while index < bytes.count, written < output.count {
      let byte = bytes[index]
      if byte < 0x80 {
        target[written] = byte
        index += 1
      } else {
        guard byte == 0xC2 || byte == 0xC3, index + 1 < bytes.count, bytes[index + 1] & 0xC0 == 0x80
        else { throw PickleMachine.Damage("a character beyond Latin-1") }
        target[written] = byte << 6 | bytes[index + 1] & 0x3F
        index += 2
      }
      written += 1
    }
    return Bytes(output).slice(0..<written)
  }
}
