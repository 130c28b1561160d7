/// What is said of a group or data set besides its data (IV.A.2.m).
struct HDF5Attribute {
  let name: String
  let type: HDF5Datatype
  /// The number of elements.
  let count: Int
  let data: Bytes

  init(_ body: Bytes, of file: HDF5File) throws {
    var cursor = HDF5Cursor(body, file: file)
    let version = try cursor.byte()
    let flags = try cursor.byte()
    guard (1...3).contains(version) else { throw file.damaged("an attribute of an unknown kind") }
    let sizes = try (0..<3).map { _ in try cursor.count(2) }
    if version == 3 { try cursor.skip(1) }
    func part(_ size: Int) throws -> Bytes {
      let part = try cursor.take(size)
      // The oldest version fills each part up.
      if version == 1 { try cursor.skip((8 - size % 8) % 8) }
      return part
    }
    name = try part(sizes[0]).upToZero
    let type = try part(sizes[1])
    self.type = try HDF5Datatype(
      version > 1 && flags & 1 != 0
        ? HDF5ObjectHeader.shared(type, .datatype, of: file) : type, of: file)
    let space = try part(sizes[2])
    guard version == 1 || flags & 2 == 0 else { throw file.unsupported("a shape that is shared") }
    count = try HDF5Dataspace(space, of: file).count
    data = try cursor.take(cursor.left)
  }
}

extension HDF5Object {
  /// An attribute as text; nil if there is none, or it is something else or several texts.
  func text(of name: String) throws -> String? {
    guard let attribute = try attributes.get()[name], attribute.count == 1 else { return nil }
    switch attribute.type.element {
    case .text:
      try file.spend(work: attribute.data.count)
      return attribute.data.part(at: 0, count: attribute.type.size)?.upToZero
    case .heapText: return try HDF5GlobalHeap.text(attribute.data, of: file)
    default: return nil
    }
  }

  /// An attribute as numbers; nil if there is none, or it is something else or more than 4096.
  func numbers(of name: String) throws -> [Double]? {
    guard let attribute = try attributes.get()[name], attribute.count <= 4096,
      case .number(let type, let isBigEndian) = attribute.type.element,
      let data = attribute.data.part(at: 0, count: attribute.count * attribute.type.size)
    else { return nil }
    try file.spend(work: data.count)
    let numbers = StoredNumbers(bytes: data, type: type, isBigEndian: isBigEndian)
    return (0..<attribute.count).map { numbers[$0] }
  }

  /// All attributes.
  func readAttributes() throws -> [String: HDF5Attribute] {
    var found: [String: HDF5Attribute] = [:]
    func add(_ body: Bytes) throws {
      let attribute = try HDF5Attribute(body, of: file)
      found[attribute.name] = attribute
    }
    for message in header.messages {
      switch message.kind {
      case .attribute where !message.isShared: try add(message.body)
      case .attributeInfo:
        var cursor = HDF5Cursor(message.body, file: file)
        try cursor.skip(1)
        if try cursor.byte() & 1 != 0 { try cursor.skip(2) }
        guard let heap = try cursor.address(), let tree = try cursor.address() else { continue }
        let bodies = try HDF5FractalHeap(at: heap, of: file)
        try HDF5RecordTree(at: tree, of: file).forEach { kind, record in
          // By name: the place in the heap, then the flags of a message.
          guard kind == 8, record.count > 8 else {
            throw file.damaged("attributes of an unknown kind")
          }
          if record[8] & 2 == 0 { try add(bodies.object(record.slice(0..<8))) }
        }
      default: break
      }
    }
    return found
  }
}
