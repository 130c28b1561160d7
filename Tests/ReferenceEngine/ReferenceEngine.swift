import ECGNetwork
import Foundation

/// The plain engine: every formula is a loop. It is the oracle that other engines are tested
/// against, so it is written to be read.
///
/// A batch is cut into a fixed number of shards, whose gradients are added in order; threads only
/// take shards, so the bits of a result do not depend on how many there are.
public struct ReferenceEngine: ComputeEngine {
  public let name = "reference"
  /// Threads to use.
  public let threads: Int

  /// The engine on so many threads.
  public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.threads = max(threads, 1)
  }

  public func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    try ReferenceNetwork<Float>(
      architecture, parameters: parameters, maximumBatch: maximumBatch, threads: threads)
  }

  /// The same network computed in double precision: for finite differences.
  public func makeDoubleNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> ReferenceNetwork<Double> {
    try ReferenceNetwork<Double>(
      architecture, parameters: parameters, maximumBatch: maximumBatch, threads: threads)
  }
}
