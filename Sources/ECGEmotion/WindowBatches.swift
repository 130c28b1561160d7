import ECGNetwork
import ECGSignal

/// Hands the windows of a source to a network, so many at a time, and joins what it gives.
struct WindowBatches {
  /// Windows in a batch: enough for every thread, and a few megabytes.
  static let size = 64

  /// What `compute` gives for the rows of each batch, window after window.
  /// - Throws: `CancellationError` between two batches when the task around it was cancelled.
  static func map(
    _ windows: any WindowSource, size: Int = size,
    _ compute: (UnsafeBufferPointer<Float>, Int) throws -> [Float]
  ) throws -> [Float] {
    let length = windows.windowLength
    var rows = [Float](repeating: 0, count: min(size, windows.count) * length)
    var results: [Float] = []
    for first in stride(from: 0, to: windows.count, by: size) {
      try Task.checkCancellation()
      let count = min(size, windows.count - first)
      copy(windows, at: first..<first + count, into: &rows)
      results += try rows.withUnsafeBufferPointer { try compute($0, count) }
    }
    return results
  }

  /// Copies windows to the beginning of `rows`, one after another.
  static func copy(
    _ windows: any WindowSource, at indices: some Sequence<Int>, into rows: inout [Float]
  ) {
    let length = windows.windowLength
    rows.withUnsafeMutableBufferPointer { rows in
      for (row, index) in indices.enumerated() {
        windows.copyWindow(
          index, into: UnsafeMutableBufferPointer(rebasing: rows[row * length..<(row + 1) * length])
        )
      }
    }
  }
}
