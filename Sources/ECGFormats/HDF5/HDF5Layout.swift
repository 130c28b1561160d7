/// How a data set's elements lie in the file (IV.A.2.i).
enum HDF5Layout {
  case compact(Bytes)
  /// One stretch; no address if nothing was written.
  case contiguous(Int?)
  case chunked(Chunks)

  /// Boxes of one shape that tile the data; those at the edges reach beyond.
  struct Chunks {
    /// Elements along each dimension, slowest first.
    var extents: [Int]
    var index: Index
    /// Whether chunks that reach beyond the edge are stored as they are.
    var leavesEdgesUnpacked = false
  }

  /// How chunks are found.
  enum Index {
    case none
    case keyTree(Int)
    case recordTree(Int)
    /// One chunk that is all of the data; the size if it is packed.
    case single(Int, packed: (size: Int, mask: UInt32)?)
    /// One after another.
    case implicit(Int)
    case fixedArray(Int)
    case growingArray(Int)
  }

  init(_ body: Bytes, of file: HDF5File) throws {
    var cursor = HDF5Cursor(body, file: file)
    let version = try cursor.byte()
    switch version {
    case 1, 2:
      let rank = try cursor.byte()
      let kind = try cursor.byte()
      try cursor.skip(5)
      let address = kind == 0 ? nil : try cursor.address()
      let extents = try (0..<rank).map { _ in try cursor.count(4) }
      switch kind {
      case 0: self = .compact(try cursor.take(cursor.count(4)))
      case 1: self = .contiguous(address)
      case 2: self = try .chunked(Self.chunks(extents, address.map(Index.keyTree), of: file))
      default: throw file.damaged("data of an unknown layout")
      }
    case 3, 4, 5:
      switch try cursor.byte() {
      case 0: self = .compact(try cursor.take(cursor.count(2)))
      case 1: self = .contiguous(try cursor.address())
      case 2 where version == 3:
        let rank = try cursor.byte()
        let address = try cursor.address()
        let extents = try (0..<rank).map { _ in try cursor.count(4) }
        self = try .chunked(Self.chunks(extents, address.map(Index.keyTree), of: file))
      case 2: self = .chunked(try Self.newerChunks(&cursor, of: file))
      case 3: throw file.unsupported("data joined from other files (a virtual data set)")
      default: throw file.damaged("data of an unknown layout")
      }
    default: throw file.unsupported("data laid out in a new way (version \(version))")
    }
  }

  /// - Parameter extents: with the bytes of an element behind them.
  private static func chunks(_ extents: [Int], _ index: Index?, of file: HDF5File) throws -> Chunks
  {
    guard extents.count > 1, !extents.contains(0) else { throw file.damaged("chunks of no size") }
    return Chunks(extents: extents.dropLast(), index: index ?? .none)
  }

  private static func newerChunks(_ cursor: inout HDF5Cursor, of file: HDF5File) throws -> Chunks {
    let flags = try cursor.byte()
    let rank = try cursor.byte()
    let width = try cursor.byte()
    guard (1...8).contains(width) else { throw file.damaged("chunks of no size") }
    let extents = try (0..<rank).map { _ in try cursor.count(width) }
    let kind = try cursor.byte()
    var packed: (size: Int, mask: UInt32)?
    switch kind {
    case 1:
      if flags & 2 != 0 {
        packed = try (cursor.length(), UInt32(truncatingIfNeeded: cursor.unsigned(4)))
      }
    case 2: break
    case 3: try cursor.skip(1)
    case 4: try cursor.skip(5)
    case 5: try cursor.skip(6)
    default: throw file.unsupported("chunks found in a new way (\(kind))")
    }
    let index = try cursor.address().map { address -> Index in
      switch kind {
      case 1: .single(address, packed: packed)
      case 2: .implicit(address)
      case 3: .fixedArray(address)
      case 4: .growingArray(address)
      default: .recordTree(address)
      }
    }
    var chunks = try chunks(extents, index, of: file)
    chunks.leavesEdgesUnpacked = flags & 1 != 0
    return chunks
  }
}
