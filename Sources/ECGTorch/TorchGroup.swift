import CTorchEngine
import ECGNetwork

/// Several processes over c10d, LibTorch's own communication: Gloo between processors, NCCL between
/// CUDA devices.
///
/// It serves any engine: the native one computes as it does alone, and only sums come here.
public final class TorchGroup: ComputeGroup, @unchecked Sendable {
  /// What carries the sums.
  public enum Backend: String, CaseIterable, Sendable {
    /// Between processors, over TCP; gradients on CUDA devices are copied there and back.
    case gloo
    /// Between CUDA devices.
    case nccl
  }

  public let rank: Int
  public let size: Int
  private let plugin: TorchPlugin
  private let handle: OpaquePointer

  /// Meets the other processes; returns when all are there.
  /// - Parameters:
  ///   - device: the device of this process's network, for `nccl`.
  ///   - timeout: seconds without an answer after which a process counts as lost.
  /// - Throws: `ComputeGroupError` when not all come in time.
  public init(
    _ meeting: ProcessMeeting, backend: Backend = .gloo, device: String = "cpu",
    timeout: Double = 600, plugin: TorchPlugin
  ) throws {
    rank = meeting.rank
    size = meeting.size
    self.plugin = plugin
    var handle: OpaquePointer?
    let text = meeting.address.withCString { address in
      meeting.prefix.withCString { prefix in
        backend.rawValue.withCString { backend in
          device.withCString { device in
            var parts = heartfelt_torch_meeting(
              rank: Int32(meeting.rank), size: Int32(meeting.size), address: address,
              port: Int32(meeting.port), served: meeting.isServed ? 1 : 0, prefix: prefix,
              backend: backend, device: device, timeout_seconds: timeout)
            return plugin.functions.group_create(&parts, &handle)
          }
        }
      }
    }
    let place = "\(meeting.address):\(meeting.port)"
    do {
      try plugin.check(text, while: "meeting the other processes at \(place)")
    } catch {
      throw ComputeGroupError(
        "process \(meeting.rank) of \(meeting.size) could not meet the others at \(place): \(error)"
      )
    }
    guard let handle else {
      throw ComputeGroupError("process \(meeting.rank) could not meet the others at \(place)")
    }
    self.handle = handle
  }

  deinit { plugin.functions.group_destroy(handle) }

  public func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var gathered = [UInt8](repeating: 0, count: bytes.count * size)
    try check(plugin.functions.gather(handle, bytes, Int64(bytes.count), &gathered))
    return (0..<size).map {
      Array(gathered[$0 * bytes.count..<($0 + 1) * bytes.count])
    }
  }

  public func sum(_ values: inout [Float]) throws {
    try check(plugin.functions.sum(handle, &values, Int64(values.count)))
  }

  public func exchange(
    _ values: UnsafeBufferPointer<Float>, counts: [Int],
    into received: UnsafeMutableBufferPointer<Float>, counts receivedCounts: [Int]
  ) throws {
    try check(
      plugin.functions.exchange(
        handle, values.baseAddress, counts.map(Int64.init), received.baseAddress,
        receivedCounts.map(Int64.init)))
  }

  /// Adds the shards of a LibTorch network where they are, in their order.
  func sumShards(of network: TorchNetwork, _ shards: heartfelt_torch_shards) throws {
    var shards = shards
    try check(plugin.functions.sum_shards(network.handle, handle, &shards))
  }

  /// Sums the gradients of a LibTorch network where they are, in the order of ranks.
  func sumGradients(of network: TorchNetwork) throws {
    try check(plugin.functions.sum_gradients(network.handle, handle))
  }

  private func check(_ text: UnsafeMutablePointer<CChar>?) throws {
    do {
      try plugin.check(text, while: "adding up over \(size) processes")
    } catch {
      throw ComputeGroupError(
        "process \(rank) of \(size) lost the others: one of them has ended or cannot be reached. The run "
          + "can go on from its checkpoint by the same command with --resume. (\(error))")
    }
  }
}
