import ECGSignal

/// A short mark of windows, by which a checkpoint tells whether it is resumed on the same data.
///
/// It is the 64-bit FNV-1a hash of all samples as 32-bit words, window after window. It guards
/// against mistakes, not against forgery.
struct WindowFingerprint: Codable, Hashable {
  let windows: Int
  let windowLength: Int
  let hash: String

  /// The fingerprint of all windows of a source; reads them all once.
  init(of source: any WindowSource) {
    windows = source.count
    windowLength = source.windowLength
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    var window = [Float](repeating: 0, count: source.windowLength)
    for index in 0..<source.count {
      window.withUnsafeMutableBufferPointer { samples in
        source.copyWindow(index, into: samples)
        for sample in samples { state = (state ^ UInt64(sample.bitPattern)) &* 0x100_0000_01b3 }
      }
    }
    hash = String(state, radix: 16)
  }
}
