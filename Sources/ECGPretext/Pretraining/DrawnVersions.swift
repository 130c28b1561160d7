import ECGRandom
import ECGSignal

/// Versions of some windows as what was drawn for them, without a sample: for an engine that makes
/// the samples itself, where it computes. The samples are those of `SignalTransformation.transform`
/// for the same addresses, but for rounding.
///
/// n windows, J versions. L is a window's length without its trailing zeros. Where several processes share
/// a batch, each has only its own rows: then not every window has every version.
public struct DrawnVersions: Sendable {
  /// The windows chosen from, all of which an engine may keep.
  public let source: any WindowSource
  /// A mark of the source: the same mark, the same windows.
  public let sourceMark: String
  /// The windows by number, n; the number also addresses a window's random numbers.
  public let windows: [Int]
  /// L of each window, n.
  public let lengths: [Int32]
  /// The key of the random numbers.
  public let seed: UInt64
  /// The epoch in their address.
  public let epoch: Int
  /// The versions, J, in the order of the heads.
  public let versions: [Version]
  /// The windows that the batch that comes next needs at most, for an engine that fetches them meanwhile;
  /// empty where they are not known.
  public let nextWindows: [Int]

  /// The place in the whole batch of each row, version after version.
  public var rows: [Int] { versions.flatMap(\.rows) }

  /// One version of some of the windows.
  public struct Version: Sendable {
    /// What is done to a window.
    public enum Kind: Sendable {
      /// Nothing.
      case original
      /// Noise of a power, as a share of the window's own, from the stream of a purpose.
      case noise(power: Double, purpose: RandomPurpose)
      /// A factor on every sample.
      case scaling(Double)
      /// The window upside down.
      case negation
      /// The window backwards.
      case inversion
      /// Pieces in another order.
      case permutation(Pieces)
      /// Pieces stretched and squeezed.
      case warp(Pieces)
    }

    /// What it is.
    public var kind: Kind
    /// The windows that have it, by their places among the n, ascending.
    public var windows: [Int]
    /// The place in the whole batch of each of them.
    public var rows: [Int]
  }

  /// The pieces of a permutation or a warp, line by line for the n windows of a version, of at most m
  /// pieces each. A window of fewer has L in what is left of its line.
  public struct Pieces: Sendable {
    /// m.
    public var count: Int
    /// Where each piece begins in the output, n × m; ascending, negative before a crop.
    public var outputStarts: [Int32] = []
    /// Where it begins in the window, n × m.
    public var sourceStarts: [Int32] = []
    /// Source samples per output sample, n × m; 1 in a permutation.
    public var steps: [Double] = []
    /// Samples of a piece in the window, n; of a warp only.
    public var pieceLengths: [Int32] = []
    /// Where the last piece ends in the output, n; the window follows unchanged.
    public var ends: [Int32] = []
  }
}

/// Draws the versions of windows.
final class VersionDrawer {
  private let source: any WindowSource
  private let mark: String
  private let transformations: [any SignalTransformation]
  private let purposes: [RandomPurpose]
  private let seed: UInt64
  /// L of every window.
  private let lengths: [Int32]

  /// A drawer; nil when one of the transformations is not of the published ones, so that only its own
  /// code knows what it does. Reads all windows once.
  init?(
    source: any WindowSource, mark: String, transformations: TransformationSet, seed: UInt64
  ) {
    guard transformations.members.allSatisfy({ $0 is any DrawableTransformation }) else {
      return nil
    }
    self.source = source
    self.mark = mark
    self.transformations = transformations.members
    self.seed = seed
    purposes = transformations.names.map { .transformation($0) }
    var window = [Float](repeating: 0, count: source.windowLength)
    lengths = (0..<source.count).map { index in
      window.withUnsafeMutableBufferPointer { samples in
        source.copyWindow(index, into: samples)
        return Int32((samples.lastIndex { $0 != 0 } ?? -1) + 1)
      }
    }
  }

  /// The versions of some windows in an epoch.
  /// - Parameters:
  ///   - places: the place of version j of window w in the rows made here, at w · J + j; negative where
  ///     another process makes it.
  ///   - rowNumbers: the place in the whole batch of each row made here.
  ///   - next: the windows of the next batch.
  func draw(
    windows: ArraySlice<Int>, epoch: Int, places: [Int], rowNumbers: [Int], next: ArraySlice<Int>
  ) -> DrawnVersions {
    let count = transformations.count
    // Windows of which nothing is made here are left out.
    let chosen = windows.enumerated().filter { item, _ in
      places[item * count..<(item + 1) * count].contains { $0 >= 0 }
    }
    let lengths = chosen.map { self.lengths[$0.element] }
    var versions: [DrawnVersions.Version] = []
    for (index, transformation) in transformations.enumerated() {
      guard let transformation = transformation as? any DrawableTransformation else { continue }
      let own = chosen.indices.filter { places[chosen[$0].offset * count + index] >= 0 }
      let streams = own.map {
        RandomStream(
          seed: seed, purpose: purposes[index], epoch: epoch, index: chosen[$0].element)
      }
      versions.append(
        DrawnVersions.Version(
          kind: transformation.draw(
            lengths: own.map { Int(lengths[$0]) }, streams: streams, purpose: purposes[index]),
          windows: own, rows: own.map { rowNumbers[places[chosen[$0].offset * count + index]] }))
    }
    return DrawnVersions(
      source: source, sourceMark: mark, windows: chosen.map(\.element), lengths: lengths,
      seed: seed, epoch: epoch, versions: versions, nextWindows: Array(next))
  }
}

/// A transformation that can be told by what it draws.
protocol DrawableTransformation: SignalTransformation {
  /// What it draws for windows of some lengths, with the stream of each.
  func draw(
    lengths: [Int], streams: [RandomStream], purpose: RandomPurpose
  ) -> DrawnVersions.Version.Kind
}
