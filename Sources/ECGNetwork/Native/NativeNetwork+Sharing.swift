extension NativeNetwork: SharedNetwork {
  /// The layout and the order of products differ between instruction sets.
  var shardKind: String? {
    let tiles = layout.convolutions.map { "\($0.tiling.size)/\($0.productWindows)" }
    return "native \(engine.instructionSet) \(layout.arenaCount) \(windowsTogether) \(tiles)"
  }

  func backward(_ batch: TrainingBatch, _ step: TrainingStep) throws -> PartOutcome {
    let rows = forwardAndBackward(batch, step)
    if batch.part?.shards == nil { finishGradients(batch, l2: 0, adam: nil) }
    return results.part(rows)
  }

  func sumGradients(of part: TrainingBatch.Part, over group: any ComputeGroup) throws {
    guard part.shards != nil else { return try sumInOrderOfRanks(over: group) }
    let cut = BatchShards(rows: part.wholeCount)
    let exchange =
      exchange.flatMap { $0.size == group.size ? $0 : nil }
      ?? ShardExchange(self, size: group.size)
    self.exchange = exchange
    if architecture.trunk != nil {
      // A process without rows has not made them yet.
      _ = trunkWorkspaces
      _ = shards
    }
    let pass = headPass(inputs: UnsafePointer(heads.features.base), copied: true)
    try exchange.fetch(into: self, pass, of: cut, over: group)
    finishGradients(exchange.tasks[group.rank], of: cut, pass, update: nil)
    try exchange.spread(self, over: group)
  }

  /// Such processes may have different instruction sets, whose layouts differ: so the gradients travel in
  /// the parameters' own order.
  private func sumInOrderOfRanks(over group: any ComputeGroup) throws {
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
