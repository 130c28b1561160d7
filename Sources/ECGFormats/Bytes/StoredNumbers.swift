/// The types of number that files hold as they stand in memory.
enum StoredNumber: Sendable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float16, float32, float64
}

/// Numbers of one type and one byte order, one after another.
struct StoredNumbers: Sendable {
  let bytes: Bytes
  let type: StoredNumber
  let isBigEndian: Bool

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
    let stretch = (start, step, length, factor)
    switch type {
    case .int8: return gathered(Int8.self, stretch) { Double($0) }
    case .uint8: return gathered(UInt8.self, stretch) { Double($0) }
    case .int16: return gathered(Int16.self, stretch) { Double($0) }
    case .uint16: return gathered(UInt16.self, stretch) { Double($0) }
    case .int32: return gathered(Int32.self, stretch) { Double($0) }
    case .uint32: return gathered(UInt32.self, stretch) { Double($0) }
    case .int64: return gathered(Int64.self, stretch) { Double($0) }
    case .uint64: return gathered(UInt64.self, stretch) { Double($0) }
    case .float16: return gathered(UInt16.self, stretch) { Self.half($0) }
    case .float32: return gathered(UInt32.self, stretch) { Double(Float(bitPattern: $0)) }
    case .float64: return gathered(UInt64.self, stretch) { Double(bitPattern: $0) }
    }
  }

  /// The loop over one type of numbers.
  @inline(__always)
  private func gathered<Number: FixedWidthInteger>(
    _: Number.Type, _ stretch: (start: Int, step: Int, length: Int, factor: Double),
    _ value: (Number) -> Double
  ) -> [Float] {
    let width = MemoryLayout<Number>.size
    let (start, step, length, factor) = stretch
    return bytes.withUnsafeBytes { raw in
      precondition((start + (length - 1) * step + 1) * width <= raw.count, "outside of the array")
      return [Float](unsafeUninitializedCapacity: length) { buffer, initialized in
        useLargePages(UnsafeMutableRawBufferPointer(buffer))
        var offset = start * width
        for place in 0..<length {
          let bits = raw.loadUnaligned(fromByteOffset: offset, as: Number.self)
          let number = value(isBigEndian ? Number(bigEndian: bits) : Number(littleEndian: bits))
          let scaled = number * factor
          buffer[place] = scaled.isFinite ? Float(scaled) : .nan
          offset += step * width
        }
        initialized = length
      }
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
