import Foundation

extension NetworkArchitecture {
  /// Adds the losses of some rows of a batch, and gives the loss's gradient by their logits.
  ///
  /// ```text
  /// loss = Σₕ weightₕ · (1 / N) Σᵣ lossₕ(logitsᵣₕ, targetᵣₕ)   (+ L2, which is not added here)
  /// ```
  /// - Parameters:
  ///   - logits: rows × K of these rows, heads side by side.
  ///   - targets: rows × heads of these rows.
  ///   - batchCount: the rows of the whole batch, N, which the loss is averaged over.
  ///   - headSums: each head's loss, summed over rows and unweighted; the rows' losses are added.
  ///   - gradient: rows × K, overwritten; nil when only the losses are wanted.
  @inlinable
  public func addLosses<Real: BinaryFloatingPoint>(
    logits: UnsafeBufferPointer<Real>, targets: UnsafeBufferPointer<Float>, batchCount: Int,
    headSums: inout [Double], gradient: UnsafeMutableBufferPointer<Real>?
  ) {
    let rows = targets.count / heads.count
    let width = logitCount
    precondition(logits.count == rows * width, "the loss needs the logits of every head")
    for row in 0..<rows {
      var first = row * width
      for (index, head) in heads.enumerated() {
        let range = first..<first + head.outputs
        headSums[index] += head.loss(
          logits: UnsafeBufferPointer(rebasing: logits[range]),
          target: targets[row * heads.count + index],
          gradient: gradient.map { UnsafeMutableBufferPointer(rebasing: $0[range]) },
          gradientScale: Double(head.lossWeight) / Double(batchCount))
        first += head.outputs
      }
    }
  }

  /// Each head's loss averaged over the batch, and their weighted sum, from the sums over rows.
  public func outcome(headSums: [Double], batchCount: Int, logits: [Float]) -> BatchOutcome {
    var means = headSums
    let loss = average(&means, batchCount: batchCount)
    return BatchOutcome(loss: loss, headLosses: means, logits: logits)
  }

  /// Makes sums over rows, one a head, means over the batch.
  /// - Returns: the means' weighted sum, which is the loss without its L2 term.
  func average(_ headSums: inout [Double], batchCount: Int) -> Double {
    var loss = 0.0
    for head in heads.indices {
      headSums[head] /= Double(max(batchCount, 1))
      loss += Double(heads[head].lossWeight) * headSums[head]
    }
    return loss
  }
}

extension NetworkArchitecture.Head {
  /// The loss of one row and its gradient by the logits x, computed in double precision.
  ///
  /// ```text
  /// sigmoid, 1 output    max(x, 0) − x z + log(1 + e^−|x|)             gradient σ(x) − z
  /// sigmoid, K outputs   the mean of that over k with z_k = [k = c]    gradient (σ(x_k) − z_k) / K
  /// softmax              log Σ e^x_k − x_c                             gradient softmax(x)_k − [k = c]
  /// ```
  /// - Parameters:
  ///   - logits: one for each output.
  ///   - target: z, or the class c from 0.
  ///   - gradient: overwritten with `gradientScale` times the gradient.
  @inlinable
  public func loss<Real: BinaryFloatingPoint>(
    logits: UnsafeBufferPointer<Real>, target: Float, gradient: UnsafeMutableBufferPointer<Real>?,
    gradientScale: Double
  ) -> Double {
    precondition(logits.count == outputs, "a head's loss needs one logit for each output")
    if outputs > 1 {
      precondition(
        target >= 0 && target < Float(outputs), "the target of a head is a class below its outputs")
    }
    switch loss {
    case .sigmoid:
      var sum = 0.0
      for k in 0..<outputs {
        let x = Double(logits[k])
        let z = outputs == 1 ? Double(target) : (k == Int(target) ? 1 : 0)
        // e^−|x| never overflows, whichever sign the logit has.
        let decay = exp(-abs(x))
        sum += max(x, 0) - x * z + log1p(decay)
        let sigmoid = x >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
        gradient?[k] = Real((sigmoid - z) * gradientScale / Double(outputs))
      }
      return sum / Double(outputs)
    case .softmax:
      let largest = logits.reduce(-Double.infinity) { max($0, Double($1)) }
      let total = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
      if let gradient {
        for k in 0..<outputs {
          let share = exp(Double(logits[k]) - largest) / total
          gradient[k] = Real((share - (k == Int(target) ? 1 : 0)) * gradientScale)
        }
      }
      return largest + log(total) - Double(logits[Int(target)])
    }
  }

  /// The probabilities that logits stand for.
  ///
  /// One output gives one probability, σ(x). Several give one for each class, adding to 1: their
  /// softmax, or with the sigmoid loss their σ divided by the sum of them.
  /// - Parameters:
  ///   - logits: one for each output.
  ///   - temperature: greater than 0; the logits are divided by it first (Guo et al., ICML 2017).
  public func probabilities(of logits: some Collection<Float>, temperature: Double = 1) -> [Float] {
    precondition(logits.count == outputs, "a head's probabilities need one logit for each output")
    var scores = logits.map { Double($0) / temperature }
    if loss == .sigmoid {
      // log σ(x), so that two very small σ still have a ratio.
      scores = scores.map { min($0, 0) - log1p(exp(-abs($0))) }
      if outputs == 1 { return scores.map { Float(exp($0)) } }
    }
    let largest = scores.max() ?? 0
    let shares = scores.map { exp($0 - largest) }
    let total = shares.reduce(0, +)
    return shares.map { Float($0 / total) }
  }
}
