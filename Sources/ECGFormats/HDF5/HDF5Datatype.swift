/// What an element of data or of an attribute is.
///
/// Source: HDF5 File Format Specification, IV.A.2.d.
struct HDF5Datatype {
  enum Element: Equatable {
    case number(StoredNumber, isBigEndian: Bool)
    /// A text of so many bytes.
    case text
    /// A text in a heap.
    case heapText
    /// The address of an object.
    case reference
    /// Something no recording is made of: times, bit fields, compounds, enumerations …
    case other
  }

  let element: Element
  /// Bytes of an element.
  let size: Int

  init(_ body: Bytes, of file: HDF5File) throws {
    var cursor = HDF5Cursor(body, file: file)
    let kind = try cursor.byte() & 0x0F
    let bits = try cursor.count(3)
    size = try cursor.count(4)
    switch kind {
    case 0, 1:
      let offset = try cursor.count(2)
      let precision = try cursor.count(2)
      guard offset == 0, precision == 8 * size else {
        element = .other
        return
      }
      let isBigEndian = bits & 1 != 0
      if kind == 0 {
        element =
          Self.integer(size: size, isSigned: bits & 8 != 0)
          .map { .number($0, isBigEndian: isBigEndian) } ?? .other
      } else {
        let form = try [
          cursor.byte(), cursor.byte(), cursor.byte(), cursor.byte(), cursor.count(4),
        ]
        // The order of bytes of a VAX is told by a second bit.
        element =
          bits & 0x40 != 0
          ? .other
          : Self.float(size: size, form).map { .number($0, isBigEndian: isBigEndian) } ?? .other
      }
    case 3: element = .text
    case 7: element = bits & 0x0F == 0 && size == file.addressWidth ? .reference : .other
    case 9: element = bits & 0x0F == 1 ? .heapText : .other
    default: element = .other
    }
  }

  private static func integer(size: Int, isSigned: Bool) -> StoredNumber? {
    switch size {
    case 1: isSigned ? .int8 : .uint8
    case 2: isSigned ? .int16 : .uint16
    case 4: isSigned ? .int32 : .uint32
    case 8: isSigned ? .int64 : .uint64
    default: nil
    }
  }

  /// The number whose exponent and mantissa lie so: place and bits of each, and the exponent's bias.
  private static func float(size: Int, _ form: [Int]) -> StoredNumber? {
    switch (size, form) {
    case (2, [10, 5, 0, 10, 15]): .float16
    case (4, [23, 8, 0, 23, 127]): .float32
    case (8, [52, 11, 0, 52, 1023]): .float64
    default: nil
    }
  }
}

/// The extents of data, slowest first; a single element has none, and no element at all the extent zero.
struct HDF5Dataspace {
  var extents: [Int]
  /// What they may grow to; nil for without end.
  var limits: [Int?]
  /// The number of elements.
  let count: Int

  init(_ body: Bytes, of file: HDF5File) throws {
    var cursor = HDF5Cursor(body, file: file)
    let version = try cursor.byte()
    let rank = try cursor.byte()
    let flags = try cursor.byte()
    guard version == 1 || version == 2, rank <= 32 else {
      throw file.damaged("an impossible shape")
    }
    if version == 1 {
      try cursor.skip(5)
    } else if try cursor.byte() == 2 {
      (extents, limits, count) = ([0], [0], 0)
      return
    }
    extents = try (0..<rank).map { _ in try cursor.length() }
    limits = extents
    if flags & 1 != 0 {
      let endless = UInt64.max >> UInt64(64 - 8 * file.lengthWidth)
      limits = try (0..<rank).map { _ in
        let limit = try cursor.unsigned(file.lengthWidth)
        return limit == endless ? nil : Int(exactly: limit)
      }
    }
    count = try Self.product(extents, of: file)
  }

  /// The number of elements of some extents.
  static func product(_ extents: [Int], of file: HDF5File) throws -> Int {
    var product = 1
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw file.damaged("an impossible shape") }
      product = next
    }
    return product
  }
}
