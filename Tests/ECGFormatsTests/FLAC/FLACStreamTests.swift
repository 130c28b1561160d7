import ECGFormats
import ECGRandom
import Foundation
import Testing

/// Streams by the `flac` program, by libsndfile and by hand (Fixtures/ECGFormats/make_flac.py).
@Suite struct FLACStreamTests {
  struct Facts: Decodable, Sendable {
    var channels: Int
    var bits: Int
    var count: Int
    var crc: UInt32
    var first: [[Int32]]
  }
  static let expected: [String: Facts] = {
    guard let data = try? Data(contentsOf: golden.appending(path: "flac/expected.json")),
      let entries = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return entries.compactMapValues {
      (try? JSONSerialization.data(withJSONObject: $0)).flatMap {
        try? JSONDecoder().decode(Facts.self, from: $0)
      }
    }
  }()
  static let names = expected.keys.sorted()

  private func packed(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: golden.appending(path: "flac/\(name)")))
  }

  @Test func streamsAreThere() {
    #expect(Self.names.count == 29)
  }

  @Test(arguments: names) func samplesEqualWhatTheWriterPacked(_ name: String) throws {
    let facts = try #require(Self.expected[name])
    let found = try unpackFLAC(packed(name))
    #expect(found.bitsPerSample == facts.bits)
    #expect(found.channels.map(\.count) == Array(repeating: facts.count, count: facts.channels))
    #expect(
      facts.first == (0..<facts.first.count).map { place in found.channels.map { $0[place] } })
    var bytes: [UInt8] = []
    for place in 0..<facts.count {
      for channel in found.channels {
        withUnsafeBytes(of: channel[place].littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    #expect(checksum(of: bytes) == facts.crc)
  }

  @Test(arguments: names) func anyMissingByteIsNoticed(_ name: String) throws {
    let bytes = try packed(name)
    for length in 0..<bytes.count {
      // Where the head does not say how many samples there are, whole frames are all there is.
      if name.hasSuffix("unknown.flac"), (try? unpackFLAC(Array(bytes.prefix(length)))) != nil {
        continue
      }
      #expect(throws: FormatError.self) { try unpackFLAC(Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: names) func anyFlippedBitOfAFrameIsNoticed(_ name: String) throws {
    let bytes = try packed(name)
    let start = try #require(firstFrame(of: bytes))
    for place in start..<bytes.count {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 8)
      #expect(throws: FormatError.self, "byte \(place)") { try unpackFLAC(damaged) }
    }
  }

  @Test(arguments: names) func aChangedHeadIsSurvived(_ name: String) throws {
    let bytes = try packed(name)
    let start = try #require(firstFrame(of: bytes))
    for bit in 0..<(start * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      do { _ = try unpackFLAC(damaged) } catch { #expect(error is FormatError) }
    }
  }

  @Test func aStatedLengthThatNoFileOfTheSizeHoldsIsRefusedAtOnce() throws {
    var bytes = try packed("level5.flac")
    bytes.replaceSubrange(21..<26, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
    let error = #expect(throws: FormatError.self) { try unpackFLAC(bytes) }
    #expect(error?.description.contains("samples as \(bytes.count) bytes can hold") == true)
  }

  @Test func randomFramesAreSurvived() throws {
    let head = try packed("varying_unknown.flac")
    let start = try #require(firstFrame(of: head))
    for round in 0..<2000 {
      var stream = RandomStream(seed: 6, purpose: RandomPurpose("flac"), index: round)
      let noise = (0..<300).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
      // A true header in front, so that the noise is read as samples.
      #expect(throws: FormatError.self) {
        try unpackFLAC(Array(head.prefix(start + 8)) + noise)
      }
    }
  }

  /// The first byte after the blocks of metadata.
  private func firstFrame(of bytes: [UInt8]) -> Int? {
    var place = 4
    while place + 4 <= bytes.count {
      let isLast = bytes[place] & 0x80 != 0
      let length = Int(bytes[place + 1]) << 16 | Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      place += 4 + length
      if isLast { return place }
    }
    return nil
  }

  private func checksum(of bytes: [UInt8]) -> UInt32 {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 {
        register = register & 1 == 1 ? 0xEDB8_8320 ^ register >> 1 : register >> 1
      }
    }
    return ~register
  }
}
