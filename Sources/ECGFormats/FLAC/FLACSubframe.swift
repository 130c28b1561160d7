/// The samples of one channel in one FLAC frame (RFC 9639, 9.2).
enum FLACSubframe {
  /// Decodes into a block of samples.
  /// - Parameter width: the bits of a sample, one more than the stream's for a difference of channels.
  static func decode(
    _ bits: inout FLACBits, into block: UnsafeMutableBufferPointer<Int64>, width: Int
  ) throws {
    guard try bits.take(1) == 0 else {
      throw FLACDamage.malformed("a channel without its mark")
    }
    let kind = try bits.take(6)
    // Low bits that are zero in all samples are stored only once.
    let wasted = try bits.take(1) == 1 ? try bits.takeUnary() + 1 : 0
    guard wasted < width else { throw FLACDamage.malformed("samples without bits") }
    let width = width - wasted
    switch kind {
    case 0: block.update(repeating: try bits.takeSigned(width))
    case 1: for place in block.indices { block[place] = try bits.takeSigned(width) }
    case 8...12:
      let order = kind - 8
      try warmUp(&bits, block, order, width)
      try FLACResidual.decode(&bits, into: block, order: order)
      undoDifferences(block, order)
    case 32...63:
      let order = kind - 31
      try warmUp(&bits, block, order, width)
      try undoPrediction(&bits, block, order)
    default: throw FLACDamage.malformed("a channel of a reserved kind")
    }
    try check(block, width)
    if wasted > 0 { for place in block.indices { block[place] <<= Int64(wasted) } }
  }

  /// Whether all samples have so many bits; what is damaged need not.
  static func check(_ block: UnsafeMutableBufferPointer<Int64>, _ width: Int) throws {
    // A number of so many bits differs from its own sign only below them.
    var beyond: Int64 = 0
    for sample in block { beyond |= sample ^ (sample &>> 63) }
    guard beyond &>> Int64(width - 1) == 0 else {
      throw FLACDamage.malformed("a sample of more than \(width) bits")
    }
  }

  /// The first samples, which have none before them to be told from.
  private static func warmUp(
    _ bits: inout FLACBits, _ block: UnsafeMutableBufferPointer<Int64>, _ order: Int, _ width: Int
  ) throws {
    guard order <= block.count else {
      throw FLACDamage.malformed("a block shorter than what its samples are told from")
    }
    for place in 0..<order { block[place] = try bits.takeSigned(width) }
  }

  /// Undoes differences of an order from 0 to 4. Wrapping: damaged files may hold anything, and `check`
  /// comes after.
  private static func undoDifferences(_ block: UnsafeMutableBufferPointer<Int64>, _ order: Int) {
    for place in order..<block.count {
      switch order {
      case 0: return
      case 1: block[place] &+= block[place - 1]
      case 2: block[place] &+= 2 &* block[place - 1] &- block[place - 2]
      case 3:
        block[place] &+= 3 &* (block[place - 1] &- block[place - 2]) &+ block[place - 3]
      default:
        block[place] &+=
          4 &* (block[place - 1] &+ block[place - 3]) &- 6 &* block[place - 2] &- block[place - 4]
      }
    }
  }

  /// Adds a weighted sum of the samples before to each residual.
  private static func undoPrediction(
    _ bits: inout FLACBits, _ block: UnsafeMutableBufferPointer<Int64>, _ order: Int
  ) throws {
    let precision = try bits.take(4) + 1
    let shift = try bits.takeSigned(5)
    guard precision < 16, shift >= 0 else {
      throw FLACDamage.malformed("weights of a reserved kind")
    }
    try withUnsafeTemporaryAllocation(of: Int64.self, capacity: order) { weights in
      // From the oldest sample to the latest.
      for place in (0..<order).reversed() {
        weights.initializeElement(at: place, to: try bits.takeSigned(precision))
      }
      try FLACResidual.decode(&bits, into: block, order: order)
      for place in order..<block.count {
        var sum: Int64 = 0
        let first = place - order
        for tap in 0..<order { sum &+= weights[tap] &* block[first + tap] }
        block[place] &+= sum &>> shift
      }
    }
  }
}

/// The residuals of one channel: partitions, each in a Rice code of its own (RFC 9639, 9.2.7).
enum FLACResidual {
  /// Decodes the residuals of all samples after the first `order`.
  static func decode(
    _ bits: inout FLACBits, into block: UnsafeMutableBufferPointer<Int64>, order: Int
  ) throws {
    let method = try bits.take(2)
    guard method <= 1 else { throw FLACDamage.malformed("residuals of a reserved kind") }
    let widthBits = method == 0 ? 4 : 5
    let escape = 1 << widthBits - 1
    let partitionOrder = try bits.take(4)
    let size = block.count >> partitionOrder
    guard size << partitionOrder == block.count, size >= order else {
      throw FLACDamage.malformed("a block that its partitions do not divide")
    }
    var place = order
    for partition in 1...(1 << partitionOrder) {
      let end = partition * size
      let width = try bits.take(widthBits)
      if width == escape {
        let plain = try bits.take(5)
        while place < end {
          block[place] = try bits.takeSigned(plain)
          place += 1
        }
        continue
      }
      // A copy, so that the bits stay in registers.
      var local = bits
      while place < end {
        block[place] = try local.takeRice(width)
        place += 1
      }
      bits = local
    }
  }
}
