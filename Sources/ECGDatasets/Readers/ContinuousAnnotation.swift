import ECGFormats
import Foundation

/// Ratings that were given all the time, as with a joystick: a column of values with their times.
struct ContinuousAnnotation: Sendable {
  /// Seconds, ascending.
  let times: [Double]
  /// A value for each time; NaN where there is none.
  let values: [Float]

  /// The mean over a stretch as a label; nil when nothing was rated in it.
  ///
  /// Rounded to a millionth, which is finer than any joystick.
  func mean(from start: Double, to end: Double) -> String? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < start { low = middle + 1 } else { high = middle }
    }
    var sum = 0.0
    var count = 0
    while low < min(times.count, values.count), times[low] < end {
      if values[low].isFinite {
        sum += Double(values[low])
        count += 1
      }
      low += 1
    }
    return count == 0 ? nil : LabelRule.text((sum / Double(count) * 1e6).rounded() / 1e6)
  }
}

extension ChannelFile {
  /// The samples of the column of a name, capital letters aside; nil if there is none.
  func values(named name: String) throws -> [Float]? {
    guard let index = channels.firstIndex(where: { $0.name.lowercased() == name }) else {
      return nil
    }
    return try samples(of: index, scaledBy: 1).values
  }
}
