import CTorchEngine
import ECGNetwork
import ECGPretext

extension TorchNetwork: SharedNetwork {
  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let part = try backward(batch, step)
    var logits = part.logits
    if batch.rowSource is DrawnVersions, let rows = batch.part?.rowNumbers {
      let width = architecture.logitCount
      for (place, row) in rows.enumerated() {
        for logit in 0..<width { logits[row * width + logit] = part.logits[place * width + logit] }
      }
    }
    var outcome = architecture.outcome(
      headSums: part.headSums, batchCount: batch.wholeCount, logits: logits)
    outcome.loss += try update(step)
    return outcome
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    _ = try backward(batch, step)
    var values = [Float](
      repeating: 0, count: Int(functions.parameter_count(handle)))
    try plugin.check(
      functions.get_gradients(handle, step.optimisation.l2, &values), while: "reading gradients")
    return parameters(of: values)
  }

  func backward(_ batch: TrainingBatch, _ step: TrainingStep) throws -> PartOutcome {
    var step = heartfelt_torch_step(step)
    if let versions = batch.rowSource as? DrawnVersions {
      return try backward(versions, wholeCount: batch.wholeCount, &step)
    }
    return try withBatch(batch) { batch, outcome in
      functions.backward(handle, batch, &step, outcome)
    }
  }

  func sumGradients(over group: any ComputeGroup) throws {
    guard let group = group as? TorchGroup else {
      throw ComputeGroupError(
        "the LibTorch engine sums over c10d only; start the processes by torchrun or Slurm")
    }
    try group.sumGradients(of: self)
  }

  func update(_ step: TrainingStep) throws -> Double {
    var step = heartfelt_torch_step(step)
    var penalty = 0.0
    try plugin.check(functions.update(handle, &step, &penalty), while: "updating the parameters")
    return penalty
  }

  /// Calls a function of the plugin on a batch.
  func withBatch(
    _ batch: TrainingBatch,
    _ call: (
      UnsafePointer<heartfelt_torch_batch>, UnsafeMutablePointer<heartfelt_torch_outcome>
    ) -> UnsafeMutablePointer<CChar>?
  ) throws -> PartOutcome {
    precondition(
      batch.inputs.count >= batch.count * architecture.inputLength
        && batch.targets.count >= batch.count * architecture.heads.count,
      "every row of a batch needs all of its values and targets")
    for row in 0..<batch.count {
      for (index, head) in architecture.heads.enumerated() where head.outputs > 1 {
        let target = batch.targets[row * architecture.heads.count + index]
        precondition(
          target >= 0 && target < Float(head.outputs),
          "the target of a head is a class below its outputs")
      }
    }
    let rowNumbers = batch.part?.rowNumbers.map(Int64.init)
    return try batch.inputs.withUnsafeBufferPointer { inputs in
      try batch.targets.withUnsafeBufferPointer { targets in
        try withOptionalPointer(rowNumbers) { rowNumbers in
          var whole = heartfelt_torch_batch(
            count: Int32(batch.count), inputs: inputs.baseAddress, targets: targets.baseAddress,
            row_numbers: rowNumbers, whole_count: Int64(batch.wholeCount))
          return try withOutcome(rows: batch.count) { outcome in call(&whole, outcome) }
        }
      }
    }
  }

  /// Calls a function of the plugin with room for the outcome of some rows.
  func withOutcome(
    rows: Int,
    _ call: (UnsafeMutablePointer<heartfelt_torch_outcome>) -> UnsafeMutablePointer<CChar>?
  ) throws -> PartOutcome {
    var part = PartOutcome(
      headSums: architecture.heads.map { _ in 0 },
      logits: [Float](repeating: 0, count: rows * architecture.logitCount))
    try part.headSums.withUnsafeMutableBufferPointer { sums in
      try part.logits.withUnsafeMutableBufferPointer { logits in
        var outcome = heartfelt_torch_outcome(
          head_sums: sums.baseAddress, logits: logits.baseAddress)
        try plugin.check(call(&outcome), while: "computing \(rows) rows of a batch")
      }
    }
    return part
  }
}

/// The place of an array's values during a call, or nil.
func withOptionalPointer<Value, Result>(
  _ values: [Value]?, _ body: (UnsafePointer<Value>?) throws -> Result
) rethrows -> Result {
  guard let values else { return try body(nil) }
  return try values.withUnsafeBufferPointer { try body($0.baseAddress) }
}

extension heartfelt_torch_step {
  /// A step in the plugin's words.
  init(_ step: TrainingStep) {
    self.init(
      learning_rate: step.learningRate, beta1: step.optimisation.beta1,
      beta2: step.optimisation.beta2, epsilon: step.optimisation.epsilon,
      l2: step.optimisation.l2, seed: step.seed, index: Int64(step.index))
  }
}
