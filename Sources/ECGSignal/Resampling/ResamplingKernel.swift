import Foundation

/// The low-pass of a resampler: a sinc under a Kaiser window, tabulated for every position between
/// two input samples.
///
/// ```
/// h(t) = c · sinc(c t) · I₀(β √(1 − (t/H)²)) / I₀(β)      |t| < H, t in input samples
/// c = (1 − w/2) · min(1, out/in),  H = ⌈34 · max(1, in/out)⌉,  w = 0.15,  β = 7.857
/// ```
/// The stop band starts at half the lower rate and lies 80 dB down; the pass band ends at 85 % of that
/// (109 Hz at 256 Hz). Length and β follow Kaiser's formulas (Oppenheim and Schafer, section 7.6).
/// Each position's coefficients are scaled to the sum 1, so a constant stays what it is.
struct ResamplingKernel: Sendable {
  /// The width of the transition, as a part of half the lower rate.
  static let transition = 0.15
  /// Kaiser's β for 80 dB: 0.1102 (80 − 8.7).
  static let beta = 0.1102 * (80 - 8.7)
  /// Zero crossings on either side: (80 − 7.95) / (2.285 π w) coefficients in all, rounded up.
  static let crossings = 34.0
  /// Tables up to this many numbers are exact; larger ones are interpolated from fewer positions.
  private static let tableLimit = 1 << 18

  let ratio: ResamplingRatio
  /// H: how many input samples a result needs on either side.
  let reach: Int
  /// Coefficients a position, 2 H.
  var taps: Int { 2 * reach }
  /// Positions tabulated between two input samples.
  let positions: Int
  /// Whether every position that occurs is in the table.
  private let isExact: Bool
  /// Position after position, `taps` coefficients each, in the order of the input.
  let table: [Double]

  init(_ ratio: ResamplingRatio) {
    let stretch = max(1, Double(ratio.down) / Double(ratio.up))
    let reach = Int((Self.crossings * stretch).rounded(.up))
    let isExact = ratio.up * 2 * reach <= Self.tableLimit
    // 1024 positions a zero crossing bring linear interpolation below −125 dB.
    let positions = isExact ? ratio.up : Int((1024 / stretch).rounded(.up))
    let cutoff = (1 - Self.transition / 2) / stretch
    let scale = 1 / besselI0(Self.beta)

    var table: [Double] = []
    table.reserveCapacity((positions + 1) * 2 * reach)
    for position in 0...positions {
      let offset = Double(position) / Double(positions)
      let coefficients = (0..<2 * reach).map { tap -> Double in
        let time = offset + Double(reach - 1 - tap)
        let part = time / Double(reach)
        guard abs(part) < 1 else { return 0 }
        return cutoff * sinc(cutoff * time) * besselI0(Self.beta * (1 - part * part).squareRoot())
          * scale
      }
      let sum = coefficients.reduce(0, +)
      table += coefficients.map { $0 / sum }
    }
    self.ratio = ratio
    self.reach = reach
    self.positions = positions
    self.isExact = isExact
    self.table = table
  }

  /// Results `first`, `first + 1`, … while their input lasts, appended to `output`.
  ///
  /// Result n lies at n · down / up input samples. `input[0]` is input sample `origin`.
  func append(
    from first: Int, input: [Double], origin: Int, limit: Int, to output: inout [Double]
  ) {
    guard first < limit else { return }
    var (whole, rest) = position(of: first)
    let (step, stepRest) = ratio.down.quotientAndRemainder(dividingBy: ratio.up)
    input.withUnsafeBufferPointer { samples in
      table.withUnsafeBufferPointer { table in
        for _ in first..<limit {
          let start = whole - reach + 1 - origin
          guard start >= 0, start + taps <= samples.count else { return }
          output.append(value(samples, at: start, rest: rest, table))
          whole += step
          rest += stepRest
          if rest >= ratio.up {
            rest -= ratio.up
            whole += 1
          }
        }
      }
    }
  }

  /// The input position of result n: whole samples, and the rest in parts of 1/up.
  func position(of result: Int) -> (whole: Int, rest: Int) {
    let (quotient, remainder) = result.quotientAndRemainder(dividingBy: ratio.up)
    let (whole, rest) = (remainder * ratio.down).quotientAndRemainder(dividingBy: ratio.up)
    return (quotient * ratio.down + whole, rest)
  }

  private func value(
    _ samples: UnsafeBufferPointer<Double>, at start: Int, rest: Int,
    _ table: UnsafeBufferPointer<Double>
  ) -> Double {
    let window = UnsafeBufferPointer(rebasing: samples[start..<start + taps])
    func product(_ position: Int) -> Double {
      dotProduct(
        window, UnsafeBufferPointer(rebasing: table[position * taps..<(position + 1) * taps]))
    }
    guard !isExact else { return product(rest) }
    let exact = Double(rest) * Double(positions) / Double(ratio.up)
    let position = min(Int(exact), positions - 1)
    let part = exact - Double(position)
    return (1 - part) * product(position) + part * product(position + 1)
  }
}

/// Σ aᵢ bᵢ in eight lanes, always in the same order; both of one even length.
private func dotProduct(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>)
  -> Double
{
  let (left, right) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
  let lane = MemoryLayout<SIMD2<Double>>.stride
  let stride = 4 * lane
  var (sum0, sum1, sum2, sum3) = (
    SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero
  )
  func term(_ offset: Int) -> SIMD2<Double> {
    left.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self)
      * right.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self)
  }
  var offset = 0
  while offset + stride <= left.count {
    sum0 += term(offset)
    sum1 += term(offset + lane)
    sum2 += term(offset + 2 * lane)
    sum3 += term(offset + 3 * lane)
    offset += stride
  }
  while offset < left.count {
    sum0 += term(offset)
    offset += lane
  }
  return ((sum0 + sum1) + (sum2 + sum3)).sum()
}

/// sin(πx)/(πx).
private func sinc(_ x: Double) -> Double {
  x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x)
}

/// The modified Bessel function I₀ by its power series, Σ ((x/2)ᵏ/k!)².
private func besselI0(_ x: Double) -> Double {
  var (sum, term, k) = (1.0, 1.0, 1.0)
  while term > 1e-17 * sum {
    term *= (x / (2 * k)) * (x / (2 * k))
    sum += term
    k += 1
  }
  return sum
}
