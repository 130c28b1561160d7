/// Windows in the order of their probability of class 1, for the area under the ROC curve.
///
/// The area is the share of (class 1, class 0) pairs that the probability puts in the right order,
/// ties counted half (Mann and Whitney):
/// ```
/// area = Σ_pairs ([p₁ > p₀] + ½·[p₁ = p₀]) / (n₁·n₀)
/// ```
/// Where windows were tested in folds, only pairs within a fold are formed: the probabilities of two
/// folds come of two models, and which is the larger says nothing of the windows.
struct Ranking {
  /// The order within each fold.
  private let folds: [FoldRanking]

  /// - Parameter folds: the fold of each window; nil to rank all windows together.
  init(_ predictions: Predictions, persons windowPersons: [Int], folds: [Int]?) {
    let windows = Dictionary(grouping: predictions.truth.indices) { folds?[$0] ?? 0 }
    self.folds = windows.sorted { $0.key < $1.key }.map {
      FoldRanking(predictions, persons: windowPersons, windows: $0.value)
    }
  }

  /// The area with every person's windows counted a number of times; nil without a pair.
  func area(weights: [Int]) -> Double? {
    var pairs = 0.0
    var doubled = 0.0
    for fold in folds {
      let counted = fold.pairs(weights: weights)
      pairs += counted.all
      doubled += counted.doubledInOrder
    }
    return pairs > 0 ? doubled / (2 * pairs) : nil
  }
}

/// Windows of one fold, lowest probability first.
private struct FoldRanking {
  /// Person of each window.
  private let persons: [Int]
  /// Whether each window is truly of class 1.
  private let isPositive: [Bool]
  /// The end of each run of equal probabilities.
  private let tieEnds: [Int]

  init(_ predictions: Predictions, persons windowPersons: [Int], windows: [Int]) {
    let order = windows.sorted {
      let (one, other) = (predictions[$0, 1], predictions[$1, 1])
      return one != other ? one < other : $0 < $1
    }
    persons = order.map { windowPersons[$0] }
    isPositive = order.map { predictions.truth[$0] == 1 }
    tieEnds = order.indices.map { $0 + 1 }.filter {
      $0 == order.count || predictions[order[$0], 1] != predictions[order[$0 - 1], 1]
    }
  }

  /// All pairs, and twice those in order, so that half a pair is a whole number.
  func pairs(weights: [Int]) -> (all: Double, doubledInOrder: Double) {
    var below = 0
    var positives = 0
    var doubled = 0.0
    var start = 0
    for end in tieEnds {
      var tied = (positive: 0, negative: 0)
      for window in start..<end {
        let weight = weights[persons[window]]
        if isPositive[window] { tied.positive += weight } else { tied.negative += weight }
      }
      doubled += Double(tied.positive) * Double(2 * below + tied.negative)
      below += tied.negative
      positives += tied.positive
      start = end
    }
    return (Double(positives) * Double(below), doubled)
  }
}
