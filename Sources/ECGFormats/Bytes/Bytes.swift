/// Read-only bytes of a mapped file or of memory; every access is checked, also in release builds.
package struct Bytes: @unchecked Sendable {
  /// Keeps the memory alive; immutable while anybody sees it.
  let owner: AnyObject
  private let base: UnsafeRawPointer
  package let count: Int

  /// - Parameter base: `count` readable bytes for as long as `owner` lives.
  init(owner: AnyObject, base: UnsafeRawPointer, count: Int) {
    self.owner = owner
    self.base = base
    self.count = count
  }

  /// Bytes of their own.
  package init(_ array: [UInt8]) {
    let buffer = ByteBuffer(count: array.count)
    buffer.memory.copyBytes(from: array)
    self.init(buffer)
  }

  /// The bytes that a buffer was filled with.
  init(_ buffer: ByteBuffer) {
    self.init(owner: buffer, base: UnsafeRawPointer(buffer.base), count: buffer.count)
  }

  package subscript(index: Int) -> UInt8 {
    @inline(__always) get {
      precondition(index >= 0 && index < count, "read outside of the bytes")
      return base.load(fromByteOffset: index, as: UInt8.self)
    }
  }

  /// A part of these bytes; the range must lie inside.
  package func slice(_ range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside of the bytes")
    return Bytes(owner: owner, base: base + range.lowerBound, count: range.count)
  }

  /// A part of these bytes, or nil if it does not lie inside: for sizes that a file states.
  package func part(at offset: Int, count length: Int) -> Bytes? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    return slice(offset..<(offset + length))
  }

  /// A number stored with its least significant byte first.
  @inline(__always)
  package func little<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    precondition(
      offset >= 0 && offset <= count - MemoryLayout<Number>.size, "read outside of the bytes")
    return Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// A number stored with its most significant byte first.
  @inline(__always)
  package func big<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    precondition(
      offset >= 0 && offset <= count - MemoryLayout<Number>.size, "read outside of the bytes")
    return Number(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  package func hasPrefix(_ prefix: [UInt8]) -> Bool {
    count >= prefix.count && prefix.indices.allSatisfy { self[$0] == prefix[$0] }
  }

  package func hasPrefix(_ prefix: String) -> Bool { hasPrefix(Array(prefix.utf8)) }

  /// The offset of the first such byte at or after `start`; nil if there is none.
  package func first(_ byte: UInt8, from start: Int) -> Int? {
    guard start >= 0, start < count else { return nil }
    var index = start
    while index < count {
      if base.load(fromByteOffset: index, as: UInt8.self) == byte { return index }
      index += 1
    }
    return nil
  }

  /// The bytes as UTF-8 if they are, else byte by byte as Latin-1, which never fails.
  package var text: String {
    let buffer = UnsafeRawBufferPointer(start: base, count: count)
    return withExtendedLifetime(owner) {
      String(validating: buffer, as: UTF8.self) ?? latin1
    }
  }

  /// The bytes one character each.
  package var latin1: String {
    var scalars = String.UnicodeScalarView()
    for index in 0..<count { scalars.append(Unicode.Scalar(self[index])) }
    return String(scalars)
  }

  /// Lends the memory to a loop that checks its own bounds beforehand.
  @inline(__always)
  package func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(owner) {
      try body(UnsafeRawBufferPointer(start: base, count: count))
    }
  }
}

/// Memory that is filled once and then only read; in large pages where it is large.
final class ByteBuffer {
  let base: UnsafeMutableRawPointer
  let count: Int

  init(count: Int) {
    base = .allocate(byteCount: max(count, 1), alignment: 16)
    self.count = count
    useLargePages(memory)
  }

  var memory: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base, count: count)
  }

  deinit { base.deallocate() }
}
