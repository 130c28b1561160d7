/// Several processes that train one network: each computes its part of every batch on its own engine,
/// gradients are summed in a fixed order, and every process does the same update.
///
/// The weights of all processes are the same to the bit at all times. Where all compute alike and no
/// batch has fewer shards than there are processes, they are those of one process to the bit:
/// each process computes whole shards of the batch (`BatchShards`), and their gradients are added in the
/// order of shards, as one process adds them. Otherwise sums are those of ranks, and differ from one
/// process's by rounding.
///
/// A training batch may be given whole in every process, or each process gives its own rows
/// (`TrainingBatch.part`). Outcomes are those of the whole batch in every process.
public struct DataParallelEngine: ComputeEngine {
  /// In which order gradients are added.
  public enum Order: String, CaseIterable, Sendable {
    /// Shard after shard, as one process does: the same bits for any number of processes.
    case shards
    /// Each process's own sum, rank after rank: less travels, and rounding is another.
    case ranks
  }

  /// What computes this process's part.
  public let base: any ComputeEngine
  private let processes: any ComputeGroup
  private let order: Order
  private let notice: @Sendable (String) -> Void

  public var name: String { base.name }
  public var group: (any ComputeGroup)? { processes }
  public var makesRows: Bool { base.makesRows }

  /// An engine of several processes.
  /// - Parameters:
  ///   - order: the order of sums that is wanted.
  ///   - notice: told by process 0, in a sentence, when the order of shards is wanted and cannot be.
  public init(
    base: any ComputeEngine, group: any ComputeGroup, order: Order = .shards,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.base = base
    processes = group
    self.order = order
    self.notice = notice
  }

  public func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    let network = try base.makeNetwork(
      architecture, parameters: parameters, maximumBatch: maximumBatch)
    guard let shared = network as? any SharedNetwork else {
      throw ComputeGroupError(
        "the engine '\(base.name)' cannot train in several processes; start one process, or take "
          + "another engine")
    }
    return DataParallelNetwork(
      base: shared,
      sharing: BatchSharing(
        group: processes, isByShards: try canShareByShards(shared, maximumBatch: maximumBatch)))
  }

  /// Whether all processes compute alike and none would be without a shard. All come to the same answer.
  private func canShareByShards(
    _ network: any SharedNetwork, maximumBatch: Int
  ) throws -> Bool {
    // Kinds are compared as hashes; a wish for the other order is another kind.
    let kind = order == .shards ? network.shardKind : nil
    let kinds = try processes.gather(
      withUnsafeBytes(of: (kind.map(Self.hash) ?? 0).littleEndian) { Array($0) })
    let differing = kinds.indices.filter { kinds[$0] != kinds[0] }
    let shards = BatchShards(rows: maximumBatch).count
    if !differing.isEmpty {
      tell(
        "process \(differing.map(String.init).joined(separator: ", ")) computes on another instruction set, "
          + "device or build than process 0 (\(kind ?? base.name)), so gradients are added in the order of "
          + "processes, and the results have not the bits of one process")
      return false
    }
    guard kind != nil else { return false }
    guard processes.size <= shards else {
      tell(
        "batches of \(maximumBatch) signals have \(shards) shards for \(processes.size) processes, so "
          + "gradients are added in the order of processes, and the results have not the bits of one process"
      )
      return false
    }
    return true
  }

  private func tell(_ sentence: String) {
    if processes.rank == 0 { notice(sentence) }
  }

  /// The 64-bit FNV-1a hash; never 0.
  private static func hash(_ text: String) -> UInt64 {
    max(1, text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }
}

/// One process's copy of the network.
private final class DataParallelNetwork: ComputeNetwork {
  private let base: any SharedNetwork
  private let ways: BatchSharing

  init(base: any SharedNetwork, sharing: BatchSharing) {
    self.base = base
    ways = sharing
  }

  var architecture: NetworkArchitecture { base.architecture }
  var sharing: BatchSharing? { ways }

  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let (batch, part) = share(batch)
    let mine = try base.backward(batch, step)
    try base.sumGradients(of: part, over: ways.group)
    // Before the update: if a process is lost here, the weights are still those of the step before,
    // and fit the place in the run that a checkpoint names.
    var outcome = try whole(mine, of: part)
    outcome.loss += try base.update(step)
    return outcome
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    let (batch, part) = share(batch)
    let mine =
      batch.count == 0 ? PartOutcome(losses: [], logits: []) : try base.evaluatePart(batch)
    return try whole(mine, of: part)
  }

  /// This process's part, where the batch is not one already.
  private func share(_ batch: TrainingBatch) -> (TrainingBatch, TrainingBatch.Part) {
    let own = batch.part == nil ? batch.part(for: ways, architecture) : batch
    guard let part = own.part else { preconditionFailure("a process has its part of a batch") }
    return (own, part)
  }

  /// The outcome of the whole batch, the same in every process: losses are added row after row.
  private func whole(_ mine: PartOutcome, of part: TrainingBatch.Part) throws -> BatchOutcome {
    let (heads, width) = (architecture.heads.count, architecture.logitCount)
    var rows = PartOutcome(
      losses: [Double](repeating: 0, count: part.wholeCount * heads),
      logits: [Float](repeating: 0, count: part.wholeCount * width))
    let message = PartMessage(rowNumbers: part.rowNumbers, outcome: mine)
    let bytes = message.bytes(rows: part.largestCount, heads: heads, width: width)
    for bytes in try ways.group.gather(bytes) {
      let other = PartMessage(bytes: bytes, heads: heads, width: width)
      for (place, row) in other.rowNumbers.enumerated() where row < part.wholeCount {
        for head in 0..<heads {
          rows.losses[row * heads + head] = other.outcome.losses[place * heads + head]
        }
        for logit in 0..<width {
          rows.logits[row * width + logit] = other.outcome.logits[place * width + logit]
        }
      }
    }
    return architecture.outcome(of: rows, count: part.wholeCount)
  }

  // MARK: What every process does by itself

  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try base.logits(of: inputs, count: count)
  }

  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try base.features(of: inputs, count: count)
  }

  func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
    try base.gradients(batch, step)
  }

  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    try base.inputGradients(of: inputs, count: count, logit: logit)
  }

  func parameters() -> Parameters { base.parameters() }
  func optimizerState() -> OptimizerState { base.optimizerState() }

  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try base.restore(parameters: parameters, optimizerState: optimizerState)
  }
}
