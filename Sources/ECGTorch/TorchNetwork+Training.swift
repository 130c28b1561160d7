import CTorchEngine
import ECGNetwork
import ECGPretext

extension TorchNetwork: SharedNetwork {
  /// Single precision alone is cut into shards: with coarser products the bits are not the point.
  var shardKind: String? {
    engine.precision == .float32 ? "\(engine.name) \(plugin.torchVersion)" : nil
  }

  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    var outcome = architecture.outcome(of: try backward(batch, step), count: batch.wholeCount)
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
    defer { tellNotice() }
    var step = heartfelt_torch_step(step)
    if let versions = batch.rowSource as? DrawnVersions {
      var shards = shards(of: batch)
      return try backward(versions, wholeCount: batch.wholeCount, &shards, &step)
    }
    return try withBatch(batch) { batch, outcome in
      functions.backward(handle, batch, &step, outcome)
    }
  }

  func sumGradients(of part: TrainingBatch.Part, over group: any ComputeGroup) throws {
    guard let group = group as? TorchGroup else {
      throw ComputeGroupError(
        "the LibTorch engine sums over c10d only; start the processes by torchrun or Slurm")
    }
    guard let held = part.shards else { return try group.sumGradients(of: self) }
    try group.sumShards(
      of: self, heartfelt_torch_shards(BatchShards(rows: part.wholeCount), held: held))
  }

  /// The shards that a batch is cut into and holds, in the plugin's words.
  private func shards(of batch: TrainingBatch) -> heartfelt_torch_shards {
    guard shardKind != nil else { return heartfelt_torch_shards() }
    let (cut, held) = batch.heldShards
    return heartfelt_torch_shards(cut, held: held)
  }

  /// Steps, and updates, that were replayed instead of launched anew.
  var replayed: Int {
    var counts: (recorded: Int64, replayed: Int64) = (0, 0)
    functions.graph_counts(handle, &counts.recorded, &counts.replayed)
    return Int(counts.replayed)
  }

  private func tellNotice() {
    guard let text = functions.take_notice(handle) else { return }
    engine.notice(String(cString: text))
    functions.free_text(text)
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
    let shards = shards(of: batch)
    return try batch.inputs.withUnsafeBufferPointer { inputs in
      try batch.targets.withUnsafeBufferPointer { targets in
        try withOptionalPointer(rowNumbers) { rowNumbers in
          var whole = heartfelt_torch_batch(
            count: Int32(batch.count), inputs: inputs.baseAddress, targets: targets.baseAddress,
            row_numbers: rowNumbers, whole_count: Int64(batch.wholeCount), shards: shards)
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
      losses: [Double](repeating: 0, count: rows * architecture.heads.count),
      logits: [Float](repeating: 0, count: rows * architecture.logitCount))
    try part.losses.withUnsafeMutableBufferPointer { losses in
      try part.logits.withUnsafeMutableBufferPointer { logits in
        var outcome = heartfelt_torch_outcome(
          losses: losses.baseAddress, logits: logits.baseAddress)
        try plugin.check(call(&outcome), while: "computing \(rows) rows of a batch")
      }
    }
    return part
  }
}

extension ComputeNetwork {
  /// Steps, and updates, that a network of LibTorch replayed; 0 of any other.
  package var replayedSteps: Int { (self as? TorchNetwork)?.replayed ?? 0 }
}

/// The place of an array's values during a call, or nil.
func withOptionalPointer<Value, Result>(
  _ values: [Value]?, _ body: (UnsafePointer<Value>?) throws -> Result
) rethrows -> Result {
  guard let values else { return try body(nil) }
  return try values.withUnsafeBufferPointer { try body($0.baseAddress) }
}

extension heartfelt_torch_shards {
  /// Shards in the plugin's words.
  init(_ cut: BatchShards, held: Range<Int>) {
    self.init(
      rows: Int64(cut.rows), count: Int32(cut.count), first: Int32(held.lowerBound),
      end: Int32(held.upperBound))
  }
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
