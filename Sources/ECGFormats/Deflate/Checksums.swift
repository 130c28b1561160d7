/// The checksum of zlib (RFC 1950, 9).
struct Adler32 {
  private var low: UInt32 = 1
  private var high: UInt32 = 0

  var value: UInt32 { high << 16 | low }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    // 32 bytes at a time: `high` grows by 32 times the old `low` and by each byte as often as it is added.
    while offset + 32 <= bytes.count {
      let stop = min(offset + 5536, offset + (bytes.count - offset) / 32 * 32)
      var lows = SIMD16<UInt32>.zero
      var before = SIMD16<UInt32>.zero
      var weighted = SIMD16<UInt32>.zero
      let blocks = UInt32((stop - offset) / 32)
      while offset < stop {
        let first = SIMD16<UInt32>(
          truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self))
        let second = SIMD16<UInt32>(
          truncatingIfNeeded: bytes.loadUnaligned(
            fromByteOffset: offset + 16, as: SIMD16<UInt8>.self))
        before &+= lows
        lows &+= first &+ second
        weighted &+= first &* Self.weights &+ second &* (Self.weights &- 16)
        offset += 32
      }
      // No sum exceeds 32 bits: 173 blocks of bytes below 256, weighted by at most 32.
      let grown = UInt64(before.wrappedSum()) * 32 + UInt64(weighted.wrappedSum())
      high = UInt32((UInt64(high) + UInt64(low) * UInt64(blocks) * 32 + grown) % 65_521)
      low = UInt32((UInt64(low) + UInt64(lows.wrappedSum())) % 65_521)
    }
    while offset < bytes.count {
      low &+= UInt32(bytes[offset])
      high &+= low
      offset += 1
    }
    low %= 65_521
    high %= 65_521
  }

  private static let weights = SIMD16<UInt32>(
    32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17)
}

/// The checksum of ZIP (ISO 3309).
struct CRC32 {
  private var register: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~register }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.table.withUnsafeBufferPointer { table in
      for byte in bytes {
        register = table[Int((register ^ UInt32(byte)) & 0xFF)] ^ register >> 8
      }
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }
}
