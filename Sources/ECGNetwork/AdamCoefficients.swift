import Foundation

/// The numbers of one Adam update, the same in every engine.
///
/// ```text
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// w ← w − stepSize · m / (√v / rootCorrection + ε)
/// stepSize = learningRate / (1 − β₁ᵗ),   rootCorrection = √(1 − β₂ᵗ),   t = 1, 2, …
/// ```
///
/// With m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) that is w − learningRate · m̂ / (√v̂ + ε): PyTorch's
/// form. TensorFlow 1 adds ε before the correction of v instead; with ε = 1e-8 the two differ only
/// where gradients are that small. g is the gradient of the whole loss, so the L2 term is in it.
///
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1.
public struct AdamCoefficients: Sendable {
  /// β₁ and 1 − β₁.
  public let beta1: Double, complement1: Double
  /// β₂ and 1 − β₂.
  public let beta2: Double, complement2: Double
  /// Learning rate over the first moment's bias.
  public let stepSize: Double
  /// The root of the second moment's bias.
  public let rootCorrection: Double
  /// ε.
  public let epsilon: Double

  /// The coefficients of an update.
  /// - Parameter stepsBefore: Adam's steps before this one, as `OptimizerState.steps` counts them.
  public init(_ step: TrainingStep, stepsBefore: Int) {
    beta1 = Double(step.optimisation.beta1)
    beta2 = Double(step.optimisation.beta2)
    complement1 = 1 - beta1
    complement2 = 1 - beta2
    let power = Double(stepsBefore + 1)
    stepSize = Double(step.learningRate) / (1 - pow(beta1, power))
    rootCorrection = (1 - pow(beta2, power)).squareRoot()
    epsilon = Double(step.optimisation.epsilon)
  }
}
