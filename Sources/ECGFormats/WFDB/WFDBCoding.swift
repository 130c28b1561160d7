/// How the samples of a WFDB signal file are coded: the code of any sample by its number, and how many
/// whole samples so many bytes hold.
///
/// Formats: G. B. Moody, *WFDB Applications Guide*, signal(5).
protocol WFDBCoding {
  static func count(inBytes bytes: Int) -> Int
  /// The sample `index` of all signals interleaved; the caller has checked that it lies inside
  /// `count(inBytes:)`.
  static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32
  /// The samples `first`, `first + step` … in one go.
  static func codes(
    _ raw: UnsafeRawBufferPointer, from first: Int, step: Int,
    into codes: UnsafeMutableBufferPointer<Int32>)
  /// The code that marks a missing sample.
  static var missing: Int32 { get }
}

extension WFDBCoding {
  @inline(__always)
  static func codes(
    _ raw: UnsafeRawBufferPointer, from first: Int, step: Int,
    into codes: UnsafeMutableBufferPointer<Int32>
  ) {
    var index = first
    for place in codes.indices {
      codes[place] = code(raw, index)
      index &+= step
    }
  }
}

enum WFDBSigned16: WFDBCoding {
  static let missing: Int32 = -32768
  static func count(inBytes bytes: Int) -> Int { bytes / 2 }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    Int32(raw.little(Int16.self, at: 2 * index))
  }
}

enum WFDBBigEndian16: WFDBCoding {
  static let missing: Int32 = -32768
  static func count(inBytes bytes: Int) -> Int { bytes / 2 }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    Int32(Int16(bigEndian: raw.number(Int16.self, at: 2 * index)))
  }
}

enum WFDBOffset16: WFDBCoding {
  static let missing: Int32 = -32768
  static func count(inBytes bytes: Int) -> Int { bytes / 2 }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    Int32(raw.little(UInt16.self, at: 2 * index)) - 32768
  }
}

enum WFDBOffset8: WFDBCoding {
  static let missing: Int32 = -128
  static func count(inBytes bytes: Int) -> Int { bytes }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    Int32(raw.number(UInt8.self, at: index)) - 128
  }
}

enum WFDBSigned24: WFDBCoding {
  static let missing: Int32 = -(1 << 23)
  static func count(inBytes bytes: Int) -> Int { bytes / 3 }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    let low = UInt32(raw.little(UInt16.self, at: 3 * index))
    return Int32(bitPattern: (UInt32(raw.number(UInt8.self, at: 3 * index + 2)) << 16 | low) << 8)
      >> 8
  }
}

enum WFDBSigned32: WFDBCoding {
  static let missing = Int32.min
  static func count(inBytes bytes: Int) -> Int { bytes / 4 }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    raw.little(Int32.self, at: 4 * index)
  }
}

/// Two 12-bit samples in three bytes; a last odd one in two.
enum WFDBPacked12: WFDBCoding {
  static let missing: Int32 = -2048
  static func count(inBytes bytes: Int) -> Int { bytes / 3 * 2 + (bytes % 3 == 2 ? 1 : 0) }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    let start = index / 2 * 3
    let middle = Int32(raw.number(UInt8.self, at: start + 1))
    let code =
      index & 1 == 0
      ? Int32(raw.number(UInt8.self, at: start)) | (middle & 0x0F) << 8
      : Int32(raw.number(UInt8.self, at: start + 2)) | (middle & 0xF0) << 4
    return (code << 20) >> 20
  }
}

extension WFDBPacked12 {
  /// With an even step all samples are the first of their three bytes, or all the second.
  static func codes(
    _ raw: UnsafeRawBufferPointer, from first: Int, step: Int,
    into codes: UnsafeMutableBufferPointer<Int32>
  ) {
    guard step % 2 == 0 else {
      for place in codes.indices { codes[place] = code(raw, first + place * step) }
      return
    }
    let stride = step / 2 * 3
    let isSecond = first % 2 == 1
    // The word that ends, or begins, with the sample, and how much is in front of it.
    var offset = first / 2 * 3 + (isSecond ? 1 : 0)
    if isSecond {
      for place in codes.indices {
        let word = Int32(raw.little(UInt16.self, at: offset))
        codes[place] = ((word & 0xFF00) << 12 | (word & 0xF0) << 24) >> 20
        offset &+= stride
      }
    } else {
      for place in codes.indices {
        codes[place] = (Int32(raw.little(UInt16.self, at: offset)) << 20) >> 20
        offset &+= stride
      }
    }
  }
}

/// Three 10-bit samples in two 16-bit words: two in bits 1 to 10, the third in what is left over.
enum WFDBPacked10InWords: WFDBCoding {
  static let missing: Int32 = -512
  static func count(inBytes bytes: Int) -> Int { bytes / 4 * 3 + (bytes % 4 >= 2 ? 1 : 0) }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    let start = index / 3 * 4
    let code: Int32
    switch index % 3 {
    case 0: code = Int32(raw.little(UInt16.self, at: start)) >> 1
    case 1: code = Int32(raw.little(UInt16.self, at: start + 2)) >> 1
    default:
      code =
        Int32(raw.little(UInt16.self, at: start)) >> 11
        | (Int32(raw.little(UInt16.self, at: start + 2)) >> 11) << 5
    }
    return (code << 22) >> 22
  }
}

/// Three 10-bit samples in the low 30 bits of a 32-bit word.
enum WFDBPacked10InLongs: WFDBCoding {
  static let missing: Int32 = -512
  static func count(inBytes bytes: Int) -> Int {
    bytes / 4 * 3 + (bytes % 4 == 3 ? 2 : bytes % 4 == 2 ? 1 : 0)
  }
  @inline(__always) static func code(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int32 {
    let start = index / 3 * 4
    let shift = index % 3
    let word = Int32(raw.little(UInt16.self, at: start + shift)) >> (2 * Int32(shift))
    return (word << 22) >> 22
  }
}

extension UnsafeRawBufferPointer {
  /// A number whose place the caller has checked, as it stands in memory.
  @inline(__always)
  fileprivate func number<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    loadUnaligned(fromByteOffset: offset, as: Number.self)
  }

  /// The same, with its least significant byte first.
  @inline(__always)
  fileprivate func little<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

extension WFDBCodingKind {
  /// The coding, or nil for those without samples of fixed place: differences, FLAC, none.
  var coding: (any WFDBCoding.Type)? {
    switch self {
    case .signed16: WFDBSigned16.self
    case .bigEndian16: WFDBBigEndian16.self
    case .offset16: WFDBOffset16.self
    case .offset8: WFDBOffset8.self
    case .signed24: WFDBSigned24.self
    case .signed32: WFDBSigned32.self
    case .packed12: WFDBPacked12.self
    case .packed10InWords: WFDBPacked10InWords.self
    case .packed10InLongs: WFDBPacked10InLongs.self
    case .differences8, .none, .flac8, .flac16, .flac24: nil
    }
  }

  /// The code that marks a missing sample; nil if none can, as among differences.
  var missing: Int32? { coding?.missing ?? compressedBits.map { -(1 << ($0 - 1)) } }

  /// The most bits of a sample in a FLAC stream; nil for the other codings.
  var compressedBits: Int? {
    switch self {
    case .flac8: 8
    case .flac16: 16
    case .flac24: 24
    default: nil
    }
  }
}
