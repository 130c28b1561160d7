import ECGFormats
import Foundation

/// `windows.npy`: a NumPy array (format 1.0) of float32 [N, T] in C order, mapped into memory.
struct WindowFile: Sendable {
  let count: Int
  let windowLength: Int
  private let bytes: Bytes
  private let dataOffset: Int

  /// Maps a file and checks that its size is what its header says.
  /// - Throws: `DatasetError.store`.
  init(at url: URL, in store: String) throws {
    func unusable(_ why: String) -> DatasetError { .store(store, "windows.npy \(why)") }
    do { bytes = try openBytes(at: url) } catch {
      throw DatasetError.store(store, "\(error)")
    }
    guard bytes.hasPrefix([0x93] + Array("NUMPY".utf8)), bytes.count >= 12 else {
      throw unusable("is not a NumPy file")
    }
    let wide = bytes[6] >= 2
    let length =
      wide ? Int(bytes.little(UInt32.self, at: 8)) : Int(bytes.little(UInt16.self, at: 8))
    guard let header = bytes.part(at: wide ? 12 : 10, count: length)?.text else {
      throw unusable("is cut short within its header")
    }
    dataOffset = (wide ? 12 : 10) + length
    guard header.contains("'<f4'"), header.contains("'fortran_order': False") else {
      throw unusable("must hold little-endian float32 in C order, but its header is \(header)")
    }
    let shape = Self.shape(in: header)
    guard let shape, shape.count == 2, shape[1] > 0 else {
      throw unusable("must have two dimensions, windows and samples, but its header is \(header)")
    }
    (count, windowLength) = (shape[0], shape[1])
    let (values, tooMany) = count.multipliedReportingOverflow(by: windowLength)
    let (needed, far) = values.multipliedReportingOverflow(by: 4)
    guard !tooMany, !far, bytes.count - dataOffset == needed else {
      throw unusable(
        "should hold \(count) windows of \(windowLength) samples, but has "
          + "\(bytes.count - dataOffset) bytes of samples; it is not whole, so prepare it again")
    }
  }

  func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    precondition(index >= 0 && index < count, "there is no window \(index) among \(count)")
    precondition(destination.count == windowLength, "a window needs room for all its samples")
    let size = windowLength * MemoryLayout<Float>.size
    bytes.withUnsafeBytes { raw in
      let start = dataOffset + index * size
      UnsafeMutableRawBufferPointer(destination).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: raw[start..<start + size]))
    }
  }

  /// The two numbers of `'shape': (3, 2560)`.
  private static func shape(in header: String) -> [Int]? {
    guard let name = header.range(of: "'shape':"),
      let open = header[name.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    let parts = header[header.index(after: open)..<close].split(separator: ",")
    let numbers = parts.map { Int($0.trimmingCharacters(in: .whitespaces)) }
    return numbers.contains { $0 == nil || $0 ?? -1 < 0 } ? nil : numbers.compactMap { $0 }
  }

  /// The header's length: enough for any count, and a multiple of 64 as NumPy aligns it.
  static let headerLength = 128

  /// The header of a file of `count` windows, `headerLength` bytes.
  static func header(count: Int, windowLength: Int) -> Data {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count), \(windowLength)), }"
    let padding = String(repeating: " ", count: headerLength - 10 - 1 - text.utf8.count)
    let length = headerLength - 10
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)])
      + Data((text + padding + "\n").utf8)
  }
}
