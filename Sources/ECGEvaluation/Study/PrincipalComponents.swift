/// Principal components one after the other, by power iteration and deflation.
struct PrincipalComponents {
  private var rows: [[Double]]
  private let total: Double
  private let width: Int

  /// Of points around their mean.
  init(_ rows: [[Double]]) {
    self.rows = rows
    width = rows.first?.count ?? 0
    total = rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
  }

  /// The direction of the most variance that is left: its scores and its share of all variance.
  mutating func next() -> (scores: [Double], share: Double) {
    // A fixed start, so that the map is the same again.
    var direction = (0..<width).map { 1 + Double($0 % 7) / 7 }
    for _ in 0..<100 {
      var image = [Double](repeating: 0, count: width)
      for row in rows {
        let score = zip(row, direction).reduce(0) { $0 + $1.0 * $1.1 }
        for feature in 0..<width { image[feature] += score * row[feature] }
      }
      let norm = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { break }
      direction = image.map { $0 / norm }
    }
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    direction = direction.map { $0 / max(length, 1e-12) }
    let scores = rows.map { row in zip(row, direction).reduce(0) { $0 + $1.0 * $1.1 } }
    for (index, score) in scores.enumerated() {
      for feature in 0..<width { rows[index][feature] -= score * direction[feature] }
    }
    let variance = scores.reduce(0) { $0 + $1 * $1 }
    return (scores, total > 0 ? variance / total : 0)
  }
}
