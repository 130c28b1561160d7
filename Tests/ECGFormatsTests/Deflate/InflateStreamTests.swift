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
}
