/// How often each class was taken for each class, and what follows from that alone.
///
/// With n_tp windows of true class t predicted as p:
/// ```
/// recall_c    = n_cc / Σ_p n_cp        precision_c = n_cc / Σ_t n_tc
/// F1_c        = 2·n_cc / (Σ_p n_cp + Σ_t n_tc)
/// ```
/// A ratio of nothing is 0. Means over classes ("macro") leave out classes that occur neither in
/// the truth nor among the predictions, as scikit-learn does.
public struct ConfusionMatrix: Codable, Hashable, Sendable {
  /// The number of classes, K.
  public let classCount: Int
  /// Windows by true class and predicted class, K × K, true class after true class.
  public private(set) var counts: [Int]

  /// The matrix of predictions.
  public init(_ predictions: Predictions) {
    self.init(classCount: predictions.classCount)
    for (window, truth) in predictions.truth.enumerated() {
      counts[truth * classCount + predictions.predictedClass(window)] += 1
    }
  }

  /// A matrix of zeros.
  init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// Windows of a true class that were taken for a class.
  public subscript(truth truth: Int, predicted predicted: Int) -> Int {
    counts[truth * classCount + predicted]
  }

  /// Adds one window.
  mutating func add(truth: Int, predicted: Int) { counts[truth * classCount + predicted] += 1 }

  /// Adds several windows of a true class that were taken for a class.
  mutating func add(truth: Int, predicted: Int, count: Int) {
    counts[truth * classCount + predicted] += count
  }

  /// Adds another matrix a number of times.
  mutating func add(_ other: ConfusionMatrix, times: Int) {
    for index in counts.indices { counts[index] += other.counts[index] * times }
  }

  /// Sets every count to 0.
  mutating func clear() {
    for index in counts.indices { counts[index] = 0 }
  }

  /// All windows.
  public var total: Int { counts.reduce(0, +) }

  /// The share of windows that are right.
  public var accuracy: Double {
    ratio((0..<classCount).reduce(0) { $0 + self[truth: $1, predicted: $1] }, total)
  }

  /// The recall averaged over the classes that occur in the truth.
  public var balancedAccuracy: Double {
    mean(of: { $0.truth > 0 }, \.recall)
  }

  /// F1 of each class, averaged.
  public var macroF1: Double { mean(of: \.occurs, \.f1) }

  /// The published code's F1: the harmonic mean of macro precision and macro recall.
  ///
  /// It is not the mean of the classes' F1, and never lower (Opitz and Burst, "Macro F1 and Macro
  /// F1", 2019).
  public var publishedF1: Double {
    let precision = mean(of: \.occurs, \.precision)
    let recall = mean(of: \.occurs, \.recall)
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }

  /// What is known of one class.
  private struct Margin {
    let right: Int
    let truth: Int
    let predicted: Int
    var occurs: Bool { truth + predicted > 0 }
    var recall: Double { ratio(right, truth) }
    var precision: Double { ratio(right, predicted) }
    var f1: Double { ratio(2 * right, truth + predicted) }
  }

  private func mean(of chosen: (Margin) -> Bool, _ value: (Margin) -> Double) -> Double {
    var sum = 0.0
    var classes = 0
    for number in 0..<classCount {
      var truth = 0
      var predicted = 0
      for other in 0..<classCount {
        truth += counts[number * classCount + other]
        predicted += counts[other * classCount + number]
      }
      let margin = Margin(
        right: counts[number * classCount + number], truth: truth, predicted: predicted)
      guard chosen(margin) else { continue }
      sum += value(margin)
      classes += 1
    }
    return classes > 0 ? sum / Double(classes) : 0
  }
}

/// A share, where a share of nothing is 0.
private func ratio(_ part: Int, _ whole: Int) -> Double {
  whole > 0 ? Double(part) / Double(whole) : 0
}
