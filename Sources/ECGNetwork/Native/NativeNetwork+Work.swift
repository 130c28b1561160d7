// What threads do in a network's calls. Values, as `PoolWork` has to be.

/// Rows on their way up: through the trunk and, where wanted, the heads and their losses.
struct Inference: PoolWork {
  let network: NativeNetwork
  let inputs: UnsafePointer<Float>
  /// Rows in all, N, and those that go together.
  let count: Int
  let together: Int
  let goesThroughHeads: Bool
  /// N × heads; nil where no loss is asked for.
  let targets: UnsafePointer<Float>?

  func perform(task: Int, thread: Int) {
    let rows = task * together..<min((task + 1) * together, count)
    if let trunk = network.trunkPass(thread: thread) {
      let first = inputs + rows.lowerBound * network.architecture.inputLength
      trunk.forward(first, windows: rows.count)
      network.copyFeatures(from: trunk, rows)
    }
    guard goesThroughHeads else { return }
    let pass = network.headPass(inputs: inputs)
    pass.forward(rows, step: nil)
    if let targets { pass.losses(rows, targets: targets, batchCount: count) }
  }
}

/// Shards of a batch on their way up and down; without a trunk, groups of its rows.
struct UpAndDown: PoolWork {
  let network: NativeNetwork
  let pass: HeadPass
  let cut: BatchShards
  let held: Range<Int>
  /// From the first row held on: N × T, N × heads.
  let inputs: UnsafePointer<Float>
  let targets: UnsafePointer<Float>
  let step: TrainingStep
  /// Rows of the whole batch, which losses are averaged over.
  let wholeCount: Int

  /// Rows without a trunk that go together.
  private static let together = 32

  var taskCount: Int {
    network.architecture.trunk == nil
      ? (cut.rows(of: held).count + Self.together - 1) / Self.together : held.count
  }

  func perform(task: Int, thread: Int) {
    guard let trunk = network.trunkPass(thread: thread) else {
      let rows = cut.rows(of: held)
      let first = rows.lowerBound + task * Self.together
      return trainHeads(first..<min(first + Self.together, rows.upperBound))
    }
    let shard = held.lowerBound + task
    let gradients = network.shards[shard]
    gradients.reset(network.layout)
    let rows = cut.rows(of: shard)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: network.windowsTogether) {
      let group = first..<min(first + network.windowsTogether, rows.upperBound)
      let input = inputs + (group.lowerBound - pass.firstRow) * network.architecture.inputLength
      trunk.forward(input, windows: group.count)
      network.copyFeatures(from: trunk, group)
      trainHeads(group)
      network.copyFeatureGradients(to: trunk, group)
      trunk.backward(input, windows: group.count, gradients: gradients)
    }
  }

  private func trainHeads(_ rows: Range<Int>) {
    pass.forward(rows, step: step)
    pass.losses(rows, targets: targets, batchCount: wholeCount)
    pass.backward(rows, withDropout: true, toFeatures: network.architecture.trunk != nil)
  }
}

/// The gradients' last stage: shards are added and leave the frequency domain, dense gradients are
/// computed over all rows; then, where an update is given, L2 and Adam.
struct GradientFinish: PoolWork {
  /// What is done with finished gradients.
  struct Update {
    let l2: Float
    /// Nil where parameters stay.
    let adam: AdamCoefficients?
  }

  let network: NativeNetwork
  let pass: HeadPass
  let cut: BatchShards
  let tasks: Range<Int>
  let update: Update?

  func perform(task place: Int, thread: Int) {
    let index = tasks.lowerBound + place
    let task = network.gradientTasks[index]
    switch task.layer {
    case .convolution(let layer):
      GradientSum(
        layout: network.layout, plans: network.plans, kernels: network.engine.kernels.table,
        shards: network.shards, shardCount: cut.count, target: network.gradients.base,
        scratch: network.trunkWorkspaces[thread].scratch.base
      ).finish(network.layout.convolutions[layer], rows: task.rows)
    case .dense(let layer):
      pass.weightGradient(
        dense: layer, inputs: task.rows, batchCount: cut.rows, into: network.gradients.base)
    }
    if let update { network.apply(index, l2: update.l2, adam: update.adam) }
  }
}
