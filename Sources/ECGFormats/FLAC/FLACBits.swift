/// Takes bits from the bytes of a FLAC stream, the most significant first.
struct FLACBits {
  private let raw: UnsafeRawBufferPointer
  /// The next bits, the first of them on top. Below the `count` that may be taken stand zeros or the true
  /// next ones, so that setting them again changes nothing.
  private var cache: UInt64 = 0
  private var count = 0
  /// The byte after those counted in the cache.
  private var position: Int

  /// - Parameter raw: bytes that outlive the reader.
  init(_ raw: UnsafeRawBufferPointer, at position: Int) {
    self.raw = raw
    self.position = position
  }

  /// The byte of which the next bit is one, or the one after when none of it was taken.
  var byteOffset: Int { position - count / 8 }

  /// Passes over what is left of a byte of which a part was taken.
  mutating func align() {
    consume(count % 8)
  }

  /// Passes over whole bytes, or throws when there are not as many.
  mutating func skipBytes(_ length: Int) throws {
    let target = byteOffset + length
    guard target <= raw.count else { throw FLACDamage.cutShort }
    self = FLACBits(raw, at: target)
  }

  /// The next 0 to 33 bits as a number without sign.
  @inline(__always)
  mutating func take(_ length: Int) throws -> Int {
    guard length > 0 else { return 0 }
    try need(length)
    let value = cache &>> UInt64(truncatingIfNeeded: 64 - length)
    consume(length)
    return Int(truncatingIfNeeded: value)
  }

  /// The next 0 to 33 bits as a number in two's complement.
  @inline(__always)
  mutating func takeSigned(_ length: Int) throws -> Int64 {
    guard length > 0 else { return 0 }
    try need(length)
    let value = Int64(bitPattern: cache) &>> Int64(truncatingIfNeeded: 64 - length)
    consume(length)
    return value
  }

  /// How many zeros stand before the next one, which is taken with them.
  mutating func takeUnary() throws -> Int {
    var zeros = 0
    while true {
      try need(1)
      let leading = cache.leadingZeroBitCount
      if leading < count {
        consume(leading + 1)
        return zeros + leading
      }
      zeros += count
      consume(count)
    }
  }

  /// A residual in Rice's code: a unary quotient, `width` low bits, the sign in the lowest.
  @inline(__always)
  mutating func takeRice(_ width: Int) throws -> Int64 {
    if count < 40 { refill() }
    let leading = cache.leadingZeroBitCount
    let folded: UInt64
    if leading + 1 + width <= count {
      let low = (cache &<< UInt64(truncatingIfNeeded: leading + 1)) &>> 1
      folded =
        UInt64(truncatingIfNeeded: leading) &<< UInt64(truncatingIfNeeded: width)
        | low &>> UInt64(truncatingIfNeeded: 63 - width)
      consume(leading + 1 + width)
    } else {
      let quotient = try takeUnary()
      guard quotient <= Int(UInt32.max) >> width else {
        throw FLACDamage.malformed("a residual of more than 32 bits")
      }
      folded = UInt64(quotient << width | (try take(width)))
    }
    return Int64(bitPattern: folded &>> 1) ^ -Int64(bitPattern: folded & 1)
  }

  @inline(__always)
  private mutating func need(_ length: Int) throws {
    if count < length {
      refill()
      guard count >= length else { throw FLACDamage.cutShort }
    }
  }

  /// At most `count`, and so at most 63.
  @inline(__always)
  private mutating func consume(_ length: Int) {
    cache = cache &<< UInt64(truncatingIfNeeded: length)
    count &-= length
  }

  /// Fills up to at least 56 bits, unless the bytes end before.
  @inline(__always)
  private mutating func refill() {
    if position <= raw.count - 8 {
      let word = UInt64(
        bigEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      cache |= word &>> UInt64(truncatingIfNeeded: count)
      position &+= (63 &- count) &>> 3
      count |= 56
    } else {
      while count < 56, position < raw.count {
        cache |= UInt64(raw[position]) &<< UInt64(truncatingIfNeeded: 56 - count)
        position += 1
        count += 8
      }
    }
  }
}

/// What can be wrong with a FLAC stream.
enum FLACDamage: Error {
  /// The bytes end before the stream does.
  case cutShort
  /// The stream breaks the format's rules.
  case malformed(String)

  /// The damage in words.
  var words: String {
    switch self {
    case .cutShort: "the end of the file"
    case .malformed(let what): what
    }
  }
}
