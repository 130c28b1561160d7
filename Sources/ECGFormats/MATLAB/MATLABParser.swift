/// Reads the elements of a MATLAB 5 file.
struct MATLABParser {
  let path: String
  let isBigEndian: Bool
  let wanted: ([String]) -> Bool
  let keeping: ([String], MATLABValue) -> MATLABValue

  /// What may be held in memory in all, of one file: 2 GiB.
  static var largest: Int { UnpackingLimit.bytes }
  /// Cells and structs nest no deeper in any file worth reading.
  private static let deepest = 24
  private let budget = Budget()

  /// What is still allowed.
  private final class Budget {
    var bytes = MATLABParser.largest
    var values = 4_000_000
  }

  /// The tag of an element, and the data themselves if they stand in it.
  private struct Tag {
    var type: UInt32
    var count: Int
    var small: Bytes?
  }

  func variables(of bytes: Bytes) throws -> [(name: String, value: MATLABValue)] {
    var variables: [(name: String, value: MATLABValue)] = []
    var offset = 128
    while offset + 8 <= bytes.count {
      let type = word(bytes, offset)
      let count = Int(word(bytes, offset + 4))
      guard let content = bytes.part(at: offset + 8, count: count) else {
        throw FormatError(
          path: path, at: .byte(offset), expected: "a variable of \(count) bytes",
          found: "the end of the file", advice: "the file is cut short; download it again")
      }
      do {
        if type == 15 {
          let stream = try InflateStream(content, frame: .zlib)
          var source = MATLABSource.packed(stream)
          let tag = try tag(&source)
          // Deflate cannot pack tighter than 1032 to 1: a larger size is a lie.
          guard tag.type == 14, tag.count / 1032 <= content.count else {
            throw InflateStream.Damage.malformed("a packed element that is no variable")
          }
          if let variable = try matrix(&source, tag.count, path: [], depth: 0) {
            variables.append(variable)
          }
          // Reading on to the end checks the sum; some writers pack more than the variable, which is
          // then left alone.
          let surplus = ByteBuffer(count: 1)
          _ = try stream.read(into: surplus.memory)
          offset += 8 + count
        } else {
          var source = MATLABSource.mapped(content, position: 0)
          if type == 14, let variable = try matrix(&source, count, path: [], depth: 0) {
            variables.append(variable)
          }
          offset += 8 + (count + 7) / 8 * 8
        }
      } catch let damage as InflateStream.Damage {
        throw FormatError(
          path: path, at: .byte(offset), expected: "a sound variable", found: damage.words,
          advice: "download or save it again")
      }
    }
    return variables
  }

  /// A value with its name; nil if it is empty without a name, as an empty cell is stored.
  ///
  /// Reads exactly `count` bytes.
  private func matrix(
    _ source: inout MATLABSource, _ count: Int, path names: [String], depth: Int
  ) throws -> (name: String, value: MATLABValue)? {
    guard count > 0 else { return nil }
    guard depth <= Self.deepest else { throw malformed("cells nested too deep") }
    budget.values -= 1
    guard budget.values > 0 else { throw malformed("too many values") }
    var left = count
    let flags = try small(&source, &left, type: 6, atMost: 16)
    guard flags.count >= 8 else { throw malformed("a value without its flags") }
    let kind = word(flags, 0) & 0xFF
    if kind == 17 {
      try source.skip(left)
      return ("", .other("an object"))
    }
    let shape = try shape(&source, &left)
    let nameBytes = try small(&source, &left, type: 1, atMost: 1 << 16)
    let name = nameBytes.latin1
    // Only variables have names of their own; parts go by their path.
    let place = names.isEmpty ? [name] : names
    guard wanted(place) else {
      try source.skip(left)
      return (name, .skipped)
    }
    let value: MATLABValue
    switch kind {
    case 1: value = try cell(&source, &left, shape, path: place, depth: depth)
    case 2, 3:
      if kind == 3 { _ = try small(&source, &left, type: 1, atMost: 1 << 16) }
      value = try structure(&source, &left, shape, path: place, depth: depth)
    case 4: value = .text(try text(&source, &left))
    case 6...15: value = .array(try array(&source, &left, shape))
    case 5: value = .other("a sparse matrix")
    default: value = .other("a value of class \(kind)")
    }
    // An imaginary part, or what is not read.
    try source.skip(left)
    return (name, value)
  }

  private func cell(
    _ source: inout MATLABSource, _ left: inout Int, _ shape: (extents: [Int], count: Int),
    path: [String], depth: Int
  ) throws -> MATLABValue {
    guard shape.count <= left / 8 else { throw malformed("more cells than there is room for") }
    var cells: [MATLABValue] = []
    cells.reserveCapacity(shape.count)
    for index in 0..<shape.count {
      cells.append(try element(&source, &left, path: path + ["\(index)"], depth: depth))
    }
    return .cell(shape: shape.extents, cells)
  }

  private func structure(
    _ source: inout MATLABSource, _ left: inout Int, _ shape: (extents: [Int], count: Int),
    path: [String], depth: Int
  ) throws -> MATLABValue {
    let lengthBytes = try small(&source, &left, type: 5, atMost: 8)
    guard lengthBytes.count >= 4 else { throw malformed("a struct without the length of names") }
    let length = Int(word(lengthBytes, 0))
    let names = try small(&source, &left, type: 1, atMost: 1 << 20)
    guard length > 0, length <= 1 << 12 else { throw malformed("field names of \(length) bytes") }
    let fields = stride(from: 0, to: names.count - length + 1, by: length).map { start in
      String(names.slice(start..<(start + length)).latin1.prefix { $0 != "\0" })
    }
    guard fields.isEmpty || shape.count <= left / 8 / fields.count else {
      throw malformed("more fields than there is room for")
    }
    var elements: [[String: MATLABValue]] = []
    for index in 0..<(fields.isEmpty ? 0 : shape.count) {
      var element: [String: MATLABValue] = [:]
      for field in fields {
        let place = path + (shape.count == 1 ? [field] : ["\(index)", field])
        element[field] = try self.element(&source, &left, path: place, depth: depth)
      }
      elements.append(element)
    }
    return .structure(shape: shape.extents, elements)
  }

  /// A nested value.
  private func element(
    _ source: inout MATLABSource, _ left: inout Int, path: [String], depth: Int
  ) throws -> MATLABValue {
    let tag = try tag(&source)
    left -= 8
    guard tag.type == 14, tag.small == nil, tag.count <= left else {
      throw malformed("a cell that holds no value")
    }
    let padded = min((tag.count + 7) / 8 * 8, left)
    let value = try matrix(&source, tag.count, path: path, depth: depth + 1).map {
      keeping(path, $0.value)
    }
    try source.skip(padded - tag.count)
    left -= padded
    return value ?? .cell(shape: [0, 0], [])
  }

  private func array(
    _ source: inout MATLABSource, _ left: inout Int, _ shape: (extents: [Int], count: Int)
  ) throws -> MATLABArray {
    let (type, data) = try data(&source, &left)
    guard let number = Self.numbers[type] else { throw malformed("numbers of type \(type)") }
    guard shape.count <= data.count / number.size else {
      throw malformed("\(data.count) bytes for \(shape.count) numbers of \(number.size)")
    }
    return MATLABArray(
      shape: shape.extents,
      StoredNumbers(
        bytes: data.slice(0..<(shape.count * number.size)), type: number, isBigEndian: isBigEndian))
  }

  /// The kinds of numbers by MATLAB's marks of them.
  private static let numbers: [UInt32: StoredNumber] = [
    1: .int8, 2: .uint8, 3: .int16, 4: .uint16, 5: .int32, 6: .uint32, 7: .float32, 9: .float64,
    12: .int64, 13: .uint64,
  ]

  private func text(_ source: inout MATLABSource, _ left: inout Int) throws -> String {
    let (type, data) = try data(&source, &left)
    switch type {
    case 4, 17:
      let units = stride(from: 0, to: data.count - 1, by: 2).map {
        isBigEndian ? data.big(UInt16.self, at: $0) : data.little(UInt16.self, at: $0)
      }
      return String(decoding: units, as: UTF16.self)
    default: return data.text
    }
  }

  private func shape(
    _ source: inout MATLABSource, _ left: inout Int
  ) throws -> (extents: [Int], count: Int) {
    let bytes = try small(&source, &left, type: 5, atMost: 128)
    var extents: [Int] = []
    var count = 1
    for offset in stride(from: 0, to: bytes.count - 3, by: 4) {
      let extent = Int(Int32(bitPattern: word(bytes, offset)))
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw malformed("an impossible shape") }
      extents.append(extent)
      count = product
    }
    guard !extents.isEmpty else { throw malformed("a value without a shape") }
    return (extents, count)
  }

  /// A short element of one type.
  private func small(
    _ source: inout MATLABSource, _ left: inout Int, type: UInt32, atMost: Int
  ) throws -> Bytes {
    let (found, bytes) = try data(&source, &left, atMost: atMost)
    guard found == type else { throw malformed("an element of type \(found) in place of \(type)") }
    return bytes
  }

  /// The data of an element, with what pads them to eight bytes read away.
  private func data(
    _ source: inout MATLABSource, _ left: inout Int, atMost: Int = .max
  ) throws -> (type: UInt32, Bytes) {
    let tag = try tag(&source)
    left -= 8
    if let small = tag.small {
      guard left >= 0 else { throw malformed("an element beyond its value") }
      return (tag.type, small)
    }
    guard tag.count <= left, tag.count <= atMost else {
      throw malformed("an element of \(tag.count) bytes")
    }
    budget.bytes -= tag.count
    guard budget.bytes >= 0 else { throw malformed("more than \(Self.largest) bytes of values") }
    let bytes = try source.take(tag.count)
    let padding = min((tag.count + 7) / 8 * 8 - tag.count, left - tag.count)
    try source.skip(padding)
    left -= tag.count + padding
    return (tag.type, bytes)
  }

  private func tag(_ source: inout MATLABSource) throws -> Tag {
    let bytes = try source.take(8)
    let first = word(bytes, 0)
    if first >> 16 != 0 {
      let count = Int(first >> 16)
      guard count <= 4 else { throw malformed("a small element of \(count) bytes") }
      return Tag(type: first & 0xFFFF, count: count, small: bytes.slice(4..<(4 + count)))
    }
    return Tag(type: first, count: Int(word(bytes, 4)), small: nil)
  }

  private func word(_ bytes: Bytes, _ offset: Int) -> UInt32 {
    isBigEndian ? bytes.big(UInt32.self, at: offset) : bytes.little(UInt32.self, at: offset)
  }

  private func malformed(_ what: String) -> InflateStream.Damage { .malformed(what) }
}
