/// Where a chunk stands.
struct HDF5Chunk {
  /// Its first element, along each dimension.
  var origin: [Int]
  var address: Int
  /// Bytes in the file.
  var size: Int
  /// A bit for each filter that was left out.
  var mask: UInt32
}

/// The chunks of a data set, from any of the indices that files have (III.A.1, VII).
struct HDF5ChunkIndex {
  private let file: HDF5File
  private let space: HDF5Dataspace
  private let layout: HDF5Layout.Chunks
  /// Bytes of a chunk that is not packed.
  private let chunkBytes: Int
  private(set) var chunks: [HDF5Chunk] = []
  /// How many the shape has room for.
  private let capacity: Int

  init(
    _ layout: HDF5Layout.Chunks, _ space: HDF5Dataspace, chunkBytes: Int, isPacked: Bool,
    of file: HDF5File
  ) throws {
    self.file = file
    self.space = space
    self.layout = layout
    self.chunkBytes = chunkBytes
    capacity = try HDF5Dataspace.product(
      zip(space.extents, layout.extents).map(Self.tiles), of: file)
    switch layout.index {
    case .none: break
    case .keyTree(let address): try addTree(at: address)
    case .recordTree(let address): try addRecords(at: address)
    case .single(let address, let packed):
      try add(
        layout.extents.map { _ in 0 }, address: address, size: packed?.size ?? chunkBytes,
        mask: packed?.mask ?? 0)
    case .implicit(let address):
      let grid = try Grid(space, layout, growsAlong: nil, of: file)
      guard address < file.bytes.count, grid.count <= file.bytes.count / chunkBytes else {
        throw file.damaged("\(space.count) elements in fewer bytes; it may be cut short")
      }
      for number in 0..<grid.count {
        try add(
          grid.place(of: number), address: address + number * chunkBytes, size: chunkBytes, mask: 0)
      }
    case .fixedArray(let address):
      let grid = try Grid(space, layout, growsAlong: nil, of: file)
      let entries = HDF5ArrayEntries(isPacked: isPacked, chunkBytes: chunkBytes, of: file)
      try entries.forEachFixed(at: address) { try add(number: $0, $1, in: grid) }
    case .growingArray(let address):
      let grid = try Grid(
        space, layout, growsAlong: space.limits.firstIndex { $0 == nil }, of: file)
      let entries = HDF5ArrayEntries(isPacked: isPacked, chunkBytes: chunkBytes, of: file)
      try entries.forEachGrowing(at: address) { try add(number: $0, $1, in: grid) }
    }
  }

  /// How many stretches of a length a dimension takes.
  private static func tiles(_ extent: Int, of length: Int) -> Int {
    extent / length + (extent % length == 0 ? 0 : 1)
  }

  private mutating func addTree(at address: Int) throws {
    let rank = layout.extents.count
    try HDF5KeyTree(kind: 1, keyWidth: 8 + 8 * (rank + 1), of: file).forEach(at: address) {
      key, address in
      var cursor = HDF5Cursor(key, file: file)
      let size = try cursor.count(4)
      let mask = UInt32(truncatingIfNeeded: try cursor.unsigned(4))
      let origin = try (0..<rank).map { _ in try cursor.count(8) }
      try add(origin, address: address, size: size, mask: mask)
    }
  }

  private mutating func addRecords(at address: Int) throws {
    let rank = layout.extents.count
    let tree = try HDF5RecordTree(at: address, of: file)
    let sizeWidth = tree.recordWidth - file.addressWidth - 4 - 8 * rank
    try tree.forEach { kind, record in
      var cursor = HDF5Cursor(record, file: file)
      let address = try cursor.place(of: "a chunk")
      var (size, mask) = (chunkBytes, UInt32(0))
      switch kind {
      case 10: break
      case 11 where (1...8).contains(sizeWidth):
        size = try cursor.count(sizeWidth)
        mask = UInt32(truncatingIfNeeded: try cursor.unsigned(4))
      default: throw file.damaged("a tree of unknown chunks")
      }
      let origin = try layout.extents.map { extent in
        let (start, overflow) = try cursor.count(8).multipliedReportingOverflow(by: extent)
        guard !overflow else { throw file.damaged("a chunk beyond its data") }
        return start
      }
      try add(origin, address: address, size: size, mask: mask)
    }
  }

  private mutating func add(number: Int, _ entry: HDF5ArrayEntries.Entry, in grid: Grid) throws {
    guard number < grid.count else { return }
    try add(grid.place(of: number), address: entry.address, size: entry.size, mask: entry.mask)
  }

  private mutating func add(_ origin: [Int], address: Int, size: Int, mask: UInt32) throws {
    // What was cut off when the data shrank.
    guard zip(origin, space.extents).allSatisfy({ $0 < $1 }) else { return }
    guard zip(origin, layout.extents).allSatisfy({ $0 % $1 == 0 }), chunks.count < capacity else {
      throw file.damaged("more chunks than the data have room for, or misplaced ones")
    }
    chunks.append(HDF5Chunk(origin: origin, address: address, size: size, mask: mask))
  }

  /// The numbering of chunks in an array: row by row of what the data may grow to, the dimension without
  /// an end first.
  private struct Grid {
    let count: Int
    private let order: [Int]
    private let counts: [Int]
    private let extents: [Int]

    init(
      _ space: HDF5Dataspace, _ layout: HDF5Layout.Chunks, growsAlong endless: Int?,
      of file: HDF5File
    ) throws {
      let extents = layout.extents
      let order = (endless.map { [$0] } ?? []) + extents.indices.filter { $0 != endless }
      let counts = order.map { dimension in
        let limit = space.limits[dimension] ?? space.extents[dimension]
        return HDF5ChunkIndex.tiles(limit, of: extents[dimension])
      }
      count = try HDF5Dataspace.product(counts, of: file)
      (self.extents, self.order, self.counts) = (extents, order, counts)
    }

    /// The first element of the chunk with a number below `count`.
    func place(of number: Int) -> [Int] {
      var rest = number
      var origin = extents.map { _ in 0 }
      for (dimension, count) in zip(order, counts).reversed() {
        origin[dimension] = rest % count * extents[dimension]
        rest /= count
      }
      return origin
    }
  }
}
