/// A tree of keys and addresses, the older kind (III.A.1): a group's names, or a data set's chunks.
struct HDF5KeyTree {
  /// 0 for names, 1 for chunks.
  let kind: Int
  let keyWidth: Int
  private let file: HDF5File

  init(kind: Int, keyWidth: Int, of file: HDF5File) {
    self.kind = kind
    self.keyWidth = keyWidth
    self.file = file
  }

  /// Goes through the leaves: the key in front of each address, and the address.
  func forEach(at address: Int, _ body: (_ key: Bytes, _ address: Int) throws -> Void) throws {
    try visit(address, below: nil, body)
  }

  private func visit(
    _ address: Int, below level: Int?, _ body: (_ key: Bytes, _ address: Int) throws -> Void
  ) throws {
    try file.spend(entries: 1)
    var cursor = try file.cursor(at: address)
    try cursor.expect("TREE")
    let found = try cursor.byte()
    let own = try cursor.byte()
    let count = try cursor.count(2)
    // Levels go down by one, which no cycle can.
    guard found == kind, level.map({ own == $0 - 1 }) ?? true else {
      throw file.damaged("a tree of another kind or level")
    }
    try cursor.skip(2 * file.addressWidth)
    for _ in 0..<count {
      try file.spend(entries: 1)
      let key = try cursor.take(keyWidth)
      let child = try cursor.place(of: "a branch")
      if own == 0 {
        try body(key, child)
      } else {
        try visit(child, below: own, body)
      }
    }
  }
}

/// A tree of records, the newer kind (III.A.2): a group's names, attributes, or a data set's chunks.
struct HDF5RecordTree {
  /// What the records are, by the number of their kind.
  let kind: Int
  let recordWidth: Int
  private let nodeSize: Int
  private let depth: Int
  private let root: Int?
  private let rootCount: Int
  private let file: HDF5File

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    let block = try file.checked(
      at: address, count: 4 + 12 + file.addressWidth + 2 + file.lengthWidth)
    var cursor = HDF5Cursor(block, file: file)
    try cursor.expect("BTHD")
    try cursor.skip(1)
    kind = try cursor.byte()
    nodeSize = try cursor.count(4)
    recordWidth = try cursor.count(2)
    depth = try cursor.count(2)
    try cursor.skip(2)
    root = try cursor.address()
    rootCount = try cursor.count(2)
    guard recordWidth > 0, nodeSize > 10 + recordWidth, depth <= 32 else {
      throw file.damaged("a tree of impossible nodes")
    }
  }

  /// Goes through all records.
  func forEach(_ body: (_ kind: Int, _ record: Bytes) throws -> Void) throws {
    guard let root, rootCount > 0 else { return }
    try visit(root, count: rootCount, level: depth, widths: try countWidths()) {
      try body(kind, $0)
    }
  }

  /// How many bytes it takes at each level to state the records of a node, and of all below a node: as
  /// many as the most that fit need.
  private func countWidths() throws -> (own: Int, below: [Int]) {
    func width(_ most: Int) -> Int { (Int.bitWidth - 1 - most.leadingZeroBitCount) / 8 + 1 }
    var most = (nodeSize - 10) / recordWidth
    let own = width(most)
    var below = [0]
    for level in stride(from: 1, through: depth, by: 1) {
      let pointer = file.addressWidth + own + below[level - 1]
      let records = (nodeSize - 10 - pointer) / (recordWidth + pointer)
      guard records > 0 else { throw file.damaged("a tree of impossible nodes") }
      let (product, overflow) = (records + 1).multipliedReportingOverflow(by: most)
      guard !overflow, product < Int.max / 2 else { throw file.damaged("a tree of endless depth") }
      most = product + records
      below.append(width(most))
    }
    return (own, below)
  }

  private func visit(
    _ address: Int, count: Int, level: Int, widths: (own: Int, below: [Int]),
    _ body: (Bytes) throws -> Void
  ) throws {
    try file.spend(entries: count + 1)
    let below = level > 1 ? widths.below[level - 1] : 0
    let pointer = level > 0 ? file.addressWidth + widths.own + below : 0
    let size = 6 + count * recordWidth + (level > 0 ? (count + 1) * pointer : 0)
    guard size + 4 <= nodeSize else { throw file.damaged("a tree's node of too many records") }
    var cursor = HDF5Cursor(try file.checked(at: address, count: size), file: file)
    try cursor.expect(level > 0 ? "BTIN" : "BTLF")
    try cursor.skip(1)
    guard try cursor.byte() == kind else { throw file.damaged("a tree of two kinds") }
    for _ in 0..<count { try body(cursor.take(recordWidth)) }
    guard level > 0 else { return }
    for _ in 0...count {
      let child = try cursor.place(of: "a branch")
      let records = try cursor.count(widths.own)
      try cursor.skip(below)
      try visit(child, count: records, level: level - 1, widths: widths, body)
    }
  }
}
