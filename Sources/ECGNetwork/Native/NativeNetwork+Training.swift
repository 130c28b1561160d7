import CSpectral

extension NativeNetwork {
  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let part = forwardAndBackward(batch, step)
    var outcome = architecture.outcome(
      headSums: part.headSums, batchCount: batch.count, logits: part.logits)
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
    checkBatch(batch)
    var outcome = BatchOutcome(loss: 0, headLosses: [], logits: [])
    batch.targets.withUnsafeBufferPointer { targets in
      batch.inputs.withUnsafeBufferPointer { inputs in
        guard let targets = targets.baseAddress else { return }
        infer(inputs, count: batch.count) { pass, rows in
          pass.forward(rows, step: nil)
          pass.losses(rows, targets: targets, batchCount: batch.count)
        } finish: { pass in
          let sums = self.outcome(of: pass, count: batch.count)
          outcome = architecture.outcome(
            headSums: sums.headSums, batchCount: batch.count, logits: sums.logits)
        }
      }
    }
    return outcome
  }

  /// A batch is cut into so many shards, whose gradients are added in order: as many as its size
  /// gives, whatever the number of threads.
  static func shardCount(_ rows: Int) -> Int { min(16, (rows + 7) / 8) }

  private func checkBatch(_ batch: TrainingBatch) {
    precondition(batch.count <= maximumBatch, "a batch has at most `maximumBatch` rows")
    precondition(
      batch.inputs.count >= batch.count * architecture.inputLength
        && batch.targets.count >= batch.count * architecture.heads.count,
      "every row of a batch needs all of its values and targets")
  }

  // MARK: Up and down

  /// Losses and logits; leaves the shards' gradients and the dense layers' row gradients behind.
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
        else {
          return PartOutcome(headSums: architecture.heads.map { _ in 0 }, logits: [])
        }
        var pass = headPass(inputs: inputs)
        pass.rowNumbers = batch.part?.rowNumbers
        let whole = batch.wholeCount
        if hasTrunk {
          let count = Self.shardCount(batch.count)
          engine.pool.run(tasks: count) { shard, thread in
            let rows = shard * batch.count / count..<(shard + 1) * batch.count / count
            trainShard(
              shard, rows, thread: thread, inputs: inputs, targets: targets, pass: pass,
              step: step, batchCount: whole)
          }
        } else {
          let size = 32
          engine.pool.run(tasks: (batch.count + size - 1) / size) { group, _ in
            let rows = group * size..<min((group + 1) * size, batch.count)
            trainHeads(rows, pass, targets: targets, step: step, batchCount: whole)
          }
        }
        return outcome(of: pass, count: batch.count)
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
      let input = inputs + group.lowerBound * architecture.inputLength
      trunk.forward(input, windows: group.count)
      copyFeatures(from: trunk, group)
      trainHeads(group, pass, targets: targets, step: step, batchCount: batchCount)
      copyFeatureGradients(to: trunk, group)
      trunk.backward(input, windows: group.count, gradients: shards[shard])
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

  /// Losses summed row after row, and logits.
  private func outcome(of pass: HeadPass, count: Int) -> PartOutcome {
    let width = architecture.heads.count
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<count {
      for head in 0..<width { sums[head] += heads.losses.base[row * width + head] }
    }
    var logits = [Float](repeating: 0, count: count * layout.logitCount)
    logits.withUnsafeMutableBufferPointer { logits in
      if let base = logits.baseAddress { pass.copyLogits(0..<count, to: base) }
    }
    return PartOutcome(headSums: sums, logits: logits)
  }

  // MARK: Gradients and update

  /// Adds the shards, leaves the frequency domain, adds L2, and updates where `adam` is given.
  func finishGradients(_ batch: TrainingBatch, l2: Float, adam: AdamCoefficients?) {
    guard batch.count > 0 else { return gradients.clear() }
    let count = architecture.trunk == nil ? 0 : Self.shardCount(batch.count)
    batch.inputs.withUnsafeBufferPointer { inputs in
      guard let inputs = inputs.baseAddress else { return }
      let pass = headPass(inputs: inputs)
      engine.pool.run(tasks: gradientTasks.count) { index, thread in
        let task = gradientTasks[index]
        switch task.layer {
        case .convolution(let layer):
          GradientSum(
            layout: layout, plans: plans, kernels: engine.kernels.table, shards: shards,
            shardCount: count, target: gradients.base,
            scratch: trunkWorkspaces[thread].scratch.base
          ).finish(layout.convolutions[layer], rows: task.rows)
        case .dense(let layer):
          pass.weightGradient(
            dense: layer, inputs: task.rows, batchCount: batch.count, into: gradients.base)
        }
        apply(index, l2: l2, adam: adam)
      }
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
