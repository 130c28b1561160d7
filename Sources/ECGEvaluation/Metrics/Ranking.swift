/// Windows in the order of their probability of class 1, for the area under the ROC curve.
///
/// The area is the share of (class 1, class 0) pairs that the probability puts in the right order,
/// ties counted half (Mann and Whitney):
/// ```
/// area = Σ_pairs ([p₁ > p₀] + ½·[p₁ = p₀]) / (n₁·n₀)
/// ```
struct Ranking {
  /// Person of each window, lowest probability first.
  private let persons: [Int]
  /// Whether each window is truly of class 1.
  private let isPositive: [Bool]
  /// The end of each run of equal probabilities.
  private let tieEnds: [Int]

  init(_ predictions: Predictions, persons windowPersons: [Int]) {
    let scores = predictions.truth.indices.map { predictions[$0, 1] }
    let order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1
    }
    persons = order.map { windowPersons[$0] }
    isPositive = order.map { predictions.truth[$0] == 1 }
    tieEnds = order.indices.map { $0 + 1 }.filter {
      $0 == order.count || scores[order[$0]] != scores[order[$0 - 1]]
    }
  }

  /// The area with every person's windows counted a number of times; nil unless both classes occur.
  func area(weights: [Int]) -> Double? {
    var below = 0
    var positives = 0
    // Twice the pairs in order, so that half a pair is a whole number.
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
    guard positives > 0, below > 0 else { return nil }
    return doubled / (2 * Double(positives) * Double(below))
  }
}
