/// Snappy's raw form, which the blocks of a table may be compressed in.
///
/// ```text
/// varint length; then pieces, told apart by the two lowest bits of their first byte
/// 00   literal: length − 1 in the upper six bits, or in 1 to 4 bytes that follow (60 … 63)
/// 01   copy: length 4 to 11 in bits 2 to 4, offset of 11 bits
/// 10   copy: length 1 to 64, offset of 2 bytes
/// 11   copy: length 1 to 64, offset of 4 bytes
/// ```
/// Source: the format description in google/snappy.
package enum Snappy {
  /// What some bytes were before they were compressed.
  /// - Parameters:
  ///   - name: what errors call them.
  ///   - limit: the most bytes to unpack to.
  /// - Throws: `ExchangeError.checkpoint` when they are damaged or unpack to more.
  package static func decompressed(
    _ bytes: ArraySlice<UInt8>, name: String, limit: Int
  ) throws -> [UInt8] {
    func damaged(_ why: String) -> ExchangeError {
      ExchangeError.checkpoint("\(name) is damaged: \(why); copy the checkpoint again")
    }
    var reader = TableReader(bytes, name: name)
    let length = try reader.size()
    guard length <= limit else {
      throw damaged("a compressed block is said to unpack to \(length) bytes")
    }
    var output: [UInt8] = []
    while !reader.isAtEnd {
      let tag = Int(try reader.fixed(bytes: 1))
      var count = tag >> 2 + 1
      var offset = 0
      switch tag & 3 {
      case 0:
        if count > 60 { count = Int(try reader.fixed(bytes: count - 60)) + 1 }
        guard count <= length - output.count else {
          throw damaged("a compressed block unpacks to more than the \(length) bytes it names")
        }
        output += try reader.take(count)
        continue
      case 1:
        count = tag >> 2 & 7 + 4
        offset = (tag >> 5) << 8 | Int(try reader.fixed(bytes: 1))
      case 2:
        offset = Int(try reader.fixed(bytes: 2))
      default:
        offset = Int(try reader.fixed(bytes: 4))
      }
      guard offset > 0, offset <= output.count, count <= length - output.count else {
        throw damaged(
          "a compressed block copies \(count) bytes from \(offset) back, of \(output.count) there are"
        )
      }
      // Byte by byte: a copy may reach into what it writes itself.
      for _ in 0..<count { output.append(output[output.count - offset]) }
    }
    guard output.count == length else {
      throw damaged("a compressed block unpacks to \(output.count) bytes, not \(length)")
    }
    return output
  }
}
