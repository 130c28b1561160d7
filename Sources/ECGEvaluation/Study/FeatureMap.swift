/// Features of windows on two planes: that of their two largest principal components, and that of
/// their neighbours (t-SNE).
public struct FeatureMap: Codable, Hashable, Sendable {
  /// A window on the planes.
  public struct Point: Codable, Hashable, Sendable {
    /// Its place on the plane of the components.
    public let x: Double
    public let y: Double
    /// Its place on the plane of the neighbours.
    public let neighbourX: Double
    public let neighbourY: Double
    /// Whose it is.
    public let person: String
    /// Its class.
    public let condition: String
  }

  /// The share of the variance along each of the two components.
  public let shares: [Double]
  /// The effective neighbours of a window in t-SNE, and the divergence that it left, in nats.
  public let perplexity: Double
  public let divergence: Double
  /// How far the ten nearest windows on each plane are among the nearest in features, from about 0.5
  /// to 1: on the plane of the components, and on that of the neighbours.
  public let trust: [Double]
  /// The windows, at most 800, evenly spread over all.
  public let points: [Point]

  /// The map of features.
  init?(_ features: FeatureTable, persons: [String], conditions: [String]) {
    guard features.width >= 2, persons.count > Self.neighbours * 2 else { return nil }
    let step = max(1, (persons.count + 799) / 800)
    let windows = Array(stride(from: 0, to: persons.count, by: step))
    let table = features.standardised(by: windows)
    let rows = windows.map { table.rows([$0]).map(Double.init) }
    var components = PrincipalComponents(rows)
    let first = components.next()
    let second = components.next()
    shares = [first.share, second.share]
    perplexity = min(30, Double(rows.count - 1) / 3)
    guard
      let near = NeighbourEmbedding(
        of: rows, startingAt: first.scores, second.scores, perplexity: perplexity),
      let trust = trustworthiness(
        of: first.scores, second.scores, rows: rows, neighbours: Self.neighbours),
      let nearTrust = trustworthiness(of: near.x, near.y, rows: rows, neighbours: Self.neighbours)
    else { return nil }
    divergence = Self.rounded(near.divergence)
    self.trust = [Self.rounded(trust), Self.rounded(nearTrust)]
    points = windows.enumerated().map { place, window in
      Point(
        x: Self.rounded(first.scores[place]), y: Self.rounded(second.scores[place]),
        neighbourX: Self.rounded(near.x[place]), neighbourY: Self.rounded(near.y[place]),
        person: persons[window], condition: conditions[window])
    }
  }

  private static let neighbours = 10
  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
