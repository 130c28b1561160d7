import ECGRandom
import ECGSignal

/// The windows of a source under one transformation: what `heartfelt transform` writes.
///
/// Window i is transformed with the random numbers of (seed, transformation, epoch, i): it is the
/// version that pre-training with that seed shows in that epoch, whenever and wherever it is asked
/// for.
public struct TransformedWindows: WindowSource {
  /// The windows as they were.
  public let base: any WindowSource
  /// The transformation they undergo.
  public let transformation: any SignalTransformation
  /// The key of the random numbers.
  public let seed: UInt64
  /// The repetition: each epoch draws anew.
  public let epoch: Int

  /// The windows of `base` under a transformation.
  /// - Throws: `PretextError` when a setting is out of range.
  public init(
    of base: any WindowSource, by transformation: any SignalTransformation, seed: UInt64,
    epoch: Int = 0
  ) throws {
    try transformation.checkSettings()
    self.base = base
    self.transformation = transformation
    self.seed = seed
    self.epoch = epoch
  }

  public var count: Int { base.count }
  public var windowLength: Int { base.windowLength }

  public func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    var random = RandomStream(
      seed: seed, purpose: .transformation(transformation.name), epoch: epoch, index: index)
    var scratch = TransformationScratch(windowLength: windowLength)
    base.window(index).withUnsafeBufferPointer { window in
      transformation.transform(window, into: destination, scratch: &scratch, random: &random)
    }
  }
}

extension RandomPurpose {
  /// What a transformation draws in training; the index is the window.
  static func transformation(_ name: String) -> RandomPurpose {
    RandomPurpose("transformation." + name)
  }

  /// What a transformation draws for held-out windows: the same in every epoch.
  static func heldOutTransformation(_ name: String) -> RandomPurpose {
    RandomPurpose("held-out.transformation." + name)
  }
}
