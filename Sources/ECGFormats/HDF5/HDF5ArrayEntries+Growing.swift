extension HDF5ArrayEntries {
  /// Goes through the entries of a growing array that are set.
  ///
  /// The first stand in the index block, the next in data blocks that it leads to, the rest in data blocks
  /// of secondary blocks.
  func forEachGrowing(at address: Int, _ body: (Int, Entry) throws -> Void) throws {
    var cursor = HDF5Cursor(
      try file.checked(at: address, count: 12 + 6 * file.lengthWidth + file.addressWidth),
      file: file)
    let width = try head(&cursor, "EAHD")
    let plan = try GrowthPlan(&cursor, of: file)
    try cursor.skip(6 * file.lengthWidth)
    guard let place = try cursor.address() else { return }

    let addresses = plan.directBlocks + max(plan.levels - plan.directLevels, 0)
    let head = 6 + file.addressWidth
    cursor = HDF5Cursor(
      try file.checked(
        at: place, count: head + plan.inIndex * width + addresses * file.addressWidth),
      file: file)
    try cursor.expect("EAIB")
    try cursor.skip(head - 4)
    for number in 0..<plan.inIndex {
      if let entry = try entry(&cursor, width) { try body(number, entry) }
    }
    let prefix = head + plan.offsetWidth
    var first = plan.inIndex
    for level in 0..<plan.levels {
      try file.spend(entries: 1)
      if level < plan.directLevels {
        try readBlocks(of: level, plan, &cursor, written: nil, prefix, width, first, body)
      } else if let address = try cursor.address() {
        let (bitmap, blocks) = (plan.bitmap(level), plan.blocks(level))
        var second = HDF5Cursor(
          try file.checked(at: address, count: prefix + bitmap + blocks * file.addressWidth),
          file: file)
        try second.expect("EASB")
        try second.skip(prefix - 4)
        let written = try second.take(bitmap)
        try readBlocks(of: level, plan, &second, written: written, prefix, width, first, body)
      }
      first += plan.blocks(level) * plan.entries(level)
    }
  }

  /// The data blocks of a level, to which the next addresses lead.
  /// - Parameter written: a bit for each page of each block; nil if all count.
  private func readBlocks(
    of level: Int, _ plan: GrowthPlan, _ addresses: inout HDF5Cursor, written: Bytes?,
    _ prefix: Int, _ width: Int, _ first: Int, _ body: (Int, Entry) throws -> Void
  ) throws {
    let (entries, pages) = (plan.entries(level), plan.pages(level))
    for block in 0..<plan.blocks(level) {
      guard let address = try addresses.address() else { continue }
      try readPages(
        at: address, signature: "EADB", prefix: prefix, count: entries, width: width,
        pageCount: plan.pageCount,
        isPageSet: { page in
          let bit = block * pages + page
          return written.map { $0[bit / 8] & 0x80 >> UInt8(bit % 8) != 0 } ?? true
        }, first: first + block * entries, body)
    }
  }

  /// How an array grows: of each level twice as many entries as of the one before, by twice as many blocks
  /// and by blocks twice as long in turn.
  private struct GrowthPlan {
    /// Entries in the index block.
    let inIndex: Int
    let levels: Int
    /// Levels whose blocks the index block leads to by itself, and how many blocks these are.
    let directLevels: Int
    let directBlocks: Int
    /// Bytes of an offset within the array.
    let offsetWidth: Int
    /// Entries of a page.
    let pageCount: Int
    private let smallest: Int

    init(_ cursor: inout HDF5Cursor, of file: HDF5File) throws {
      let bits = try cursor.byte()
      inIndex = try cursor.byte()
      smallest = try cursor.byte()
      let leastPointers = try cursor.byte()
      let pageBits = try cursor.byte()
      guard bits <= 60, pageBits < 32, smallest.nonzeroBitCount == 1,
        leastPointers.nonzeroBitCount == 1, smallest.trailingZeroBitCount <= bits
      else { throw file.damaged("an array of impossible blocks") }
      levels = 1 + bits - smallest.trailingZeroBitCount
      directLevels = 2 * leastPointers.trailingZeroBitCount
      directBlocks = 2 * (leastPointers - 1)
      offsetWidth = (bits + 7) / 8
      pageCount = 1 << pageBits
    }

    func blocks(_ level: Int) -> Int { 1 << (level / 2) }
    func entries(_ level: Int) -> Int { smallest << ((level + 1) / 2) }
    func pages(_ level: Int) -> Int { entries(level) / pageCount }
    /// Bytes that tell which pages of a level were written; none where a block is no longer than a page.
    func bitmap(_ level: Int) -> Int {
      pages(level) > 1 ? blocks(level) * ((pages(level) + 7) / 8) : 0
    }
  }
}
