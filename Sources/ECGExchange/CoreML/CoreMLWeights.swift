import ECGNetwork
import Foundation

/// The weights file of an ML Program, `weights/weight.bin`.
///
/// ```text
/// header    u32 count, u32 version = 2, zeros up to 64 bytes
/// tensor    u32 0xDEADBEEF, u32 type (2: float32), u64 size, u64 offset of the values, zeros up to
///           64 bytes; then the values, padded with zeros to a multiple of 64
/// ```
/// All numbers are little-endian; a tensor is addressed by the offset of its 64 bytes.
struct CoreMLWeights {
  private var body = Data()
  private var count: UInt32 = 0

  /// Adds a tensor and gives the offset by which the program refers to it.
  mutating func append(_ tensor: Tensor) -> UInt64 {
    let offset = UInt64(Self.alignment + body.count)
    let values = tensor.littleEndianBytes
    var entry = Data()
    entry.append(littleEndian: 0xDEAD_BEEF as UInt32)
    entry.append(littleEndian: 2 as UInt32)
    entry.append(littleEndian: UInt64(values.count))
    entry.append(littleEndian: offset + UInt64(Self.alignment))
    body += entry.padded(to: Self.alignment) + values.padded(to: Self.alignment)
    count += 1
    return offset
  }

  /// The file.
  var bytes: Data {
    var header = Data()
    header.append(littleEndian: count)
    header.append(littleEndian: 2 as UInt32)
    return header.padded(to: Self.alignment) + body
  }

  private static let alignment = 64
}

extension Data {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate func padded(to multiple: Int) -> Data {
    self + Data(count: (multiple - count % multiple) % multiple)
  }
}
