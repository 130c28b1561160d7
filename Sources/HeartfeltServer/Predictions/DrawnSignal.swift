import ECGSignal

/// The samples of a recording, to be drawn: all of them, or the lowest and the highest of each stretch
/// where there are too many.
struct DrawnSignal: Encodable, Sendable {
  /// Values a second, in Hz.
  let samplingRate: Double
  let unit: String
  /// Whether these are the lowest and highest of stretches, in the order in which they come.
  let isThinned: Bool
  /// Rounded to four digits of the largest; null where samples are missing.
  let samples: [Float?]

  /// So many values are sent at most: 26 minutes at 256 Hz.
  static let most = 400_000

  init(_ recording: ECGRecording) {
    unit = recording.unit.rawValue
    let all = recording.samples
    let length = all.count > Self.most ? (2 * all.count + Self.most - 1) / Self.most : 1
    isThinned = length > 1
    samplingRate = recording.samplingRate * (isThinned ? 2 / Double(length) : 1)
    var largest: Float = 0
    for sample in all where sample.isFinite { largest = max(largest, abs(sample)) }
    let step = Self.step(for: largest)
    func rounded(_ sample: Float) -> Float? {
      guard sample.isFinite else { return nil }
      // Dividing by a whole number gives the shortest text.
      return step >= 1 ? (sample * step).rounded() / step : sample.rounded()
    }
    guard isThinned else {
      samples = all.map(rounded)
      return
    }
    var thinned: [Float?] = []
    thinned.reserveCapacity(2 * all.count / length + 2)
    for first in stride(from: 0, to: all.count, by: length) {
      var (low, high) = (first, first)
      var isSound = true
      for index in first..<min(first + length, all.count) {
        if !all[index].isFinite { isSound = false }
        if all[index] < all[low] { low = index }
        if all[index] > all[high] { high = index }
      }
      thinned.append(isSound ? rounded(all[min(low, high)]) : nil)
      thinned.append(isSound ? rounded(all[max(low, high)]) : nil)
    }
    samples = thinned
  }

  /// The power of ten that a sample is rounded to a ten-thousandth of the largest by.
  private static func step(for largest: Float) -> Float {
    var step: Float = 1
    while largest * step < 10_000, step < 1e9, largest > 0 { step *= 10 }
    return step
  }
}
