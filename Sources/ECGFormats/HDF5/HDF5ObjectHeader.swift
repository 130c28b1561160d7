/// The messages of an object, which say what it is, gathered from all blocks of its header.
struct HDF5ObjectHeader {
  /// The kinds of message that are read, by their numbers.
  enum Kind: Int {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case oldFillValue = 0x04
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInfo = 0x15
  }

  /// A message; a shared one stands in the header of another object.
  struct Message {
    var kind: Kind
    var body: Bytes
    var isShared: Bool
  }

  private(set) var messages: [Message] = []
  private let file: HDF5File
  /// Where its blocks after the first stand, none of them twice.
  private var blocks: Set<Int> = []

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    try file.spend(entries: 1)
    var cursor = try file.cursor(at: address)
    var pending: [(address: Int, count: Int)] = []
    if try file.cursor(at: address).begins(with: "OHDR") {
      try cursor.expect("OHDR")
      guard try cursor.byte() == 2 else { throw file.unsupported("an object header of a new kind") }
      let flags = try cursor.byte()
      if flags & 0x20 != 0 { try cursor.skip(16) }
      if flags & 0x10 != 0 { try cursor.skip(4) }
      let count = try cursor.count(1 << (flags & 3))
      guard count < file.bytes.count else { throw file.damaged("an endless header") }
      let block = try file.checked(at: address, count: cursor.offset + count)
      try read(block.slice(cursor.offset..<block.count), .new(flags), &pending)
      while let (address, count) = pending.popLast() {
        guard count >= 8 else { throw file.damaged("a header's block of \(count) bytes") }
        let block = try file.checked(at: address, count: count - 4)
        guard block.hasPrefix("OCHK") else { throw file.damaged("no header where one continues") }
        try read(block.slice(4..<block.count), .new(flags), &pending)
      }
    } else {
      guard try cursor.byte() == 1 else {
        throw file.damaged("no object at its address (\(address))")
      }
      try cursor.skip(7)
      let count = try cursor.count(4)
      try cursor.skip(4)
      try read(cursor.take(count), .old, &pending)
      while let (address, count) = pending.popLast() {
        try read(file.block(at: address, count: count), .old, &pending)
      }
    }
  }

  private enum Version {
    case old
    /// With the flags of the header.
    case new(Int)
  }

  private mutating func read(
    _ block: Bytes, _ version: Version, _ pending: inout [(address: Int, count: Int)]
  ) throws {
    var cursor = HDF5Cursor(block, file: file)
    let head: Int
    switch version {
    case .old: head = 8
    case .new(let flags): head = flags & 0x04 == 0 ? 4 : 6
    }
    // What is left may be a gap too small for a message.
    while cursor.left >= head {
      try file.spend(entries: 1)
      let kind: Int
      let flags: Int
      let count: Int
      switch version {
      case .old:
        (kind, count, flags) = try (cursor.count(2), cursor.count(2), cursor.byte())
        try cursor.skip(3)
      case .new:
        (kind, count, flags) = try (cursor.byte(), cursor.count(2), cursor.byte())
        try cursor.skip(head - 4)
      }
      let body = try cursor.take(count)
      guard let kind = Kind(rawValue: kind) else { continue }
      if kind == .continuation {
        var place = HDF5Cursor(body, file: file)
        let address = try place.place(of: "a header's block")
        guard blocks.insert(address).inserted else {
          throw file.damaged("a header that goes round in circles")
        }
        try pending.append((address, place.length()))
      } else {
        messages.append(Message(kind: kind, body: body, isShared: flags & 2 != 0))
      }
    }
  }

  /// Whether there is a message of a kind.
  func has(_ kind: Kind) -> Bool { messages.contains { $0.kind == kind } }

  /// The message of a kind, or the one of another object that it stands for.
  func message(_ kind: Kind) throws -> Bytes? {
    guard let message = messages.first(where: { $0.kind == kind }) else { return nil }
    return try message.isShared ? Self.shared(message.body, kind, of: file) : message.body
  }

  /// The message that another stands for, such as a named type's.
  static func shared(_ body: Bytes, _ kind: Kind, of file: HDF5File) throws -> Bytes {
    var cursor = HDF5Cursor(body, file: file)
    let version = try cursor.byte()
    let place = try cursor.byte()
    if version == 1 { try cursor.skip(6) }
    guard (1...3).contains(version), version < 3 || place == 2 else {
      throw file.unsupported("messages shared in a heap")
    }
    let header = try HDF5ObjectHeader(at: cursor.place(of: "a shared message"), of: file)
    guard let found = header.messages.first(where: { $0.kind == kind }), !found.isShared else {
      throw file.damaged("a shared message that is not there")
    }
    return found.body
  }
}
