import ECGNetwork
import Foundation

/// Temperature scaling: one number that brings the confidence of a network to how often it is right.
///
/// ```text
/// p = softmax(logits / T),   T = argmin Σ −log p[truth]   over windows of persons not learned from
/// ```
/// T > 1 where the network is too sure of itself, as trained networks are. The order of the classes
/// never changes. Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks"
/// (ICML 2017), section 4.2.
public enum Calibration {
  /// The temperature that fits best, between 0.05 and 20; 1 where there is nothing to fit on.
  /// - Parameters:
  ///   - logits: N rows of K, of windows that were not learned from.
  ///   - classes: the true class of each row, from 0.
  ///   - head: the head that gave the logits.
  public static func temperature(
    logits: [[Float]], classes: [Int], head: NetworkArchitecture.Head
  ) -> Double {
    precondition(logits.count == classes.count, "each row of logits needs its class")
    guard !logits.isEmpty else { return 1 }
    func loss(_ logTemperature: Double) -> Double {
      zip(logits, classes).reduce(0) { sum, row in
        let shares = head.probabilities(of: row.0, temperature: exp(logTemperature))
        return sum - log(max(Double(shares[row.1]), 1e-30))
      }
    }
    // Golden-section search: the loss has one valley along log T.
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (log(0.05), log(20.0))
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (leftLoss, rightLoss) = (loss(left), loss(right))
    while high - low > 1e-4 {
      if leftLoss <= rightLoss {
        (high, right, rightLoss) = (right, left, leftLoss)
        left = high - ratio * (high - low)
        leftLoss = loss(left)
      } else {
        (low, left, leftLoss) = (left, right, rightLoss)
        right = low + ratio * (high - low)
        rightLoss = loss(right)
      }
    }
    return exp((low + high) / 2)
  }
}
