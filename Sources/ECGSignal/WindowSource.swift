/// Windows of equal length that can be fetched by number from any thread.
///
/// A window store maps its file and conforms; so does an array in memory. Training and prediction
/// take windows from here, so nothing needs them all in memory at once.
public protocol WindowSource: Sendable {
  /// How many windows there are, N.
  var count: Int { get }
  /// Samples in each window, T.
  var windowLength: Int { get }
  /// Writes window `index` (T samples) to `destination`, which holds exactly T.
  func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>)
}

extension WindowSource {
  /// The samples of one window.
  public func window(_ index: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: windowLength) { buffer, count in
      copyWindow(index, into: UnsafeMutableBufferPointer(rebasing: buffer[..<windowLength]))
      count = windowLength
    }
  }
}

/// Windows held in memory.
public struct WindowArray: WindowSource {
  /// The samples, N × T, window after window.
  public var samples: [Float]
  public let windowLength: Int

  /// Windows from N × T samples.
  public init(samples: [Float], windowLength: Int) {
    precondition(
      windowLength > 0 && samples.count.isMultiple(of: windowLength),
      "a window array needs a whole number of windows")
    self.samples = samples
    self.windowLength = windowLength
  }

  public var count: Int { samples.count / windowLength }

  public func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    samples.withUnsafeBufferPointer { all in
      let window = all[index * windowLength..<(index + 1) * windowLength]
      _ = destination.update(fromContentsOf: window)
    }
  }
}

/// Some of the windows of a source, in a given order.
public struct WindowSubset: WindowSource {
  /// The windows chosen from.
  public let base: any WindowSource
  /// The numbers of the chosen windows in `base`.
  public let indices: [Int]

  /// The windows of `base` at `indices`.
  public init(of base: any WindowSource, at indices: [Int]) {
    self.base = base
    self.indices = indices
  }

  public var count: Int { indices.count }
  public var windowLength: Int { base.windowLength }

  public func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    base.copyWindow(indices[index], into: destination)
  }
}
