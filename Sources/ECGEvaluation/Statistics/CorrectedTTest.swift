/// Nadeau and Bengio's corrected resampled t-test of differences over folds.
///
/// Scores of folds, or of repetitions of them, share training windows, so the plain t-test finds far
/// too many differences. With J differences of mean m and variance s² (divided by J − 1), n₁ windows
/// trained on and n₂ tested in each:
/// ```
/// t = m / √((1/J + n₂/n₁)·s²)      degrees of freedom J − 1
/// ```
/// C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52, 2003,
/// equation 9; for repeated folds see Bouckaert and Frank, 2004.
public struct CorrectedTTest: Codable, Hashable, Sendable {
  /// The statistic.
  public let t: Double
  /// The two-sided probability.
  public let pValue: Double
  /// Folds, over all repetitions.
  public let folds: Int

  /// The test of differences over folds.
  /// - Parameters:
  ///   - differences: one a fold of each repetition.
  ///   - testShare: n₂/n₁, such as 1/9 for ten folds.
  /// - Returns: nil for fewer than two folds or when all differences are equal.
  public init?(of differences: [Double], testShare: Double) {
    guard differences.count >= 2, differences.allSatisfy(\.isFinite), testShare >= 0 else {
      return nil
    }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance =
      differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    // Equal on paper, differences may vary in their last bit.
    guard variance.squareRoot() > SignedRankTest.resolution else { return nil }
    t = mean / ((1 / count + testShare) * variance).squareRoot()
    pValue = Distributions.studentTwoSidedTail(t, degreesOfFreedom: count - 1)
    folds = differences.count
  }
}
