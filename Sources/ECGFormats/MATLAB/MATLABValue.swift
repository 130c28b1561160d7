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
  package let shape: [Int]
  /// The elements as stored: a double array of small integers is stored as small integers.
  let numbers: StoredNumbers

  package var count: Int { numbers.count }

  init(shape: [Int], _ numbers: StoredNumbers) {
    self.shape = shape
    self.numbers = numbers
  }

  /// One column of numbers.
  package init(column: [Float]) {
    let bytes = column.withUnsafeBytes { Array($0) }
    self.init(
      shape: [column.count, 1],
      StoredNumbers(bytes: Bytes(bytes), type: .float32, isBigEndian: Int(1).bigEndian == 1))
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
}
