import CSpectral

extension NativeNetwork {
  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    forwardAndBackward(batch, step)
    var outcome = results.outcome(batch.count, architecture)
    let coefficients = AdamCoefficients(step, stepsBefore: stepsDone)
    finishGradients(batch, l2: step.optimisation.l2, adam: coefficients)
    outcome.loss += penalty(l2: step.optimisation.l2)
    stepsDone += 1
    prepared.invalidate()
    return outcome
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    forwardAndBackward(batch, step)
    finishGradients(batch, l2: step.optimisation.l2, adam: nil)
    return layout.parameters(of: gradients.base)
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    score(batch)
    return results.outcome(batch.count, architecture)
  }

  func evaluatePart(_ batch: TrainingBatch) throws -> PartOutcome {
    score(batch)
    return results.part(0..<batch.count)
  }

  /// Leaves losses and logits behind.
  private func score(_ batch: TrainingBatch) {
    checkBatch(batch)
    batch.targets.withUnsafeBufferPointer { targets in
      batch.inputs.withUnsafeBufferPointer { inputs in
        infer(inputs, count: batch.count, targets: targets.baseAddress)
      }
    }
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

  /// Leaves losses, logits, the shards' gradients and the dense layers' row gradients behind.
  ///
  /// Whole shards of a larger batch have their places in it: shard s is in `shards[s]`, and row r in
  /// row r of the heads' memory.
  /// - Returns: the rows of the heads' memory that these are.
  @discardableResult
  func forwardAndBackward(_ batch: TrainingBatch, _ step: TrainingStep) -> Range<Int> {
    checkBatch(batch)
    prepared.prepare(from: weights.base, backward: true)
    let hasTrunk = architecture.trunk != nil
    if hasTrunk {
      _ = trunkWorkspaces
      _ = shards
    }
    let (cut, held) = batch.heldShards
    let rows = cut.rows(of: held)
    batch.targets.withUnsafeBufferPointer { targets in
      batch.inputs.withUnsafeBufferPointer { inputs in
        guard batch.count > 0, let targets = targets.baseAddress, let inputs = inputs.baseAddress
        else { return }
        let isShare = batch.part?.shards != nil
        if isShare, !hasTrunk { copyInputs(inputs, to: rows) }
        var pass = headPass(inputs: inputs, copied: isShare)
        pass.rowNumbers = isShare ? nil : batch.part?.rowNumbers
        pass.firstRow = rows.lowerBound
        let work = UpAndDown(
          network: self, pass: pass, cut: cut, held: held, inputs: inputs, targets: targets,
          step: step, wholeCount: batch.wholeCount)
        engine.pool.run(tasks: work.taskCount, work)
      }
    }
    return rows
  }

  /// Without a trunk, inputs of a share lie where features would: at their rows of the whole batch.
  private func copyInputs(_ inputs: UnsafePointer<Float>, to rows: Range<Int>) {
    let length = architecture.inputLength
    for row in rows {
      (heads.features.base + row * layout.paddedFeatures).update(
        from: inputs + (row - rows.lowerBound) * length, count: length)
    }
  }

  // MARK: Gradients and update

  /// Adds the shards, leaves the frequency domain, adds L2, and updates where `adam` is given.
  func finishGradients(_ batch: TrainingBatch, l2: Float, adam: AdamCoefficients?) {
    guard batch.count > 0 else { return gradients.clear() }
    batch.inputs.withUnsafeBufferPointer { inputs in
      guard let inputs = inputs.baseAddress else { return }
      finishGradients(
        gradientTasks.indices, of: BatchShards(rows: batch.count), headPass(inputs: inputs),
        update: .init(l2: l2, adam: adam))
    }
  }

  /// Adds the shards and leaves the frequency domain for some tasks; then updates, where wanted.
  func finishGradients(
    _ tasks: Range<Int>, of cut: BatchShards, _ pass: HeadPass, update: GradientFinish.Update?
  ) {
    engine.pool.run(
      tasks: tasks.count,
      GradientFinish(network: self, pass: pass, cut: cut, tasks: tasks, update: update))
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
