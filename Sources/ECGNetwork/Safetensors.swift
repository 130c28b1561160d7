import Foundation

/// Named tensors and text in a `.safetensors` file, as Hugging Face's `safetensors` reads and writes
/// it: eight bytes of header length, a JSON header, and the values in little-endian float32.
///
/// Only float32 is read: this package writes nothing else.
public struct Safetensors: Sendable, Equatable {
  /// The tensors, in the order in which their values lie in the file.
  public var tensors: Parameters
  /// Text by key.
  public var metadata: [String: String]

  /// Tensors and metadata.
  public init(tensors: Parameters, metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file.
  /// - Throws: `NetworkError.file` when there is none, when it cannot be read, and when it is not
  ///   a whole safetensors file.
  public init(contentsOf url: URL) throws {
    try self.init(bytes: FileBytes.read(url), name: url.path)
  }

  /// Reads the bytes of a file.
  /// - Parameter name: what errors call it.
  /// - Throws: `NetworkError.file` when they are not a whole safetensors file.
  public init(bytes: Data, name: String = "the data") throws {
    let header = try SafetensorsHeader(bytes: bytes, name: name)
    metadata = header.metadata
    tensors = Parameters()
    for entry in header.entries {
      let start = bytes.startIndex + header.dataStart + entry.range.lowerBound
      let values = bytes[start..<start + entry.range.count].littleEndianFloats()
      tensors[entry.name] = Tensor(shape: entry.shape, values: values)
    }
  }

  /// The bytes of the file. The same tensors and metadata give the same bytes.
  public func bytes() -> Data {
    var header = "{"
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      header += "\"__metadata__\":{" + pairs.joined(separator: ",") + "},"
    }
    var offset = 0
    var entries: [String] = []
    for name in tensors.names {
      guard let tensor = tensors[name] else { continue }
      let end = offset + 4 * tensor.values.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(jsonString(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    header += entries.joined(separator: ",") + "}"
    if entries.isEmpty { header = header.replacingOccurrences(of: "},}", with: "}}") }
    // Spaces bring the values to a multiple of eight bytes, as the format recommends.
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

    var bytes = Data(capacity: 8 + header.utf8.count + offset)
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    for name in tensors.names { bytes.append(littleEndian: tensors[name]?.values ?? []) }
    return bytes
  }

  /// Writes the file beside, syncs it and puts it in its place: a failure leaves the old file whole.
  /// - Throws: `NetworkError.file` with the system's reason.
  public func write(to url: URL) throws {
    try AtomicFile.replace(url, with: bytes())
  }
}

/// A text as JSON writes it.
private func jsonString(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    case "\u{0}"..<"\u{20}":
      let code = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

extension Data {
  /// The bytes as little-endian float32.
  fileprivate func littleEndianFloats() -> [Float] {
    withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map { index in
        Float(
          bitPattern: UInt32(
            littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
  }

  fileprivate mutating func append(littleEndian values: [Float]) {
    let patterns = values.map { $0.bitPattern.littleEndian }
    patterns.withUnsafeBytes { append(contentsOf: $0) }
  }
}
