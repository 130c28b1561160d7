/// A group or data set of an HDF5 file.
final class HDF5Object {
  enum Kind {
    case group, data, other
  }

  let kind: Kind
  let address: Int
  let header: HDF5ObjectHeader
  let file: HDF5File
  private lazy var links = Result { try HDF5Links(of: header, file: file).addresses }
  private(set) lazy var attributes = Result { try readAttributes() }

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    self.address = address
    header = try HDF5ObjectHeader(at: address, of: file)
    if header.has(.symbolTable) || header.has(.linkInfo) {
      kind = .group
    } else {
      kind = header.has(.dataspace) && header.has(.datatype) ? .data : .other
    }
  }

  /// The names in a group, in alphabetical order; links to elsewhere left out. Of anything else none.
  func names() throws -> [String] {
    try kind == .group ? links.get().keys.sorted() : []
  }

  /// A member of a group by its name.
  /// - Throws: `FormatError` if there is none, or it is damaged.
  func member(_ name: String) throws -> HDF5Object {
    guard kind == .group, let address = try links.get()[name] else {
      throw file.damaged("no \"\(name)\" where it should be")
    }
    return try HDF5Object(at: address, of: file)
  }

  /// The extents of a data set, slowest first; a single element has none.
  func shape() throws -> [Int] { try space().extents }

  /// What its elements are.
  func element() throws -> HDF5Datatype.Element {
    kind == .data ? try type().element : .other
  }

  /// The elements of a data set of numbers, as they are stored.
  func numbers() throws -> StoredNumbers {
    let type = try type()
    guard case .number(let number, let isBigEndian) = type.element else {
      throw file.damaged("something else than numbers")
    }
    return StoredNumbers(
      bytes: try content(elementSize: type.size), type: number, isBigEndian: isBigEndian)
  }

  /// The objects that a data set of references leads to; nil where one leads nowhere.
  func references() throws -> [HDF5Object?] {
    guard try element() == .reference else { throw file.damaged("something else than references") }
    let width = file.addressWidth
    let bytes = try content(elementSize: width)
    return try stride(from: 0, to: bytes.count, by: width).map { offset in
      var cursor = HDF5Cursor(bytes.slice(offset..<(offset + width)), file: file)
      guard let address = try cursor.address(), address > 0 else { return nil }
      return try HDF5Object(at: address, of: file)
    }
  }

  private func message(_ kind: HDF5ObjectHeader.Kind, _ what: String) throws -> Bytes {
    guard let body = try header.message(kind) else { throw file.damaged("data without \(what)") }
    return body
  }

  private func space() throws -> HDF5Dataspace {
    try HDF5Dataspace(message(.dataspace, "a shape"), of: file)
  }

  private func type() throws -> HDF5Datatype {
    try HDF5Datatype(message(.datatype, "a type"), of: file)
  }
}

extension HDF5Object {
  /// All bytes of a data set.
  private func content(elementSize: Int) throws -> Bytes {
    let space = try space()
    let (size, overflow) = space.count.multipliedReportingOverflow(by: elementSize)
    guard !overflow else { throw file.damaged("an impossible shape") }
    guard size > 0 else { return Bytes([]) }
    guard size <= file.limit else {
      throw file.damaged("\(space.count) elements, more than \(file.limit) bytes")
    }
    try file.take(size)
    guard !header.has(.externalFiles) else {
      throw file.unsupported("data that stand in another file")
    }
    func whole(_ part: Bytes?) throws -> Bytes {
      guard let part else {
        throw file.damaged("\(space.count) elements in fewer bytes; it may be cut short")
      }
      return part
    }
    switch try HDF5Layout(message(.layout, "a layout"), of: file) {
    case .compact(let bytes): return try whole(bytes.part(at: 0, count: size))
    case .contiguous(let address):
      guard let address else {
        throw file.damaged("\(space.count) elements that were never written")
      }
      return try whole(file.bytes.part(at: address, count: size))
    case .chunked(let chunks):
      let filters =
        try header.message(.filters).map {
          try HDF5Filters($0, elementSize: elementSize, of: file)
        } ?? HDF5Filters(of: file)
      return try HDF5ChunkedData(
        layout: chunks, space: space, elementSize: elementSize, size: size, filters: filters,
        fill: fillValue(elementSize: elementSize), file: file
      ).joined()
    }
  }

  /// What stands where nothing was written; nil for zeros.
  private func fillValue(elementSize: Int) throws -> Bytes? {
    let value: Bytes?
    if let body = try header.message(.fillValue) {
      var cursor = HDF5Cursor(body, file: file)
      let version = try cursor.byte()
      let isStated: Bool
      if version >= 3 {
        isStated = try cursor.byte() & 0x20 != 0
      } else {
        try cursor.skip(2)
        let isDefined = try cursor.byte() != 0
        isStated = version == 1 || isDefined
      }
      value = isStated ? try cursor.take(cursor.count(4)) : nil
    } else if let body = try header.message(.oldFillValue) {
      var cursor = HDF5Cursor(body, file: file)
      value = try cursor.take(cursor.count(4))
    } else {
      value = nil
    }
    return value.flatMap { $0.count == elementSize ? $0 : nil }
  }
}
