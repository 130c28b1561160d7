/// Canonical Huffman codes as tables: one look-up for short codes, a second one for long ones.
struct HuffmanTable {
  /// What one pattern of bits means, packed into 32 bits.
  struct Entry {
    enum Kind: UInt32 {
      /// No code begins so.
      case invalid, literal, base, end, table
    }
    /// Bits 0 to 2 the kind, 3 to 7 the length, 8 to 12 the extra bits, 16 to 31 the value.
    var word: UInt32

    init(_ kind: Kind, length: Int, extra: Int, value: Int) {
      word = kind.rawValue | UInt32(length) << 3 | UInt32(extra) << 8 | UInt32(value) << 16
    }

    @inline(__always) var kind: Kind { Kind(rawValue: word & 7) ?? .invalid }
    /// Bits of the code, of all of it also in a second table.
    @inline(__always) var length: Int { Int(word >> 3 & 31) }
    /// Bits that follow the code, or bits of the second table.
    @inline(__always) var extra: Int { Int(word >> 8 & 31) }
    @inline(__always) var extraMask: UInt64 { 1 << UInt64(word >> 8 & 31) - 1 }
    /// The literal, the base of a length or distance, or where the second table begins.
    @inline(__always) var value: Int { Int(word >> 16) }
  }

  /// What the symbols of a code mean.
  enum Kind {
    case literals, distances, lengths
  }

  static let literalBits = 10
  static let distanceBits = 9
  static let literalMask: UInt64 = 1 << 10 - 1
  static let distanceMask: UInt64 = 1 << 9 - 1

  /// Indices are masked to the first table or checked on building to lie inside the second.
  var entries: UnsafeMutablePointer<Entry> { storage.base.assumingMemoryBound(to: Entry.self) }
  private let storage: ByteBuffer
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    storage = ByteBuffer(count: capacity * MemoryLayout<Entry>.size)
  }

  /// Builds the tables for code lengths from 0 (no code) to 15 (RFC 1951, 3.2.2).
  /// - Throws: `InflateStream.Damage` if there are more codes than lengths allow, or fewer.
  mutating func build(_ lengths: [UInt8], kind: Kind) throws {
    let root = kind == .literals ? Self.literalBits : Self.distanceBits
    let entries = entries
    for index in 0..<capacity { entries[index] = Entry(.invalid, length: 0, extra: 0, value: 0) }

    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    let longest = counts.lastIndex { $0 > 0 } ?? 0
    var left = 1
    for length in 1...15 {
      left = left << 1 - counts[length]
      guard left >= 0 else { throw InflateStream.Damage.malformed("too many codes of a length") }
    }
    // A single distance code may leave the other half unused; so may none at all.
    let used = counts.reduce(0, +)
    guard left == 0 || used <= 1 && kind != .literals || used == 1 else {
      throw InflateStream.Damage.malformed("an incomplete code")
    }

    var nextCode = [Int](repeating: 0, count: 17)
    for length in 1...15 { nextCode[length + 1] = (nextCode[length] + counts[length]) << 1 }
    var order = lengths.indices.filter { lengths[$0] > 0 }
    order.sort { (lengths[$0], $0) < (lengths[$1], $1) }
    var free = 1 << root
    var remaining = counts
    for symbol in order {
      let length = Int(lengths[symbol])
      let code = Self.reversed(nextCode[length], length)
      nextCode[length] += 1
      let entry = Self.entry(symbol, length: length, kind: kind)
      if length <= root {
        for index in stride(from: code, to: 1 << root, by: 1 << length) { entries[index] = entry }
        remaining[length] -= 1
        continue
      }
      let prefix = code & (1 << root - 1)
      if entries[prefix].kind != .table {
        // The second table is as wide as the codes still to come fill it.
        var bits = length - root
        var room = 1 << bits
        while bits + root < longest {
          room -= remaining[bits + root]
          if room <= 0 { break }
          bits += 1
          room <<= 1
        }
        guard free + 1 << bits <= capacity else {
          throw InflateStream.Damage.malformed("too many codes")
        }
        entries[prefix] = Entry(.table, length: 0, extra: bits, value: free)
        free += 1 << bits
      }
      remaining[length] -= 1
      let table = entries[prefix]
      guard length - root <= table.extra else {
        throw InflateStream.Damage.malformed("an inconsistent code")
      }
      for index in stride(from: code >> root, to: 1 << table.extra, by: 1 << (length - root)) {
        entries[table.value + index] = entry
      }
    }
  }

  private static func entry(_ symbol: Int, length: Int, kind: Kind) -> Entry {
    switch kind {
    case .lengths: return Entry(.literal, length: length, extra: 0, value: symbol)
    case .literals:
      if symbol < 256 { return Entry(.literal, length: length, extra: 0, value: symbol) }
      if symbol == 256 { return Entry(.end, length: length, extra: 0, value: 0) }
      guard symbol <= 285 else { return Entry(.invalid, length: length, extra: 0, value: 0) }
      if symbol == 285 { return Entry(.base, length: length, extra: 0, value: 258) }
      let extra = symbol < 265 ? 0 : (symbol - 261) / 4
      let base = symbol < 265 ? symbol - 254 : 3 + (4 + (symbol - 265) % 4) << extra
      return Entry(.base, length: length, extra: extra, value: base)
    case .distances:
      guard symbol < 30 else { return Entry(.invalid, length: length, extra: 0, value: 0) }
      let extra = symbol < 4 ? 0 : (symbol - 2) / 2
      let base = symbol < 4 ? symbol + 1 : 1 + (2 + symbol % 2) << extra
      return Entry(.base, length: length, extra: extra, value: base)
    }
  }

  private static func reversed(_ code: Int, _ length: Int) -> Int {
    var result = 0
    for bit in 0..<length where code >> bit & 1 == 1 { result |= 1 << (length - 1 - bit) }
    return result
  }
}

/// Takes bits from bytes, the least significant first.
struct BitReader {
  /// At least 48 of these are the next bits, unless the input ends before.
  var bits: UInt64 = 0
  /// How many of them may be taken.
  var count = 0
  /// The byte of the input after those in `bits`.
  var position: Int

  init(position: Int) {
    self.position = position
  }

  /// The byte after those of which any bit was taken.
  var alignedPosition: Int { position - count / 8 }

  @inline(__always)
  mutating func refill(_ raw: UnsafeRawBufferPointer) {
    if position + 8 <= raw.count {
      let word = UInt64(
        littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      bits |= word << UInt64(count)
      let taken = (63 - count) >> 3
      position += taken
      count += taken * 8
    } else {
      while count <= 56, position < raw.count {
        bits |= UInt64(raw[position]) << UInt64(count)
        position += 1
        count += 8
      }
    }
  }

  @inline(__always)
  mutating func drop(_ length: Int) throws {
    guard length <= count else { throw InflateStream.Damage.cutShort }
    bits >>= UInt64(length)
    count -= length
  }

  mutating func take(_ length: Int, _ raw: UnsafeRawBufferPointer) throws -> UInt64 {
    refill(raw)
    let value = bits & (1 << UInt64(length) - 1)
    try drop(length)
    return value
  }

  /// One symbol of the code for code lengths, none of which is longer than 7 bits.
  mutating func symbol(_ table: HuffmanTable, _ raw: UnsafeRawBufferPointer) throws -> Int {
    refill(raw)
    let entry = table.entries[Int(bits & HuffmanTable.distanceMask)]
    guard entry.kind == .literal else {
      throw InflateStream.Damage.malformed("an unknown code length")
    }
    try drop(entry.length)
    return entry.value
  }
}
