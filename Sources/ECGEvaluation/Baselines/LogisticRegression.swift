import Foundation

/// Multinomial logistic regression with L2, fitted by Newton's method.
///
/// For K classes and D features, standardised with the training windows' mean and deviation:
/// ```
/// p_k(x) = exp(w_k·x + b_k) / Σ_j exp(w_j·x + b_j)
/// minimise  Σ_i v_{y_i} · −log p_{y_i}(x_i) + l2 · ½ Σ_k ‖w_k‖²
/// ```
/// where v is 1, or with balanced classes N / (K · n_k) for a class of n_k of the N windows, so that
/// every class counts alike.
///
/// Intercepts are not penalised. Two classes share one weight vector, the logit of class 1, as
/// scikit-learn has it; `l2` is the reciprocal of its `C`. A feature that is not a number counts as
/// the training mean. A class that is not among the training windows gets probability 0.
public struct LogisticRegression: Sendable {
  /// The number of features, D.
  public let featureCount: Int
  /// The number of classes, K.
  public let classCount: Int
  /// The classes that occur in training; the model is over these.
  private let present: [Int]
  private let standard: Standardisation
  /// Logits × (D weights and the intercept).
  private let coefficients: [Double]

  /// Fits a model.
  /// - Parameters:
  ///   - features: N × D, window after window; NaN for a missing value.
  ///   - featureCount: D, at least 1.
  ///   - classes: the class of each of the N windows, 0 ..< `classCount`.
  ///   - classCount: K.
  ///   - l2: the weight of the penalty, greater than 0.
  ///   - balancesClasses: whether every class counts alike, however many windows it has.
  /// - Throws: `EvaluationError.shape` when the parts do not fit, `.noWindows` for none.
  public init(
    features: [Double], featureCount: Int, classes: [Int], classCount: Int, l2: Double = 1,
    balancesClasses: Bool = false
  ) throws {
    guard !classes.isEmpty else { throw EvaluationError.noWindows }
    guard featureCount > 0, features.count == classes.count * featureCount,
      classes.allSatisfy((0..<classCount).contains)
    else {
      throw EvaluationError.shape(
        "\(classes.count) windows of \(featureCount) features need "
          + "\(classes.count * featureCount) values and classes in 0 ..< \(classCount), not "
          + "\(features.count) values and classes up to \(classes.max() ?? 0)")
    }
    guard l2 > 0, l2.isFinite else {
      throw EvaluationError.configuration("the L2 weight must be greater than 0, not \(l2)")
    }
    self.featureCount = featureCount
    self.classCount = classCount
    present = Set(classes).sorted()
    standard = Standardisation(features, width: featureCount)
    guard present.count > 1 else {
      coefficients = []
      return
    }
    let numbers = Dictionary(uniqueKeysWithValues: zip(present, present.indices))
    let targets = classes.map { numbers[$0, default: 0] }
    var fit = NewtonFit(
      rows: standard.rows(features), width: featureCount + 1, targets: targets,
      classWeights: balancesClasses
        ? balancedWeights(of: targets, classCount: present.count)
        : [Double](repeating: 1, count: present.count),
      logits: present.count == 2 ? 1 : present.count, l2: l2)
    coefficients = fit.run()
  }

  /// The probability of each class, N × K.
  /// - Parameter features: N × D, window after window; NaN for a missing value.
  public func probabilities(of features: [Double]) -> [Double] {
    let count = features.count / featureCount
    var all = [Double](repeating: 0, count: count * classCount)
    guard present.count > 1 else {
      for row in 0..<count { all[row * classCount + (present.first ?? 0)] = 1 }
      return all
    }
    let rows = standard.rows(features)
    let width = featureCount + 1
    for row in 0..<count {
      let shares = classShares(
        logitValues(
          of: rows, row: row, width: width, coefficients: coefficients,
          logits: coefficients.count / width))
      for (position, number) in present.enumerated() {
        all[row * classCount + number] = shares[position]
      }
    }
    return all
  }
}

/// Mean and deviation of each feature over training windows, missing values left out.
private struct Standardisation: Sendable {
  let means: [Double]
  let deviations: [Double]

  init(_ features: [Double], width: Int) {
    var means = [Double](repeating: 0, count: width)
    var deviations = [Double](repeating: 1, count: width)
    for column in 0..<width {
      let known = stride(from: column, to: features.count, by: width)
        .lazy.map { features[$0] }.filter(\.isFinite)
      let count = Double(known.reduce(0) { sum, _ in sum + 1 })
      guard count > 0 else { continue }
      let mean = known.reduce(0, +) / count
      let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      means[column] = mean
      deviations[column] = variance > 0 ? variance.squareRoot() : 1
    }
    self.means = means
    self.deviations = deviations
  }

  /// Standardised rows, each followed by a 1 for the intercept.
  func rows(_ features: [Double]) -> [Double] {
    let width = means.count
    var rows: [Double] = []
    rows.reserveCapacity(features.count / width * (width + 1))
    for (index, value) in features.enumerated() {
      let column = index % width
      rows.append(value.isFinite ? (value - means[column]) / deviations[column] : 0)
      if column == width - 1 { rows.append(1) }
    }
    return rows
  }
}

/// The logits of one row.
func logitValues(
  of rows: [Double], row: Int, width: Int, coefficients: [Double], logits: Int
) -> [Double] {
  (0..<logits).map { logit in
    var sum = 0.0
    for column in 0..<width {
      sum += coefficients[logit * width + column] * rows[row * width + column]
    }
    return sum
  }
}

/// The shares of the classes: softmax, or, of a single logit, 1 − σ and σ.
func classShares(_ logits: [Double]) -> [Double] {
  let all = logits.count == 1 ? [0, logits[0]] : logits
  let highest = all.max() ?? 0
  let powers = all.map { exp($0 - highest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

/// N / (K · n_k) for each class of n_k of N windows.
func balancedWeights(of classes: [Int], classCount: Int) -> [Double] {
  var counts = [Int](repeating: 0, count: classCount)
  for number in classes { counts[number] += 1 }
  let present = counts.count { $0 > 0 }
  return counts.map { $0 > 0 ? Double(classes.count) / Double(present * $0) : 0 }
}
