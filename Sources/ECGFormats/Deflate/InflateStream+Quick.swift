extension InflateStream {
  /// Unpacks as long as the input holds another word and the buffer another match, so that neither end
  /// has to be looked at between.
  /// - Returns: whether the block ended.
  @inline(__always)
  func decodeQuickly(
    _ raw: UnsafeRawBufferPointer, _ reader: inout BitReader, _ end: inout Int
  ) throws -> Bool {
    // Two words of eight bytes after the position; three literals, 258 bytes of a match, and what
    // copying by words writes beyond.
    let lastPosition = raw.count - 16
    let lastEnd = buffer.count - 300
    guard reader.position <= lastPosition, end <= lastEnd else { return false }
    let output = buffer.base.assumingMemoryBound(to: UInt8.self)
    let literalTable = literals.entries
    let distanceTable = distances.entries
    var bits = reader.bits
    var count = reader.count
    var position = reader.position
    var place = end
    defer {
      reader.bits = bits
      reader.count = count
      reader.position = position
      end = place
    }

    while position <= lastPosition, place <= lastEnd {
      Self.refill(raw, &bits, &count, &position)
      var entry = literalTable[Int(bits & HuffmanTable.literalMask)].word
      // Two codes of at most ten bits leave enough of 56 for a third of any length.
      if entry & 7 == Self.literal {
        Self.put(entry, output, &place, &bits, &count)
        entry = literalTable[Int(bits & HuffmanTable.literalMask)].word
        if entry & 7 == Self.literal {
          Self.put(entry, output, &place, &bits, &count)
          entry = literalTable[Int(bits & HuffmanTable.literalMask)].word
          if entry & 7 == Self.literal {
            Self.put(entry, output, &place, &bits, &count)
            continue
          }
        }
      }
      if entry & 7 == Self.table {
        let mask: UInt64 = 1 << UInt64(entry >> 8 & 31) - 1
        entry =
          literalTable[Int(entry >> 16) + Int(bits >> UInt64(HuffmanTable.literalBits) & mask)].word
        if entry & 7 == Self.literal {
          Self.put(entry, output, &place, &bits, &count)
          continue
        }
      }
      Self.drop(Int(entry >> 3 & 31), &bits, &count)
      if entry & 7 == Self.end { return true }
      guard entry & 7 == Self.base else { throw Damage.malformed("an unknown code") }
      // The extra bits of a length, a distance and its extra bits: at most 5 + 15 + 13.
      if count < 33 { Self.refill(raw, &bits, &count, &position) }
      var extra = Int(entry >> 8 & 31)
      let length = Int(entry >> 16) + Int(bits & (1 << UInt64(extra) - 1))
      Self.drop(extra, &bits, &count)

      entry = distanceTable[Int(bits & HuffmanTable.distanceMask)].word
      if entry & 7 == Self.table {
        let mask: UInt64 = 1 << UInt64(entry >> 8 & 31) - 1
        entry =
          distanceTable[Int(entry >> 16) + Int(bits >> UInt64(HuffmanTable.distanceBits) & mask)]
          .word
      }
      guard entry & 7 == Self.base else { throw Damage.malformed("an unknown distance") }
      Self.drop(Int(entry >> 3 & 31), &bits, &count)
      extra = Int(entry >> 8 & 31)
      let distance = Int(entry >> 16) + Int(bits & (1 << UInt64(extra) - 1))
      Self.drop(extra, &bits, &count)
      guard distance <= place else { throw Damage.malformed("a distance before the beginning") }
      Self.copyMatch(output, place, distance, length, buffer.count)
      place += length
    }
    return false
  }

  private static var literal: UInt32 { HuffmanTable.Entry.Kind.literal.rawValue }
  private static var table: UInt32 { HuffmanTable.Entry.Kind.table.rawValue }
  private static var base: UInt32 { HuffmanTable.Entry.Kind.base.rawValue }
  private static var end: UInt32 { HuffmanTable.Entry.Kind.end.rawValue }

  /// Fills up to at least 56 bits. Bits beyond the count are the true next ones, so that setting them
  /// again changes nothing.
  @inline(__always)
  private static func refill(
    _ raw: UnsafeRawBufferPointer, _ bits: inout UInt64, _ count: inout Int, _ position: inout Int
  ) {
    let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    bits |= UInt64(littleEndian: word) &<< UInt64(truncatingIfNeeded: count)
    position &+= (63 &- count) &>> 3
    count |= 56
  }

  @inline(__always)
  private static func drop(_ length: Int, _ bits: inout UInt64, _ count: inout Int) {
    bits = bits &>> UInt64(truncatingIfNeeded: length)
    count &-= length
  }

  @inline(__always)
  private static func put(
    _ entry: UInt32, _ output: UnsafeMutablePointer<UInt8>, _ place: inout Int,
    _ bits: inout UInt64, _ count: inout Int
  ) {
    output[place] = UInt8(truncatingIfNeeded: entry >> 16)
    place &+= 1
    drop(Int(entry >> 3 & 31), &bits, &count)
  }
}
