/// Unpacks a deflate stream piece by piece, in constant memory: 32 KiB of history and one buffer.
///
/// Format: P. Deutsch, RFC 1951 (deflate) and RFC 1950 (zlib). Nothing is believed: codes are checked to
/// be complete, distances to lie inside what was written, and input to be there.
final class InflateStream {
  /// What can be wrong with a stream.
  enum Damage: Error {
    /// The input ends before the stream does.
    case cutShort
    /// The stream breaks the format's rules.
    case malformed(String)

    /// The damage in words.
    var words: String {
      switch self {
      case .cutShort: "the end of the data before the end of the stream"
      case .malformed(let what): what
      }
    }
  }

  /// What frames the deflate data.
  enum Frame {
    /// Nothing, as in ZIP.
    case none
    /// zlib's two bytes in front and Adler-32 behind.
    case zlib
  }

  private let input: Bytes
  private let frame: Frame
  private var reader: BitReader
  let literals = HuffmanTable(capacity: 4096)
  let distances = HuffmanTable(capacity: 4096)
  /// The code lengths of a block: those of literals, then those of distances.
  private let lengthStorage = ByteBuffer(count: 288 + 32)

  private static let history = 1 << 15
  private static let room = 1 << 18
  /// History in front, then what was unpacked and not yet taken.
  let buffer = ByteBuffer(count: history + room)
  private var start = 0
  private var end = 0

  private enum State {
    case blockHeader, stored(Int), codes, done
  }
  private var state = State.blockHeader
  private var isLastBlock = false
  /// A match that did not fit into the buffer.
  private var pendingLength = 0
  private var pendingDistance = 0
  private var adler = Adler32()

  /// - Throws: `Damage` if a zlib frame is asked for and not there.
  init(_ input: Bytes, frame: Frame) throws {
    self.input = input
    self.frame = frame
    var offset = 0
    if frame == .zlib {
      guard input.count >= 2 else { throw Damage.cutShort }
      let word = Int(input[0]) << 8 | Int(input[1])
      guard word % 31 == 0, input[0] & 0x0F == 8, input[0] >> 4 <= 7, input[1] & 0x20 == 0 else {
        throw Damage.malformed("no zlib header")
      }
      offset = 2
    }
    reader = BitReader(position: offset)
  }

  /// Whether everything was unpacked and taken.
  var isAtEnd: Bool {
    if case .done = state { start == end } else { false }
  }

  /// Fills memory with the next bytes.
  /// - Returns: how many there were; fewer than asked only at the end of the stream.
  func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    var written = 0
    while written < output.count {
      if start == end {
        try refill()
        if start == end { break }
      }
      let part = min(end - start, output.count - written)
      UnsafeMutableRawBufferPointer(rebasing: output[written..<(written + part)]).copyMemory(
        from: UnsafeRawBufferPointer(start: buffer.base + start, count: part))
      start += part
      written += part
    }
    return written
  }

  /// Passes over the next bytes.
  func skip(_ count: Int) throws {
    var left = count
    while left > 0 {
      if start == end {
        try refill()
        if start == end { throw Damage.cutShort }
      }
      let part = min(end - start, left)
      start += part
      left -= part
    }
  }

  /// Unpacks more once all was taken; nothing at the end of the stream.
  private func refill() throws {
    if case .done = state { return }
    if end > Self.room {
      // Only little room is left: keep what matches may still point back to.
      let base = buffer.base
      base.copyMemory(from: base + (end - Self.history), byteCount: Self.history)
      start = Self.history
      end = Self.history
    }
    let before = end
    try input.withUnsafeBytes { raw in
      while end == before {
        switch state {
        case .blockHeader:
          if isLastBlock {
            state = .done
            adlerTake(before)
            try finish(raw)
            return
          }
          try beginBlock(raw)
        case .stored(let left): try copyStored(raw, left)
        case .codes: try decodeCodes(raw)
        case .done: return
        }
      }
    }
    adlerTake(before)
  }

  private func adlerTake(_ from: Int) {
    if frame == .zlib, end > from {
      adler.update(UnsafeRawBufferPointer(start: buffer.base + from, count: end - from))
    }
  }

  /// Checks the sum behind a zlib stream.
  private func finish(_ raw: UnsafeRawBufferPointer) throws {
    guard frame == .zlib else { return }
    let offset = reader.alignedPosition
    guard offset + 4 <= raw.count else { throw Damage.cutShort }
    let stated = UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    guard stated == adler.value else { throw Damage.malformed("a wrong Adler-32 checksum") }
  }

  private func beginBlock(_ raw: UnsafeRawBufferPointer) throws {
    isLastBlock = try reader.take(1, raw) == 1
    switch try reader.take(2, raw) {
    case 0:
      let offset = reader.alignedPosition
      guard offset + 4 <= raw.count else { throw Damage.cutShort }
      let length = Int(raw[offset]) | Int(raw[offset + 1]) << 8
      guard length == (~(Int(raw[offset + 2]) | Int(raw[offset + 3]) << 8)) & 0xFFFF else {
        throw Damage.malformed("a stored block of two lengths")
      }
      reader = BitReader(position: offset + 4)
      state = length == 0 ? .blockHeader : .stored(length)
    case 1:
      let lengths = lengths
      for symbol in 0..<288 {
        lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
      }
      for symbol in 288..<320 { lengths[symbol] = 5 }
      try buildTables(288, 32)
      state = .codes
    case 2:
      try readTables(raw)
      state = .codes
    default: throw Damage.malformed("a block of unknown kind")
    }
  }

  private func copyStored(_ raw: UnsafeRawBufferPointer, _ left: Int) throws {
    let offset = reader.alignedPosition
    let part = min(left, buffer.count - end, raw.count - offset)
    guard part > 0, let base = raw.baseAddress else { throw Damage.cutShort }
    (buffer.base + end).copyMemory(from: base + offset, byteCount: part)
    end += part
    reader = BitReader(position: offset + part)
    state = left == part ? .blockHeader : .stored(left - part)
  }

  /// The code lengths of a dynamic block (RFC 1951, 3.2.7).
  private func readTables(_ raw: UnsafeRawBufferPointer) throws {
    let literalCount = Int(try reader.take(5, raw)) + 257
    let distanceCount = Int(try reader.take(5, raw)) + 1
    let lengthCount = Int(try reader.take(4, raw)) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw Damage.malformed("too many codes")
    }
    try readLengthCode(lengthCount, raw)
    try readLengths(literalCount + distanceCount, raw)
    guard lengths[256] != 0 else { throw Damage.malformed("a block without an end") }
    try buildTables(literalCount, distanceCount)
  }

  /// The code of the code lengths, which uses the table for distances until there are any.
  private func readLengthCode(_ count: Int, _ raw: UnsafeRawBufferPointer) throws {
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    lengths.update(repeating: 0, count: order.count)
    for symbol in order[..<count] { lengths[symbol] = UInt8(try reader.take(3, raw)) }
    try distances.build(UnsafeBufferPointer(start: lengths, count: order.count), kind: .lengths)
  }

  private func readLengths(_ total: Int, _ raw: UnsafeRawBufferPointer) throws {
    let lengths = lengths
    var reader = reader
    var index = 0
    while index < total {
      let symbol = try reader.symbol(distances, raw)
      if symbol < 16 {
        lengths[index] = UInt8(symbol)
        index += 1
        continue
      }
      var value: UInt8 = 0
      let count: Int
      switch symbol {
      case 16:
        guard index > 0 else { throw Damage.malformed("a repetition of nothing") }
        value = lengths[index - 1]
        count = 3 + Int(try reader.take(2, raw))
      case 17: count = 3 + Int(try reader.take(3, raw))
      default: count = 11 + Int(try reader.take(7, raw))
      }
      guard index + count <= total else { throw Damage.malformed("too many code lengths") }
      (lengths + index).update(repeating: value, count: count)
      index += count
    }
    self.reader = reader
  }

  private func buildTables(_ literalCount: Int, _ distanceCount: Int) throws {
    try literals.build(
      UnsafeBufferPointer(start: lengths, count: literalCount), kind: .literals)
    try distances.build(
      UnsafeBufferPointer(start: lengths + literalCount, count: distanceCount), kind: .distances)
  }

  private var lengths: UnsafeMutablePointer<UInt8> {
    lengthStorage.base.assumingMemoryBound(to: UInt8.self)
  }
}

extension InflateStream {
  /// Unpacks literals and matches until the block ends or the buffer is full.
  private func decodeCodes(_ raw: UnsafeRawBufferPointer) throws {
    let output = buffer.base.assumingMemoryBound(to: UInt8.self)
    let limit = buffer.count
    var end = self.end
    var reader = self.reader
    defer {
      self.end = end
      self.reader = reader
    }
    if pendingLength > 0 {
      let part = min(pendingLength, limit - end)
      Self.copyMatch(output, end, pendingDistance, part)
      end += part
      pendingLength -= part
      if pendingLength > 0 { return }
    }
    while end < limit {
      if try decodeQuickly(raw, &reader, &end) {
        state = .blockHeader
        return
      }
      reader.refill(raw)
      var entry = literals.entry(reader.bits, root: HuffmanTable.literalBits)
      var bits = reader.bits
      try reader.drop(entry.taken)
      if entry.isLiteral {
        output[end] = entry.literal
        end += 1
        continue
      }
      if entry.isEnd {
        state = .blockHeader
        return
      }
      guard entry.isBase else { throw Damage.malformed("an unknown code") }
      let length = entry.number(bits)

      reader.refill(raw)
      entry = distances.entry(reader.bits, root: HuffmanTable.distanceBits)
      bits = reader.bits
      try reader.drop(entry.taken)
      guard entry.isBase else { throw Damage.malformed("an unknown distance") }
      let distance = entry.number(bits)
      guard distance <= end else { throw Damage.malformed("a distance before the beginning") }

      let part = min(length, limit - end)
      Self.copyMatch(output, end, distance, part)
      end += part
      if part < length {
        pendingLength = length - part
        pendingDistance = distance
        return
      }
    }
  }

  /// Copies from what was written before, a byte at a time: source and target may overlap.
  private static func copyMatch(
    _ output: UnsafeMutablePointer<UInt8>, _ end: Int, _ distance: Int, _ count: Int
  ) {
    for target in end..<(end + count) { output[target] = output[target - distance] }
  }
}

/// Unpacks a whole zlib stream in pieces, and tells its length and CRC-32 without holding it; for tests
/// and benchmarks.
package func unpackZlib(_ packed: [UInt8], pieces: Int) throws -> (count: Int, checksum: UInt32) {
  let stream = try InflateStream(Bytes(packed), frame: .zlib)
  let buffer = ByteBuffer(count: pieces)
  var checksum = CRC32()
  var total = 0
  while true {
    let count = try stream.read(into: buffer.memory)
    checksum.update(UnsafeRawBufferPointer(start: buffer.base, count: count))
    total += count
    if count < pieces { return (total, checksum.value) }
  }
}

/// Unpacks bare deflate data, taking so many bytes at a time; for tests.
package func unpackDeflate(_ packed: [UInt8], pieces: Int) throws -> [UInt8] {
  let stream = try InflateStream(Bytes(packed), frame: .none)
  let buffer = ByteBuffer(count: pieces)
  var unpacked: [UInt8] = []
  while !stream.isAtEnd {
    let count = try stream.read(into: buffer.memory)
    unpacked += UnsafeRawBufferPointer(start: buffer.base, count: count)
  }
  return unpacked
}
