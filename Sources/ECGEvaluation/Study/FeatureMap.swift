import ECGRandom

/// Features of windows on the plane of their two largest principal components.
public struct FeatureMap: Codable, Hashable, Sendable {
  /// A window on the plane.
  public struct Point: Codable, Hashable, Sendable {
    /// Its place.
    public let x: Double
    public let y: Double
    /// Whose it is.
    public let person: String
    /// Its class.
    public let condition: String
  }

  /// The share of the variance along each axis.
  public let shares: [Double]
  /// The windows, at most 800, evenly spread over all.
  public let points: [Point]

  /// The map of features.
  init?(_ features: FeatureTable, persons: [String], conditions: [String]) {
    guard features.width >= 2, persons.count >= 3 else { return nil }
    let step = max(1, (persons.count + 799) / 800)
    let windows = Array(stride(from: 0, to: persons.count, by: step))
    let rows = features.standardised(by: windows)
    var components = PrincipalComponents(rows, windows: windows)
    let first = components.next()
    let second = components.next()
    shares = [first.share, second.share]
    points = windows.enumerated().map { place, window in
      Point(
        x: Self.rounded(first.scores[place]), y: Self.rounded(second.scores[place]),
        person: persons[window], condition: conditions[window])
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}

/// Principal components one after the other, by power iteration and deflation.
private struct PrincipalComponents {
  private var rows: [[Double]]
  private let total: Double
  private let width: Int

  init(_ features: FeatureTable, windows: [Int]) {
    width = features.width
    rows = windows.map { window in
      features.rows([window]).map(Double.init)
    }
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
