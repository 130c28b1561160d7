/// Random numbers that depend on nothing but their key.
///
/// A stream is addressed by (seed, purpose, epoch, index): the noise of window 17 in epoch 3 is the
/// same whoever draws it, on whichever thread, in whatever order, before or after an interruption.
/// That is what makes training reproducible bit for bit.
///
/// The generator is Philox 4×32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3" (SC 2011): the key is the seed, the counter holds purpose, epoch, index and the
/// block number, and ten rounds of multiplication mix them.
///
/// A stream holds at most 2³² blocks of 128 bits. It is not for cryptography.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let address: (purpose: UInt32, epoch: UInt32, index: UInt32)
  private var block: UInt32 = 0
  private var buffer: (UInt64, UInt64) = (0, 0)
  private var buffered = 0

  /// The stream at an address.
  /// - Parameters:
  ///   - seed: the seed of the whole run.
  ///   - purpose: what the numbers are for; streams of different purposes are independent.
  ///   - epoch: the epoch, step or repetition.
  ///   - index: the window, person or unit within it.
  public init(seed: UInt64, purpose: RandomPurpose, epoch: Int = 0, index: Int = 0) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    address = (
      purpose.rawValue, UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: index)
    )
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if buffered == 0 {
      let words = Philox.block(
        counter: (block, address.index, address.epoch, address.purpose), key: key)
      buffer = (
        UInt64(words.0) | UInt64(words.1) << 32, UInt64(words.2) | UInt64(words.3) << 32
      )
      block &+= 1
      buffered = 2
    }
    buffered -= 1
    return buffered == 1 ? buffer.0 : buffer.1
  }
}

extension RandomStream {
  /// A number drawn evenly from [0, 1).
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number drawn evenly from a range.
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// An integer drawn evenly from 0 ..< bound, without bias (Lemire, 2019).
  /// - Parameter bound: at least 1.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "integer(below:) needs a bound of at least 1")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold {
        product = next().multipliedFullWidth(by: range)
      }
    }
    return Int(product.high)
  }

  /// A random order of 0 ..< count (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements into a random order (Fisher and Yates).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }
}
