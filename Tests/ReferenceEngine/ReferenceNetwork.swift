import ECGNetwork

/// A network of the plain engine, in single or double precision.
public final class ReferenceNetwork<Real: BinaryFloatingPoint & Sendable>: ComputeNetwork {
  public let architecture: NetworkArchitecture
  /// All parameters in the network's order, one after another; a test may change them.
  public var values: [Real]
  private var first: [Real]
  private var second: [Real]
  private var steps = 0
  private let plan: ReferencePlan
  private let maximumBatch: Int
  private let threads: Int

  init(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int, threads: Int
  ) throws {
    try parameters.validate(against: architecture)
    self.architecture = architecture
    self.maximumBatch = maximumBatch
    self.threads = threads
    plan = ReferencePlan(architecture)
    values = plan.flattened(parameters)
    first = [Real](repeating: 0, count: plan.valueCount)
    second = first
  }

  public func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let (outcome, gradient) = lossAndGradient(batch, step)
    let adamStep = AdamCoefficients(step, stepsBefore: steps)
    adam(
      &values, gradient: gradient, first: &first, second: &second, count: plan.valueCount,
      beta1: Real(adamStep.beta1), complement1: Real(adamStep.complement1),
      beta2: Real(adamStep.beta2), complement2: Real(adamStep.complement2),
      stepSize: Real(adamStep.stepSize), rootCorrection: Real(adamStep.rootCorrection),
      epsilon: Real(adamStep.epsilon))
    steps += 1
    return outcome
  }

  public func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    pass(batch, step: nil, wantsGradient: false).outcome
  }

  public func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    plan.parameters(lossAndGradient(batch, step).gradient)
  }

  public func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    perRow(of: inputs, count: count, width: architecture.logitCount) { pass in
      pass.computeLogits(dropout: nil)
      return pass.logits
    }
  }

  public func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    perRow(of: inputs, count: count, width: architecture.featureCount) { $0.features }
  }

  public func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    var seed = [Real](repeating: 0, count: architecture.logitCount)
    seed[logit] = 1
    let zeros = [Real](repeating: 0, count: plan.valueCount)
    return perRow(of: inputs, count: count, width: architecture.inputLength) { pass in
      pass.computeLogits(dropout: nil)
      var unused = zeros
      pass.addGradients(
        logitGradient: seed, withDropout: false, to: &unused, wantsInput: true)
      return pass.inputGradient
    }
  }

  public func parameters() -> Parameters { plan.parameters(values) }

  public func optimizerState() -> OptimizerState {
    OptimizerState(
      firstMoments: plan.parameters(first), secondMoments: plan.parameters(second), steps: steps)
  }

  public func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try parameters.validate(against: architecture)
    if let optimizerState {
      try optimizerState.firstMoments.validate(against: architecture)
      try optimizerState.secondMoments.validate(against: architecture)
    }
    values = plan.flattened(parameters)
    first = optimizerState.map { plan.flattened($0.firstMoments) } ?? first.map { _ in 0 }
    second = optimizerState.map { plan.flattened($0.secondMoments) } ?? second.map { _ in 0 }
    steps = optimizerState?.steps ?? 0
  }
}

extension ReferenceNetwork {
  /// The whole loss with L2 and the step's dropout, and its gradient in the order of `values`.
  public func lossAndGradient(
    _ batch: TrainingBatch, _ step: TrainingStep
  ) -> (outcome: BatchOutcome, gradient: [Real]) {
    var (outcome, gradient) = pass(batch, step: step, wantsGradient: true)
    addL2(step, to: &outcome, gradient: &gradient)
    return (outcome, gradient)
  }

  /// The whole loss with L2 and the step's dropout.
  public func loss(_ batch: TrainingBatch, _ step: TrainingStep) -> Double {
    var (outcome, gradient) = pass(batch, step: step, wantsGradient: false)
    addL2(step, to: &outcome, gradient: &gradient)
    return outcome.loss
  }

  /// loss += l2 · ½‖w‖² and ∂w += l2 · w, over kernels.
  private func addL2(_ step: TrainingStep, to outcome: inout BatchOutcome, gradient: inout [Real]) {
    let l2 = Real(step.optimisation.l2)
    guard l2 != 0 else { return }
    var squares = 0.0
    for (shape, offset) in zip(plan.shapes, plan.offsets) where shape.isKernel {
      for index in offset..<offset + shape.shape.reduce(1, *) {
        squares += Double(values[index]) * Double(values[index])
        if !gradient.isEmpty { gradient[index] += l2 * values[index] }
      }
    }
    outcome.loss += Double(l2) * squares / 2
  }

  /// All rows forward, and back when the gradient is wanted; shard after shard.
  private func pass(
    _ batch: TrainingBatch, step: TrainingStep?, wantsGradient: Bool
  ) -> (outcome: BatchOutcome, gradient: [Real]) {
    precondition(batch.count <= maximumBatch, "a batch has at most `maximumBatch` rows")
    let weights = ReferenceWeights(values, plan: plan)
    let width = architecture.logitCount
    let heads = architecture.heads.count
    let shards = overShards(batch.count, threads: threads) { [self] rows in
      let pass = ReferencePass(architecture, plan: plan, weights: weights)
      var gradient = [Real](repeating: 0, count: wantsGradient ? plan.valueCount : 0)
      var headSums = [Double](repeating: 0, count: heads)
      var logits: [Float] = []
      var logitGradient = [Real](repeating: 0, count: width)
      for row in rows {
        batch.inputs.withUnsafeBufferPointer { inputs in
          guard let base = inputs.baseAddress else { return }
          pass.computeFeatures(of: base + row * architecture.inputLength)
        }
        pass.computeLogits(dropout: step.map { ($0, row) })
        logits += pass.logits.map { Float($0) }
        pass.logits.withUnsafeBufferPointer { rowLogits in
          batch.targets[row * heads..<(row + 1) * heads].withUnsafeBufferPointer { targets in
            logitGradient.withUnsafeMutableBufferPointer { gradient in
              architecture.addLosses(
                logits: rowLogits, targets: targets, batchCount: batch.count, headSums: &headSums,
                gradient: gradient)
            }
          }
        }
        if wantsGradient {
          pass.addGradients(
            logitGradient: logitGradient, withDropout: step != nil, to: &gradient)
        }
      }
      return (gradient: gradient, headSums: headSums, logits: logits)
    }

    var gradient = [Real](repeating: 0, count: wantsGradient ? plan.valueCount : 0)
    var headSums = [Double](repeating: 0, count: heads)
    for shard in shards {
      for index in gradient.indices { gradient[index] += shard.gradient[index] }
      for index in headSums.indices { headSums[index] += shard.headSums[index] }
    }
    let outcome = architecture.outcome(
      headSums: headSums, batchCount: batch.count, logits: shards.flatMap(\.logits))
    return (outcome, wantsGradient ? ReferenceWeights.gathered(gradient, plan: plan) : [])
  }

  /// What `body` gives for each row after its features are computed, row after row.
  private func perRow(
    of inputs: UnsafeBufferPointer<Float>, count: Int, width: Int,
    _ body: @escaping (ReferencePass<Real>) -> [Real]
  ) -> [Float] {
    precondition(count <= maximumBatch, "a call brings at most `maximumBatch` rows")
    precondition(inputs.count >= count * architecture.inputLength, "every row needs its values")
    guard let base = inputs.baseAddress else { return [] }
    let weights = ReferenceWeights(values, plan: plan)
    return overShards(count, threads: threads) { [self] rows in
      let pass = ReferencePass(architecture, plan: plan, weights: weights)
      return rows.flatMap { row in
        pass.computeFeatures(of: base + row * architecture.inputLength)
        return body(pass).map { Float($0) }
      }
    }.flatMap { $0 }
  }
}

extension ReferencePlan {
  func flattened<Real: BinaryFloatingPoint>(_ parameters: Parameters) -> [Real] {
    shapes.flatMap { (parameters[$0.name]?.values ?? []).map { Real($0) } }
  }

  func parameters<Real: BinaryFloatingPoint>(_ values: [Real]) -> Parameters {
    var parameters = Parameters()
    for (shape, offset) in zip(shapes, offsets) {
      let end = offset + shape.shape.reduce(1, *)
      parameters[shape.name] = Tensor(
        shape: shape.shape, values: values[offset..<end].map { Float($0) })
    }
    return parameters
  }
}
