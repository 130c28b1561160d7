/// The types of number that files hold as they stand in memory.
enum StoredNumber: Sendable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float16, float32, float64

  /// Bytes of a number.
  var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}

/// Numbers of one type and one byte order, one after another.
struct StoredNumbers: Sendable {
  let bytes: Bytes
  let type: StoredNumber
  let isBigEndian: Bool

  var count: Int { bytes.count / type.size }

  /// The number at a place, which must lie in the bytes.
  subscript(index: Int) -> Double {
    switch type {
    case .int8: Double(bits(Int8.self, index))
    case .uint8: Double(bits(UInt8.self, index))
    case .int16: Double(bits(Int16.self, index))
    case .uint16: Double(bits(UInt16.self, index))
    case .int32: Double(bits(Int32.self, index))
    case .uint32: Double(bits(UInt32.self, index))
    case .int64: Double(bits(Int64.self, index))
    case .uint64: Double(bits(UInt64.self, index))
    case .float16: Self.half(bits(UInt16.self, index))
    case .float32: Double(Float(bitPattern: bits(UInt32.self, index)))
    case .float64: Double(bitPattern: bits(UInt64.self, index))
    }
  }

  /// Every so many numbers, times a factor; what is not finite is missing. All must lie in the bytes.
  func floats(from start: Int, step: Int, count length: Int, scaledBy factor: Double) -> [Float] {
    guard length > 0 else { return [] }
    precondition(start >= 0 && step >= 0, "outside of the array")
    let stretch = Stretch(start: start, step: step, factor: factor, isBigEndian: isBigEndian)
    return bytes.withUnsafeBytes { raw in
      [Float](unsafeUninitializedCapacity: length) { buffer, initialized in
        useLargePages(UnsafeMutableRawBufferPointer(buffer))
        let floats = UnsafeMutableBufferPointer(rebasing: buffer[..<length])
        switch type {
        case .int8: stretch.gather(Int8.self, raw, floats) { Double($0) }
        case .uint8: stretch.gather(UInt8.self, raw, floats) { Double($0) }
        case .int16: stretch.gather(Int16.self, raw, floats) { Double($0) }
        case .uint16: stretch.gather(UInt16.self, raw, floats) { Double($0) }
        case .int32: stretch.gather(Int32.self, raw, floats) { Double($0) }
        case .uint32: stretch.gather(UInt32.self, raw, floats) { Double($0) }
        case .int64: stretch.gather(Int64.self, raw, floats) { Double($0) }
        case .uint64: stretch.gather(UInt64.self, raw, floats) { Double($0) }
        case .float16: stretch.gather(UInt16.self, raw, floats) { Self.half($0) }
        case .float32: stretch.gather(UInt32.self, raw, floats) { Double(Float(bitPattern: $0)) }
        case .float64: stretch.gather(UInt64.self, raw, floats) { Double(bitPattern: $0) }
        }
        initialized = length
      }
    }
  }

  /// Which numbers are gathered, and what is made of them.
  private struct Stretch {
    let start: Int
    let step: Int
    let factor: Double
    let isBigEndian: Bool

    /// The loop over one type of numbers.
    @inline(__always)
    func gather<Number: FixedWidthInteger>(
      _: Number.Type, _ raw: UnsafeRawBufferPointer, _ floats: UnsafeMutableBufferPointer<Float>,
      _ value: (Number) -> Double
    ) {
      let width = MemoryLayout<Number>.size
      precondition(
        (start + (floats.count - 1) * step + 1) * width <= raw.count, "outside of the array")
      // One after another in this machine's order is what files hold most, and what goes by vectors.
      if step == 1, Number(littleEndian: 1) == 1, !isBigEndian {
        for place in floats.indices {
          let bits = raw.loadUnaligned(
            fromByteOffset: (start &+ place) &* width, as: Number.self)
          floats[place] = float(value(bits))
        }
        return
      }
      var offset = start * width
      for place in floats.indices {
        let bits = raw.loadUnaligned(fromByteOffset: offset, as: Number.self)
        floats[place] = float(
          value(isBigEndian ? Number(bigEndian: bits) : Number(littleEndian: bits)))
        offset += step * width
      }
    }

    @inline(__always)
    private func float(_ number: Double) -> Float {
      let scaled = number * factor
      return scaled.isFinite ? Float(scaled) : .nan
    }
  }

  @inline(__always)
  private func bits<Number: FixedWidthInteger>(_ type: Number.Type, _ index: Int) -> Number {
    let offset = index * MemoryLayout<Number>.size
    return isBigEndian ? bytes.big(type, at: offset) : bytes.little(type, at: offset)
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
