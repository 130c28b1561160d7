import Foundation

/// Reads numbers and stretches from bytes that nobody vouches for; nothing is read beyond their end.
struct TableReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int
  /// What errors call the bytes.
  let name: String

  init(_ bytes: ArraySlice<UInt8>, name: String) {
    self.bytes = bytes
    position = bytes.startIndex
    self.name = name
  }

  var isAtEnd: Bool { position >= bytes.endIndex }
  var remaining: Int { bytes.endIndex - position }

  /// A number of 7 bits a byte, the lowest first, the eighth bit telling that more follow.
  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard position < bytes.endIndex else { throw ended("a number") }
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte & 0x80 == 0 { return value }
    }
    throw ExchangeError.checkpoint(
      "\(name) is damaged: at byte \(position - bytes.startIndex) a number is longer than 64 bits; "
        + "copy the checkpoint again")
  }

  /// A number that is to be a size or an offset.
  mutating func size() throws -> Int {
    let value = try varint()
    guard let size = Int(exactly: value) else {
      throw ExchangeError.checkpoint(
        "\(name) is damaged: it gives the impossible size \(value); copy the checkpoint again")
    }
    return size
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw ended("\(count) bytes") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next bytes as a little-endian number.
  mutating func fixed(bytes count: Int) throws -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func ended(_ what: String) -> ExchangeError {
    ExchangeError.checkpoint(
      "\(name) is cut or damaged: it should go on with \(what) at byte "
        + "\(position - bytes.startIndex), but \(remaining) bytes are left; copy the checkpoint again"
    )
  }
}
