/// Reads numbers and addresses of an HDF5 file one after another, never beyond the bytes it was given.
struct HDF5Cursor {
  private let bytes: Bytes
  let file: HDF5File
  private(set) var offset = 0

  init(_ bytes: Bytes, file: HDF5File) {
    self.bytes = bytes
    self.file = file
  }

  var left: Int { bytes.count - offset }

  mutating func take(_ count: Int) throws -> Bytes {
    guard let part = bytes.part(at: offset, count: count) else {
      throw file.damaged("an entry beyond the end of its block")
    }
    offset += count
    return part
  }

  mutating func skip(_ count: Int) throws {
    _ = try take(count)
  }

  mutating func expect(_ signature: String) throws {
    let found = try take(signature.utf8.count)
    guard found.hasPrefix(signature) else {
      throw file.damaged("\(found.hexadecimal(4)) where \"\(signature)\" should stand")
    }
  }

  func begins(with signature: String) -> Bool {
    bytes.part(at: offset, count: signature.utf8.count)?.hasPrefix(signature) ?? false
  }

  mutating func byte() throws -> Int { try Int(take(1)[0]) }

  /// A number of 1 to 8 bytes, the least significant first.
  mutating func unsigned(_ width: Int) throws -> UInt64 {
    try take(width).unsigned(at: 0, width: width)
  }

  /// A number that counts something.
  mutating func count(_ width: Int) throws -> Int {
    let number = try unsigned(width)
    guard let count = Int(exactly: number) else { throw file.damaged("a count of \(number)") }
    return count
  }

  mutating func length() throws -> Int { try count(file.lengthWidth) }

  /// An address; nil if it is the one that leads nowhere.
  mutating func address() throws -> Int? {
    let number = try unsigned(file.addressWidth)
    if number == UInt64.max >> UInt64(64 - 8 * file.addressWidth) { return nil }
    guard let address = Int(exactly: number) else { throw file.damaged("an address of \(number)") }
    return address
  }

  /// An address that must lead somewhere.
  mutating func place(of what: String) throws -> Int {
    guard let address = try address() else { throw file.damaged("no address of \(what)") }
    return address
  }
}

extension Bytes {
  /// A number of 1 to 8 bytes, the least significant first.
  func unsigned(at offset: Int, width: Int) -> UInt64 {
    (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(self[offset + $1]) }
  }
}
