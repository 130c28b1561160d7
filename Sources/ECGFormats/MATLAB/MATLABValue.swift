/// A value of a MATLAB file.
package indirect enum MATLABValue: Sendable {
  case array(MATLABArray)
  case text(String)
  case cell(shape: [Int], [MATLABValue])
  /// Elements of a struct array, each with its fields.
  case structure(shape: [Int], [[String: MATLABValue]])
  /// Something this package has no use for (functions, objects, sparse matrices), by what it is.
  case other(String)
  /// Left out on the caller's wish.
  case skipped

  /// The field of a struct of one element, or of a cell of one such struct.
  package subscript(field: String) -> MATLABValue? {
    switch self {
    case .structure(_, let elements) where elements.count == 1: elements[0][field]
    case .cell(_, let cells) where cells.count == 1: cells[0][field]
    default: nil
    }
  }

  /// The elements of a cell or struct array in column-major order; of anything else itself.
  package var elements: [MATLABValue] {
    switch self {
    case .cell(_, let cells): cells
    case .structure(_, let elements) where elements.count != 1:
      elements.map { .structure(shape: [1, 1], [$0]) }
    default: [self]
    }
  }

  /// The array, if it is one.
  package var array: MATLABArray? {
    switch self {
    case .array(let array): array
    case .cell(_, let cells) where cells.count == 1: cells[0].array
    default: nil
    }
  }

  /// The text, if it is one.
  package var text: String? {
    switch self {
    case .text(let text): text
    case .cell(_, let cells) where cells.count == 1: cells[0].text
    default: nil
    }
  }

  /// The one number, if it is one.
  package var number: Double? {
    guard let array, array.count == 1 else { return nil }
    return array.element(0)
  }
}

/// A numeric array of MATLAB, column-major as on disk, elements converted as they are read.
package struct MATLABArray: Sendable {
  /// How an element is stored; a double array of small integers is stored as small integers.
  enum Storage: UInt32, Sendable {
    case int8 = 1
    case uint8 = 2
    case int16 = 3
    case uint16 = 4
    case int32 = 5
    case uint32 = 6
    case single = 7
    case double = 9
    case int64 = 12
    case uint64 = 13

    var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .single: 4
      case .double, .int64, .uint64: 8
      }
    }
  }

  package let shape: [Int]
  package let count: Int
  let storage: Storage
  let isBigEndian: Bool
  let data: Bytes

  init(shape: [Int], count: Int, storage: Storage, isBigEndian: Bool, data: Bytes) {
    self.shape = shape
    self.count = count
    self.storage = storage
    self.isBigEndian = isBigEndian
    self.data = data
  }

  /// One column of numbers.
  package init(column: [Float]) {
    let bytes = column.withUnsafeBytes { Array($0) }
    self.init(
      shape: [column.count, 1], count: column.count, storage: .single,
      isBigEndian: Int(1).bigEndian == 1, data: Bytes(bytes))
  }

  /// Rows of a matrix.
  package var rows: Int { shape.first ?? 0 }
  /// Columns of a matrix, further dimensions taken together.
  package var columns: Int { rows == 0 ? 0 : count / rows }

  /// An element by its column-major number.
  package func element(_ index: Int) -> Double {
    switch storage {
    case .int8: Double(bits(Int8.self, index))
    case .uint8: Double(bits(UInt8.self, index))
    case .int16: Double(bits(Int16.self, index))
    case .uint16: Double(bits(UInt16.self, index))
    case .int32: Double(bits(Int32.self, index))
    case .uint32: Double(bits(UInt32.self, index))
    case .single: Double(Float(bitPattern: bits(UInt32.self, index)))
    case .double: Double(bitPattern: bits(UInt64.self, index))
    case .int64: Double(bits(Int64.self, index))
    case .uint64: Double(bits(UInt64.self, index))
    }
  }

  /// A column, in double precision.
  package func column(_ index: Int) -> [Double] {
    precondition(index >= 0 && index < columns, "no such column")
    return (index * rows..<(index + 1) * rows).map(element)
  }

  /// A channel of a matrix whose longer side is time, in single precision times a factor; what is not
  /// finite is missing.
  package func channel(_ place: Int, scaledBy factor: Double) -> [Float] {
    let isTall = rows >= columns
    let start = isTall ? place * rows : place
    let step = isTall ? 1 : rows
    let length = isTall ? rows : columns
    guard length > 0 else { return [] }
    precondition(start >= 0 && start + (length - 1) * step < count, "no such channel")
    switch storage {
    case .int8: return gathered(Int8.self, start, step, length, factor) { Double($0) }
    case .uint8: return gathered(UInt8.self, start, step, length, factor) { Double($0) }
    case .int16: return gathered(Int16.self, start, step, length, factor) { Double($0) }
    case .uint16: return gathered(UInt16.self, start, step, length, factor) { Double($0) }
    case .int32: return gathered(Int32.self, start, step, length, factor) { Double($0) }
    case .uint32: return gathered(UInt32.self, start, step, length, factor) { Double($0) }
    case .single:
      return gathered(UInt32.self, start, step, length, factor) { Double(Float(bitPattern: $0)) }
    case .double:
      return gathered(UInt64.self, start, step, length, factor) { Double(bitPattern: $0) }
    case .int64: return gathered(Int64.self, start, step, length, factor) { Double($0) }
    case .uint64: return gathered(UInt64.self, start, step, length, factor) { Double($0) }
    }
  }

  /// The loop over one type of elements.
  @inline(__always)
  private func gathered<Number: FixedWidthInteger>(
    _: Number.Type, _ start: Int, _ step: Int, _ length: Int, _ factor: Double,
    _ value: (Number) -> Double
  ) -> [Float] {
    let width = MemoryLayout<Number>.size
    return data.withUnsafeBytes { raw in
      precondition((start + (length - 1) * step + 1) * width <= raw.count, "outside of the array")
      return [Float](unsafeUninitializedCapacity: length) { buffer, initialized in
        var offset = start * width
        for place in 0..<length {
          let bits = raw.loadUnaligned(fromByteOffset: offset, as: Number.self)
          let number = value(isBigEndian ? Number(bigEndian: bits) : Number(littleEndian: bits))
          let scaled = number * factor
          buffer[place] = scaled.isFinite ? Float(scaled) : .nan
          offset += step * width
        }
        initialized = length
      }
    }
  }

  @inline(__always)
  private func bits<Number: FixedWidthInteger>(_ type: Number.Type, _ index: Int) -> Number {
    let offset = index * MemoryLayout<Number>.size
    return isBigEndian ? data.big(type, at: offset) : data.little(type, at: offset)
  }
}
