/// The 32-bit cyclic redundancy check of Castagnoli (RFC 3720, appendix B.4), which guards the
/// records of a TensorBoard event file.
package enum CRC32C {
  /// The check of some bytes.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }

  /// The check as it is stored: turned by 15 bits and shifted by a constant, so that a check over
  /// data that holds checks stays good (TensorFlow, `lib/hash/crc32c.h`).
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }

  /// The reflected polynomial 0x1EDC6F41, byte by byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }
}
