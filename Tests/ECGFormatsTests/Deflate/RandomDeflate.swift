import ECGRandom

/// Writes sound deflate data that no packer would: random codes of up to 15 bits over random symbols, so that
/// every table and every distance comes about, and blocks of all three kinds one after another.
struct RandomDeflate {
  private var random: RandomStream
  private var output: [UInt8] = []
  private var filled = 0
  /// How many bytes these data unpack to so far.
  private var unpacked = 0

  /// - Parameter symbols: how many literals and matches there are about in a block.
  static func pack(round: Int, blocks: Int, symbols: Int) -> [UInt8] {
    var writer = RandomDeflate(
      random: RandomStream(seed: 21, purpose: RandomPurpose("deflate"), index: round))
    for block in 1...blocks { writer.block(isLast: block == blocks, symbols) }
    return writer.output
  }

  private init(random: RandomStream) {
    self.random = random
  }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func put(_ value: Int, _ count: Int) {
    for index in 0..<count {
      if filled % 8 == 0 { output.append(0) }
      output[filled / 8] |= UInt8(value >> index & 1) << UInt8(filled % 8)
      filled += 1
    }
  }

  /// A code comes with its first bit first, unlike every other number.
  private mutating func put(_ symbol: Int, of code: [(length: Int, bits: Int)]) {
    for index in 0..<code[symbol].length {
      put(code[symbol].bits >> (code[symbol].length - 1 - index) & 1, 1)
    }
  }

  private mutating func block(isLast: Bool, _ symbols: Int) {
    put(isLast ? 1 : 0, 1)
    switch below(8) {
    case 0:
      put(0, 2)
      filled = output.count * 8
      let count = below(2) * below(3 * symbols)
      put(count, 16)
      put(count ^ 0xFFFF, 16)
      for _ in 0..<count { put(below(256), 8) }
      unpacked += count
    case 1:
      put(1, 2)
      let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
      fill(symbols, lengths, [Int](repeating: 5, count: 32))
    default:
      put(2, 2)
      dynamic(symbols)
    }
  }

  private mutating func dynamic(_ symbols: Int) {
    // Some of the literals and lengths, always an end, now and then nothing else; now and then one distance
    // or none.
    let used = below(10) == 0 ? [] : (0..<286).filter { _ in below(3) > 0 }
    let literals = lengths(of: used + [256], count: 286, 15)
    let some = (0..<30).filter { _ in below(3) > 0 }
    let distances =
      below(6) == 0
      ? lengths(of: Array(some.prefix(below(2))), count: 30, 15)
      : lengths(of: some, count: 30, 15)
    put(286 - 257, 5)
    put(30 - 1, 5)
    put(19 - 4, 4)
    let all = literals + distances
    let code = lengths(of: (0...15) + [below(2) == 0 ? 17 : 16], count: 19, 7)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
      put(code[symbol], 3)
    }
    let codes = Self.canonical(code)
    var index = 0
    while index < all.count {
      let same = all[index...].prefix { $0 == all[index] }.count
      if all[index] == 0, same >= 3, code[17] > 0 {
        let count = min(same, 10)
        put(17, of: codes)
        put(count - 3, 3)
        index += count
        continue
      }
      put(all[index], of: codes)
      index += 1
      if same >= 4, code[16] > 0 {
        let count = min(same - 1, 6)
        put(16, of: codes)
        put(count - 3, 2)
        index += count
      }
    }
    fill(symbols, literals, distances)
  }

  /// Writes symbols of a block at random, and its end.
  private mutating func fill(_ count: Int, _ literals: [Int], _ distances: [Int]) {
    let literalCodes = Self.canonical(literals)
    let distanceCodes = Self.canonical(distances)
    let symbols = literals.indices.filter { literals[$0] > 0 && $0 != 256 && $0 < 286 }
    let reach = distances.indices.filter { distances[$0] > 0 && $0 < 30 }
    for _ in 0..<(symbols.isEmpty ? 0 : count) {
      let symbol = symbols[below(symbols.count)]
      if symbol < 256 {
        put(symbol, of: literalCodes)
        unpacked += 1
        continue
      }
      // Only distances that lead to something written.
      let near = reach.filter { Self.range($0, step: 2, first: 1).upperBound <= unpacked }
      guard !near.isEmpty else { continue }
      put(symbol, of: literalCodes)
      let lengths = symbol == 285 ? 258..<259 : Self.range(symbol - 257, step: 4, first: 3)
      let extra = below(lengths.count)
      put(extra, lengths.count.trailingZeroBitCount)
      unpacked += lengths.lowerBound + extra
      let distance = near[below(near.count)]
      put(distance, of: distanceCodes)
      let distances = Self.range(distance, step: 2, first: 1)
      put(below(distances.count), distances.count.trailingZeroBitCount)
    }
    put(256, of: literalCodes)
  }

  /// The lengths or distances that a code stands for.
  private static func range(_ code: Int, step: Int, first: Int) -> Range<Int> {
    if code < 2 * step { return first + code..<first + code + 1 }
    let extra = code / step - 1
    let base = first + (step + code % step) << extra
    return base..<base + 1 << extra
  }

  /// The lengths of a complete code over some symbols: codes are split in two until there are enough.
  private mutating func lengths(of symbols: [Int], count: Int, _ longest: Int) -> [Int] {
    var result = [Int](repeating: 0, count: count)
    let symbols = Array(Set(symbols)).sorted()
    guard symbols.count > 1 else {
      // A single code may have any length: what else begins with its bits means nothing.
      for symbol in symbols { result[symbol] = 1 + below(longest) }
      return result
    }
    // Splitting what was split last, now and then, makes long codes; splitting any, short ones.
    let isDeep = below(2) == 0
    var leaves = [0]
    while leaves.count < symbols.count {
      let open = leaves.indices.filter { leaves[$0] < longest }
      let chosen = isDeep && below(3) > 0 ? open[open.count - 1] : open[below(open.count)]
      leaves[chosen] += 1
      leaves.append(leaves[chosen])
    }
    for symbol in symbols { result[symbol] = leaves.remove(at: below(leaves.count)) }
    return result
  }

  /// Codes from their lengths (RFC 1951, 3.2.2).
  private static func canonical(_ lengths: [Int]) -> [(length: Int, bits: Int)] {
    var next = 0
    var codes = lengths.map { (length: $0, bits: 0) }
    for length in 1...15 {
      next <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        codes[symbol].bits = next
        next += 1
      }
    }
    return codes
  }
}
