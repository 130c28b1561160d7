import ECGRandom
import Foundation

// What each published transformation draws, in the order in which `apply` draws it.

extension Original: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind { .original }
}

extension AdditiveNoise: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind {
    .noise(power: pow(10, -signalToNoise / 10), purpose: purpose)
  }
}

extension Scaling: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind { .scaling(factor) }
}

extension Negation: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind { .negation }
}

extension TemporalInversion: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind { .inversion }
}

extension Permutation: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind {
    let most = lengths.reduce(1) { max($0, min(pieces, $1)) }
    var drawn = DrawnVersions.Pieces(count: most)
    for (length, stream) in zip(lengths, streams) {
      var random = stream
      let pieces = min(max(pieces, 1), length)
      var numbers = Array(0..<pieces)
      var written = 0
      for place in 0..<pieces {
        numbers.swapAt(place, place + random.integer(below: pieces - place))
        let piece = numbers[place]
        let start = piece * length / pieces
        drawn.outputStarts.append(Int32(written))
        drawn.sourceStarts.append(Int32(start))
        written += (piece + 1) * length / pieces - start
      }
      drawn.fillLine(from: pieces, length: length)
      drawn.pieceLengths.append(0)
      drawn.ends.append(Int32(length))
    }
    drawn.steps = [Double](repeating: 1, count: drawn.outputStarts.count)
    return .permutation(drawn)
  }
}

extension TimeWarp: DrawableTransformation {
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind {
    let most = lengths.reduce(1) { max($0, min(pieces, $1)) }
    var drawn = DrawnVersions.Pieces(count: most)
    for (count, stream) in zip(lengths, streams) {
      guard count > 0 else {
        drawn.fillLine(from: 0, length: 0)
        drawn.steps.append(contentsOf: repeatElement(1, count: most))
        drawn.pieceLengths.append(1)
        drawn.ends.append(0)
        continue
      }
      var random = stream
      let pieces = min(max(pieces, 1), count)
      let length = count / pieces
      let longer = LinearResize(from: length, by: stretch)
      let shorter = LinearResize(from: length, by: 1 / stretch)
      var toStretch = (pieces + 1) / 2
      let joined = toStretch * longer.newLength + (pieces - toStretch) * shorter.newLength
      var position = -random.integer(below: max(joined - count, 0) + 1)
      for piece in 0..<pieces {
        let isStretched = random.integer(below: pieces - piece) < toStretch
        toStretch -= isStretched ? 1 : 0
        let resize = isStretched ? longer : shorter
        drawn.outputStarts.append(Int32(position))
        drawn.sourceStarts.append(Int32(piece * length))
        drawn.steps.append(resize.step)
        position += resize.newLength
      }
      drawn.fillLine(from: pieces, length: max(position, count))
      drawn.steps.append(contentsOf: repeatElement(1, count: most - pieces))
      drawn.pieceLengths.append(Int32(length))
      drawn.ends.append(Int32(position))
    }
    return .warp(drawn)
  }
}

extension DrawnVersions.Pieces {
  /// Fills what a window of fewer pieces leaves of its line with places that no sample reaches.
  fileprivate mutating func fillLine(from pieces: Int, length: Int) {
    outputStarts.append(contentsOf: repeatElement(Int32(length), count: count - pieces))
    sourceStarts.append(contentsOf: repeatElement(0, count: count - pieces))
  }
}
