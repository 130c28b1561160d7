import Foundation

/// One NumPy array on disk, mapped into memory; elements are converted as they are read.
///
/// Holds f2, f4, f8, signed and unsigned integers and booleans, either byte order, either memory order.
public struct NPYFile: Sendable {
  /// The extent of each dimension.
  public var shape: [Int] { header.shape }
  /// The number of elements.
  public var count: Int { header.count }
  /// Whether the elements stand in column-major order.
  public var isColumnMajor: Bool { header.isFortran && header.shape.count > 1 }
  /// The type of the elements in NumPy's words, such as `f4`.
  public var elementType: String { header.element.rawValue }

  private let header: NPYHeader
  private let data: Bytes

  /// Opens an array file.
  /// - Throws: `FormatError` if it is none, cut short, or holds anything but numbers.
  public init(at url: URL) throws {
    try self.init(try openBytes(at: url), path: url.path)
  }

  package init(_ bytes: Bytes, path: String) throws {
    header = try NPYHeader(bytes, path: path)
    data = bytes.slice(header.dataOffset..<bytes.count)
  }

  /// Data without a header of their own.
  init(_ data: Bytes, header: NPYHeader) {
    self.header = header
    self.data = data
  }

  /// The elements in a range of the order they are stored in; the range must lie in `0..<count`.
  public func floats(in range: Range<Int>) -> [Float] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside of the array")
    if header.element == .float32, !header.isBigEndian {
      let part = data.slice((4 * range.lowerBound)..<(4 * range.upperBound))
      return [Float](unsafeUninitializedCapacity: range.count) { buffer, initialized in
        part.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        initialized = range.count
      }
    }
    return range.map { Float(element($0)) }
  }

  /// All elements in row-major order, whatever the order on disk.
  public func rowMajorFloats() -> [Float] {
    guard isColumnMajor else { return floats(in: 0..<count) }
    return (0..<count).map { Float(element(stored($0))) }
  }

  /// One element by its place in the order they are stored in.
  public func element(_ index: Int) -> Double {
    precondition(index >= 0 && index < count, "outside of the array")
    return numbers[index]
  }

  /// Every so many elements in the order they are stored in, times a factor; what is not finite is missing.
  /// All of them must lie in the array.
  func floats(from start: Int, step: Int, count length: Int, scaledBy factor: Double) -> [Float] {
    guard length > 0 else { return [] }
    precondition(
      start >= 0 && step >= 0 && start + (length - 1) * step < count, "outside of the array")
    return numbers.floats(from: start, step: step, count: length, scaledBy: factor)
  }

  private var numbers: StoredNumbers {
    StoredNumbers(bytes: data, type: header.element.number, isBigEndian: header.isBigEndian)
  }

  /// Where the element with a row-major number is stored in column-major order.
  private func stored(_ rowMajor: Int) -> Int {
    var rest = rowMajor
    var place = 0
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    for dimension in shape.indices.reversed() {
      place += rest % shape[dimension] * strides[dimension]
      rest /= shape[dimension]
    }
    return place
  }
}

/// An array as a recording: one dimension is one channel, two are channels along the shorter side.
package struct NPYRecording: ChannelFile {
  package let format: FileFormat = .npy
  package let channels: [ChannelDescription]
  package let details: [FileDescription.Detail]
  package let rateAdvice = "an array holds no rate"

  private let file: NPYFile

  package init(at url: URL) throws {
    try self.init(try NPYFile(at: url), name: nil, path: url.path)
  }

  /// - Parameter name: what to call the channels; nil numbers them.
  init(_ file: NPYFile, name: String?, path: String) throws {
    self.file = file
    let shape = file.shape.filter { $0 != 1 }
    guard shape.count <= 2, !file.shape.isEmpty else {
      throw FormatError(
        .unsupported, path: path, at: .key("shape"), expected: "an array of one or two dimensions",
        found: "\(file.shape)", advice: "save one channel, or samples by channels")
    }
    let channelCount = shape.count == 2 ? shape.min() ?? 1 : 1
    let sampleCount = channelCount == 0 ? 0 : file.count / channelCount
    channels = (0..<channelCount).map { index in
      let own = name ?? "column"
      return ChannelDescription(
        name: channelCount == 1 ? name ?? "samples" : "\(own) \(index + 1)",
        sampleCount: sampleCount)
    }
    details = [
      FileDescription.Detail("shape", "\(file.shape)"),
      FileDescription.Detail("element type", file.elementType),
    ]
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let shape = file.shape.filter { $0 != 1 }
    let count = channels[index].sampleCount
    var start = 0
    var step = 1
    if shape.count == 2 {
      let channelsLast = shape[1] == channels.count && shape[0] == count
      // Channels side by side in memory: one sample of each, then the next.
      let interleaved = channelsLast != file.isColumnMajor
      start = interleaved ? index : index * count
      step = interleaved ? channels.count : 1
    }
    return ChannelSamples(file.floats(from: start, step: step, count: count, scaledBy: factor))
  }
}
