import CSpectral

/// A network of the native engine.
final class NativeNetwork: ComputeNetwork {
  let architecture: NetworkArchitecture
  let layout: NetworkLayout
  let engine: NativeEngine
  let plans: [TransformPlan?]
  let maximumBatch: Int
  /// Windows that go up and down the trunk together.
  let windowsTogether: Int

  /// Parameters, their gradients and Adam's moments, in the layout's arena.
  let weights: AlignedBuffer<Float>
  let gradients: AlignedBuffer<Float>
  let firstMoments: AlignedBuffer<Float>
  let secondMoments: AlignedBuffer<Float>
  var stepsDone = 0

  let prepared: PreparedWeights
  let heads: HeadWorkspace
  var results: KeptResults
  /// By thread; made when first needed.
  lazy var trunkWorkspaces: [TrunkWorkspace] = (0..<engine.threads).map { _ in
    TrunkWorkspace(
      layout, plans: plans, kernels: engine.kernels.table, windows: windowsTogether)
  }
  /// By shard; made when first needed.
  lazy var shards: [TrunkGradients] = (0..<BatchShards(rows: maximumBatch).count).map { _ in
    TrunkGradients(layout)
  }
  /// What the gradients' last stage is cut into.
  let gradientTasks: [GradientTask]
  /// The squares of kernels, by gradient task.
  let squares: AlignedBuffer<Double>
  /// What travels between processes that share batches; made when first needed.
  var exchange: ShardExchange?

  init(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int,
    engine: NativeEngine
  ) throws {
    try parameters.validate(against: architecture)
    self.architecture = architecture
    self.maximumBatch = max(maximumBatch, 1)
    self.engine = engine
    layout = try NetworkLayout(architecture, choices: engine.choices)
    plans = layout.convolutions.map { $0.isFirst ? nil : TransformPlan(size: $0.tiling.size) }
    windowsTogether = min(self.maximumBatch, engine.choices.windowsTogether ?? 8)
    weights = AlignedBuffer(count: layout.arenaCount)
    gradients = AlignedBuffer(count: layout.arenaCount)
    firstMoments = AlignedBuffer(count: layout.arenaCount)
    secondMoments = AlignedBuffer(count: layout.arenaCount)
    prepared = PreparedWeights(
      layout, plans: plans, kernels: engine.kernels.table, pool: engine.pool)
    heads = HeadWorkspace(layout, rows: self.maximumBatch, heads: architecture.heads.count)
    results = KeptResults(
      layout, heads, heads: architecture.heads.count, rows: self.maximumBatch)
    gradientTasks = GradientTask.all(layout)
    squares = AlignedBuffer(count: gradientTasks.count)
    layout.fill(weights.base, with: parameters)
  }

  // MARK: Parameters

  func parameters() -> Parameters { layout.parameters(of: weights.base) }

  func optimizerState() -> OptimizerState {
    OptimizerState(
      firstMoments: layout.parameters(of: firstMoments.base),
      secondMoments: layout.parameters(of: secondMoments.base), steps: stepsDone)
  }

  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try parameters.validate(against: architecture)
    try optimizerState?.firstMoments.validate(against: architecture)
    try optimizerState?.secondMoments.validate(against: architecture)
    layout.fill(weights.base, with: parameters)
    firstMoments.clear()
    secondMoments.clear()
    if let optimizerState {
      layout.fill(firstMoments.base, with: optimizerState.firstMoments)
      layout.fill(secondMoments.base, with: optimizerState.secondMoments)
    }
    stepsDone = optimizerState?.steps ?? 0
    prepared.invalidate()
  }

  // MARK: Inference

  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    infer(inputs, count: count)
    return results.logits(0..<count)
  }

  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    guard architecture.trunk != nil else {
      return Array(inputs.prefix(count * architecture.inputLength))
    }
    infer(inputs, count: count, throughHeads: false)
    return results.features(count)
  }

  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    precondition(
      (0..<layout.logitCount).contains(logit), "the logit must be one of the network's")
    var result = [Float](repeating: 0, count: count * architecture.inputLength)
    prepared.prepare(from: weights.base, backward: true)
    result.withUnsafeMutableBufferPointer { result in
      guard let target = result.baseAddress, let input = checked(inputs, count: count) else {
        return
      }
      let together = groupSize(of: count)
      engine.pool.run(tasks: (count + together - 1) / together) { group, thread in
        let rows = group * together..<min((group + 1) * together, count)
        let trunk = trunkPass(thread: thread)
        let pass = headPass(inputs: input)
        trunk?.forward(input + rows.lowerBound * architecture.inputLength, windows: rows.count)
        if let trunk { copyFeatures(from: trunk, rows) }
        pass.forward(rows, step: nil)
        pass.selectLogit(logit, rows)
        pass.backward(rows, withDropout: false, toFeatures: true)
        let start = target + rows.lowerBound * architecture.inputLength
        if let trunk {
          copyFeatureGradients(to: trunk, rows)
          trunk.backward(
            input + rows.lowerBound * architecture.inputLength, windows: rows.count,
            gradients: nil, inputs: start)
        } else {
          for row in rows {
            (target + row * architecture.inputLength).update(
              from: heads.featureGradients.base + row * layout.paddedFeatures,
              count: architecture.inputLength)
          }
        }
      }
    }
    return result
  }

  /// Brings rows up the trunk and, where wanted, through the heads and their losses.
  func infer(
    _ inputs: UnsafeBufferPointer<Float>, count: Int, throughHeads: Bool = true,
    targets: UnsafePointer<Float>? = nil
  ) {
    prepared.prepare(from: weights.base, backward: false)
    guard let base = checked(inputs, count: count) else { return }
    let together = groupSize(of: count)
    engine.pool.run(
      tasks: (count + together - 1) / together,
      Inference(
        network: self, inputs: base, count: count, together: together,
        goesThroughHeads: throughHeads, targets: targets))
  }

  /// Where rows begin, after a look at their number; nil for none. Makes the threads' memory.
  private func checked(
    _ inputs: UnsafeBufferPointer<Float>, count: Int
  ) -> UnsafePointer<Float>? {
    precondition(count <= maximumBatch, "a call brings at most `maximumBatch` rows")
    precondition(
      inputs.count >= count * architecture.inputLength, "every row needs all of its values")
    guard count > 0 else { return nil }
    if architecture.trunk != nil { _ = trunkWorkspaces }
    return inputs.baseAddress
  }

  /// Rows that go together where there are so many.
  private func groupSize(of count: Int) -> Int {
    let perThread = (count + engine.threads - 1) / engine.threads
    return min(architecture.trunk != nil ? windowsTogether : 32, perThread)
  }

  // MARK: Passes

  func trunkPass(thread: Int) -> TrunkPass? {
    guard let trunk = architecture.trunk else { return nil }
    return TrunkPass(
      layout: layout, plans: plans, kernels: engine.kernels.table, leak: trunk.leak,
      poolWidth: trunk.poolWidth, poolStride: trunk.poolStride, arena: weights.base,
      weights: prepared, workspace: trunkWorkspaces[thread])
  }

  /// The heads' pass over the trunk's features or, without a trunk, over the inputs themselves.
  /// - Parameter copied: whether inputs without a trunk have been copied to the features' rows.
  func headPass(inputs: UnsafePointer<Float>, copied: Bool = false) -> HeadPass {
    let hasTrunk = architecture.trunk != nil || copied
    return HeadPass(
      architecture: architecture, layout: layout, kernels: engine.kernels.table,
      arena: weights.base, weights: prepared, workspace: heads,
      inputs: hasTrunk ? UnsafePointer(heads.features.base) : inputs,
      inputStride: hasTrunk ? layout.paddedFeatures : architecture.inputLength)
  }

  /// From a thread's workspace to the batch's rows.
  func copyFeatures(from trunk: TrunkPass, _ rows: Range<Int>) {
    (heads.features.base + rows.lowerBound * layout.paddedFeatures).update(
      from: trunk.workspace.features.base, count: rows.count * layout.paddedFeatures)
  }

  /// From the batch's rows to a thread's workspace.
  func copyFeatureGradients(to trunk: TrunkPass, _ rows: Range<Int>) {
    trunk.workspace.featureGradients.base.update(
      from: heads.featureGradients.base + rows.lowerBound * layout.paddedFeatures,
      count: rows.count * layout.paddedFeatures)
  }
}
