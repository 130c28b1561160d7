/// Deflate (RFC 1951) as its paper tells it: a bit at a time, a code at a time, without tables. Slow, short,
/// and nothing in it is shared with `InflateStream`, whose answers it checks.
struct SimpleInflater {
  /// Any break of the format's rules, or an end too soon.
  struct Broken: Error {}

  /// Canonical codes: how many there are of each length, and their symbols in the order of the codes.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    /// - Throws: unless the codes fill their room; a single one, or none, may leave some.
    init(_ lengths: [Int]) throws {
      for length in 1...15 {
        for symbol in lengths.indices where lengths[symbol] == length {
          counts[length] += 1
          symbols.append(symbol)
        }
      }
      let room = (1...15).reduce(0) { $0 + counts[$1] << (15 - $1) }
      guard room == 1 << 15 || room < 1 << 15 && symbols.count <= 1 else { throw Broken() }
    }
  }

  private let input: [UInt8]
  /// The number of the next bit.
  private var place = 0
  private var output: [UInt8] = []

  /// Unpacks bare deflate data; what stands behind their end is left alone.
  static func unpack(_ input: [UInt8]) throws -> [UInt8] {
    var inflater = SimpleInflater(input: input)
    while try !inflater.block() {}
    return inflater.output
  }

  private init(input: [UInt8]) {
    self.input = input
  }

  private mutating func bits(_ count: Int) throws -> Int {
    var value = 0
    for index in 0..<count {
      guard place < input.count * 8 else { throw Broken() }
      value |= Int(input[place / 8] >> UInt8(place % 8) & 1) << index
      place += 1
    }
    return value
  }

  private mutating func symbol(_ code: Code) throws -> Int {
    var value = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      value = value << 1 | (try bits(1))
      if value - first < code.counts[length] { return code.symbols[index + value - first] }
      index += code.counts[length]
      first = (first + code.counts[length]) << 1
    }
    throw Broken()
  }

  /// - Returns: whether the block was the last.
  private mutating func block() throws -> Bool {
    let isLast = try bits(1) == 1
    switch try bits(2) {
    case 0:
      place = (place + 7) / 8 * 8
      let length = try bits(16)
      guard try bits(16) == length ^ 0xFFFF else { throw Broken() }
      for _ in 0..<length { output.append(UInt8(try bits(8))) }
    case 1:
      let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
      try codes(Code(lengths), Code([Int](repeating: 5, count: 32)))
    case 2:
      let (literals, distances) = try lengths()
      guard literals[256] > 0 else { throw Broken() }
      try codes(Code(literals), Code(distances))
    default: throw Broken()
    }
    return isLast
  }

  private mutating func lengths() throws -> (literals: [Int], distances: [Int]) {
    let literalCount = try bits(5) + 257
    let distanceCount = try bits(5) + 1
    let lengthCount = try bits(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw Broken() }
    var lengths = [Int](repeating: 0, count: 19)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(
      lengthCount)
    {
      lengths[symbol] = try bits(3)
    }
    let code = try Code(lengths)
    lengths = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try symbol(code)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw Broken() }
        lengths += [Int](repeating: last, count: 3 + (try bits(2)))
      case 17: lengths += [Int](repeating: 0, count: 3 + (try bits(3)))
      case 18: lengths += [Int](repeating: 0, count: 11 + (try bits(7)))
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == literalCount + distanceCount else { throw Broken() }
    return (Array(lengths[..<literalCount]), Array(lengths[literalCount...]))
  }

  private mutating func codes(_ literals: Code, _ distances: Code) throws {
    while true {
      let symbol = try symbol(literals)
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol <= 285 else { throw Broken() }
      let length = try number(symbol - 257, first: 3, step: 4, last: 28)
      let code = try self.symbol(distances)
      guard code <= 29 else { throw Broken() }
      let distance = try number(code, first: 1, step: 2, last: nil)
      guard distance <= output.count else { throw Broken() }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  /// A length or distance of the tables of RFC 1951, 3.2.5, whose ranges double every `step` codes; the last
  /// code of lengths is 258 alone.
  private mutating func number(_ code: Int, first: Int, step: Int, last: Int?) throws -> Int {
    if code == last { return 258 }
    if code < 2 * step { return first + code }
    let extra = code / step - 1
    return first + (step + code % step) << extra + (try bits(extra))
  }
}
