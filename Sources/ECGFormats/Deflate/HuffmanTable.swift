/// Canonical Huffman codes as tables: one look-up for short codes, a second one for long ones.
struct HuffmanTable {
  /// What one pattern of bits means, packed into 32 bits so that a look-up is one load.
  ///
  /// ```
  /// bit  31       a literal
  /// bits 16 - 30  the literal, the base of a length or distance, or where the second table begins
  /// bit  15       neither a literal nor a base: one of `end`, `table`, `invalid`
  /// bits 12 - 13  which of them
  /// bits 8 - 11   bits of the code (of all of it, also in a second table), or of the second table
  /// bits 0 - 7    bits of the code and of the number that follows it
  /// ```
  struct Entry {
    let word: UInt32

    enum Kind: UInt32 {
      /// No code begins so.
      case invalid = 0x8000
      /// The end of the block.
      case end = 0x9000
      /// The code goes on in a second table.
      case table = 0xA000
      /// A length or a distance, to which extra bits are added.
      case base = 0
      case literal = 0x8000_0000
    }

    init(_ kind: Kind, length: Int, extra: Int = 0, value: Int = 0) {
      word = kind.rawValue | UInt32(value) << 16 | UInt32(length) << 8 | UInt32(length + extra)
    }

    @inline(__always) var isLiteral: Bool { Int32(bitPattern: word) < 0 }
    /// Whether this is a length or distance.
    @inline(__always) var isBase: Bool { word & 0x8000_8000 == 0 }
    @inline(__always) var isTable: Bool { word & 0xF000 == Kind.table.rawValue }
    @inline(__always) var isEnd: Bool { word & 0xF000 == Kind.end.rawValue }

    @inline(__always) var literal: UInt8 { UInt8(truncatingIfNeeded: word &>> 16) }
    /// Bits of the code and of the extra bits behind it; none of what is invalid.
    @inline(__always) var taken: UInt64 { UInt64(word & 0xFF) }

    /// The base and what the extra bits add to it; at most 28 bits are looked at.
    @inline(__always) func number(_ bits: UInt64) -> Int {
      let all = bits & (1 &<< taken &- 1)
      return Int(word &>> 16 & 0x7FFF) &+ Int(all &>> UInt64(word &>> 8 & 15))
    }

    /// Where the code goes on in the second table, given the bits after those of the first.
    @inline(__always) func next(_ bits: UInt64) -> Int {
      Int(word &>> 16 & 0x7FFF) &+ Int(bits & (1 &<< UInt64(word &>> 8 & 15) &- 1))
    }
  }

  /// What the symbols of a code mean.
  enum Kind {
    case literals, distances, lengths
  }

  /// Literals and lengths: eleven bits hold most codes, and three of them leave room in 56 bits.
  static let literalBits = 11
  static let distanceBits = 9
  /// No code for a code length is longer.
  static let lengthBits = 7

  private let storage: ByteBuffer
  private let capacity: Int
  /// Symbols in the order of their codes.
  private var order = [Int](repeating: 0, count: 288)

  init(capacity: Int) {
    self.capacity = capacity
    storage = ByteBuffer(count: capacity * MemoryLayout<Entry>.size)
    clear()
  }

  /// Indices are masked to the first table or checked on building to lie inside the second.
  var entries: UnsafeMutablePointer<Entry> { storage.base.assumingMemoryBound(to: Entry.self) }

  /// The entry for the next bits, also from the second table.
  @inline(__always)
  func entry(_ bits: UInt64, root: Int) -> Entry {
    let entry = entries[Int(bits & (1 << UInt64(root) - 1))]
    return entry.isTable ? entries[entry.next(bits >> UInt64(root))] : entry
  }

  /// Builds the tables for code lengths from 0 (no code) to 15 (RFC 1951, 3.2.2).
  /// - Throws: `InflateStream.Damage` if there are more codes than lengths allow, or fewer.
  mutating func build(_ lengths: [UInt8], kind: Kind) throws {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    let used = lengths.count - counts[0]
    counts[0] = 0
    let longest = counts.lastIndex { $0 > 0 } ?? 0
    var left = 1
    for length in 1...15 {
      left = left << 1 - counts[length]
      guard left >= 0 else { throw InflateStream.Damage.malformed("too many codes of a length") }
    }
    // A single distance code may leave the other half unused; so may none at all.
    guard left == 0 || used <= 1 && kind != .literals || used == 1 else {
      throw InflateStream.Damage.malformed("an incomplete code")
    }
    // A complete code fills the tables by itself.
    if left > 0 { clear() }
    sort(lengths, counts)

    let root = Self.bits(of: kind)
    let entries = entries
    var remaining = counts
    var free = 1 << root
    var prefix = -1
    var second = (start: 0, bits: 0)
    // The code, its first bit the lowest, as it comes from the stream.
    var code = 0
    for place in 0..<used {
      let symbol = order[place]
      let length = Int(lengths[symbol])
      let entry = Self.entry(symbol, length: length, kind: kind)
      if length <= root {
        Self.fill(entries, entry, from: code, below: 1 << root, step: 1 << length)
      } else {
        if code & (1 << root - 1) != prefix {
          prefix = code & (1 << root - 1)
          second = (free, Self.bits(ofTableFrom: length - root, root, remaining, longest))
          free += 1 << second.bits
          guard free <= capacity else { throw InflateStream.Damage.malformed("too many codes") }
          entries[prefix] = Entry(tableAt: second.start, bits: second.bits)
        }
        guard length - root <= second.bits else {
          throw InflateStream.Damage.malformed("an inconsistent code")
        }
        Self.fill(
          entries + second.start, entry, from: code >> root, below: 1 << second.bits,
          step: 1 << (length - root))
      }
      remaining[length] -= 1
      code = Self.successor(of: code, length: length)
    }
  }

  private func clear() {
    entries.update(repeating: Entry(.invalid, length: 0), count: capacity)
  }

  /// Orders symbols by the lengths of their codes, then by number: the order of canonical codes.
  private mutating func sort(_ lengths: [UInt8], _ counts: [Int]) {
    var next = [Int](repeating: 0, count: 17)
    for length in 1...15 { next[length + 1] = next[length] + counts[length] }
    for symbol in lengths.indices where lengths[symbol] > 0 {
      let length = Int(lengths[symbol])
      order[next[length]] = symbol
      next[length] += 1
    }
  }

  private static func fill(
    _ entries: UnsafeMutablePointer<Entry>, _ entry: Entry, from first: Int, below end: Int,
    step: Int
  ) {
    var index = first
    while index < end {
      entries[index] = entry
      index += step
    }
  }

  /// The width of a second table: as wide as the codes still to come fill it.
  private static func bits(
    ofTableFrom first: Int, _ root: Int, _ remaining: [Int], _ longest: Int
  ) -> Int {
    var bits = first
    var room = 1 << bits
    while bits + root < longest {
      room -= remaining[bits + root]
      if room <= 0 { break }
      bits += 1
      room <<= 1
    }
    return bits
  }

  /// The code after another, both with their first bits lowest: one more, carried downwards.
  private static func successor(of code: Int, length: Int) -> Int {
    var bit = 1 << (length - 1)
    while code & bit != 0 { bit >>= 1 }
    return bit == 0 ? 0 : code & (bit - 1) | bit
  }

  private static func bits(of kind: Kind) -> Int {
    switch kind {
    case .literals: literalBits
    case .distances: distanceBits
    case .lengths: lengthBits
    }
  }

  private static func entry(_ symbol: Int, length: Int, kind: Kind) -> Entry {
    switch kind {
    case .lengths: return Entry(.literal, length: length, value: symbol)
    case .literals:
      if symbol < 256 { return Entry(.literal, length: length, value: symbol) }
      if symbol == 256 { return Entry(.end, length: length) }
      guard symbol <= 285 else { return Entry(.invalid, length: 0) }
      if symbol == 285 { return Entry(.base, length: length, value: 258) }
      let extra = symbol < 265 ? 0 : (symbol - 261) / 4
      let base = symbol < 265 ? symbol - 254 : 3 + (4 + (symbol - 265) % 4) << extra
      return Entry(.base, length: length, extra: extra, value: base)
    case .distances:
      guard symbol < 30 else { return Entry(.invalid, length: 0) }
      let extra = symbol < 4 ? 0 : (symbol - 2) / 2
      let base = symbol < 4 ? symbol + 1 : 1 + (2 + symbol % 2) << extra
      return Entry(.base, length: length, extra: extra, value: base)
    }
  }
}

extension HuffmanTable.Entry {
  /// Leads to a second table of `1 << bits` entries.
  fileprivate init(tableAt start: Int, bits: Int) {
    word = Kind.table.rawValue | UInt32(start) << 16 | UInt32(bits) << 8
  }
}
