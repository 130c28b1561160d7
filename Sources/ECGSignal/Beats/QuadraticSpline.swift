/// The quadratic spline through given points, with knots halfway between them (but for the first and
/// the last interval), as `scipy.interpolate.interp1d(kind="quadratic")` draws it.
struct QuadraticSpline {
  /// Knots, the ends three times.
  private let knots: [Double]
  private let coefficients: [Double]

  /// - Parameters:
  ///   - x: three or more places, ascending; nil otherwise.
  ///   - y: the values there, as many.
  init?(_ x: [Double], _ y: [Double]) {
    guard x.count == y.count, x.count >= 3, let first = x.first, let last = x.last else {
      return nil
    }
    let middles = zip(x, x.dropFirst()).map { ($0 + $1) / 2 }
    knots =
      [first, first, first] + middles.dropFirst().dropLast() + [last, last, last]
    let count = x.count

    // Point i lies where basis functions i − 1, i and i + 1 are not zero: a tridiagonal system. The end
    // points touch one function only.
    var (below, diagonal, above, right) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count),
      [Double](repeating: 0, count: count), y
    )
    for index in 0..<count {
      let span = index == 0 ? 2 : index == count - 1 ? count - 1 : index + 1
      let basis = Self.basis(at: x[index], span: span, knots: knots)
      for (offset, value) in basis.enumerated() {
        switch span - 2 + offset - index {
        case -1: below[index] = value
        case 0: diagonal[index] = value
        case 1: above[index] = value
        default: break
        }
      }
    }
    for index in 1..<count {
      guard diagonal[index - 1] != 0 else { return nil }
      let factor = below[index] / diagonal[index - 1]
      diagonal[index] -= factor * above[index - 1]
      right[index] -= factor * right[index - 1]
    }
    guard diagonal[count - 1] != 0 else { return nil }
    right[count - 1] /= diagonal[count - 1]
    for index in (0..<count - 1).reversed() {
      right[index] = (right[index] - above[index] * right[index + 1]) / diagonal[index]
    }
    coefficients = right
  }

  /// The spline at ascending places between the first point and the last.
  func values(at places: [Double]) -> [Double] {
    var span = 2
    return places.map { place in
      while span < coefficients.count - 1, place >= knots[span + 1] { span += 1 }
      let basis = Self.basis(at: place, span: span, knots: knots)
      return (0..<3).reduce(0) { $0 + basis[$1] * coefficients[span - 2 + $1] }
    }
  }

  /// The three basis functions that are not zero between knots `span` and `span` + 1 (de Boor).
  private static func basis(at x: Double, span: Int, knots: [Double]) -> [Double] {
    let (t0, t1, t2, t3) = (knots[span - 1], knots[span], knots[span + 1], knots[span + 2])
    let linear = (x - t1) / (t2 - t1)
    let left = (t2 - x) / (t2 - t0)
    let right = (x - t1) / (t3 - t1)
    return [
      (1 - linear) * left, (1 - linear) * (1 - left) + linear * (1 - right), linear * right,
    ]
  }
}
