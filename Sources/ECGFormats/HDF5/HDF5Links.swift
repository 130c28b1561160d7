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
          guard kind == 5, let identifier = record.part(at: 4, count: record.count - 4),
            let body = try names.object(identifier)
          else { throw file.damaged("a group's names of an unknown kind") }
          try add(body)
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

/// The names of an older group, one after another (III.D).
struct HDF5LocalHeap {
  private let data: Bytes
  private let file: HDF5File
  /// No name is longer.
  private static let longest = 1 << 16

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    var cursor = try file.cursor(at: address)
    try cursor.expect("HEAP")
    try cursor.skip(4)
    let count = try cursor.length()
    _ = try cursor.length()
    data = try file.block(at: cursor.place(of: "a heap's data"), count: count)
  }

  /// The text up to the next zero.
  func text(at offset: Int) throws -> String {
    guard offset < data.count else { return "" }
    let name = data.slice(offset..<min(data.count, offset + Self.longest))
    let count = name.first(0, from: 0) ?? name.count
    try file.spend(work: count)
    return name.slice(0..<count).text
  }
}

/// What stands in a heap of the whole file, such as texts of any length (III.E).
enum HDF5GlobalHeap {
  /// - Parameter element: a length, the address of a collection and a number in it.
  static func text(_ element: Bytes, of file: HDF5File) throws -> String? {
    var cursor = HDF5Cursor(element, file: file)
    let length = try cursor.count(4)
    guard let address = try cursor.address() else { return nil }
    let wanted = try cursor.count(4)
    var collection = try file.cursor(at: address)
    try collection.expect("GCOL")
    try collection.skip(4)
    let count = try collection.length()
    let head = collection.offset
    guard count > head else { throw file.damaged("an empty heap") }
    collection = HDF5Cursor(try file.block(at: address, count: count), file: file)
    try collection.skip(head)
    while collection.left >= 8 + file.lengthWidth {
      try file.spend(entries: 1)
      let index = try collection.count(2)
      try collection.skip(6)
      let size = try collection.length()
      // The free rest of the collection has the number 0.
      guard index != 0 else { return nil }
      let object = try collection.take(size)
      if index == wanted {
        guard let text = object.part(at: 0, count: length) else {
          throw file.damaged("a text longer than its place")
        }
        try file.spend(work: length)
        return text.upToZero
      }
      try collection.skip(min((8 - size % 8) % 8, collection.left))
    }
    return nil
  }
}

extension Bytes {
  /// Text up to the first zero byte.
  var upToZero: String { slice(0..<(first(0, from: 0) ?? count)).text }
}
