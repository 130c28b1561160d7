/// The names in a group and where they lead, in each of the three forms that files hold them.
///
/// Only hard links are kept: soft ones stand for another name, external ones for another file.
struct HDF5Links {
  private let file: HDF5File
  private(set) var addresses: [String: Int] = [:]

  /// - Parameter header: the group's.
  init(of header: HDF5ObjectHeader, file: HDF5File) throws {
    self.file = file
    for message in header.messages {
      switch message.kind {
      case .link: try add(message.body)
      case .linkInfo:
        var cursor = HDF5Cursor(message.body, file: file)
        try cursor.skip(1)
        if try cursor.byte() & 1 != 0 { try cursor.skip(8) }
        guard let heap = try cursor.address(), let tree = try cursor.address() else { continue }
        let names = try HDF5FractalHeap(at: heap, of: file)
        try HDF5RecordTree(at: tree, of: file).forEach { kind, record in
          // By name: a hash, then the place in the heap.
          guard kind == 5, let identifier = record.part(at: 4, count: record.count - 4) else {
            throw file.damaged("a group's names of an unknown kind")
          }
          try add(names.object(identifier))
        }
      case .symbolTable:
        var cursor = HDF5Cursor(message.body, file: file)
        let tree = try cursor.place(of: "a group's names")
        let names = try HDF5LocalHeap(at: cursor.place(of: "a group's heap"), of: file)
        try HDF5KeyTree(kind: 0, keyWidth: file.lengthWidth, of: file).forEach(at: tree) {
          _, node in
          try addSymbols(at: node, names)
        }
      default: break
      }
    }
  }

  /// A link message (IV.A.2.g).
  private mutating func add(_ body: Bytes) throws {
    try file.spend(entries: 1)
    var cursor = HDF5Cursor(body, file: file)
    guard try cursor.byte() == 1 else { throw file.damaged("a link of an unknown kind") }
    let flags = try cursor.byte()
    let kind = flags & 0x08 != 0 ? try cursor.byte() : 0
    if flags & 0x04 != 0 { try cursor.skip(8) }
    if flags & 0x10 != 0 { try cursor.skip(1) }
    let bytes = try cursor.take(cursor.count(1 << (flags & 3)))
    try file.spend(work: bytes.count)
    let name = bytes.text
    if kind == 0 { addresses[name] = try cursor.place(of: name) }
  }

  /// A node of a symbol table (III.B).
  private mutating func addSymbols(at address: Int, _ names: HDF5LocalHeap) throws {
    var cursor = try file.cursor(at: address)
    try cursor.expect("SNOD")
    try cursor.skip(2)
    let count = try cursor.count(2)
    for _ in 0..<count {
      try file.spend(entries: 1)
      let name = try names.text(at: cursor.count(file.addressWidth))
      let target = try cursor.address()
      // The second kind of entry is a soft link.
      let isSoft = try cursor.count(4) == 2
      try cursor.skip(20)
      if !isSoft, let target { addresses[name] = target }
    }
  }
}
