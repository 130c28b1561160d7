import ECGRandom

extension RandomPurpose {
  fileprivate static let bootstrap = RandomPurpose("evaluation.bootstrap")
}

/// Intervals by resampling persons.
///
/// Windows of a person are alike, so windows are not the independent observations; persons are.
/// A resample draws as many persons as there are, with replacement, and takes all windows of each
/// (the cluster bootstrap; Efron and Tibshirani, 1993). The interval is the percentile one.
///
/// It tells how much the score would vary with other *test* persons. It does not tell how much it
/// would vary with other training persons, and with fewer than about ten persons it is too narrow.
public struct Bootstrap: Codable, Hashable, Sendable {
  /// Resamples drawn.
  public var resamples: Int
  /// The share of resamples inside the interval.
  public var confidence: Double
  /// The same seed gives the same intervals, and draws the same persons for every method.
  public var seed: UInt64

  /// 95 % intervals from 2000 resamples.
  public init(resamples: Int = 2000, confidence: Double = 0.95, seed: UInt64 = 1) {
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
  }

  /// The interval of a statistic of persons.
  /// - Parameters:
  ///   - persons: how many persons there are.
  ///   - statistic: the value when each person counts the given number of times; nil where it is
  ///     not defined, which leaves the resample out.
  /// - Returns: nil for fewer than two persons, or when fewer than half of the resamples count.
  public func interval(
    persons: Int, of statistic: ([Int]) -> Double?
  ) -> Interval? {
    guard persons >= 2, resamples > 0 else { return nil }
    var values: [Double] = []
    values.reserveCapacity(resamples)
    var weights = [Int](repeating: 0, count: persons)
    for resample in 0..<resamples {
      for person in weights.indices { weights[person] = 0 }
      var stream = RandomStream(seed: seed, purpose: .bootstrap, epoch: resample)
      for _ in 0..<persons { weights[stream.integer(below: persons)] += 1 }
      if let value = statistic(weights) { values.append(value) }
    }
    guard values.count * 2 >= resamples else { return nil }
    values.sort()
    let tail = (1 - confidence) / 2
    return Interval(low: quantile(tail, of: values), high: quantile(1 - tail, of: values))
  }
}

/// From where to where a value lies.
public struct Interval: Codable, Hashable, Sendable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// An interval.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether a value lies in it, ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

/// A quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan, 1996).
private func quantile(_ share: Double, of sorted: [Double]) -> Double {
  let position = min(max(share, 0), 1) * Double(sorted.count - 1)
  let lower = Int(position)
  let upper = min(lower + 1, sorted.count - 1)
  return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
}
