import ECGFormats
import ECGSignal
import Foundation
import HeartfeltWork

extension WindowArray {
  /// Windows from a NumPy array of N × T numbers, or of T for one window.
  /// - Throws: `FormatError` when the file is no such array.
  init(numpyFile url: URL) throws {
    let file = try NPYFile(at: url)
    guard (1...2).contains(file.shape.count), let length = file.shape.last, length > 0,
      file.count > 0
    else {
      throw CommandError(
        "\(url.path) has the shape \(file.shape); windows are an array of N × T numbers")
    }
    self.init(samples: file.rowMajorFloats(), windowLength: length)
  }
}
