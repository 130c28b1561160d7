extension NativeNetwork: SharedNetwork {
  func backward(_ batch: TrainingBatch, _ step: TrainingStep) throws -> PartOutcome {
    let outcome = forwardAndBackward(batch, step)
    finishGradients(batch, l2: 0, adam: nil)
    return outcome
  }

  /// Processes may have different instruction sets, whose layouts differ: so the gradients travel in
  /// the parameters' own order.
  func sumGradients(over group: any ComputeGroup) throws {
    var values = [Float](repeating: 0, count: layout.parameterCount)
    layout.copy(from: gradients.base, to: &values)
    try group.sum(&values)
    layout.copy(values, to: gradients.base)
  }

  func update(_ step: TrainingStep) throws -> Double {
    let l2 = step.optimisation.l2
    let adam = AdamCoefficients(step, stepsBefore: stepsDone)
    engine.pool.run(tasks: gradientTasks.count) { index, _ in apply(index, l2: l2, adam: adam) }
    stepsDone += 1
    prepared.invalidate()
    return penalty(l2: l2)
  }
}

extension NetworkLayout {
  /// Values of all parameters together.
  fileprivate var parameterCount: Int {
    segments.reduce(0) { $0 + $1.shape.shape.reduce(1, *) }
  }

  /// Copies an arena to the parameters' values, one parameter after the other.
  fileprivate func copy(from arena: UnsafePointer<Float>, to values: inout [Float]) {
    var first = 0
    for segment in segments {
      segment.forEachPlace { values[first + $0] = arena[$1] }
      first += segment.shape.shape.reduce(1, *)
    }
  }

  /// Copies the parameters' values to an arena.
  fileprivate func copy(_ values: [Float], to arena: Floats) {
    var first = 0
    for segment in segments {
      segment.forEachPlace { arena[$1] = values[first + $0] }
      first += segment.shape.shape.reduce(1, *)
    }
  }
}
