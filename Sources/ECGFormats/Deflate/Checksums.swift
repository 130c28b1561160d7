/// The checksum of zlib (RFC 1950, 9).
struct Adler32 {
  private var low: UInt32 = 1
  private var high: UInt32 = 0

  var value: UInt32 { high << 16 | low }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      // The most additions that fit 32 bits before the remainder must be taken.
      let stop = min(offset + 5552, bytes.count)
      while offset < stop {
        low &+= UInt32(bytes[offset])
        high &+= low
        offset += 1
      }
      low %= 65_521
      high %= 65_521
    }
  }
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
