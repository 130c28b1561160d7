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

    var number: StoredNumber {
      switch self {
      case .int8: .int8
      case .uint8: .uint8
      case .int16: .int16
      case .uint16: .uint16
      case .int32: .int32
      case .uint32: .uint32
      case .single: .float32
      case .double: .float64
      case .int64: .int64
      case .uint64: .uint64
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
    numbers[index]
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
    return numbers.floats(from: start, step: step, count: length, scaledBy: factor)
  }

  private var numbers: StoredNumbers {
    StoredNumbers(bytes: data, type: storage.number, isBigEndian: isBigEndian)
  }
}
