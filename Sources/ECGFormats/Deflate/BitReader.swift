/// Takes bits from bytes, the least significant first.
struct BitReader {
  /// The next bits: `count` of them, and perhaps some of those that follow.
  private(set) var bits: UInt64 = 0
  /// How many of them may be taken.
  private(set) var count = 0
  /// The byte of the input after those in `count`.
  private(set) var position: Int

  init(position: Int) {
    self.position = position
  }

  /// The byte after those of which any bit was taken.
  var alignedPosition: Int { position - count / 8 }

  /// Takes up bytes until at least 56 bits are there, unless the input ends before.
  @inline(__always)
  mutating func refill(_ raw: UnsafeRawBufferPointer) {
    if position + 8 <= raw.count {
      refillQuickly(raw)
    } else {
      while count < 56, position < raw.count {
        bits |= UInt64(raw[position]) << UInt64(count)
        position += 1
        count += 8
      }
    }
  }

  /// Passes over bits that may be missing.
  @inline(__always)
  mutating func drop(_ length: UInt64) throws {
    guard length <= count else { throw InflateStream.Damage.cutShort }
    dropQuickly(length)
  }

  mutating func take(_ length: Int, _ raw: UnsafeRawBufferPointer) throws -> UInt64 {
    refill(raw)
    let value = bits & (1 << UInt64(length) - 1)
    try drop(UInt64(length))
    return value
  }

  /// One symbol of the code for code lengths.
  @inline(__always)
  mutating func symbol(_ table: HuffmanTable, _ raw: UnsafeRawBufferPointer) throws -> Int {
    refill(raw)
    let entry = table.entry(bits, root: HuffmanTable.lengthBits)
    guard entry.isLiteral else { throw InflateStream.Damage.malformed("an unknown code length") }
    try drop(entry.taken)
    return Int(entry.literal)
  }

  /// As `refill`, without a look at the end: eight bytes must be there after `position`. Those of which no
  /// bit counts yet are set again the next time, to the same.
  @inline(__always)
  mutating func refillQuickly(_ raw: UnsafeRawBufferPointer) {
    let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    bits |= UInt64(littleEndian: word) &<< UInt64(truncatingIfNeeded: count)
    position &+= (63 &- count) &>> 3
    count |= 56
  }

  /// Passes over bits that are known to be there.
  @inline(__always)
  mutating func dropQuickly(_ length: UInt64) {
    bits = bits &>> length
    count &-= Int(truncatingIfNeeded: length)
  }
}
