/// A network whose training step can be taken apart, so that several processes share a batch:
/// `backward` on a part each, `sumGradients` over all, then the same `update` in every process.
public protocol SharedNetwork: ComputeNetwork {
  /// Forward, loss and backward of a batch or a part of one. The gradient, averaged over the whole
  /// batch and without the L2 term, stays in the network.
  func backward(_ batch: TrainingBatch, _ step: TrainingStep) throws -> PartOutcome

  /// Adds up the gradients that `backward` left in all processes.
  func sumGradients(over group: any ComputeGroup) throws

  /// Adds the L2 term's gradient, and does one Adam step.
  /// - Returns: the L2 term of the loss, of before the step.
  func update(_ step: TrainingStep) throws -> Double
}

/// What one process's rows of a batch gave.
public struct PartOutcome: Sendable {
  /// Each head's loss, unweighted, summed over these rows.
  public var headSums: [Double]
  /// The logits, N × K, in the order of these rows.
  public var logits: [Float]

  /// An outcome of some rows.
  public init(headSums: [Double], logits: [Float]) {
    self.headSums = headSums
    self.logits = logits
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

    /// A part.
    public init(
      rowNumbers: [Int], wholeTargets: [Float], wholeCount: Int, largestCount: Int
    ) {
      self.rowNumbers = rowNumbers
      self.wholeTargets = wholeTargets
      self.wholeCount = wholeCount
      self.largestCount = largestCount
    }
  }

  /// Rows of the whole batch.
  public var wholeCount: Int { part?.wholeCount ?? count }
  /// The targets of the whole batch, rows × heads.
  public var wholeTargets: [Float] { part?.wholeTargets ?? targets }

  /// One process's rows of a batch that every process holds whole.
  func part(for group: any ComputeGroup, _ architecture: NetworkArchitecture) -> TrainingBatch {
    let rows = group.part(of: count)
    let (width, heads) = (architecture.inputLength, architecture.heads.count)
    var batch = TrainingBatch(capacity: 0, architecture: architecture)
    batch.count = rows.count
    batch.inputs = Array(inputs[rows.lowerBound * width..<rows.upperBound * width])
    batch.targets = Array(targets[rows.lowerBound * heads..<rows.upperBound * heads])
    batch.part = Part(
      rowNumbers: Array(rows), wholeTargets: targets, wholeCount: count,
      largestCount: group.largestPart(of: count))
    return batch
  }
}
