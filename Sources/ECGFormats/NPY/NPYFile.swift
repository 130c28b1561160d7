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
    let big = header.isBigEndian
    func bits<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
      let offset = index * MemoryLayout<Number>.size
      return big ? data.big(type, at: offset) : data.little(type, at: offset)
    }
    switch header.element {
    case .float16: return Self.half(bits(UInt16.self))
    case .float32: return Double(Float(bitPattern: bits(UInt32.self)))
    case .float64: return Double(bitPattern: bits(UInt64.self))
    case .int8: return Double(bits(Int8.self))
    case .int16: return Double(bits(Int16.self))
    case .int32: return Double(bits(Int32.self))
    case .int64: return Double(bits(Int64.self))
    case .uint8, .bool: return Double(bits(UInt8.self))
    case .uint16: return Double(bits(UInt16.self))
    case .uint32: return Double(bits(UInt32.self))
    case .uint64: return Double(bits(UInt64.self))
    }
  }

  /// Every so many elements in the order they are stored in, times a factor; what is not finite is missing.
  /// All of them must lie in the array.
  func floats(from start: Int, step: Int, count length: Int, scaledBy factor: Double) -> [Float] {
    guard length > 0 else { return [] }
    precondition(
      start >= 0 && step >= 0 && start + (length - 1) * step < count, "outside of the array")
    switch header.element {
    case .float16: return gathered(UInt16.self, start, step, length, factor) { Self.half($0) }
    case .float32:
      return gathered(UInt32.self, start, step, length, factor) { Double(Float(bitPattern: $0)) }
    case .float64:
      return gathered(UInt64.self, start, step, length, factor) { Double(bitPattern: $0) }
    case .int8: return gathered(Int8.self, start, step, length, factor) { Double($0) }
    case .int16: return gathered(Int16.self, start, step, length, factor) { Double($0) }
    case .int32: return gathered(Int32.self, start, step, length, factor) { Double($0) }
    case .int64: return gathered(Int64.self, start, step, length, factor) { Double($0) }
    case .uint8, .bool: return gathered(UInt8.self, start, step, length, factor) { Double($0) }
    case .uint16: return gathered(UInt16.self, start, step, length, factor) { Double($0) }
    case .uint32: return gathered(UInt32.self, start, step, length, factor) { Double($0) }
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
    let isBig = header.isBigEndian
    return data.withUnsafeBytes { raw in
      precondition((start + (length - 1) * step + 1) * width <= raw.count, "outside of the array")
      return [Float](unsafeUninitializedCapacity: length) { buffer, initialized in
        var offset = start * width
        for place in 0..<length {
          let bits = raw.loadUnaligned(fromByteOffset: offset, as: Number.self)
          let scaled = value(isBig ? Number(bigEndian: bits) : Number(littleEndian: bits)) * factor
          buffer[place] = scaled.isFinite ? Float(scaled) : .nan
          offset += step * width
        }
        initialized = length
      }
    }
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

  /// IEEE 754 binary16, spelt out since not every platform has the type.
  private static func half(_ bits: UInt16) -> Double {
    let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
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
