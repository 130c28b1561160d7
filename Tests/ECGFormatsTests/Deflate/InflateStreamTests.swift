import ECGFormats
import ECGRandom
import Foundation
import Testing

@Suite struct InflateStreamTests {
  struct Sums: Decodable, Sendable {
    var count: Int
    var crc: UInt32
    var adler: UInt32
  }
  static let expected: [String: Sums] = {
    guard let data = try? Data(contentsOf: golden.appending(path: "expected.json")),
      let entries = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return entries.filter { $0.key.hasPrefix("deflate/") }.compactMapValues {
      (try? JSONSerialization.data(withJSONObject: $0)).flatMap {
        try? JSONDecoder().decode(Sums.self, from: $0)
      }
    }
  }()

  @Test(arguments: expected.keys.sorted()) func streamsUnpackToWhatWasPacked(_ path: String) throws
  {
    let sums = try #require(Self.expected[path])
    let packed = [UInt8](try Data(contentsOf: golden.appending(path: path)))
    for piece in [1 << 20, 1000, 65_537] {
      let found = try unpackZlib(packed, pieces: piece)
      #expect(found.count == sums.count)
      #expect(found.checksum == sums.crc)
    }
  }

  @Test(arguments: ["deflate/text_9_0.zz", "deflate/text_6_4.zz"])
  func everyChangedBitIsNoticed(_ path: String) throws {
    let packed = [UInt8](try Data(contentsOf: golden.appending(path: path)))
    for index in stride(from: 0, to: packed.count * 8, by: max(1, packed.count * 8 / 500)) {
      var damaged = packed
      damaged[index / 8] ^= 1 << (index % 8)
      // Adler-32 sees any single change that the codes themselves do not.
      #expect(throws: (any Error).self) { try unpackZlib(damaged, pieces: 1 << 20) }
    }
    for length in stride(from: 0, to: packed.count, by: max(1, packed.count / 300)) {
      #expect(throws: (any Error).self) {
        try unpackZlib(Array(packed.prefix(length)), pieces: 1 << 20)
      }
    }
  }

  @Test func randomBytesAreSurvived() {
    for round in 0..<3000 {
      var stream = RandomStream(seed: 5, purpose: RandomPurpose("inflate"), index: round)
      let bytes = [0x78, 0x9C] + (0..<200).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
      _ = try? unpackZlib(bytes, pieces: 4096)
    }
  }

  /// Codes of every length, of all three kinds of blocks, against the format taken literally.
  @Test(arguments: 0..<40) func randomCodesUnpackAsBitByBit(_ round: Int) throws {
    let packed = RandomDeflate.pack(round: round, blocks: 1 + round % 7, symbols: 300)
    let expected = try SimpleInflater.unpack(packed)
    for pieces in [1 << 20, 777] {
      #expect(try unpackDeflate(packed, pieces: pieces) == expected)
    }
  }

  /// A single code leaves patterns of bits without a meaning, whatever these meant in the block before.
  @Test(arguments: [1, 3, 9, 10, 11, 12, 15], [true, false])
  func whatNoCodeBeginsWithIsRefused(_ length: Int, _ isDistance: Bool) throws {
    for wrong in [nil] + (0..<length).map(Optional.some) {
      let packed = Self.blockOfOneCode(length, isDistance: isDistance, wrongBit: wrong)
      let expected = try? SimpleInflater.unpack(packed)
      #expect(expected == (wrong == nil ? Array((isDistance ? "aaaa" : "a").utf8) : nil))
      // With input to spare, another loop decodes.
      for spare in [0, 64] {
        let input = packed + [UInt8](repeating: 0, count: spare)
        #expect((try? unpackDeflate(input, pieces: 1000)) == expected)
      }
    }
  }

  /// A block of an `a` whose distances have codes of all lengths, then one that has a single distance with a
  /// match of three, or nothing but its end; one bit of the single code is turned.
  private static func blockOfOneCode(_ length: Int, isDistance: Bool, wrongBit: Int?) -> [UInt8] {
    var usual = [Int](repeating: 0, count: 258)
    // The codes are 0 for the match, 10 for the letter, 11 for the end.
    (usual[257], usual[97], usual[256]) = (1, 2, 2)
    var onlyEnd = [Int](repeating: 0, count: 258)
    onlyEnd[256] = length
    let single = (0..<length).map { $0 == wrongBit ? "1" : "0" }.joined()
    let bits =
      header(isLast: false, usual, Array(1...15) + [15]) + "10" + "11"
      + (isDistance
        ? header(isLast: true, usual, [length]) + "0" + single + "11"
        : header(isLast: true, onlyEnd, [1]) + single)
    return stride(from: 0, to: bits.utf8.count, by: 8).map { start in
      bits.utf8.dropFirst(start).prefix(8).reversed().reduce(0) { $0 << 1 | $1 & 1 }
    }
  }

  /// The head of a dynamic block, whose code lengths are codes of four bits.
  private static func header(isLast: Bool, _ literals: [Int], _ distances: [Int]) -> String {
    func number(_ value: Int, _ count: Int) -> String {
      (0..<count).map { value >> $0 & 1 == 1 ? "1" : "0" }.joined()
    }
    let counts =
      number(literals.count - 257, 5) + number(distances.count - 1, 5) + number(19 - 4, 4)
    // First the repetitions, which have no code here.
    let code = [16, 17, 18].map { _ in number(0, 3) } + (0...15).map { _ in number(4, 3) }
    // Codes come with their first bit first.
    let lengths = (literals + distances).map { String(number($0, 4).reversed()) }
    return number(isLast ? 1 : 0, 1) + number(2, 2) + counts + code.joined() + lengths.joined()
  }

  @Test func whatFillsTheWindowManyTimesUnpacksAsBitByBit() throws {
    let packed = RandomDeflate.pack(round: 100, blocks: 80, symbols: 2000)
    let expected = try SimpleInflater.unpack(packed)
    #expect(expected.count > 3 << 18)
    #expect(try unpackDeflate(packed, pieces: 100_000) == expected)
  }

  @Test func damagedStreamsEndAsBitByBit() {
    var sound = 0
    for round in 0..<400 {
      var stream = RandomStream(seed: 6, purpose: RandomPurpose("damage"), index: round)
      var packed = RandomDeflate.pack(round: 200 + round % 20, blocks: 2, symbols: 60)
      for _ in 0...(round % 3) {
        packed[Int(stream.next() % UInt64(packed.count))] ^= 1 << UInt8(stream.next() % 8)
      }
      if round % 5 == 0 { packed.removeLast(Int(stream.next() % UInt64(packed.count))) }
      let expected = try? SimpleInflater.unpack(packed)
      #expect((try? unpackDeflate(packed, pieces: 5000)) == expected, "round \(round)")
      if expected != nil { sound += 1 }
    }
    // Some damage only changes what comes out; most of it ends the stream.
    #expect(sound > 20 && sound < 380, "\(sound)")
  }

  @Test func checksumsAreThoseOfTheirDefinitions() throws {
    for count in [0, 1, 7, 15, 16, 17, 351, 352, 353, 5000, 100_003] {
      // All ones overflow what can overflow.
      let bytes = (0..<count).map {
        count % 2 == 0 ? 255 : UInt8(truncatingIfNeeded: $0 &* 40_503 >> 7)
      }
      var low = 1
      var high = 0
      var register: UInt32 = 0xFFFF_FFFF
      for byte in bytes {
        low = (low + Int(byte)) % 65_521
        high = (high + low) % 65_521
        register ^= UInt32(byte)
        for _ in 0..<8 {
          register = register & 1 == 1 ? 0xEDB8_8320 ^ register >> 1 : register >> 1
        }
      }
      // Stored blocks in a zlib stream: a wrong Adler-32 would be refused.
      var packed: [UInt8] = [0x78, 0x01]
      for start in stride(from: 0, to: max(count, 1), by: 60_000) {
        let part = bytes[start..<min(count, start + 60_000)]
        let isLast = start + 60_000 >= count
        packed += [isLast ? 1 : 0, UInt8(part.count & 255), UInt8(part.count >> 8)]
        packed += [~UInt8(part.count & 255), ~UInt8(part.count >> 8)] + part
      }
      packed += [high >> 8, high & 255, low >> 8, low & 255].map { UInt8($0) }
      let found = try unpackZlib(packed, pieces: 1 << 20)
      #expect(found.count == count && found.checksum == ~register)
    }
  }
}
