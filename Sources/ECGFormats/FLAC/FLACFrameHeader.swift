/// The header of one FLAC frame (RFC 9639, 9.1).
struct FLACFrameHeader {
  /// How the channels of a pair are stored.
  enum Stereo {
    /// Each as it is.
    case none
    /// The left one, and left less right.
    case leftSide
    /// Left less right, and the right one.
    case sideRight
    /// Half the sum, and left less right.
    case midSide
  }

  /// Samples of each channel in this frame, 1 to 65,535.
  let blockSize: Int
  let channels: Int
  let stereo: Stereo
  /// Nil: as the stream states.
  let bitsPerSample: Int?
  /// Whether `number` counts samples rather than frames.
  let isVariable: Bool
  let number: Int

  /// Reads a header that begins at a byte, its checksum included.
  init(_ bits: inout FLACBits, _ raw: UnsafeRawBufferPointer) throws {
    let start = bits.byteOffset
    guard try bits.take(14) == 0x3FFE, try bits.take(1) == 0 else {
      throw FLACDamage.malformed("bytes that begin no frame")
    }
    isVariable = try bits.take(1) == 1
    let sizeCode = try bits.take(4)
    let rateCode = try bits.take(4)
    let channelCode = try bits.take(4)
    let widthCode = try bits.take(3)
    guard try bits.take(1) == 0, sizeCode != 0, rateCode != 15, channelCode <= 10, widthCode != 3
    else { throw FLACDamage.malformed("a frame header with a reserved value") }

    (channels, stereo) =
      switch channelCode {
      case 8: (2, .leftSide)
      case 9: (2, .sideRight)
      case 10: (2, .midSide)
      default: (channelCode + 1, .none)
      }
    bitsPerSample = [nil, 8, 12, nil, 16, 20, 24, 32][widthCode]
    number = try Self.codedNumber(&bits)
    switch sizeCode {
    case 1: blockSize = 192
    case 2...5: blockSize = 576 << (sizeCode - 2)
    case 6: blockSize = try bits.take(8) + 1
    case 7: blockSize = try bits.take(16) + 1
    default: blockSize = 256 << (sizeCode - 8)
    }
    guard blockSize <= 65_535 else { throw FLACDamage.malformed("a block of 65,536 samples") }
    // The rate of the frame, which the record's header states as well.
    _ = try bits.take(rateCode == 12 ? 8 : rateCode > 12 ? 16 : 0)
    let sum = FLACChecksum.ofHeader(
      UnsafeRawBufferPointer(rebasing: raw[start..<bits.byteOffset]))
    guard try FLACChecksum.agrees(Int(sum), bits.take(8)) else {
      throw FLACDamage.malformed("a frame header with a wrong checksum")
    }
  }

  /// A number of up to 36 bits in one to seven bytes, as UTF-8 would have it.
  private static func codedNumber(_ bits: inout FLACBits) throws -> Int {
    let first = try bits.take(8)
    let ones = (~UInt8(truncatingIfNeeded: first)).leadingZeroBitCount
    guard ones != 1, ones < 8 else { throw FLACDamage.malformed("a badly coded frame number") }
    guard ones > 0 else { return first }
    var value = first & (0x7F >> ones)
    for _ in 1..<ones {
      let next = try bits.take(8)
      guard next & 0xC0 == 0x80 else { throw FLACDamage.malformed("a badly coded frame number") }
      value = value << 6 | next & 0x3F
    }
    return value
  }
}
