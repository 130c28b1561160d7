import Foundation

/// Tails of the distributions that tests are judged by.
enum Distributions {
  /// P(Z ≥ z) of a standard normal Z.
  static func normalUpperTail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

  /// P(|T| ≥ |t|) of Student's t with so many degrees of freedom:
  /// I_x(ν/2, 1/2) with x = ν / (ν + t²).
  static func studentTwoSidedTail(_ t: Double, degreesOfFreedom: Double) -> Double {
    incompleteBeta(
      degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method;
  /// Abramowitz and Stegun, 26.5.8).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges quickly below the mean; above it the other tail is taken.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(
      a * log(x) + b * log1p(-x) - log(a) - (lgamma(a) + lgamma(b) - lgamma(a + b)))
    return front * betaFraction(x, a, b)
  }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var sum = d
    for step in 1...500 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      sum *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      sum *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return sum
  }
}
