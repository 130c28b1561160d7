import CSpectral

extension NativeNetwork {
  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    var outcome = architecture.outcome(
      of: forwardAndBackward(batch, step), count: batch.count)
    let coefficients = AdamCoefficients(step, stepsBefore: stepsDone)
    finishGradients(batch, l2: step.optimisation.l2, adam: coefficients)
    outcome.loss += penalty(l2: step.optimisation.l2)
    stepsDone += 1
    prepared.invalidate()
    return outcome
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    _ = forwardAndBackward(batch, step)
    finishGradients(batch, l2: step.optimisation.l2, adam: nil)
    return layout.parameters(of: gradients.base)
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    architecture.outcome(of: try evaluatePart(batch), count: batch.count)
  }

  func evaluatePart(_ batch: TrainingBatch) throws -> PartOutcome {
    checkBatch(batch)
    var outcome = PartOutcome(losses: [], logits: [])
    batch.targets.withUnsafeBufferPointer { targets in
      batch.inputs.withUnsafeBufferPointer { inputs in
        guard let targets = targets.baseAddress else { return }
        infer(inputs, count: batch.count) { pass, rows in
          pass.forward(rows, step: nil)
          pass.losses(rows, targets: targets, batchCount: batch.count)
        } finish: { pass in
          outcome = self.outcome(of: pass, 0..<batch.count)
        }
      }
    }
    return outcome
  }

  private func checkBatch(_ batch: TrainingBatch) {
    precondition(
      batch.count <= maximumBatch
        && (batch.part?.shards == nil || batch.wholeCount <= maximumBatch),
      "a batch has at most `maximumBatch` rows")
    precondition(
      batch.inputs.count >= batch.count * architecture.inputLength
        && batch.targets.count >= batch.count * architecture.heads.count,
      "every row of a batch needs all of its values and targets")
  }

  // MARK: Up and down

  /// Losses and logits; leaves the shards' gradients and the dense layers' row gradients behind.
  ///
  /// Whole shards of a larger batch have their places in it: shard s is in `shards[s]`, and row r in
  /// row r of the heads' memory.
  func forwardAndBackward(_ batch: TrainingBatch, _ step: TrainingStep) -> PartOutcome {
    checkBatch(batch)
    prepared.prepare(from: weights.base, backward: true)
    let hasTrunk = architecture.trunk != nil
    if hasTrunk {
      _ = trunkWorkspaces
      _ = shards
    }
    return batch.targets.withUnsafeBufferPointer { targets in
      batch.inputs.withUnsafeBufferPointer { inputs in
        guard batch.count > 0, let targets = targets.baseAddress, let inputs = inputs.baseAddress
        else { return PartOutcome(losses: [], logits: []) }
        let (cut, held) = batch.heldShards
        let rows = cut.rows(of: held)
        let isShare = batch.part?.shards != nil
        if isShare, !hasTrunk { copyInputs(inputs, to: rows) }
        var pass = headPass(inputs: inputs, copied: isShare)
        pass.rowNumbers = isShare ? nil : batch.part?.rowNumbers
        pass.firstRow = rows.lowerBound
        let whole = batch.wholeCount
        if hasTrunk {
          engine.pool.run(tasks: held.count) { index, thread in
            let shard = held.lowerBound + index
            trainShard(
              shard, cut.rows(of: shard), thread: thread, inputs: inputs, targets: targets,
              pass: pass, step: step, batchCount: whole)
          }
        } else {
          let size = 32
          engine.pool.run(tasks: (rows.count + size - 1) / size) { group, _ in
            let first = rows.lowerBound + group * size
            trainHeads(
              first..<min(first + size, rows.upperBound), pass, targets: targets, step: step,
              batchCount: whole)
          }
        }
        return outcome(of: pass, rows)
      }
    }
  }

  private func trainShard(
    _ shard: Int, _ rows: Range<Int>, thread: Int, inputs: UnsafePointer<Float>,
    targets: UnsafePointer<Float>, pass: HeadPass, step: TrainingStep, batchCount: Int
  ) {
    guard let trunk = trunkPass(thread: thread) else { return }
    shards[shard].reset(layout)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: windowsTogether) {
      let group = first..<min(first + windowsTogether, rows.upperBound)
      let input = inputs + (group.lowerBound - pass.firstRow) * architecture.inputLength
      trunk.forward(input, windows: group.count)
      copyFeatures(from: trunk, group)
      trainHeads(group, pass, targets: targets, step: step, batchCount: batchCount)
      copyFeatureGradients(to: trunk, group)
      trunk.backward(input, windows: group.count, gradients: shards[shard])
    }
  }

  /// Without a trunk, inputs of a share lie where features would: at their rows of the whole batch.
  private func copyInputs(_ inputs: UnsafePointer<Float>, to rows: Range<Int>) {
    let length = architecture.inputLength
    for row in rows {
      (heads.features.base + row * layout.paddedFeatures).update(
        from: inputs + (row - rows.lowerBound) * length, count: length)
    }
  }

  private func trainHeads(
    _ rows: Range<Int>, _ pass: HeadPass, targets: UnsafePointer<Float>, step: TrainingStep,
    batchCount: Int
  ) {
    pass.forward(rows, step: step)
    pass.losses(rows, targets: targets, batchCount: batchCount)
    pass.backward(rows, withDropout: true, toFeatures: architecture.trunk != nil)
  }

  /// Losses and logits of rows.
  private func outcome(of pass: HeadPass, _ rows: Range<Int>) -> PartOutcome {
    let width = architecture.heads.count
    let losses = UnsafeBufferPointer(
      start: heads.losses.base + rows.lowerBound * width, count: rows.count * width)
    var logits = [Float](repeating: 0, count: rows.count * layout.logitCount)
    logits.withUnsafeMutableBufferPointer { logits in
      if let base = logits.baseAddress { pass.copyLogits(rows, to: base) }
    }
    return PartOutcome(losses: Array(losses), logits: logits)
  }

  // MARK: Gradients and update

  /// Adds the shards, leaves the frequency domain, adds L2, and updates where `adam` is given.
  func finishGradients(_ batch: TrainingBatch, l2: Float, adam: AdamCoefficients?) {
    guard batch.count > 0 else { return gradients.clear() }
    batch.inputs.withUnsafeBufferPointer { inputs in
      guard let inputs = inputs.baseAddress else { return }
      finishGradients(
        gradientTasks.indices, of: BatchShards(rows: batch.count), headPass(inputs: inputs)
      ) { apply($0, l2: l2, adam: adam) }
    }
  }

  /// Adds the shards and leaves the frequency domain for some tasks; `body` after each of them.
  func finishGradients(
    _ tasks: Range<Int>, of cut: BatchShards, _ pass: HeadPass, then body: (Int) -> Void
  ) {
    engine.pool.run(tasks: tasks.count) { place, thread in
      let index = tasks.lowerBound + place
      let task = gradientTasks[index]
      switch task.layer {
      case .convolution(let layer):
        GradientSum(
          layout: layout, plans: plans, kernels: engine.kernels.table, shards: shards,
          shardCount: cut.count, target: gradients.base,
          scratch: trunkWorkspaces[thread].scratch.base
        ).finish(layout.convolutions[layer], rows: task.rows)
      case .dense(let layer):
        pass.weightGradient(
          dense: layer, inputs: task.rows, batchCount: cut.rows, into: gradients.base)
      }
      body(index)
    }
  }

  /// Adds L2 to a task's gradients, and updates its parameters where `adam` is given.
  func apply(_ index: Int, l2: Float, adam: AdamCoefficients?) {
    squares.base[index] = 0
    for range in gradientTasks[index].places {
      apply(range, l2: range.isKernel ? l2 : 0, adam: adam, squares: squares.base + index)
    }
  }

  private func apply(
    _ range: GradientTask.Place, l2: Float, adam: AdamCoefficients?,
    squares: UnsafeMutablePointer<Double>
  ) {
    let start = range.offset
    let kernels = engine.kernels.table
    if l2 != 0 { squares.pointee += kernels.sum_of_squares(weights.base + start, range.count) }
    guard let adam else {
      if l2 != 0 {
        kernels.add_scaled(gradients.base + start, weights.base + start, l2, range.count)
      }
      return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 7) { numbers in
      numbers[0] = Float(adam.beta1)
      numbers[1] = Float(adam.complement1)
      numbers[2] = Float(adam.beta2)
      numbers[3] = Float(adam.complement2)
      numbers[4] = Float(adam.stepSize)
      numbers[5] = Float(1 / adam.rootCorrection)
      numbers[6] = Float(adam.epsilon)
      kernels.adam(
        weights.base + start, firstMoments.base + start, secondMoments.base + start,
        gradients.base + start, numbers.baseAddress, l2, range.count)
    }
  }

  /// The L2 term of the loss, from the squares that `apply` summed.
  func penalty(l2: Float) -> Double {
    guard l2 != 0 else { return 0 }
    var sum = 0.0
    for index in 0..<gradientTasks.count { sum += squares.base[index] }
    return Double(l2) * sum / 2
  }
}
