/// Several processes that train one network: each computes its part of every batch on its own engine,
/// gradients are summed in a fixed order, and every process does the same update.
///
/// The weights of all processes are the same to the bit at all times. They are those of one process
/// with the same batch but for rounding, as the rows are summed in another order.
///
/// A training batch may be given whole in every process, or each process gives its own rows
/// (`TrainingBatch.part`). Outcomes are those of the whole batch in every process.
public struct DataParallelEngine: ComputeEngine {
  /// What computes this process's part.
  public let base: any ComputeEngine
  private let processes: any ComputeGroup

  /// Such as `native-x4` for four processes.
  public var name: String { "\(base.name)-x\(processes.size)" }
  public var group: (any ComputeGroup)? { processes }
  public var makesRows: Bool { base.makesRows }

  /// An engine of several processes.
  public init(base: any ComputeEngine, group: any ComputeGroup) {
    self.base = base
    processes = group
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
    return DataParallelNetwork(base: shared, group: processes)
  }
}

/// One process's copy of the network.
private final class DataParallelNetwork: ComputeNetwork {
  private let base: any SharedNetwork
  private let group: any ComputeGroup

  init(base: any SharedNetwork, group: any ComputeGroup) {
    self.base = base
    self.group = group
  }

  var architecture: NetworkArchitecture { base.architecture }

  func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
    let part = batch.part == nil ? batch.part(for: group, architecture) : batch
    let mine = try base.backward(part, step)
    try base.sumGradients(over: group)
    // Before the update: if a process is lost here, the weights are still those of the step before,
    // and fit the place in the run that a checkpoint names.
    var outcome = try whole(mine, of: part)
    outcome.loss += try base.update(step)
    return outcome
  }

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    let part = batch.part == nil ? batch.part(for: group, architecture) : batch
    let mine =
      part.count == 0
      ? PartOutcome(headSums: architecture.heads.map { _ in 0 }, logits: [])
      : try {
        let outcome = try base.evaluate(part)
        return PartOutcome(
          headSums: outcome.headLosses.map { $0 * Double(part.count) }, logits: outcome.logits)
      }()
    return try whole(mine, of: part)
  }

  /// The outcome of the whole batch, the same in every process.
  private func whole(_ mine: PartOutcome, of batch: TrainingBatch) throws -> BatchOutcome {
    guard let part = batch.part else { preconditionFailure("a process has its part of a batch") }
    let width = architecture.logitCount
    var headSums = [Double](repeating: 0, count: architecture.heads.count)
    var logits = [Float](repeating: 0, count: part.wholeCount * width)
    let message = PartMessage(rowNumbers: part.rowNumbers, outcome: mine)
    for bytes in try group.gather(message.bytes(rows: part.largestCount, width: width)) {
      let other = PartMessage(bytes: bytes, heads: headSums.count, width: width)
      for head in headSums.indices { headSums[head] += other.outcome.headSums[head] }
      for (place, row) in other.rowNumbers.enumerated() where row < part.wholeCount {
        for logit in 0..<width {
          logits[row * width + logit] = other.outcome.logits[place * width + logit]
        }
      }
    }
    return architecture.outcome(
      headSums: headSums, batchCount: part.wholeCount, logits: logits)
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

/// A part's outcome as bytes of one length: the number of rows, the heads' losses, row numbers and
/// logits, each as 64 bits (logits as 32), little-endian.
private struct PartMessage {
  var rowNumbers: [Int]
  var outcome: PartOutcome

  init(rowNumbers: [Int], outcome: PartOutcome) {
    self.rowNumbers = rowNumbers
    self.outcome = outcome
  }

  init(bytes: [UInt8], heads: Int, width: Int) {
    var place = 0
    func next<Word: FixedWidthInteger>(_ type: Word.Type) -> Word {
      var word: Word = 0
      for index in 0..<MemoryLayout<Word>.size {
        word |= Word(truncatingIfNeeded: Int(bytes[place + index])) << Word(8 * index)
      }
      place += MemoryLayout<Word>.size
      return word
    }
    let rows = Int(next(Int64.self))
    let sums = (0..<heads).map { _ in Double(bitPattern: next(UInt64.self)) }
    rowNumbers = (0..<rows).map { _ in Int(next(Int64.self)) }
    outcome = PartOutcome(
      headSums: sums,
      logits: (0..<rows * width).map { _ in Float(bitPattern: next(UInt32.self)) })
  }

  func bytes(rows: Int, width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (1 + outcome.headSums.count + rows) + 4 * rows * width)
    func add(_ word: some FixedWidthInteger) {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    add(Int64(rowNumbers.count))
    for sum in outcome.headSums { add(sum.bitPattern) }
    for row in rowNumbers { add(Int64(row)) }
    for logit in outcome.logits { add(logit.bitPattern) }
    let length = 8 * (1 + outcome.headSums.count + rows) + 4 * rows * width
    bytes.append(contentsOf: repeatElement(0, count: max(0, length - bytes.count)))
    return bytes
  }
}
