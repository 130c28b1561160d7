import Foundation

/// Writes a float32 array as npy version 1, row-major.
/// - Parameters:
///   - values: all elements, the last dimension running fastest.
///   - shape: its product must be the number of values.
/// - Throws: `FormatError` if the file cannot be written.
public func writeNPY(_ values: [Float], shape: [Int], to url: URL) throws {
  precondition(shape.reduce(1, *) == values.count, "the shape does not fit the values")
  var data = NPYWriter.header(shape: shape)
  data.reserveCapacity(data.count + 4 * values.count)
  data.append(NPYWriter.littleEndian(values))
  do {
    try data.write(to: url, options: .atomic)
  } catch {
    throw FormatError(writing: url.path, error)
  }
}

/// Writes a float32 array row by row when the number of rows is not known beforehand: the file is
/// complete once `finish` has returned, and does not stand under its name before.
public final class NPYWriter {
  private let url: URL
  private let temporary: URL
  private let handle: FileHandle
  private let rowShape: [Int]
  /// The rows written so far.
  public private(set) var rowCount = 0

  /// Opens a file for rows of a shape; `[2560]` makes an array of n by 2560.
  public init(to url: URL, rowShape: [Int]) throws {
    self.url = url
    self.rowShape = rowShape
    temporary = url.appendingPathExtension("partial")
    do {
      try Self.header(shape: [0] + rowShape).write(to: temporary)
      handle = try FileHandle(forWritingTo: temporary)
      try handle.seekToEnd()
    } catch {
      throw FormatError(writing: url.path, error)
    }
  }

  /// Adds whole rows.
  public func append(_ values: [Float]) throws {
    let size = rowShape.reduce(1, *)
    precondition(size > 0 && values.count % size == 0, "not a whole number of rows")
    do {
      try handle.write(contentsOf: Self.littleEndian(values))
    } catch {
      throw FormatError(writing: url.path, error)
    }
    rowCount += values.count / size
  }

  /// Writes the final header and gives the file its name.
  public func finish() throws {
    do {
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: Self.header(shape: [rowCount] + rowShape))
      try handle.synchronize()
      try handle.close()
      if FileManager.default.fileExists(atPath: url.path) {
        _ = try FileManager.default.replaceItemAt(url, withItemAt: temporary)
      } else {
        try FileManager.default.moveItem(at: temporary, to: url)
      }
    } catch {
      throw FormatError(writing: url.path, error)
    }
  }

  /// A header of 128 bytes, so that it can be written again with another number of rows.
  static func header(shape: [Int]) -> Data {
    let extents =
      shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    let length = max(118, (text.utf8.count + 1 + 10 + 63) / 64 * 64 - 10)
    while text.utf8.count < length - 1 { text += " " }
    text += "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(UInt8(length & 0xFF))
    data.append(UInt8(length >> 8))
    data.append(Data(text.utf8))
    return data
  }

  static func littleEndian(_ values: [Float]) -> Data {
    #if _endian(little)
      values.withUnsafeBytes { Data($0) }
    #else
      Data(values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    #endif
  }
}
