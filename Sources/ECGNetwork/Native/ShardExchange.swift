import CSpectral
import Foundation

/// Which process finishes which gradient tasks, and what travels for that.
///
/// A process takes part of the arena: some tasks that follow each other. It needs their stretches of every
/// shard of the trunk, and for dense layers every row's input and gradient: then it adds them as one
/// process does. Afterwards all fetch the finished gradients.
final class ShardExchange {
  /// The number of processes.
  let size: Int
  /// The tasks of each process.
  let tasks: [Range<Int>]
  /// For each process, the trunk's tasks and the dense layers' columns that it needs.
  private let needs: [Need]
  private var outgoing = AlignedBuffer<Float>(count: 0)
  private var incoming = AlignedBuffer<Float>(count: 0)

  private struct Need {
    var convolutions: [GradientTask] = []
    var dense: [(layer: Int, columns: Range<Int>)] = []
    /// Floats of a shard, and of a row.
    var shardCount = 0
    var rowCount = 0
    /// Floats of the finished gradients.
    var finishedCount = 0
  }

  init(_ network: NativeNetwork, size: Int) {
    self.size = size
    let (all, layout) = (network.gradientTasks, network.layout)
    let cut = BatchShards(rows: network.maximumBatch)
    // What travels for a task is the measure of its work.
    let weights = all.map { task in
      switch task.layer {
      case .convolution(let layer):
        cut.count * Self.floats(of: task, layout.convolutions[layer])
      case .dense(let layer):
        cut.rows * (task.rows.count + layout.dense[layer].paddedOutputs)
      }
    }
    let total = max(weights.reduce(0, +), 1)
    var ends = [Int](repeating: 0, count: size)
    var before = 0
    for (index, weight) in weights.enumerated() {
      let owner = min(size - 1, (2 * before + weight) * size / (2 * total))
      for rank in owner..<size { ends[rank] = index + 1 }
      before += weight
    }
    tasks = (0..<size).map { ($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0] }
    needs = tasks.map { range in
      var need = Need()
      for task in all[range] {
        need.finishedCount += task.places.reduce(0) { $0 + $1.count }
        switch task.layer {
        case .convolution(let layer):
          need.convolutions.append(task)
          need.shardCount += Self.floats(of: task, layout.convolutions[layer])
        case .dense(let layer):
          if let last = need.dense.last, last.layer == layer {
            need.dense[need.dense.count - 1].columns =
              last.columns.lowerBound..<task.rows.upperBound
          } else {
            need.dense.append((layer, task.rows))
          }
        }
      }
      need.rowCount = need.dense.reduce(0) {
        $0 + $1.columns.count + layout.dense[$1.layer].paddedOutputs
      }
      return need
    }
  }

  private static func floats(of task: GradientTask, _ layer: ConvolutionLayer) -> Int {
    var sum = 0
    TrunkGradients.forEachStretch(of: layer, rows: task.rows) { sum += $2 }
    return sum
  }

  /// Brings what this process's tasks need into the network's shards and rows.
  func fetch(
    into network: NativeNetwork, _ pass: HeadPass, of cut: BatchShards, over group: any ComputeGroup
  ) throws {
    let held = cut.held(of: size)
    func count(from rank: Int, to other: Int) -> Int {
      guard rank != other else { return 0 }
      return held[rank].count * needs[other].shardCount
        + cut.rows(of: held[rank]).count * needs[other].rowCount
    }
    let counts = (0..<size).map { count(from: group.rank, to: $0) }
    let received = (0..<size).map { count(from: $0, to: group.rank) }
    let (sum, receivedSum) = (counts.reduce(0, +), received.reduce(0, +))
    if outgoing.count < sum { outgoing = AlignedBuffer(count: sum) }
    if incoming.count < receivedSum { incoming = AlignedBuffer(count: receivedSum) }
    let starts = Self.starts(of: counts)
    let receivedStarts = Self.starts(of: received)
    let (source, target) = (outgoing.base, incoming.base)

    network.engine.pool.run(tasks: size) { other, _ in
      guard other != group.rank else { return }
      var place = source + starts[other]
      forEachStretch(for: other, held[group.rank], cut, network, pass) { stretch, count in
        memcpy(place, stretch, count * MemoryLayout<Float>.stride)
        place += count
      }
    }
    try group.exchange(
      UnsafeBufferPointer(start: source, count: sum), counts: counts,
      into: UnsafeMutableBufferPointer(start: target, count: receivedSum), counts: received)
    network.engine.pool.run(tasks: size) { other, _ in
      guard other != group.rank else { return }
      var place = target + receivedStarts[other]
      forEachStretch(for: group.rank, held[other], cut, network, pass) { stretch, count in
        memcpy(stretch, place, count * MemoryLayout<Float>.stride)
        place += count
      }
    }
  }

  /// Gives the finished gradients to all, and takes theirs.
  func spread(_ network: NativeNetwork, over group: any ComputeGroup) throws {
    let most = needs.reduce(0) { max($0, $1.finishedCount) }
    var bytes = [UInt8](repeating: 0, count: most * MemoryLayout<Float>.stride)
    bytes.withUnsafeMutableBytes {
      forEachPlace(of: group.rank, network, $0) { memcpy($1, $0, $2) }
    }
    for (rank, var bytes) in try group.gather(bytes).enumerated() where rank != group.rank {
      bytes.withUnsafeMutableBytes { forEachPlace(of: rank, network, $0) { memcpy($0, $1, $2) } }
    }
  }

  /// Calls `body` with each stretch of the gradients that a process finishes, its place in a message,
  /// and its bytes.
  private func forEachPlace(
    of rank: Int, _ network: NativeNetwork, _ message: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int) -> Void
  ) {
    guard var next = message.baseAddress else { return }
    for task in network.gradientTasks[tasks[rank]] {
      for place in task.places {
        let bytes = place.count * MemoryLayout<Float>.stride
        body(network.gradients.base + place.offset, next, bytes)
        next += bytes
      }
    }
  }

  /// Calls `body` with everything that a process needs of some shards and their rows, in the order in
  /// which it travels.
  private func forEachStretch(
    for owner: Int, _ held: Range<Int>, _ cut: BatchShards, _ network: NativeNetwork,
    _ pass: HeadPass, _ body: (Floats, Int) -> Void
  ) {
    let layout = network.layout
    for shard in held {
      for task in needs[owner].convolutions {
        guard case .convolution(let index) = task.layer else { continue }
        let layer = layout.convolutions[index]
        TrunkGradients.forEachStretch(of: layer, rows: task.rows) { part, offset, count in
          body(network.shards[shard].place(part, layer) + offset, count)
        }
      }
    }
    for (index, columns) in needs[owner].dense {
      let layer = layout.dense[index]
      for row in cut.rows(of: held) {
        let input = pass.input(of: layer, row: row).base + columns.lowerBound
        body(Floats(mutating: input), columns.count)
        body(pass.gradientRow(index, row), layer.paddedOutputs)
      }
    }
  }

  private static func starts(of counts: [Int]) -> [Int] {
    var sum = 0
    return counts.map { count in
      defer { sum += count }
      return sum
    }
  }
}
