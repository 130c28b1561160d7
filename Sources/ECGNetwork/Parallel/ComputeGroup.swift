/// The processes that train one network together, each on its part of every batch.
///
/// All of them make the same calls in the same order; a call returns when all have made it.
public protocol ComputeGroup: Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// How many processes there are.
  var size: Int { get }

  /// Everybody's bytes in the order of ranks.
  /// - Parameter bytes: as many in each process.
  /// - Throws: `ComputeGroupError` when a process is lost.
  func gather(_ bytes: [UInt8]) throws -> [[UInt8]]

  /// Replaces values by their sum over all processes, added in the order of ranks, so that the same
  /// processes get the same bits each time.
  /// - Parameter values: as many in each process.
  /// - Throws: `ComputeGroupError` when a process is lost.
  func sum(_ values: inout [Float]) throws

  /// Gives every process its own values, and takes what every process has for this one.
  /// - Parameters:
  ///   - values: those for process 0, then those for process 1 and so on.
  ///   - counts: how many are for each process.
  ///   - received: room for what they give, in the order of ranks.
  ///   - receivedCounts: how many each process gives.
  /// - Throws: `ComputeGroupError` when a process is lost.
  func exchange(
    _ values: UnsafeBufferPointer<Float>, counts: [Int],
    into received: UnsafeMutableBufferPointer<Float>, counts receivedCounts: [Int]
  ) throws
}

extension ComputeGroup {
  /// Whether any process says yes: what lets all stop at the same step.
  public func any(_ flag: Bool) throws -> Bool {
    try gather([flag ? 1 : 0]).contains { $0.first == 1 }
  }

  /// The ranks whose value differs from that of rank 0.
  public func ranks(differingIn value: UInt64) throws -> [Int] {
    let all = try gather(withUnsafeBytes(of: value.littleEndian) { Array($0) })
    return all.indices.filter { all[$0] != all[0] }
  }

  /// This process's part of some items, such as the windows of a batch: as even as can be, in the
  /// order of ranks, each item in one part.
  public func part(of count: Int) -> Range<Int> { Self.part(rank, of: count, size: size) }

  /// The items of the largest part.
  public func largestPart(of count: Int) -> Int { (count + size - 1) / size }

  private static func part(_ rank: Int, of count: Int, size: Int) -> Range<Int> {
    rank * count / size..<(rank + 1) * count / size
  }
}

/// A process of a group is lost, or never came.
public struct ComputeGroupError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What happened, and what to do.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
