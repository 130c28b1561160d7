/// How large a paired difference is, apart from how sure one can be of it.
public struct PairedEffect: Codable, Hashable, Sendable {
  /// The mean difference.
  public let mean: Double
  /// Cohen's d_z: the mean over the standard deviation of the differences (divided by n − 1); nil
  /// where all differences are equal or there is one.
  public let cohensD: Double?
  /// The matched rank-biserial correlation, from −1 to 1; nil where no difference is other than 0.
  public let rankBiserial: Double?

  /// The effect of paired differences, one a person; those that are not finite are left out.
  /// - Returns: nil when there are none.
  public init?(of differences: [Double]) {
    let values = differences.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = values.count > 1 ? (squares / (count - 1)).squareRoot() : 0
    self.mean = mean
    cohensD = deviation > SignedRankTest.resolution ? mean / deviation : nil
    rankBiserial = SignedRankTest(of: values, form: .normal)?.rankBiserial
  }
}
