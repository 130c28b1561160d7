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
      /// No code begins so, or one that means nothing.
      case invalid = 0x8000
      /// The end of the block.
      case end = 0x9000
      /// The code goes on in a second table.
      case table = 0xA000
      /// A length or a distance, to which extra bits are added.
      case base = 0
      case literal = 0x8000_0000
    }

    private init(word: UInt32) {
      self.word = word
    }

    /// What a symbol means, before it is known how many bits its code has.
    init(_ kind: Kind, value: Int = 0, extra: Int = 0) {
      self.init(word: kind.rawValue | UInt32(value) << 16 | UInt32(extra))
    }

    /// Leads to a second table of `1 << bits` entries.
    init(tableAt start: Int, bits: Int) {
      self.init(word: Kind.table.rawValue | UInt32(start) << 16 | UInt32(bits) << 8)
    }

    /// The same with a code of so many bits, which count in both fields of lengths.
    @inline(__always) func coded(in length: Int) -> Entry {
      Entry(word: word &+ UInt32(truncatingIfNeeded: length) &* 0x101)
    }

    @inline(__always) var isLiteral: Bool { Int32(bitPattern: word) < 0 }
    /// Whether this is a length or distance.
    @inline(__always) var isBase: Bool { word & 0x8000_8000 == 0 }
    @inline(__always) var isTable: Bool { word & 0xF000 == Kind.table.rawValue }
    @inline(__always) var isEnd: Bool { word & 0xF000 == Kind.end.rawValue }

    @inline(__always) var literal: UInt8 { UInt8(truncatingIfNeeded: word &>> 16) }
    /// Bits of the code and of the extra bits behind it; none where no code begins.
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

  /// There are no more symbols in any code.
  static let mostSymbols = 288

  private let storage: ByteBuffer
  private let capacity: Int
  /// Memory to build in, kept since blocks are short: symbols, and two numbers for each length.
  private let orderStorage = ByteBuffer(count: mostSymbols * MemoryLayout<UInt16>.stride)
  private let countStorage = ByteBuffer(count: 2 * 16 * MemoryLayout<Int>.stride)

  init(capacity: Int) {
    self.capacity = capacity
    storage = ByteBuffer(count: capacity * MemoryLayout<Entry>.stride)
    clear()
  }

  /// Indices are masked to the first table or checked on building to lie inside the second.
  var entries: UnsafeMutablePointer<Entry> { storage.base.assumingMemoryBound(to: Entry.self) }

  /// Symbols in the order of their codes, those without a code in front.
  private var order: UnsafeMutablePointer<UInt16> {
    orderStorage.base.assumingMemoryBound(to: UInt16.self)
  }

  /// How many codes there are of each length, from 0 to 15.
  private var counts: UnsafeMutablePointer<Int> {
    countStorage.base.assumingMemoryBound(to: Int.self)
  }

  /// The entry for the next bits, also from the second table.
  @inline(__always)
  func entry(_ bits: UInt64, root: Int) -> Entry {
    let entry = entries[Int(bits & (1 << UInt64(root) - 1))]
    return entry.isTable ? entries[entry.next(bits >> UInt64(root))] : entry
  }

  /// Builds the tables for at most 288 code lengths from 0 (no code) to 15 (RFC 1951, 3.2.2).
  /// - Throws: `InflateStream.Damage` if there are more codes than lengths allow, or fewer.
  func build(_ lengths: UnsafeBufferPointer<UInt8>, kind: Kind) throws {
    precondition(lengths.count <= Self.mostSymbols, "more symbols than there are")
    let isComplete = try count(lengths, kind: kind)
    // A complete code fills the tables by itself.
    if !isComplete { clear() }
    sort(lengths)
    let (place, code) = fillFirstTable(kind)
    try fillSecondTables(lengths, kind, from: place, code)
  }

  private func clear() {
    entries.update(repeating: Entry(.invalid), count: capacity)
  }

  /// Counts codes by their lengths.
  /// - Returns: whether every pattern of bits begins with a code.
  private func count(_ lengths: UnsafeBufferPointer<UInt8>, kind: Kind) throws -> Bool {
    let counts = counts
    counts.update(repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    var left = 1
    for length in 1...15 {
      left = left << 1 - counts[length]
      guard left >= 0 else { throw InflateStream.Damage.malformed("too many codes of a length") }
    }
    // A single distance code may leave the other half unused; so may none at all.
    let used = lengths.count - counts[0]
    guard left == 0 || used <= 1 && kind != .literals || used == 1 else {
      throw InflateStream.Damage.malformed("an incomplete code")
    }
    return left == 0
  }

  /// Orders symbols by the lengths of their codes, then by number: the order of canonical codes.
  private func sort(_ lengths: UnsafeBufferPointer<UInt8>) {
    let order = order
    let next = counts + 16
    next[0] = 0
    for length in 1...15 { next[length] = next[length - 1] + counts[length - 1] }
    for symbol in 0..<lengths.count {
      let length = Int(lengths[symbol])
      order[next[length]] = UInt16(truncatingIfNeeded: symbol)
      next[length] += 1
    }
  }

  /// Enters the codes that one look-up decides.
  ///
  /// The table for codes of one bit more is that for those before, twice: the new bit may be either.
  /// - Returns: where in `order` the codes after them begin, and the first of these, its first bit the
  ///   lowest, as it comes from the stream.
  private func fillFirstTable(_ kind: Kind) -> (place: Int, code: Int) {
    let meanings = Self.meanings(of: kind)
    let entries = entries
    let order = order
    var place = counts[0]
    var code = 0
    for length in 1...Self.bits(of: kind) {
      let half = 1 << (length - 1)
      (entries + half).update(from: entries, count: half)
      for _ in 0..<counts[length] {
        entries[code] = meanings[Int(order[place])].coded(in: length)
        place += 1
        code = Self.successor(of: code, length: length)
      }
    }
    return (place, code)
  }

  /// Enters the longer codes, each where the first table leads for its first bits.
  private func fillSecondTables(
    _ lengths: UnsafeBufferPointer<UInt8>, _ kind: Kind, from first: Int, _ firstCode: Int
  ) throws {
    let root = Self.bits(of: kind)
    let meanings = Self.meanings(of: kind)
    var place = first
    var code = firstCode
    var free = 1 << root
    var prefix = -1
    var second = (start: 0, bits: 0)
    while place < lengths.count {
      let symbol = Int(order[place])
      let length = Int(lengths[symbol])
      if code & (1 << root - 1) != prefix {
        prefix = code & (1 << root - 1)
        second = (free, bits(ofTableFrom: length, root: root))
        free += 1 << second.bits
        guard free <= capacity else { throw InflateStream.Damage.malformed("too many codes") }
        entries[prefix] = Entry(tableAt: second.start, bits: second.bits)
      }
      guard length - root <= second.bits else {
        throw InflateStream.Damage.malformed("an inconsistent code")
      }
      let entry = meanings[symbol].coded(in: length)
      let step = 1 << (length - root)
      for index in stride(from: code >> root, to: 1 << second.bits, by: step) {
        entries[second.start + index] = entry
      }
      counts[length] -= 1
      place += 1
      code = Self.successor(of: code, length: length)
    }
  }

  /// The width of a second table whose first code has a length: as wide as the codes still to come fill it.
  private func bits(ofTableFrom first: Int, root: Int) -> Int {
    var length = first
    var room = 1 << (length - root) - counts[length]
    while room > 0, length < 15 {
      length += 1
      room = room << 1 - counts[length]
    }
    return length - root
  }

  /// The code after another, both with their first bits lowest: its last zero becomes a one, and the ones
  /// behind it zeros.
  @inline(__always)
  private static func successor(of code: Int, length: Int) -> Int {
    let zeros = ~code & (1 &<< length &- 1)
    guard zeros != 0 else { return 0 }
    let bit = 1 &<< (Int.bitWidth &- 1 &- zeros.leadingZeroBitCount)
    return code & (bit &- 1) | bit
  }

  private static func bits(of kind: Kind) -> Int {
    switch kind {
    case .literals: literalBits
    case .distances: distanceBits
    case .lengths: lengthBits
    }
  }
}

extension HuffmanTable {
  fileprivate static func meanings(of kind: Kind) -> [Entry] {
    switch kind {
    case .literals: literalMeanings
    case .distances: distanceMeanings
    case .lengths: lengthMeanings
    }
  }

  /// Bytes, the end of a block, and lengths of matches (RFC 1951, 3.2.5); two symbols mean nothing.
  private static let literalMeanings: [Entry] = (0..<mostSymbols).map { symbol in
    switch symbol {
    case ..<256: return Entry(.literal, value: symbol)
    case 256: return Entry(.end)
    case ..<265: return Entry(.base, value: symbol - 254)
    case ..<285:
      let extra = (symbol - 261) / 4
      return Entry(.base, value: 3 + (4 + (symbol - 265) % 4) << extra, extra: extra)
    case 285: return Entry(.base, value: 258)
    default: return Entry(.invalid)
    }
  }

  /// Distances of matches; two symbols mean nothing here too.
  private static let distanceMeanings: [Entry] = (0..<32).map { symbol in
    switch symbol {
    case ..<4: return Entry(.base, value: symbol + 1)
    case ..<30:
      let extra = (symbol - 2) / 2
      return Entry(.base, value: 1 + (2 + symbol % 2) << extra, extra: extra)
    default: return Entry(.invalid)
    }
  }

  /// Code lengths, and how they repeat.
  private static let lengthMeanings = (0..<19).map { Entry(.literal, value: $0) }
}
