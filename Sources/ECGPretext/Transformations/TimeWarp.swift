import ECGRandom

/// Parts of the window run slower, the others faster.
///
/// The window is cut into p pieces of ⌊N / p⌋ samples. A random ⌈p / 2⌉ of them are stretched by k
/// and the rest squeezed by 1 / k, each resized to ⌈length · factor⌉ samples by `LinearResize`. They
/// are joined in their order, and N samples in a row are cropped from a random place.
///
/// With p = 9, k = 1.05 and N = 2560 the pieces have 284 samples, become 299 or 271, and join to
/// 5 · 299 + 4 · 271 = 2579 samples, of which 2560 are taken from one of 20 places. As in the source,
/// the last N mod p samples (here 4) belong to no piece.
///
/// Some settings join to fewer than N samples (k = 1 and a p that does not divide N). Then the last
/// samples of the window, as many as are missing, follow unchanged: as k ≥ 1 these are never more
/// than the N mod p left out. So there is no constant tail, and k = 1 gives back the window.
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3, and their code.
public struct TimeWarp: SignalTransformation {
  public static let name = "warp"
  public static let settings = [
    TransformationSetting("pieces", "the number of pieces p", in: 1...100_000, \TimeWarp.pieces),
    TransformationSetting("stretch", "the stretching factor k", in: 1...10, \TimeWarp.stretch),
  ]

  /// The number of pieces p; at most one a sample is cut.
  public var pieces: Int
  /// The factor k by which pieces are stretched, and squeezed.
  public var stretch: Double

  public init() { self.init(pieces: 9, stretch: 1.05) }

  /// A warp of 1 to 100,000 pieces by a factor of 1 to 10.
  public init(pieces: Int, stretch: Double) {
    self.pieces = pieces
    self.stretch = stretch
  }

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    let count = window.count
    let pieces = min(max(pieces, 1), count)
    let length = count / pieces
    let longer = LinearResize(from: length, by: stretch)
    let shorter = LinearResize(from: length, by: 1 / stretch)
    var toStretch = (pieces + 1) / 2

    let joined = toStretch * longer.newLength + (pieces - toStretch) * shorter.newLength
    let crop = random.integer(below: max(joined - count, 0) + 1)

    // Where the piece begins in the output; pieces before and after the crop are clipped.
    var position = -crop
    for piece in 0..<pieces {
      // Selection sampling: every choice of ⌈p / 2⌉ pieces is equally likely.
      let isStretched = random.integer(below: pieces - piece) < toStretch
      toStretch -= isStretched ? 1 : 0
      let resize = isStretched ? longer : shorter
      let first = max(0, -position)
      let end = min(resize.newLength, count - position)
      if first < end {
        let source = UnsafeBufferPointer(
          rebasing: window[piece * length..<(piece + 1) * length])
        for index in first..<end { output[position + index] = resize.sample(index, of: source) }
      }
      position += resize.newLength
    }

    if position < count {
      for index in position..<count { output[index] = window[index] }
    }
  }
}
