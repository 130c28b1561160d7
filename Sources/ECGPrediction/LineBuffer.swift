/// Bytes as they come to lines that are whole. In the steady state nothing is allocated.
package struct LineBuffer: Sendable {
  /// A longer line is passed over.
  package static let longest = 1 << 16

  /// Lines that were passed over because they are longer than 64 KB.
  package private(set) var tooLong = 0
  /// The beginning of a line whose end has not come.
  private var rest: [UInt8] = []
  private var isSkipping = false

  /// Nothing yet.
  package init() {
    rest.reserveCapacity(Self.longest)
  }

  /// Takes bytes and hands over every line that is whole, without its end.
  package mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, _ line: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    var start = 0
    for place in bytes.indices where bytes[place] == UInt8(ascii: "\n") {
      let part = UnsafeBufferPointer(rebasing: bytes[start..<place])
      start = place + 1
      if isSkipping {
        isSkipping = false
      } else if rest.isEmpty, part.count <= Self.longest {
        try line(part)
      } else if fits(part) {
        rest.append(contentsOf: part)
        defer { rest.removeAll(keepingCapacity: true) }
        try rest.withUnsafeBufferPointer { try line($0) }
      } else {
        isSkipping = false
      }
    }
    let end = UnsafeBufferPointer(rebasing: bytes[start...])
    if !isSkipping, fits(end) { rest.append(contentsOf: end) }
  }

  /// Hands over a last line without its end.
  package mutating func finish(_ line: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    defer {
      rest.removeAll(keepingCapacity: true)
      isSkipping = false
    }
    if !rest.isEmpty { try rest.withUnsafeBufferPointer { try line($0) } }
  }

  /// Whether a line stays short enough with this part; otherwise it is given up.
  private mutating func fits(_ part: UnsafeBufferPointer<UInt8>) -> Bool {
    if rest.count + part.count <= Self.longest { return true }
    tooLong += 1
    rest.removeAll(keepingCapacity: true)
    isSkipping = true
    return false
  }
}
