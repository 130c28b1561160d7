import Foundation

/// Newton's method on the penalised loss, with step halving.
struct NewtonFit {
  let rows: [Double]
  let width: Int
  let targets: [Int]
  let classWeights: [Double]
  let logits: Int
  let l2: Double
  private var coefficients: [Double]

  init(
    rows: [Double], width: Int, targets: [Int], classWeights: [Double], logits: Int, l2: Double
  ) {
    self.rows = rows
    self.width = width
    self.targets = targets
    self.classWeights = classWeights
    self.logits = logits
    self.l2 = l2
    coefficients = [Double](repeating: 0, count: logits * width)
  }

  /// The coefficients once the gradient is as good as 0, or after 100 steps.
  mutating func run() -> [Double] {
    var loss = loss(at: coefficients)
    for _ in 0..<100 {
      let (gradient, hessian) = derivatives()
      let steepest = gradient.reduce(0) { max($0, abs($1)) }
      guard steepest > 1e-9 * Double(targets.count) else { break }
      guard let step = solvePositive(hessian, gradient) else { break }
      let slope = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      var share = 1.0
      var improved = false
      while share > 1e-6 {
        let trial = zip(coefficients, step).map { $0 - share * $1 }
        let trialLoss = self.loss(at: trial)
        if trialLoss <= loss - 1e-4 * share * slope {
          improved = trialLoss < loss
          (coefficients, loss) = (trial, trialLoss)
          break
        }
        share /= 2
      }
      guard improved else { break }
    }
    return coefficients
  }

  private func loss(at coefficients: [Double]) -> Double {
    var loss = 0.0
    for row in targets.indices {
      let values = logitValues(
        of: rows, row: row, width: width, coefficients: coefficients, logits: logits)
      let all = logits == 1 ? [0, values[0]] : values
      let highest = all.max() ?? 0
      let target = targets[row]
      loss +=
        classWeights[target]
        * (highest + log(all.reduce(0) { $0 + exp($1 - highest) }) - all[target])
    }
    for index in coefficients.indices where index % width != width - 1 {
      loss += l2 / 2 * coefficients[index] * coefficients[index]
    }
    return loss
  }

  /// The gradient, and the Hessian row after row (its lower half).
  private func derivatives() -> (gradient: [Double], hessian: [Double]) {
    let size = coefficients.count
    var gradient = [Double](repeating: 0, count: size)
    var hessian = [Double](repeating: 0, count: size * size)
    for row in targets.indices {
      let values = logitValues(
        of: rows, row: row, width: width, coefficients: coefficients, logits: logits)
      let shares = classShares(values)
      let weight = classWeights[targets[row]]
      for first in 0..<logits {
        // With a single logit, it is the logit of class 1.
        let number = logits == 1 ? 1 : first
        let excess = weight * (shares[number] - (targets[row] == number ? 1 : 0))
        add(excess, timesRow: row, to: &gradient, at: first * width)
        for second in 0...first {
          let other = logits == 1 ? 1 : second
          let curvature =
            weight * ((number == other ? shares[number] : 0) - shares[number] * shares[other])
          for column in 0..<width {
            add(
              curvature * rows[row * width + column], timesRow: row, to: &hessian,
              at: (first * width + column) * size + second * width)
          }
        }
      }
    }
    for index in 0..<size {
      let isIntercept = index % width == width - 1
      if !isIntercept { gradient[index] += l2 * coefficients[index] }
      // All intercepts can move together without changing anything: the small number holds them.
      hessian[index * size + index] += isIntercept ? 1e-6 : l2
    }
    return (gradient, hessian)
  }

  /// Adds a multiple of a window's features to the values from a place on.
  private func add(
    _ factor: Double, timesRow row: Int, to values: inout [Double], at place: Int
  ) {
    rows.withUnsafeBufferPointer { rows in
      values.withUnsafeMutableBufferPointer { values in
        let source = UnsafeBufferPointer(rebasing: rows[row * width..<(row + 1) * width])
        let target = UnsafeMutableBufferPointer(rebasing: values[place..<place + width])
        for index in 0..<width { target[index] += factor * source[index] }
      }
    }
  }
}

/// Solves A·x = b for a symmetric positive definite A by Cholesky's decomposition; nil if A is not.
///
/// Column after column is taken out of the rest of the matrix, so that the innermost loop adds
/// multiples of one row to another: there is no sum whose order would have to be kept.
/// - Parameter matrix: A row after row; only its lower half is read.
private func solvePositive(_ matrix: [Double], _ right: [Double]) -> [Double]? {
  let size = right.count
  // Transposed: `upper[column * size + row]` is L's element at row and column.
  var upper = [Double](repeating: 0, count: size * size)
  for row in 0..<size {
    for column in 0...row { upper[column * size + row] = matrix[row * size + column] }
  }
  let isPositive = upper.withUnsafeMutableBufferPointer { upper in
    for column in 0..<size {
      let pivot = upper[column * size + column]
      guard pivot > 0 else { return false }
      let root = pivot.squareRoot()
      for row in column..<size { upper[column * size + row] /= root }
      for later in column + 1..<size {
        let factor = upper[column * size + later]
        let source = UnsafeBufferPointer(
          rebasing: upper[column * size + later..<(column + 1) * size])
        let target = UnsafeMutableBufferPointer(
          rebasing: upper[later * size + later..<(later + 1) * size])
        for index in 0..<size - later { target[index] -= factor * source[index] }
      }
    }
    return true
  }
  guard isPositive else { return nil }
  var solution = right
  for row in 0..<size {
    solution[row] /= upper[row * size + row]
    for later in row + 1..<size {
      solution[later] -= upper[row * size + later] * solution[row]
    }
  }
  for row in (0..<size).reversed() {
    for inner in row + 1..<size {
      solution[row] -= upper[row * size + inner] * solution[inner]
    }
    solution[row] /= upper[row * size + row]
  }
  return solution
}
