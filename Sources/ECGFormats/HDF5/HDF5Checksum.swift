/// The sums that HDF5 files hold.
enum HDF5Checksum {
  /// Of blocks: Bob Jenkins' lookup3 (2006), byte by byte, from 0.
  static func lookup3(_ bytes: Bytes) -> UInt32 {
    var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
    var (b, c) = (a, a)
    var offset = 0
    while bytes.count - offset > 12 {
      a &+= bytes.little(UInt32.self, at: offset)
      b &+= bytes.little(UInt32.self, at: offset + 4)
      c &+= bytes.little(UInt32.self, at: offset + 8)
      mix(&a, &b, &c)
      offset += 12
    }
    let rest = bytes.count - offset
    guard rest > 0 else { return c }
    func word(_ place: Int) -> UInt32 {
      let width = min(max(rest - place, 0), 4)
      return UInt32(bytes.unsigned(at: offset + min(place, rest), width: width))
    }
    a &+= word(0)
    b &+= word(4)
    c &+= word(8)
    finish(&a, &b, &c)
    return c
  }

  private static func turned(_ value: UInt32, _ by: UInt32) -> UInt32 {
    value << by | value >> (32 - by)
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    // Each takes one from the next and gives it to the third.
    a = (a &- c) ^ turned(c, 4)
    c &+= b
    b = (b &- a) ^ turned(a, 6)
    a &+= c
    c = (c &- b) ^ turned(b, 8)
    b &+= a
    a = (a &- c) ^ turned(c, 16)
    c &+= b
    b = (b &- a) ^ turned(a, 19)
    a &+= c
    c = (c &- b) ^ turned(b, 4)
    b &+= a
  }

  private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    c = (c ^ b) &- turned(b, 14)
    a = (a ^ c) &- turned(c, 11)
    b = (b ^ a) &- turned(a, 25)
    c = (c ^ b) &- turned(b, 16)
    a = (a ^ c) &- turned(c, 4)
    b = (b ^ a) &- turned(a, 14)
    c = (c ^ b) &- turned(b, 24)
  }

  /// Of chunks: Fletcher's sum of 16-bit words, the more significant byte first.
  static func fletcher32(_ bytes: Bytes) -> UInt32 {
    var (low, high) = (UInt32(0), UInt32(0))
    bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset + 1 < raw.count {
        // As many words as no sum overflows with.
        let stop = min(raw.count & ~1, offset + 720)
        while offset < stop {
          low &+= UInt32(raw[offset]) << 8 | UInt32(raw[offset + 1])
          high &+= low
          offset += 2
        }
        low = low & 0xFFFF + low >> 16
        high = high & 0xFFFF + high >> 16
      }
      if raw.count % 2 == 1 {
        low &+= UInt32(raw[raw.count - 1]) << 8
        high &+= low
        low = low & 0xFFFF + low >> 16
        high = high & 0xFFFF + high >> 16
      }
    }
    low = low & 0xFFFF + low >> 16
    high = high & 0xFFFF + high >> 16
    return high << 16 | low
  }
}
