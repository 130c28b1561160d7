import Foundation

/// Points of many features on a plane where near ones stay near: exact t-SNE.
///
/// After van der Maaten and Hinton, "Visualizing data using t-SNE" (JMLR 9, 2008): each point has a
/// bell over the others whose width gives a chosen number of effective neighbours (the perplexity); the
/// plane is laid out so that heavy-tailed bells there are as like them as can be.
///
/// ```text
/// p_ij = (p_j|i + p_i|j) / 2n      q_ij ∝ 1 / (1 + ‖y_i − y_j‖²)      KL = Σ p_ij ln(p_ij / q_ij)
/// ```
///
/// Nothing is drawn at random: it starts from places that are given. Distances between groups, and
/// how large a group is, mean nothing here; only who is near whom does. O(n²) in time and memory for
/// each of its steps: for a thousand points, not for many more.
package struct NeighbourEmbedding: Sendable {
  /// The places of the points.
  package private(set) var x: [Double]
  package private(set) var y: [Double]
  /// The Kullback-Leibler divergence that is left, in nats.
  package private(set) var divergence = 0.0

  /// Similarities of pairs i > j, row after row: half of all, so they add up to a half.
  private let similarities: [Double]

  /// Lays points out.
  /// - Parameters:
  ///   - rows: n points of the same number of features, finite.
  ///   - x, y: where each point starts; their spread is scaled to what the method wants.
  ///   - perplexity: effective neighbours of a point; at most a third of the points are taken.
  ///   - steps: of gradient descent, the first quarter of them with similarities twelvefold.
  /// - Returns: nil for fewer than four points.
  package init?(
    of rows: [[Double]], startingAt x: [Double], _ y: [Double], perplexity: Double = 30,
    steps: Int = 1000
  ) {
    guard rows.count >= 4, x.count == rows.count, y.count == rows.count else { return nil }
    similarities = Self.similarities(
      of: rows, perplexity: min(perplexity, Double(rows.count - 1) / 3))
    let mean = x.reduce(0, +) / Double(x.count)
    let spread = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot()
    let scale = 1e-4 / max(spread, 1e-12)
    self.x = x.map { ($0 - mean) * scale }
    self.y = y.map { $0 * scale }
    descend(steps: steps / 4, exaggeration: 12, momentum: 0.5)
    descend(steps: steps - steps / 4, exaggeration: 1, momentum: 0.8)
    divergence = currentDivergence
  }

  /// The divergence of places that others laid out, for tests.
  package static func divergence(
    of rows: [[Double]], at x: [Double], _ y: [Double], perplexity: Double
  ) -> Double? {
    guard
      var embedding = NeighbourEmbedding(
        of: rows, startingAt: x, y, perplexity: perplexity, steps: 0)
    else { return nil }
    (embedding.x, embedding.y) = (x, y)
    return embedding.currentDivergence
  }
}

// MARK: Descent

extension NeighbourEmbedding {
  /// Gradient descent with momentum and a gain for each coordinate, which grows while its direction
  /// holds (Jacobs, 1988), as in the authors' program.
  private mutating func descend(steps: Int, exaggeration: Double, momentum: Double) {
    let rate = max(Double(x.count) / 48, 50)
    var moves = [[Double]](repeating: [Double](repeating: 0, count: x.count), count: 2)
    var gains = [[Double]](repeating: [Double](repeating: 1, count: x.count), count: 2)
    for _ in 0..<steps {
      let slopes = gradient(exaggeration: exaggeration)
      for (axis, slope) in [slopes.x, slopes.y].enumerated() {
        for point in slope.indices {
          let holds = moves[axis][point] * slope[point] < 0
          let gain = max(holds ? gains[axis][point] + 0.2 : gains[axis][point] * 0.8, 0.01)
          gains[axis][point] = gain
          moves[axis][point] = momentum * moves[axis][point] - rate * gain * slope[point]
        }
      }
      for point in x.indices {
        x[point] += moves[0][point]
        y[point] += moves[1][point]
      }
    }
  }

  /// Σ_j 4 (p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²)
  private func gradient(exaggeration: Double) -> (x: [Double], y: [Double]) {
    let (nearness, total) = nearness
    var slopes = (
      x: [Double](repeating: 0, count: x.count), y: [Double](repeating: 0, count: x.count)
    )
    var pair = 0
    for one in 1..<x.count {
      var (alongX, alongY) = (0.0, 0.0)
      for other in 0..<one {
        let near = nearness[pair]
        let pull = 4 * (exaggeration * similarities[pair] - near / total) * near
        let (toX, toY) = (pull * (x[one] - x[other]), pull * (y[one] - y[other]))
        alongX += toX
        alongY += toY
        slopes.x[other] -= toX
        slopes.y[other] -= toY
        pair += 1
      }
      slopes.x[one] += alongX
      slopes.y[one] += alongY
    }
    return slopes
  }

  /// 1 / (1 + ‖y_i − y_j‖²) of the pairs i > j, and its sum over all pairs in both orders.
  private var nearness: (pairs: [Double], total: Double) {
    var pairs = [Double](repeating: 0, count: similarities.count)
    var total = 0.0
    var pair = 0
    for one in 1..<x.count {
      for other in 0..<one {
        let (alongX, alongY) = (x[one] - x[other], y[one] - y[other])
        let near = 1 / (1 + alongX * alongX + alongY * alongY)
        pairs[pair] = near
        total += near
        pair += 1
      }
    }
    return (pairs, 2 * total)
  }

  private var currentDivergence: Double {
    let (nearness, total) = nearness
    return 2
      * zip(similarities, nearness).reduce(0) { sum, pair in
        pair.0 > 0 ? sum + pair.0 * log(pair.0 / max(pair.1 / total, 1e-300)) : sum
      }
  }
}

// MARK: Similarities

extension NeighbourEmbedding {
  /// The similarities of pairs i > j.
  private static func similarities(of rows: [[Double]], perplexity: Double) -> [Double] {
    let count = rows.count
    var similarities = [Double](repeating: 0, count: count * (count - 1) / 2)
    for one in 0..<count {
      let distances = rows.map { squaredDistance($0, rows[one]) }
      let likelihoods = conditional(distances, of: one, perplexity: perplexity)
      for other in 0..<count where other != one {
        let (high, low) = (max(one, other), min(one, other))
        similarities[high * (high - 1) / 2 + low] += likelihoods[other] / Double(2 * count)
      }
    }
    return similarities
  }

  /// p_j|i: a bell over squared distances whose entropy is the logarithm of the perplexity, found by
  /// halving.
  private static func conditional(
    _ distances: [Double], of one: Int, perplexity: Double
  ) -> [Double] {
    let nearest = distances.indices.filter { $0 != one }.map { distances[$0] }.min() ?? 0
    let wanted = log(max(perplexity, 1))
    var (sharpness, least, most) = (1.0, 0.0, Double.infinity)
    var bell = distances
    for _ in 0..<100 {
      var (sum, mean) = (0.0, 0.0)
      for other in distances.indices where other != one {
        // Less the nearest distance: the shares are the same, and the largest term is 1.
        let distance = distances[other] - nearest
        bell[other] = exp(-sharpness * distance)
        sum += bell[other]
        mean += bell[other] * distance
      }
      bell[one] = 0
      for other in bell.indices { bell[other] /= sum }
      let entropy = log(sum) + sharpness * mean / sum
      guard abs(entropy - wanted) > 1e-7 else { break }
      if entropy > wanted {
        least = sharpness
        sharpness = most.isFinite ? (sharpness + most) / 2 : sharpness * 2
      } else {
        most = sharpness
        sharpness = (sharpness + least) / 2
      }
    }
    return bell
  }

  private static func squaredDistance(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for feature in one.indices {
      let difference = one[feature] - other[feature]
      sum += difference * difference
    }
    return sum
  }
}

/// How far the neighbours on a plane are neighbours indeed: 1 for all, about 0.5 for places dealt out
/// at random (Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", 2001).
///
/// ```text
/// 1 − 2 / (n k (2n − 3k − 1)) · Σ_i Σ_{j among the k nearest on the plane} max(0, rank_i(j) − k)
/// ```
/// - Parameters:
///   - x, y: places on the plane of the points that `rows` has the features of.
///   - neighbours: k, fewer than half of the points.
package func trustworthiness(
  of x: [Double], _ y: [Double], rows: [[Double]], neighbours: Int
) -> Double? {
  let count = rows.count
  guard neighbours >= 1, 2 * neighbours < count, x.count == count, y.count == count else {
    return nil
  }
  func order(_ one: Int, _ distance: (Int) -> Double) -> [Int] {
    let distances = (0..<count).map { $0 == one ? -1 : distance($0) }
    return (0..<count).sorted { (distances[$0], $0) < (distances[$1], $1) }
  }
  var penalty = 0
  for one in 0..<count {
    let among = order(one) { other in
      zip(rows[one], rows[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    var ranks = [Int](repeating: 0, count: count)
    for (rank, other) in among.enumerated() { ranks[other] = rank }
    let plane = order(one) { other in
      (x[one] - x[other]) * (x[one] - x[other]) + (y[one] - y[other]) * (y[one] - y[other])
    }
    for other in plane[1...neighbours] { penalty += max(0, ranks[other] - neighbours) }
  }
  let (n, k) = (Double(count), Double(neighbours))
  return 1 - 2 * Double(penalty) / (n * k * (2 * n - 3 * k - 1))
}
