import CTorchEngine
import ECGPretext
import ECGSignal

/// The windows of a source on a device: all of them where they fit, otherwise those of a batch at a time.
final class TorchWindows {
  /// Whose windows they are.
  let mark: String
  private let source: any WindowSource
  private let engine: TorchEngine
  private let resident: OpaquePointer?
  private var stream: TorchWindowStream?

  /// Where the windows of a batch are on the device.
  struct Place {
    var resident: OpaquePointer?
    var stream: OpaquePointer?
    var slot: Int32 = 0
    /// The place there of each window of the batch.
    var indices: [Int64]
  }

  /// Copies all windows to the device, unless they take more bytes than the engine lets them or the device
  /// has no room.
  init(of source: any WindowSource, mark: String, engine: TorchEngine) {
    self.mark = mark
    self.source = source
    self.engine = engine
    resident = Self.copy(source, engine: engine)
  }

  deinit {
    if let resident { engine.plugin.functions.windows_destroy(resident) }
  }

  /// Where the windows of a batch are; waits for those that are fetched.
  func place(of drawn: DrawnVersions) throws -> Place {
    if let resident {
      return Place(resident: resident, indices: drawn.windows.map(Int64.init))
    }
    let count = max(drawn.windows.count, drawn.nextWindows.count, 1)
    if let stream, stream.capacity < count {
      try stream.finish()
      self.stream = nil
    }
    let stream = try stream ?? TorchWindowStream(of: source, capacity: count, engine: engine)
    self.stream = stream
    return try stream.place(of: drawn.windows)
  }

  /// Begins to fetch the windows of the next batch, where they do not all lie on the device.
  func fetch(_ windows: [Int]) {
    if !windows.isEmpty { stream?.fetch(windows) }
  }

  private static func copy(_ source: any WindowSource, engine: TorchEngine) -> OpaquePointer? {
    let (plugin, length) = (engine.plugin, source.windowLength)
    guard source.count * length * MemoryLayout<Float>.size <= engine.residentBytes else {
      return nil
    }
    var made: OpaquePointer?
    do {
      try plugin.check(
        plugin.functions.windows_create(
          engine.device, Int64(source.count), Int32(length), &made),
        while: "making room for windows on \(engine.device)")
      let together = 1024
      for first in stride(from: 0, to: source.count, by: together) {
        let end = min(first + together, source.count)
        let samples = (first..<end).flatMap { source.window($0) }
        try plugin.check(
          plugin.functions.windows_put(made, Int64(first), Int64(end - first), samples),
          while: "copying windows to \(engine.device)")
      }
      return made
    } catch {
      if let made { plugin.functions.windows_destroy(made) }
      return nil
    }
  }
}
