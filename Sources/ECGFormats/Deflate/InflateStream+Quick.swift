extension InflateStream {
  /// Unpacks as long as the input holds two more words and the buffer another match, so that neither end
  /// has to be looked at between.
  ///
  /// What takes the time is waiting: bits, look-up, bits, look-up, each for the one before. So an entry
  /// tells its code and extra bits together, which are passed over at once, and the next entry is looked
  /// up before its bits are needed: while a match is copied, and while new bits come.
  /// - Returns: whether the block ended.
  @inline(__always)
  func decodeQuickly(
    _ raw: UnsafeRawBufferPointer, _ reader: inout BitReader, _ end: inout Int
  ) throws -> Bool {
    // A round refills twice: eight bytes after the position, and eight after at most seven more.
    let lastPosition = raw.count - 16
    // Two literals, 258 bytes of a match, and 15 that copying by sixteen writes beyond.
    let lastEnd = buffer.count - 300
    guard reader.position <= lastPosition, end <= lastEnd else { return false }
    let output = buffer.base.assumingMemoryBound(to: UInt8.self)
    let literalTable = literals.entries
    let distanceTable = distances.entries
    var input = reader
    var place = end
    defer {
      reader = input
      end = place
    }

    input.refillQuickly(raw)
    var entry = literalTable[Self.literalIndex(input.bits)]
    // Each round begins with 56 bits and the entry for the first of them.
    while input.position <= lastPosition, place <= lastEnd {
      if entry.isLiteral {
        Self.put(&entry, output, &place, &input, literalTable)
        if entry.isLiteral {
          Self.put(&entry, output, &place, &input, literalTable)
          if entry.isLiteral {
            Self.put(&entry, output, &place, &input, literalTable)
            input.refillQuickly(raw)
            continue
          }
        }
      }
      if !entry.isBase {
        if entry.isTable {
          entry = literalTable[entry.next(input.bits &>> UInt64(HuffmanTable.literalBits))]
          if entry.isLiteral {
            Self.put(&entry, output, &place, &input, literalTable)
            input.refillQuickly(raw)
            continue
          }
        }
        if entry.isEnd {
          input.dropQuickly(entry.taken)
          return true
        }
        guard entry.isBase else { throw Damage.malformed("an unknown code") }
      }
      let length = entry.number(input.bits)
      input.dropQuickly(entry.taken)

      // A distance takes at most 15 and 13 bits, and the entry after it is looked up by 11 more.
      if input.count < 39 { input.refillQuickly(raw) }
      entry = distanceTable[Int(input.bits & (1 << UInt64(HuffmanTable.distanceBits) - 1))]
      if entry.isTable {
        entry = distanceTable[entry.next(input.bits &>> UInt64(HuffmanTable.distanceBits))]
      }
      guard entry.isBase else { throw Damage.malformed("an unknown distance") }
      let distance = entry.number(input.bits)
      input.dropQuickly(entry.taken)
      guard distance <= place else { throw Damage.malformed("a distance before the beginning") }

      entry = literalTable[Self.literalIndex(input.bits)]
      input.refillQuickly(raw)
      Self.copyQuickly(output + place, distance, length)
      place &+= length
    }
    return false
  }

  @inline(__always)
  private static func literalIndex(_ bits: UInt64) -> Int {
    Int(bits & (1 << UInt64(HuffmanTable.literalBits) - 1))
  }

  /// Writes a literal and looks the next entry up.
  @inline(__always)
  private static func put(
    _ entry: inout HuffmanTable.Entry, _ output: UnsafeMutablePointer<UInt8>, _ place: inout Int,
    _ input: inout BitReader, _ table: UnsafeMutablePointer<HuffmanTable.Entry>
  ) {
    input.dropQuickly(entry.taken)
    output[place] = entry.literal
    place &+= 1
    entry = table[literalIndex(input.bits)]
  }

  /// Copies a match in words; up to 15 bytes beyond it are written too.
  @inline(__always)
  private static func copyQuickly(
    _ start: UnsafeMutablePointer<UInt8>, _ distance: Int, _ length: Int
  ) {
    var target = UnsafeMutableRawPointer(start)
    var source = UnsafeRawPointer(start - distance)
    let stop = target + length
    if distance >= 16 {
      repeat {
        let word = source.loadUnaligned(as: SIMD2<UInt64>.self)
        target.storeBytes(of: word, as: SIMD2<UInt64>.self)
        source += 16
        target += 16
      } while target < stop
    } else if distance >= 8 {
      repeat {
        target.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
        source += 8
        target += 8
      } while target < stop
    } else if distance == 1 {
      start.update(repeating: start[-1], count: length)
    } else {
      // The same word again and again, of which the first bytes are right.
      let word = source.loadUnaligned(as: UInt64.self)
      repeat {
        target.storeBytes(of: word, as: UInt64.self)
        target += distance
      } while target < stop
    }
  }
}
