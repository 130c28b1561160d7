/// `AmplitudeNormalisation(fitting:)` of samples that come one after the other and are not kept.
///
/// Samples are counted in 65,536 classes of amplitude (the sign, the exponent and seven bits of the
/// fraction: classes 0.8 % wide), so memory is 1 MB however long the recording. Mean and deviation are
/// those of all samples at once to about 1 part in 10,000.
public struct RunningNormalisation: Sendable {
  private var counts = [Int](repeating: 0, count: 1 << 16)
  private var sums = [Double](repeating: 0, count: 1 << 16)
  /// Samples counted so far; missing ones are not.
  public private(set) var count = 0
  private var total = 0.0

  /// Nothing seen yet.
  public init() {}

  /// Counts samples in; missing ones are passed over.
  public mutating func add(_ samples: [Float]) {
    samples.withUnsafeBufferPointer { add($0) }
  }

  /// Counts samples in; missing ones are passed over. Nothing is allocated.
  public mutating func add(_ samples: UnsafeBufferPointer<Float>) {
    for sample in samples where sample.isFinite {
      let bits = sample.bitPattern
      // Negative numbers in reverse, then positive ones: the order of the numbers.
      let key = Int((bits >> 31 == 1 ? ~bits : bits | 1 << 31) >> 16)
      counts[key] += 1
      sums[key] += Double(sample)
      total += Double(sample)
      count += 1
    }
  }

  /// The normalisation of everything counted so far; mean and deviation 0 of nothing.
  public var normalisation: AmplitudeNormalisation {
    guard count > 0 else { return AmplitudeNormalisation(mean: 0, deviation: 0) }
    let lower = count * 25 / 1000
    let upper = max(lower + 1, count * 975 / 1000)
    // Of a class at the edge only a part counts, at the class's mean.
    var (passed, sum, kept) = (0, 0.0, 0)
    var central: [(share: Double, mean: Double)] = []
    for key in counts.indices where counts[key] > 0 {
      let inside = min(passed + counts[key], upper) - max(passed, lower)
      if inside > 0 {
        let mean = sums[key] / Double(counts[key])
        central.append((Double(inside), mean))
        sum += Double(inside) * mean
        kept += inside
      }
      passed += counts[key]
      if passed >= upper { break }
    }
    let centre = sum / Double(kept)
    let squares = central.reduce(0.0) {
      $0 + $1.share * ($1.mean - centre) * ($1.mean - centre)
    }
    return AmplitudeNormalisation(
      mean: total / Double(count), deviation: (squares / Double(kept)).squareRoot())
  }
}
