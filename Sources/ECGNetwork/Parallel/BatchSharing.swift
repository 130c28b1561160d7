/// How the processes of a group share the rows of every batch.
public struct BatchSharing: Sendable {
  /// The processes.
  public let group: any ComputeGroup
  /// Whether each process computes whole shards, so that the results have the bits of one process.
  /// Otherwise the rows are shared out evenly and sums are those of ranks.
  public let isByShards: Bool

  /// A way to share.
  public init(group: any ComputeGroup, isByShards: Bool) {
    self.group = group
    self.isByShards = isByShards
  }

  /// The shards of a batch that this process computes.
  public func shards(ofRows rows: Int) -> Range<Int> {
    BatchShards(rows: rows).held(by: group.rank, of: group.size)
  }

  /// No process has more rows than these, of this batch or of any smaller one.
  /// - Parameter unit: rows that stay together where a batch is not cut into shards.
  public func mostRows(of rows: Int, unit: Int = 1) -> Int {
    isByShards
      ? BatchShards(rows: rows).mostRows(of: group.size)
      : group.largestPart(of: rows / unit) * unit
  }

  /// The name in checkpoints of an engine whose results are shared so: the engine's own where they
  /// have its bits, otherwise with the number of processes.
  public func resultName(of engine: String) -> String {
    isByShards ? engine : "\(engine)-x\(group.size)"
  }
}
