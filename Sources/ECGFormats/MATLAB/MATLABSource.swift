/// Where the elements of a MATLAB file come from: the mapped file, or a packed variable that is unpacked as
/// it is read.
enum MATLABSource {
  case mapped(Bytes, position: Int)
  case packed(InflateStream)

  /// The next bytes.
  /// - Throws: `InflateStream.Damage` if they are not there.
  mutating func take(_ count: Int) throws -> Bytes {
    switch self {
    case .mapped(let bytes, let position):
      guard let part = bytes.part(at: position, count: count) else {
        throw InflateStream.Damage.cutShort
      }
      self = .mapped(bytes, position: position + count)
      return part
    case .packed(let stream):
      let buffer = ByteBuffer(count: count)
      guard try stream.read(into: buffer.memory) == count else {
        throw InflateStream.Damage.cutShort
      }
      return Bytes(buffer)
    }
  }

  /// Passes over the next bytes.
  mutating func skip(_ count: Int) throws {
    switch self {
    case .mapped(let bytes, let position):
      guard count <= bytes.count - position else { throw InflateStream.Damage.cutShort }
      self = .mapped(bytes, position: position + count)
    case .packed(let stream): try stream.skip(count)
    }
  }
}
