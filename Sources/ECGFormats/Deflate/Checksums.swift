/// The checksum of zlib (RFC 1950, 9): the sum of the bytes, and the sum of all such sums on the way.
struct Adler32 {
  private var low: UInt64 = 1
  private var high: UInt64 = 0

  var value: UInt32 { UInt32(high << 16 | low) }

  private static let modulus: UInt64 = 65_521
  /// Blocks of sixteen bytes after which a lane of sixteen bits may be full: 22 * 21 / 2 * 255 < 65536.
  private static let blocks = 22
  /// How often a byte adds to the sums on the way within its block, for the even and the odd ones.
  private static let weights = [
    SIMD8<UInt32>(16, 14, 12, 10, 8, 6, 4, 2), SIMD8<UInt32>(15, 13, 11, 9, 7, 5, 3, 1),
  ]

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // Bytes as pairs in lanes of sixteen bits: which of a pair is the low one depends on the machine.
    let isLittle = UInt16(littleEndian: 1) == 1
    let lowWeights = Self.weights[isLittle ? 0 : 1]
    let highWeights = Self.weights[isLittle ? 1 : 0]
    var offset = 0
    while offset + 16 <= bytes.count {
      let count = min(Self.blocks, (bytes.count - offset) / 16)
      // What the lanes sum up to, and their sums before each block.
      var lows = SIMD8<UInt16>.zero
      var highs = SIMD8<UInt16>.zero
      var lowsBefore = SIMD8<UInt16>.zero
      var highsBefore = SIMD8<UInt16>.zero
      for _ in 0..<count {
        let pairs = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt16>.self)
        lowsBefore &+= lows
        highsBefore &+= highs
        lows &+= pairs & 0xFF
        highs &+= pairs &>> 8
        offset += 16
      }
      let wideLows = SIMD8<UInt32>(truncatingIfNeeded: lows)
      let wideHighs = SIMD8<UInt32>(truncatingIfNeeded: highs)
      let before =
        SIMD8<UInt32>(truncatingIfNeeded: lowsBefore)
        &+ SIMD8<UInt32>(truncatingIfNeeded: highsBefore)
      let within = wideLows &* lowWeights &+ wideHighs &* highWeights
      high += low * UInt64(16 * count) + UInt64((before &* 16 &+ within).wrappedSum())
      high %= Self.modulus
      low = (low + UInt64((wideLows &+ wideHighs).wrappedSum())) % Self.modulus
    }
    while offset < bytes.count {
      low = (low + UInt64(bytes[offset])) % Self.modulus
      high = (high + low) % Self.modulus
      offset += 1
    }
  }
}

/// The checksum of ZIP (ISO 3309), eight bytes at a time: what a byte does to the register depends on how
/// many follow, so there is a table for each number of them.
struct CRC32 {
  private var register: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~register }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { tables in
      var register = register
      var offset = 0
      while offset + 8 <= bytes.count {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
          ^ UInt64(register)
        register = 0
        for place in 0..<8 {
          let byte = UInt8(truncatingIfNeeded: word &>> UInt64(8 * place))
          register ^= tables[(7 - place) * 256 + Int(byte)]
        }
        offset += 8
      }
      while offset < bytes.count {
        register = tables[Int((register ^ UInt32(bytes[offset])) & 0xFF)] ^ register >> 8
        offset += 1
      }
      self.register = register
    }
  }

  /// Eight tables of 256, one after another; the first for a byte with none behind it.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { value, _ in
        value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
      }
    }
    for index in 256..<2048 {
      let shorter = tables[index - 256]
      tables.append(tables[Int(shorter & 0xFF)] ^ shorter >> 8)
    }
    return tables
  }()
}
