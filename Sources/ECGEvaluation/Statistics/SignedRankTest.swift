import Foundation

/// Wilcoxon's signed-rank test: whether paired differences, one a person, lie around 0.
///
/// Differences of 0 are left out; equal ones share their mean rank. W⁺ is the sum of the ranks of the
/// positive ones. With up to 50 differences its distribution over all 2ⁿ signs is computed exactly,
/// ties included; with more, or when asked, by the normal approximation without correction for
/// continuity:
/// ```
/// mean = n(n + 1)/4      variance = n(n + 1)(2n + 1)/24 − Σ_ties (t³ − t)/48
/// ```
/// as SciPy's `wilcoxon` does. It asks whether persons differ in one direction; it says nothing of
/// other training persons, who would have made other models.
public struct SignedRankTest: Codable, Hashable, Sendable {
  /// How the probability is computed.
  public enum Form: String, Codable, Sendable {
    /// Over all signs of the ranks.
    case exact
    /// By the normal approximation.
    case normal
  }

  /// The two-sided probability of ranks as uneven as these, were there no difference.
  public let pValue: Double
  /// The sum of the ranks of positive differences.
  public let positiveRankSum: Double
  /// Differences that are not 0.
  public let pairs: Int
  /// How the probability was computed.
  public let form: Form
  /// (W⁺ − W⁻) / (W⁺ + W⁻): the matched rank-biserial correlation (Kerby, 2014), from −1 to 1.
  public let rankBiserial: Double

  /// The most differences that the exact distribution is computed for.
  public static let exactLimit = 50

  /// The test of paired differences.
  /// - Parameters:
  ///   - differences: one a person; those that are not finite are left out.
  ///   - form: how to compute; without it exact for up to 50 differences.
  /// - Returns: nil when no difference is other than 0.
  public init?(of differences: [Double], form: Form? = nil) {
    // Shares of few windows are equal on paper and differ in the last bit: those are ties.
    let values = differences.filter { $0.isFinite && abs($0) > Self.resolution }
    guard !values.isEmpty else { return nil }
    let ranks = SignedRanks(values)
    let chosen = form ?? (values.count <= Self.exactLimit ? .exact : .normal)
    pairs = values.count
    positiveRankSum = ranks.positive
    rankBiserial = (2 * ranks.positive - ranks.total) / ranks.total
    self.form = chosen
    pValue = chosen == .exact ? ranks.exactProbability : ranks.normalProbability
  }

  /// Differences closer than this are equal.
  static let resolution = 1e-12
}

/// The ranks of absolute differences.
private struct SignedRanks {
  /// Twice the rank of each, so that mean ranks are whole numbers.
  private var doubled: [Int] = []
  private var tieCorrection = 0.0
  private(set) var positive = 0.0

  init(_ values: [Double]) {
    let order = values.indices.sorted { abs(values[$0]) < abs(values[$1]) }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count,
        abs(values[order[end]]) - abs(values[order[end - 1]]) <= SignedRankTest.resolution
      {
        end += 1
      }
      let size = Double(end - start)
      tieCorrection += size * size * size - size
      for place in start..<end {
        let twice = start + 1 + end
        doubled.append(twice)
        if values[order[place]] > 0 { positive += Double(twice) / 2 }
      }
      start = end
    }
  }

  private var count: Double { Double(doubled.count) }
  var total: Double { count * (count + 1) / 2 }

  var normalProbability: Double {
    let variance = count * (count + 1) * (2 * count + 1) / 24 - tieCorrection / 48
    guard variance > 0 else { return 1 }
    let z = (positive - total / 2) / variance.squareRoot()
    return min(1, 2 * Distributions.normalUpperTail(abs(z)))
  }

  /// Twice the smaller tail of the sum of ranks under random signs.
  var exactProbability: Double {
    let most = doubled.reduce(0, +)
    var chance = [Double](repeating: 0, count: most + 1)
    chance[0] = 1
    var reached = 0
    for rank in doubled {
      reached += rank
      for sum in stride(from: reached, through: 0, by: -1) {
        chance[sum] = 0.5 * (chance[sum] + (sum >= rank ? chance[sum - rank] : 0))
      }
    }
    let observed = Int((2 * positive).rounded())
    let below = chance[...observed].reduce(0, +)
    let above = chance[observed...].reduce(0, +)
    return min(1, 2 * min(below, above))
  }
}
