import CTorchEngine
import Dispatch
import ECGSignal

/// Two slots on the device for the windows of a batch: while it computes on one, the windows of the next
/// batch are read and copied into the other, by another thread and beside the computing.
final class TorchWindowStream: @unchecked Sendable {
  // The slots' state is touched by the calling thread alone; the queue only fills one, and is waited for
  // before anything is read.

  /// Windows that a slot holds.
  let capacity: Int
  private let source: any WindowSource
  private let plugin: TorchPlugin
  private let handle: OpaquePointer
  private let queue = DispatchQueue(label: "heartfelt.windows")
  private var held: [[Int]] = [[], []]
  /// The slot of the batch that was asked for last.
  private var current: Int32 = 0
  private var failure: (any Error)?

  init(of source: any WindowSource, capacity: Int, engine: TorchEngine) throws {
    self.source = source
    self.capacity = capacity
    plugin = engine.plugin
    var made: OpaquePointer?
    try plugin.check(
      plugin.functions.stream_create(
        engine.device, Int64(capacity), Int32(source.windowLength), &made),
      while: "making room for a batch of windows on \(engine.device)")
    guard let made else {
      throw TorchError.failed(while: "making room for windows", reason: "there is none")
    }
    handle = made
  }

  deinit {
    queue.sync {}
    plugin.functions.stream_destroy(handle)
  }

  /// Where windows are: in the slot that they were fetched into, or fetched now where they were not.
  func place(of windows: [Int]) throws -> TorchWindows.Place {
    try finish()
    current = 1 - current
    var indices = indices(of: windows, in: current)
    if indices == nil {
      held[Int(current)] = windows
      try fill(current, windows)
      indices = windows.indices.map(Int64.init)
    }
    return TorchWindows.Place(stream: handle, slot: current, indices: indices ?? [])
  }

  /// Begins to fetch windows into the other slot. The step that read it last has given its outcome.
  func fetch(_ windows: [Int]) {
    guard windows.count <= capacity else { return }
    let slot = 1 - current
    held[Int(slot)] = windows
    queue.async { [self] in
      do { try fill(slot, windows) } catch { failure = error }
    }
  }

  /// Waits for what is being fetched.
  func finish() throws {
    queue.sync {}
    if let failure {
      self.failure = nil
      throw failure
    }
  }

  private func indices(of windows: [Int], in slot: Int32) -> [Int64]? {
    var places: [Int: Int64] = [:]
    for (place, window) in held[Int(slot)].enumerated() { places[window] = Int64(place) }
    let found = windows.compactMap { places[$0] }
    return found.count == windows.count ? found : nil
  }

  private func fill(_ slot: Int32, _ windows: [Int]) throws {
    guard let buffer = plugin.functions.stream_buffer(handle, slot) else { return }
    let length = source.windowLength
    for (place, window) in windows.enumerated() {
      source.copyWindow(
        window, into: UnsafeMutableBufferPointer(start: buffer + place * length, count: length))
    }
    try plugin.check(
      plugin.functions.stream_send(handle, slot, Int64(windows.count)),
      while: "sending windows to the device")
  }
}
