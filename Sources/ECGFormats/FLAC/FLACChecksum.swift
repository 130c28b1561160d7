/// The two sums that FLAC frames carry (RFC 9639, 9.1.8 and 9.3).
enum FLACChecksum {
  /// Of a frame's header: x⁸ + x² + x + 1.
  static func ofHeader(_ bytes: UnsafeRawBufferPointer) -> UInt8 {
    headerTable.withUnsafeBufferPointer { table in
      bytes.reduce(UInt8(0)) { table[Int($0 ^ $1)] }
    }
  }

  /// Of a whole frame: x¹⁶ + x¹⁵ + x² + 1.
  static func ofFrame(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    frameTable.withUnsafeBufferPointer { table in
      bytes.reduce(UInt16(0)) { $0 << 8 ^ table[Int(UInt8(truncatingIfNeeded: $0 >> 8) ^ $1)] }
    }
  }

  /// Whether a sum is the one stated. The fuzzer takes any, or it would never come past one.
  static func agrees(_ sum: Int, _ stated: Int) -> Bool {
    #if FUZZING
      true
    #else
      sum == stated
    #endif
  }

  private static let headerTable: [UInt8] = (0..<256).map { index in
    (0..<8).reduce(UInt8(index)) { value, _ in value & 0x80 == 0 ? value << 1 : value << 1 ^ 0x07 }
  }

  private static let frameTable: [UInt16] = (0..<256).map { index in
    (0..<8).reduce(UInt16(index) << 8) { value, _ in
      value & 0x8000 == 0 ? value << 1 : value << 1 ^ 0x8005
    }
  }
}
