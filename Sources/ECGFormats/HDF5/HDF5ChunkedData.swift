/// Puts the chunks of a data set together.
struct HDF5ChunkedData {
  let layout: HDF5Layout.Chunks
  let space: HDF5Dataspace
  let elementSize: Int
  /// Bytes of all data.
  let size: Int
  let filters: HDF5Filters
  /// What stands where no chunk was written; nil for zeros.
  let fill: Bytes?
  let file: HDF5File

  /// What is believed although little of it was written.
  private static let smallest = 1 << 24

  /// All elements, the last dimension fastest.
  func joined() throws -> Bytes {
    guard layout.extents.count == space.extents.count else {
      throw file.damaged("chunks of another rank than their data")
    }
    let (chunkBytes, overflow) = try HDF5Dataspace.product(layout.extents, of: file)
      .multipliedReportingOverflow(by: elementSize)
    guard !overflow, chunkBytes <= file.limit else {
      throw file.damaged("chunks of impossible size")
    }
    let index = try HDF5ChunkIndex(
      layout, space, chunkBytes: chunkBytes, isPacked: !filters.isEmpty, of: file)
    let stored = try index.chunks.reduce(0) {
      try $0 + file.block(at: $1.address, count: $1.size).count
    }
    guard stored <= file.bytes.count else { throw file.damaged("chunks that overlap") }
    // Deflate packs 1032 to 1 at most: what is much larger is a lie, or was never written.
    guard size <= Self.smallest || size / 1032 <= stored else {
      throw file.damaged("\(space.count) elements, of which next to none were written")
    }
    let buffer = ByteBuffer(count: size)
    // Also where there are chunks enough: nothing says that no two of them are for the same place.
    fillUp(buffer)
    for chunk in index.chunks {
      guard chunkBytes / 1032 <= chunk.size else {
        throw file.damaged("a chunk of \(chunkBytes) bytes in \(chunk.size)")
      }
      try file.spend(work: chunkBytes)
      let isEdge = zip(zip(chunk.origin, layout.extents), space.extents).contains {
        $0.0 + $0.1 > $1
      }
      let stored = try file.block(at: chunk.address, count: chunk.size)
      let isBare = isEdge && layout.leavesEdgesUnpacked
      let bytes =
        try isBare
        ? stored : filters.unpacked(stored, mask: chunk.mask, size: chunkBytes)
      guard bytes.count >= chunkBytes else {
        throw file.damaged("a chunk of \(bytes.count) bytes instead of \(chunkBytes)")
      }
      copy(bytes, at: chunk.origin, to: buffer)
    }
    return Bytes(buffer)
  }

  private func fillUp(_ buffer: ByteBuffer) {
    guard let fill else {
      buffer.memory.initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    for offset in stride(from: 0, to: buffer.count, by: fill.count) {
      fill.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: buffer.memory[offset..<(offset + fill.count)])
          .copyMemory(from: $0)
      }
    }
  }

  /// Copies what of a chunk lies inside the data, in the longest stretches that are whole in both.
  private func copy(_ chunk: Bytes, at origin: [Int], to buffer: ByteBuffer) {
    let counts = origin.indices.map { min(layout.extents[$0], space.extents[$0] - origin[$0]) }
    // Dimensions that a chunk spans wholly are one with the next slower one.
    var split = origin.count - 1
    while split > 0, layout.extents[split] == space.extents[split] { split -= 1 }
    let inner = layout.extents[(split + 1)...].reduce(elementSize, *)
    let stretch = counts[split] * inner
    let rows = counts[..<split].reduce(1, *)
    var place = [Int](repeating: 0, count: split)
    chunk.withUnsafeBytes { raw in
      for _ in 0..<rows {
        var (source, target) = (0, 0)
        for dimension in 0..<split {
          source = (source + place[dimension]) * layout.extents[dimension + 1]
          target = (target + origin[dimension] + place[dimension]) * space.extents[dimension + 1]
        }
        target += origin[split]
        let part = raw[(source * inner)..<(source * inner + stretch)]
        UnsafeMutableRawBufferPointer(rebasing: buffer.memory[(target * inner)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        for dimension in (0..<split).reversed() {
          place[dimension] += 1
          if place[dimension] < counts[dimension] { break }
          place[dimension] = 0
        }
      }
    }
  }
}
