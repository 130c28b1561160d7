import ECGNetwork

/// One row on its way through the network and back, with the memory for it.
final class ReferencePass<Real: BinaryFloatingPoint & Sendable> {
  private let architecture: NetworkArchitecture
  private let plan: ReferencePlan
  private let weights: ReferenceWeights<Real>

  /// The input of each convolution, and last what the final one gave.
  private var stages: [[Real]] = []
  /// Each convolution's output after its activation, before the pooling.
  private var activations: [[Real]]
  /// The time steps that the poolings and the global maximum chose.
  private var choices: [[Int32]]
  private(set) var features: [Real]
  /// Inputs of each dense layer by head and layer, the layers' outputs after their activation, and
  /// the dropout masks.
  private var denseInputs: [[[Real]]]
  private var denseOutputs: [[[Real]]]
  private var masks: [[[Float]]]
  private(set) var logits: [Real]
  private(set) var inputGradient: [Real]

  init(_ architecture: NetworkArchitecture, plan: ReferencePlan, weights: ReferenceWeights<Real>) {
    self.architecture = architecture
    self.plan = plan
    self.weights = weights
    func zeros(_ count: Int) -> [Real] { [Real](repeating: 0, count: count) }
    stages = plan.convolutions.map { zeros($0.length * $0.inputs) }
    activations = plan.convolutions.map { zeros($0.length * $0.outputs) }
    choices = plan.convolutions.map {
      [Int32](repeating: 0, count: ($0.pooledLength ?? 1) * $0.outputs)
    }
    features = zeros(architecture.featureCount)
    denseInputs = plan.heads.map { $0.layers.map { zeros($0.inputs) } }
    denseOutputs = plan.heads.map { $0.layers.map { zeros($0.outputs) } }
    masks = plan.heads.map { $0.layers.map { [Float](repeating: 1, count: $0.outputs) } }
    logits = zeros(architecture.logitCount)
    inputGradient = zeros(architecture.inputLength)
  }

  // MARK: Forward

  func computeFeatures(of input: UnsafePointer<Float>) {
    guard let trunk = architecture.trunk else {
      for index in features.indices { features[index] = Real(input[index]) }
      return
    }
    for index in 0..<architecture.inputLength { stages[0][index] = Real(input[index]) }
    for (index, layer) in plan.convolutions.enumerated() {
      convolve(
        stages[index], layer, weight: weights.forward[index], bias: weights.bias(of: layer),
        into: &activations[index])
      leakyReLU(&activations[index], count: activations[index].count, leak: Real(trunk.leak))
      if let pools = layer.pooledLength {
        maximumPool(
          activations[index], channels: layer.outputs, width: trunk.poolWidth,
          stride: trunk.poolStride, pools: pools, into: &stages[index + 1], choice: &choices[index])
      } else if index + 1 < plan.convolutions.count {
        stages[index + 1] = activations[index]
      } else {
        maximumPool(
          activations[index], channels: layer.outputs, width: layer.length, stride: 1, pools: 1,
          into: &features, choice: &choices[index])
      }
    }
  }

  /// The heads on the features; `dropout` names the step and the row whose masks apply.
  func computeLogits(dropout: (step: TrainingStep, row: Int)?) {
    for (h, head) in plan.heads.enumerated() {
      let shape = architecture.heads[h]
      denseInputs[h][0] = features
      for (l, layer) in head.layers.enumerated() {
        dense(denseInputs[h][l], layer, parameters: weights.values, into: &denseOutputs[h][l])
        guard l + 1 < head.layers.count else { break }
        leakyReLU(&denseOutputs[h][l], count: layer.outputs, leak: shape.activation.leak())
        denseInputs[h][l + 1] = denseOutputs[h][l]
        guard let dropout, shape.dropout > 0 else { continue }
        let mask = DropoutMask(seed: dropout.step.seed, layer: layer.name, rate: shape.dropout)
        masks[h][l].withUnsafeMutableBufferPointer {
          mask.fill($0, step: dropout.step.index, row: dropout.row)
        }
        for unit in 0..<layer.outputs { denseInputs[h][l + 1][unit] *= Real(masks[h][l][unit]) }
      }
      let outputs = denseOutputs[h][head.layers.count - 1]
      logits.replaceSubrange(head.firstLogit..<head.firstLogit + outputs.count, with: outputs)
    }
  }

  // MARK: Backward

  /// Adds this row's gradients to `gradients`, which lie as `ReferenceWeights` arranges them.
  func addGradients(
    logitGradient: [Real], withDropout: Bool, to gradients: inout [Real], wantsInput: Bool = false
  ) {
    var featureGradient = [Real](repeating: 0, count: features.count)
    for (h, head) in plan.heads.enumerated() {
      let shape = architecture.heads[h]
      var gradient = Array(logitGradient[head.firstLogit..<head.firstLogit + shape.outputs])
      for (l, layer) in head.layers.enumerated().reversed() {
        if l + 1 < head.layers.count {
          if withDropout, shape.dropout > 0 {
            for unit in 0..<layer.outputs { gradient[unit] *= Real(masks[h][l][unit]) }
          }
          leakyReLUGradient(
            &gradient, output: denseOutputs[h][l], count: layer.outputs,
            leak: shape.activation.leak())
        }
        var below = [Real](repeating: 0, count: layer.inputs)
        addDenseGradients(
          denseInputs[h][l], outputGradient: gradient, layer, parameters: weights.values,
          gradients: &gradients, inputGradient: &below)
        gradient = below
      }
      for index in featureGradient.indices { featureGradient[index] += gradient[index] }
    }
    guard let trunk = architecture.trunk else { return inputGradient = featureGradient }
    addTrunkGradients(
      featureGradient, leak: Real(trunk.leak), to: &gradients, wantsInput: wantsInput)
  }

  private func addTrunkGradients(
    _ featureGradient: [Real], leak: Real, to gradients: inout [Real], wantsInput: Bool
  ) {
    var above = featureGradient
    for (index, layer) in plan.convolutions.enumerated().reversed() {
      let isLast = index + 1 == plan.convolutions.count
      var gradient = above
      if isLast || layer.pooledLength != nil {
        gradient = [Real](repeating: 0, count: activations[index].count)
        maximumPoolGradient(
          above, choice: choices[index], channels: layer.outputs, pools: layer.pooledLength ?? 1,
          length: layer.length, into: &gradient)
      }
      leakyReLUGradient(&gradient, output: activations[index], count: gradient.count, leak: leak)
      gradients.withUnsafeMutableBufferPointer { all in
        guard let base = all.baseAddress else { return }
        addConvolutionWeightGradient(
          stages[index], outputGradient: gradient, layer, weightGradient: base + layer.weight,
          biasGradient: base + layer.bias)
      }
      guard index > 0 || wantsInput else { return }
      above = [Real](repeating: 0, count: stages[index].count)
      convolutionInputGradient(
        outputGradient: gradient, layer, weight: weights.backward[index], into: &above)
    }
    inputGradient = above
  }
}

extension NetworkArchitecture.Head.Activation {
  /// The slope below 0.
  fileprivate func leak<Real: BinaryFloatingPoint>() -> Real {
    switch self {
    case .relu: 0
    // As every engine has it: the single-precision number nearest to 0.2.
    case .leakyReLU: Real(Float(0.2))
    }
  }
}
