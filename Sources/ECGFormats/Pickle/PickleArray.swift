/// The type of an array's elements.
struct PickleElement: Sendable, Hashable {
  var kind: NPYHeader.Element
  var isBigEndian: Bool
}

/// A NumPy array of a pickle; its data are decoded when they are asked for.
package struct PickleArray: Sendable {
  /// The extent of each dimension.
  package let shape: [Int]
  /// The number of elements.
  package let count: Int
  let element: PickleElement
  let isFortran: Bool
  let data: PickleText

  /// - Throws: `PickleMachine.Damage` if the data cannot be as many as the shape says.
  init(shape: [Int], element: PickleElement, isFortran: Bool, data: PickleText) throws {
    var product = 1
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw PickleMachine.Damage("an impossible shape") }
      product = next
    }
    let (needed, overflow) = product.multipliedReportingOverflow(by: element.kind.size)
    guard !overflow, needed <= data.mostBytes else {
      throw PickleMachine.Damage("\(data.mostBytes) bytes for an array of shape \(shape)")
    }
    if case .plain(let bytes) = data, bytes.count != needed {
      throw PickleMachine.Damage("\(bytes.count) bytes for an array of shape \(shape)")
    }
    self.shape = shape
    count = product
    self.element = element
    self.isFortran = isFortran
    self.data = data
  }

  /// The type of the elements in NumPy's words, such as `f8`.
  package var elementType: String { element.kind.rawValue }
  /// Rows of a matrix; all elements of a vector.
  package var rows: Int { shape.first ?? 1 }
  /// Columns of a matrix, further dimensions taken together.
  package var columns: Int { rows == 0 ? 0 : count / rows }

  /// A column in single precision, times a factor; complexity: the size of the whole array.
  /// - Throws: `FormatError` if the data are damaged.
  package func column(_ column: Int, scaledBy factor: Double, path: String) throws -> [Float] {
    precondition(column >= 0 && column < columns, "no such column")
    let file = try decoded(path)
    let start = isFortran ? column * rows : column
    let step = isFortran ? 1 : columns
    return file.floats(from: start, step: step, count: rows, scaledBy: factor)
  }

  /// All elements in row-major order.
  /// - Throws: `FormatError` if the data are damaged.
  package func rowMajorFloats(path: String) throws -> [Float] {
    try decoded(path).rowMajorFloats()
  }

  private func decoded(_ path: String) throws -> NPYFile {
    let needed = count * element.kind.size
    let bytes: Bytes
    do {
      // One more than needed shows whether there is more.
      bytes = try data.decoded(atMost: needed + 1)
    } catch let damage as PickleMachine.Damage {
      throw FormatError(
        path: path, expected: "the data of an array of shape \(shape)", found: damage.what)
    }
    guard bytes.count == needed else {
      throw FormatError(
        path: path, expected: "\(needed) bytes for an array of shape \(shape)",
        found: bytes.count > needed ? "more" : "\(bytes.count)")
    }
    return NPYFile(
      bytes,
      header: NPYHeader(
        element: element.kind, isBigEndian: element.isBigEndian, isFortran: isFortran,
        shape: shape, count: count))
  }
}
