import ECGSignal
import Foundation

/// What heart rate and its variability alone say of a target: a small linear model beside the network,
/// fitted to the same windows, so that every decision can be compared with the obvious one.
///
/// For K classes and the standardised measures x of a window (heart rate, SDNN, RMSSD)
/// ```text
/// p_k = exp(w_k·x + b_k) / Σ_j exp(w_j·x + b_j)
/// ```
/// A measure that a window has too few beats for counts as the mean.
public struct RhythmModel: Codable, Hashable, Sendable {
  /// The measures, D of them, by the names of `HeartRateVariability.features`.
  public static let measures = ["meanHeartRate", "sdnn", "rmssd"]

  /// Mean and deviation of each measure over the windows fitted to.
  public private(set) var means: [Double]
  public private(set) var deviations: [Double]
  /// K × (D weights and the intercept).
  public private(set) var weights: [[Double]]

  /// Fits the model, each class counting alike, by full-batch descent with a small L2 weight.
  /// - Parameters:
  ///   - rows: N rows of D measures, nil where a window has too few beats.
  ///   - classes: the class of each row, from 0.
  ///   - classCount: K.
  public init?(fitting rows: [[Double?]], classes: [Int], classCount: Int) {
    let width = Self.measures.count
    guard !rows.isEmpty, rows.count == classes.count, classCount >= 2,
      rows.allSatisfy({ $0.count == width }),
      classes.allSatisfy((0..<classCount).contains)
    else { return nil }
    means = []
    deviations = []
    for column in 0..<width {
      let known = rows.compactMap { $0[column] }.filter(\.isFinite)
      let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
      let spread = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, known.count))
      means.append(mean)
      deviations.append(spread > 0 ? spread.squareRoot() : 1)
    }
    weights = [[Double]](
      repeating: [Double](repeating: 0, count: width + 1), count: classCount)
    let inputs = rows.map(standardised)
    let counts = (0..<classCount).map { k in classes.count { $0 == k } }
    let shares = classes.map { 1 / Double(counts[$0] * counts.count { $0 > 0 }) }
    // Descent along the gradient; standardised inputs make one step size fit.
    for _ in 0..<400 {
      var gradient = weights.map { row in row.map { 1e-3 * $0 } }
      for (index, input) in inputs.enumerated() {
        let found = probabilities(ofStandardised: input)
        for k in 0..<classCount {
          let excess = shares[index] * (found[k] - (classes[index] == k ? 1 : 0))
          for column in input.indices { gradient[k][column] += excess * input[column] }
        }
      }
      for k in weights.indices {
        for column in weights[k].indices { weights[k][column] -= gradient[k][column] }
      }
    }
  }

  /// The probability of each class for a window's variability, K values that add to 1.
  public func probabilities(of variability: HeartRateVariability) -> [Double] {
    probabilities(ofStandardised: standardised(Self.row(of: variability)))
  }

  /// The measures of a window, nil where it has too few beats.
  public static func row(of variability: HeartRateVariability) -> [Double?] {
    [variability.meanHeartRate, variability.sdnn, variability.rmssd]
  }

  /// Whether it is whole and of so many classes.
  func fits(classCount: Int) -> Bool {
    let width = Self.measures.count
    return means.count == width && deviations.count == width && weights.count == classCount
      && weights.allSatisfy { $0.count == width + 1 && $0.allSatisfy(\.isFinite) }
      && means.allSatisfy(\.isFinite) && deviations.allSatisfy { $0.isFinite && $0 > 0 }
  }

  /// The measures on a common scale, with a 1 for the intercept.
  private func standardised(_ row: [Double?]) -> [Double] {
    row.enumerated().map { column, value in
      guard let value, value.isFinite else { return 0 }
      return (value - means[column]) / deviations[column]
    } + [1]
  }

  private func probabilities(ofStandardised input: [Double]) -> [Double] {
    let logits = weights.map { row in zip(row, input).reduce(0) { $0 + $1.0 * $1.1 } }
    let largest = logits.max() ?? 0
    let shares = logits.map { exp($0 - largest) }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }
}
