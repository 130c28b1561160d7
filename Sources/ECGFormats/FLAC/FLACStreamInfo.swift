/// What the head of a FLAC stream states about all of it (RFC 9639, 8.2).
struct FLACStreamInfo: Sendable, Hashable {
  /// 1 to 8.
  var channels: Int
  /// 4 to 32.
  var bitsPerSample: Int
  /// The samples of each channel; nil if it is not stated.
  var sampleCount: Int?
  /// Where the frames begin.
  var firstFrame: Int

  /// Reads the marker and all blocks of metadata, of which only the first counts.
  init(_ bytes: Bytes) throws {
    guard bytes.hasPrefix("fLaC") else { throw FLACDamage.malformed("no FLAC marker") }
    (channels, bitsPerSample, sampleCount, firstFrame) = try bytes.withUnsafeBytes { raw in
      var bits = FLACBits(raw, at: 4)
      var isLast = try bits.take(1) == 1
      guard try bits.take(7) == 0, try bits.take(24) == 34 else {
        throw FLACDamage.malformed("no description of the stream in front")
      }
      // Block sizes, frame sizes and the rate are repeated in the frames or of no use; WFDB's header
      // states the rate.
      try bits.skipBytes(10)
      _ = try bits.take(20)
      let channels = try bits.take(3) + 1
      let width = try bits.take(5) + 1
      let count = try bits.take(4) << 32 | (try bits.take(32))
      try bits.skipBytes(16)
      guard width >= 4 else { throw FLACDamage.malformed("samples of \(width) bits") }
      while !isLast {
        isLast = try bits.take(1) == 1
        guard try bits.take(7) != 127 else { throw FLACDamage.malformed("an unknown block") }
        try bits.skipBytes(try bits.take(24))
      }
      return (channels, width, count == 0 ? nil : count, bits.byteOffset)
    }
  }
}
