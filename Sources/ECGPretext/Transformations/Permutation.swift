import ECGRandom

/// The window cut into m pieces, which are put together again in a random order.
///
/// Piece i runs from sample ⌊i · N / m⌋ up to ⌊(i + 1) · N / m⌋. Where m divides N, as 20 divides
/// 2560, all are equal (128 samples); otherwise their lengths differ by one sample at most, and none
/// is dropped: y holds exactly the samples of x. All m! orders are equally likely, the order of
/// before among them.
///
/// Sarkar and Etemad, IEEE TAC 13(3), section 3; m = 20 in their code.
public struct Permutation: SignalTransformation {
  public static let name = "permutation"
  public static let settings = [
    TransformationSetting("pieces", "the number of pieces m", in: 2...100_000, \Permutation.pieces)
  ]

  /// The number of pieces m; at most one a sample is cut.
  public var pieces: Int

  public init() { self.init(pieces: 20) }

  /// A permutation of 2 to 100,000 pieces.
  public init(pieces: Int) { self.pieces = pieces }

  public func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    let pieces = min(max(pieces, 1), window.count)
    // Fisher and Yates from the front: each piece is drawn as it is needed.
    for piece in 0..<pieces { scratch.numbers[piece] = piece }
    var written = 0
    for place in 0..<pieces {
      scratch.numbers.swapAt(place, place + random.integer(below: pieces - place))
      let piece = scratch.numbers[place]
      let start = piece * window.count / pieces
      let end = (piece + 1) * window.count / pieces
      for index in start..<end { output[written + index - start] = window[index] }
      written += end - start
    }
  }
}
