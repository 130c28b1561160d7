/// What was done to chunks before they were stored, to be undone in the opposite order (IV.A.2.l).
struct HDF5Filters {
  private enum Filter: Equatable {
    case deflate, fletcher32, lzf
    case shuffle(width: Int)
  }

  private let filters: [Filter]
  private let file: HDF5File

  var isEmpty: Bool { filters.isEmpty }

  init(of file: HDF5File) {
    filters = []
    self.file = file
  }

  /// - Throws: `FormatError` with the filter's name if it is none of those that MATLAB, h5py and OpenSignals
  ///   use by themselves.
  init(_ body: Bytes, elementSize: Int, of file: HDF5File) throws {
    self.file = file
    var cursor = HDF5Cursor(body, file: file)
    let version = try cursor.byte()
    let count = try cursor.byte()
    guard version == 1 || version == 2, count <= 32 else {
      throw file.damaged("filters of an unknown kind")
    }
    if version == 1 { try cursor.skip(6) }
    filters = try (0..<count).map { _ in
      let kind = try cursor.count(2)
      let nameLength = version == 1 || kind >= 256 ? try cursor.count(2) : 0
      try cursor.skip(2)
      let values = try cursor.count(2)
      let name = try cursor.take(nameLength).upToZero
      if version == 1 { try cursor.skip((8 - nameLength % 8) % 8) }
      let parameters = try (0..<values).map { _ in try cursor.count(4) }
      if version == 1, values % 2 == 1 { try cursor.skip(min(4, cursor.left)) }
      switch kind {
      case 1: return .deflate
      case 2: return .shuffle(width: parameters.first ?? elementSize)
      case 3: return .fletcher32
      case 32000: return .lzf
      default:
        let names = [4: "szip", 5: "nbit", 6: "scaleoffset", 32001: "blosc", 32015: "zstd"]
        throw file.unsupported(
          "chunks packed by \(name.isEmpty ? names[kind] ?? "filter \(kind)" : name)")
      }
    }
  }

  /// Unpacks a chunk.
  /// - Parameter size: bytes of the chunk when unpacked, which it must come to.
  func unpacked(_ stored: Bytes, mask: UInt32, size: Int) throws -> Bytes {
    var bytes = stored
    for (index, filter) in filters.enumerated().reversed() where mask >> UInt32(index) & 1 == 0 {
      switch filter {
      case .deflate:
        // Sums of chunks may have been packed with them.
        bytes = try inflated(bytes, most: size + 4 * filters.count)
      case .lzf: bytes = try Self.unpackedLZF(bytes, most: size + 4 * filters.count, of: file)
      case .shuffle(let width): bytes = Self.unshuffled(bytes, width: width)
      case .fletcher32: bytes = try withoutSum(bytes)
      }
    }
    guard bytes.count >= size else {
      throw file.damaged("a chunk of \(bytes.count) bytes instead of \(size)")
    }
    return bytes
  }

  private func inflated(_ bytes: Bytes, most: Int) throws -> Bytes {
    let buffer = ByteBuffer(count: most)
    do {
      let stream = try InflateStream(bytes, frame: .zlib)
      let count = try stream.read(into: buffer.memory)
      return Bytes(buffer).slice(0..<count)
    } catch let damage as InflateStream.Damage {
      throw file.damaged("a chunk whose packed data have \(damage.words)")
    }
  }

  /// The bytes of elements stand apart, all first ones in front.
  private static func unshuffled(_ bytes: Bytes, width: Int) -> Bytes {
    guard width > 1, width <= bytes.count else { return bytes }
    let buffer = ByteBuffer(count: bytes.count)
    let count = bytes.count / width
    let output = buffer.base.assumingMemoryBound(to: UInt8.self)
    bytes.withUnsafeBytes { raw in
      for place in 0..<width {
        for index in 0..<count { output[index * width + place] = raw[place * count + index] }
      }
      for index in (count * width)..<raw.count { output[index] = raw[index] }
    }
    return Bytes(buffer)
  }

  private func withoutSum(_ bytes: Bytes) throws -> Bytes {
    guard bytes.count >= 4 else { throw file.damaged("a chunk without its sum") }
    let content = bytes.slice(0..<(bytes.count - 4))
    let stated = bytes.little(UInt32.self, at: content.count)
    #if !FUZZING
      let sum = HDF5Checksum.fletcher32(content)
      // Versions before 1.6.3 wrote the bytes of each half the other way round.
      let older = (sum & 0x00FF_00FF) << 8 | sum >> 8 & 0x00FF_00FF
      guard stated == sum || stated == older else {
        throw file.damaged("a chunk with a wrong Fletcher checksum")
      }
    #endif
    return content
  }

  /// LZF as h5py writes it: runs of literals, and matches of up to 264 bytes from up to 8192 before.
  static func unpackedLZF(_ bytes: Bytes, most: Int, of file: HDF5File) throws -> Bytes {
    let buffer = ByteBuffer(count: most)
    let output = buffer.base.assumingMemoryBound(to: UInt8.self)
    var cursor = HDF5Cursor(bytes, file: file)
    var end = 0
    while cursor.left > 0 {
      let control = try cursor.byte()
      if control < 32 {
        let run = try cursor.take(control + 1)
        guard run.count <= most - end else {
          throw file.damaged("a chunk that unpacks to too much")
        }
        for index in 0..<run.count { output[end + index] = run[index] }
        end += run.count
        continue
      }
      let length = try (control >> 5 == 7 ? 7 + cursor.byte() : control >> 5) + 2
      let distance = try (control & 31) << 8 + cursor.byte() + 1
      guard distance <= end, length <= most - end else {
        throw file.damaged("a chunk that unpacks to too much, or from before its beginning")
      }
      for index in end..<(end + length) { output[index] = output[index - distance] }
      end += length
    }
    return Bytes(buffer).slice(0..<end)
  }
}
