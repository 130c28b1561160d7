/// A network whose training step can be taken apart, so that several processes share a batch:
/// `backward` on a part each, `sumGradients` over all, then the same `update` in every process.
///
/// A part whose `shards` are named is of whole shards (`BatchShards`): then the sum is that of all
/// shards in their order, whoever computed them, and has the bits of one process. Other parts are
/// summed in the order of ranks.
public protocol SharedNetwork: ComputeNetwork {
  /// What the bits of a shard depend on besides the batch, such as the instruction set: where all
  /// processes have the same, they can share a batch by shards. Nil where this network cannot.
  var shardKind: String? { get }

  /// Losses and logits of a batch or a part of one, without dropout.
  func evaluatePart(_ batch: TrainingBatch) throws -> PartOutcome

  /// Forward, loss and backward of a batch or a part of one. The gradient, averaged over the whole
  /// batch and without the L2 term, stays in the network.
  func backward(_ batch: TrainingBatch, _ step: TrainingStep) throws -> PartOutcome

  /// Adds up the gradients that `backward` left in all processes.
  /// - Parameter part: the part that `backward` was given.
  func sumGradients(of part: TrainingBatch.Part, over group: any ComputeGroup) throws

  /// Adds the L2 term's gradient, and does one Adam step.
  /// - Returns: the L2 term of the loss, of before the step.
  func update(_ step: TrainingStep) throws -> Double
}

/// What one process's rows of a batch gave.
public struct PartOutcome: Sendable {
  /// Each row's losses, unweighted, N × heads.
  public var losses: [Double]
  /// The logits, N × K, in the order of these rows.
  public var logits: [Float]

  /// An outcome of some rows.
  public init(losses: [Double], logits: [Float]) {
    self.losses = losses
    self.logits = logits
  }

  /// Each head's loss summed row after row.
  func headSums(heads: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: heads)
    for first in stride(from: 0, to: losses.count, by: max(heads, 1)) {
      for head in 0..<heads { sums[head] += losses[first + head] }
    }
    return sums
  }
}

extension NetworkArchitecture {
  /// The outcome of a whole batch from that of its rows, losses added row after row.
  public func outcome(of rows: PartOutcome, count: Int) -> BatchOutcome {
    outcome(
      headSums: rows.headSums(heads: heads.count), batchCount: count, logits: rows.logits)
  }
}

extension TrainingBatch {
  /// Which rows of a larger batch these are. A batch without it is whole.
  public struct Part: Sendable {
    /// The number in the whole batch of each row here. It addresses the dropout masks.
    public var rowNumbers: [Int]
    /// The targets of the whole batch, rows × heads.
    public var wholeTargets: [Float]
    /// Rows of the whole batch, which losses and gradients are averaged over.
    public var wholeCount: Int
    /// Rows of the largest part that any process has.
    public var largestCount: Int
    /// The shards of the whole batch that these rows are, in its order; nil where they are no whole
    /// shards.
    public var shards: Range<Int>?

    /// A part.
    public init(
      rowNumbers: [Int], wholeTargets: [Float], wholeCount: Int, largestCount: Int,
      shards: Range<Int>? = nil
    ) {
      self.rowNumbers = rowNumbers
      self.wholeTargets = wholeTargets
      self.wholeCount = wholeCount
      self.largestCount = largestCount
      self.shards = shards
    }
  }

  /// Rows of the whole batch.
  public var wholeCount: Int { part?.wholeCount ?? count }
  /// The targets of the whole batch, rows × heads.
  public var wholeTargets: [Float] { part?.wholeTargets ?? targets }

  /// The shards that the batch is of, and which of them it holds: those of its own rows where it is
  /// whole or no part by shards.
  public var heldShards: (of: BatchShards, held: Range<Int>) {
    if let part, let held = part.shards { return (BatchShards(rows: part.wholeCount), held) }
    let all = BatchShards(rows: count)
    return (all, 0..<all.count)
  }

  /// One process's rows of a batch that every process holds whole.
  func part(for sharing: BatchSharing, _ architecture: NetworkArchitecture) -> TrainingBatch {
    let shards = sharing.isByShards ? sharing.shards(ofRows: count) : nil
    let rows =
      shards.map { BatchShards(rows: count).rows(of: $0) } ?? sharing.group.part(of: count)
    let (width, heads) = (architecture.inputLength, architecture.heads.count)
    var batch = TrainingBatch(capacity: 0, architecture: architecture)
    batch.count = rows.count
    batch.inputs = Array(inputs[rows.lowerBound * width..<rows.upperBound * width])
    batch.targets = Array(targets[rows.lowerBound * heads..<rows.upperBound * heads])
    batch.part = Part(
      rowNumbers: Array(rows), wholeTargets: targets, wholeCount: count,
      largestCount: sharing.mostRows(of: count), shards: shards)
    return batch
  }
}
