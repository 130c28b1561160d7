import ECGRandom

/// Which units of a hidden layer are dropped in a training step: the same in every engine.
///
/// A unit is kept if its 32-bit random word is at least the threshold, and a kept unit is scaled up,
/// so that nothing needs scaling without dropout:
///
/// ```text
/// threshold = ⌊rate · 2³²⌋,   mask = word ≥ threshold ? 1 / (1 − rate) : 0
/// word of unit u = word u mod 4 of Philox4×32-10(counter: (⌊u / 4⌋, row, step, purpose), key: seed)
/// purpose = FNV-1a of "dropout.LAYER",   LAYER such as heads.noise.dense1
/// ```
///
/// That is the 32-bit halves, low half first, of the numbers of
/// `RandomStream(seed: seed, purpose: "dropout.LAYER", epoch: step, index: row)`. The row is counted
/// in the whole batch, so neither threads nor shards change a mask.
///
/// Source: Srivastava et al., "Dropout" (JMLR 15, 2014), in the inverted form of TensorFlow and
/// PyTorch.
public struct DropoutMask: Sendable {
  /// The words below it drop their unit.
  public let threshold: UInt32
  /// What a kept unit is multiplied by.
  public let scale: Float
  private let key: (UInt32, UInt32)
  private let purpose: UInt32

  /// The masks of a layer.
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - layer: the layer's name, as its parameters have it without `.weight`.
  ///   - rate: the share of units dropped, in [0, 1).
  public init(seed: UInt64, layer: String, rate: Float) {
    self.init(seed: seed, purpose: Self.purpose(layer: layer), rate: rate)
  }

  /// What a layer's random numbers are for.
  static func purpose(layer: String) -> RandomPurpose { RandomPurpose("dropout." + layer) }

  /// The same with the layer's purpose at hand, which takes no memory.
  init(seed: UInt64, purpose: RandomPurpose, rate: Float) {
    precondition((0..<1).contains(rate), "a dropout rate lies in [0, 1)")
    threshold = UInt32(Double(rate) * 0x1p32)
    scale = 1 / (1 - rate)
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = purpose.rawValue
  }

  /// Writes the mask of one row: 0 for a dropped unit, `scale` for a kept one.
  /// - Parameters:
  ///   - mask: as many values as the layer has units.
  ///   - step: the training step from 0.
  ///   - row: the row in the whole batch from 0.
  public func fill(_ mask: UnsafeMutableBufferPointer<Float>, step: Int, row: Int) {
    let step = UInt32(truncatingIfNeeded: step)
    let row = UInt32(truncatingIfNeeded: row)
    var unit = 0
    while unit < mask.count {
      let words = Philox.block(
        counter: (UInt32(truncatingIfNeeded: unit / 4), row, step, purpose), key: key)
      mask[unit] = words.0 >= threshold ? scale : 0
      if unit + 1 < mask.count { mask[unit + 1] = words.1 >= threshold ? scale : 0 }
      if unit + 2 < mask.count { mask[unit + 2] = words.2 >= threshold ? scale : 0 }
      if unit + 3 < mask.count { mask[unit + 3] = words.3 >= threshold ? scale : 0 }
      unit += 4
    }
  }
}
