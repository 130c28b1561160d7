import ECGExchange
import Testing

@Suite struct SnappyTests {
  /// Written by hand from the format description.
  @Test func literalsAndCopiesUnpack() throws {
    // Length 90; literal of 3 bytes; a copy of 64 from 3 back; one of 23.
    let packed: [UInt8] = [90, 0x08, 0x45, 0x43, 0x47, 0xFE, 0x03, 0x00, 0x5A, 0x03, 0x00]
    let text = [UInt8](String(repeating: "ECG", count: 30).utf8)
    #expect(try Snappy.decompressed(packed[...], name: "test", limit: 1000) == text)
    // The same with a one-byte copy, and a literal whose length stands in a byte of its own.
    let short: [UInt8] = [7, 0x08, 1, 2, 3, 0x01, 0x03]
    #expect(try Snappy.decompressed(short[...], name: "test", limit: 9) == [1, 2, 3, 1, 2, 3, 1])
    let long: [UInt8] = [62, 0xF0, 61] + [UInt8](repeating: 9, count: 62)
    #expect(
      try Snappy.decompressed(long[...], name: "test", limit: 99)
        == [UInt8](repeating: 9, count: 62))
  }

  @Test(
    arguments: [
      [], [5], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [3, 0x08, 1, 2], [2, 0x08, 1, 2, 3],
      [9, 0x08, 1, 2, 3],
      [7, 0x08, 1, 2, 3, 0x01, 0x04], [7, 0x08, 1, 2, 3, 0x01, 0x00], [9, 0xFC, 1],
      [3, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ] as [[UInt8]])
  func damagedBlocksAreRefused(bytes: [UInt8]) {
    #expect(throws: ExchangeError.self) {
      try Snappy.decompressed(bytes[...], name: "test", limit: 1000)
    }
  }
}
