/// A batch's cut into shards of rows, whose gradients are computed apart and added in their order.
///
/// ```text
/// S = min(16, ⌈N / 8⌉)     shard s has the rows ⌊s N / S⌋ ..< ⌊(s + 1) N / S⌋
/// ```
///
/// The cut depends on the number of rows alone. So the sum has the same bits for any number of threads
/// and, where each process computes whole shards, for any number of processes.
public struct BatchShards: Hashable, Sendable {
  /// Rows of the batch, N.
  public let rows: Int

  /// The cut of a batch of some rows.
  public init(rows: Int) { self.rows = rows }

  /// How many shards there are, S.
  public var count: Int { min(16, (rows + 7) / 8) }

  /// The rows of a shard.
  public func rows(of shard: Int) -> Range<Int> {
    shard * rows / count..<(shard + 1) * rows / count
  }

  /// The rows of shards that follow each other.
  public func rows(of shards: Range<Int>) -> Range<Int> {
    guard count > 0 else { return 0..<0 }
    return shards.lowerBound * rows / count..<shards.upperBound * rows / count
  }

  /// The shards that a process of so many computes.
  public func held(by rank: Int, of size: Int) -> Range<Int> {
    rank * count / size..<(rank + 1) * count / size
  }

  /// The shards that each process of so many computes.
  public func held(of size: Int) -> [Range<Int>] { (0..<size).map { held(by: $0, of: size) } }

  /// No process has more rows than these, of this batch or of any smaller one.
  public func mostRows(of size: Int) -> Int {
    guard count > 0 else { return 0 }
    let shard = max(8, (rows + count - 1) / count)
    return min(rows, (count + size - 1) / size * shard)
  }
}
