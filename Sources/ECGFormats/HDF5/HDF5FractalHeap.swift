/// The heap in which larger groups keep their names and objects their many attributes (III.G).
struct HDF5FractalHeap {
  private let file: HDF5File
  private let address: Int
  /// Bytes of an offset within the heap, and of the length of an object.
  private let offsetWidth: Int
  private let sizeWidth: Int
  private let columns: Int
  private let startSize: Int
  private let largestDirect: Int
  private let root: Int?
  private let rootRows: Int
  private let hasChecksums: Bool
  /// Objects too large for the blocks, by their numbers: address and length.
  private let largeObjects: [UInt64: (address: Int, count: Int)]

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    self.address = address
    let (o, l) = (file.addressWidth, file.lengthWidth)
    var cursor = HDF5Cursor(
      try file.checked(at: address, count: 22 + 12 * l + 3 * o), file: file)
    try cursor.expect("FRHP")
    try cursor.skip(3)
    let filterBytes = try cursor.count(2)
    guard filterBytes == 0 else { throw file.unsupported("a packed heap of names") }
    hasChecksums = try cursor.byte() & 2 != 0
    let largestObject = try cursor.count(4)
    try cursor.skip(l)
    largeObjects = try cursor.address().map { try Self.largeObjects(at: $0, of: file) } ?? [:]
    try cursor.skip(l + o + 8 * l)
    columns = try cursor.count(2)
    startSize = try cursor.length()
    largestDirect = try cursor.length()
    let bits = try cursor.count(2)
    try cursor.skip(2)
    root = try cursor.address()
    rootRows = try cursor.count(2)
    guard columns > 0, startSize > 0, largestDirect >= startSize, largestDirect <= 1 << 31,
      bits <= 64, rootRows <= 64, startSize.nonzeroBitCount == 1,
      largestDirect.nonzeroBitCount == 1, columns.nonzeroBitCount == 1
    else { throw file.damaged("a heap of impossible blocks") }
    offsetWidth = (bits + 7) / 8
    let direct = (largestDirect.trailingZeroBitCount + 7) / 8
    let object = (Int.bitWidth - 1 - max(largestObject, 1).leadingZeroBitCount) / 8 + 1
    sizeWidth = min(direct, object)
  }

  /// The bytes of an object.
  func object(_ identifier: Bytes) throws -> Bytes {
    var cursor = HDF5Cursor(identifier, file: file)
    let first = try cursor.byte()
    switch first >> 4 & 3 {
    case 0:
      let offset = try cursor.count(offsetWidth)
      let count = try cursor.count(sizeWidth)
      guard let root else { throw file.damaged("an object in an empty heap") }
      return rootRows == 0
        ? try part(of: root, size: startSize, at: offset, count: count)
        : try find(root, rows: rootRows, at: offset, count: count)
    case 1:
      guard let place = largeObjects[try cursor.unsigned(min(identifier.count - 1, 8))],
        let object = file.bytes.part(at: place.address, count: place.count)
      else { throw file.damaged("an object beyond its heap") }
      return object
    case 2:
      // Of up to 16 bytes with their number in four bits, of more in twelve.
      if identifier.count <= 17 { return try cursor.take(first & 15 + 1) }
      return try cursor.take((first & 15) << 8 | cursor.byte() + 1)
    default: throw file.damaged("an object of an unknown kind in a heap")
    }
  }

  /// What stands outside of the heap, as a tree lists it: address, length and number of each.
  private static func largeObjects(
    at tree: Int, of file: HDF5File
  ) throws -> [UInt64: (address: Int, count: Int)] {
    var found: [UInt64: (address: Int, count: Int)] = [:]
    try HDF5RecordTree(at: tree, of: file).forEach { kind, record in
      guard kind == 1 else { throw file.unsupported("a heap that lists large objects otherwise") }
      var cursor = HDF5Cursor(record, file: file)
      let place = (try cursor.place(of: "a large object"), try cursor.length())
      found[try cursor.unsigned(file.lengthWidth)] = place
    }
    return found
  }

  /// The size of the blocks of a row: the first two rows have the smallest, each further one twice that.
  private func size(ofRow row: Int) throws -> Int {
    let doublings = max(row - 1, 0)
    guard startSize.leadingZeroBitCount - columns.trailingZeroBitCount > doublings + 2 else {
      throw file.damaged("a heap of endless size")
    }
    return startSize << doublings
  }

  /// Goes down the blocks of addresses to the one that holds an offset.
  private func find(_ address: Int, rows: Int, at offset: Int, count: Int) throws -> Bytes {
    try file.spend(entries: 1)
    let directRows =
      largestDirect.trailingZeroBitCount - startSize.trailingZeroBitCount + 2
    let prefix = 5 + file.addressWidth + offsetWidth
    let block = try file.checked(at: address, count: prefix + rows * columns * file.addressWidth)
    guard block.hasPrefix("FHIB") else {
      throw file.damaged("no heap where its blocks should stand")
    }
    var start = 0
    for row in 0..<rows {
      let size = try size(ofRow: row)
      guard offset >= start + size * columns else {
        let column = (offset - start) / size
        let place = (row * columns + column) * file.addressWidth
        var cursor = HDF5Cursor(
          block.slice((prefix + place)..<block.count), file: file)
        let child = try cursor.place(of: "a heap's block")
        let inside = offset - start - column * size
        if row < directRows { return try part(of: child, size: size, at: inside, count: count) }
        let below =
          size.trailingZeroBitCount - startSize.trailingZeroBitCount
          - columns.trailingZeroBitCount + 1
        guard below > 0, below < rows else { throw file.damaged("a heap of impossible blocks") }
        return try find(child, rows: below, at: inside, count: count)
      }
      start += size * columns
    }
    throw file.damaged("an object beyond its heap")
  }

  /// A part of a block of objects; offsets count from the block's own head.
  private func part(of address: Int, size: Int, at offset: Int, count: Int) throws -> Bytes {
    let block = try file.block(at: address, count: size)
    guard block.hasPrefix("FHDB"), let object = block.part(at: offset, count: count) else {
      throw file.damaged("an object beyond its heap")
    }
    if hasChecksums {
      try file.checkHeapBlock(block, at: address, sum: 5 + file.addressWidth + offsetWidth)
    }
    return object
  }
}
