import Foundation

/// The path of a signal, reduced to what a drawing can show: in each column of pixels the first, the
/// lowest, the highest and the last sample, so peaks survive and files stay small however long the
/// signal. A sample that is not a finite number breaks the line.
package enum WaveformPath {
  /// The path data of samples drawn at equal steps.
  /// - Parameters:
  ///   - samples: the samples, in any unit.
  ///   - x: where the first sample is drawn and where one after the last would be.
  ///   - y: the map of values; what lies beyond its range is drawn at its end.
  ///   - columnsPerUnit: columns per user unit; 1 is enough for a screen, 2 for print.
  package static func path(
    of samples: some RandomAccessCollection<Float>, x: (start: Double, end: Double), y: Scale,
    columnsPerUnit: Double = 1.25
  ) -> String {
    let count = samples.count
    guard count > 0, x.end > x.start else { return "" }
    let step = (x.end - x.start) / Double(count)
    let perColumn = max(1, Int((1 / columnsPerUnit / step).rounded()))
    var pen = Pen()
    if perColumn < 3 {
      for (index, sample) in samples.enumerated() {
        pen.move(to: y.clamped(Double(sample)).map { (x.start + Double(index) * step, $0) })
      }
      return pen.data
    }
    var index = samples.startIndex
    var offset = 0
    while index != samples.endIndex {
      let end = samples.index(index, offsetBy: min(perColumn, count - offset))
      for (position, sample) in extremes(of: samples[index..<end]) {
        let left = x.start + Double(offset + position) * step
        pen.move(to: sample.isFinite ? y.clamped(Double(sample)).map { (left, $0) } : nil)
      }
      offset += perColumn
      index = end
    }
    return pen.data
  }

  /// The first, lowest, highest and last sample, and the first that is missing, in their order.
  private static func extremes(
    of column: some RandomAccessCollection<Float>
  ) -> [(Int, Float)] {
    var low: (Int, Float)?
    var high: (Int, Float)?
    var missing: (Int, Float)?
    var first: (Int, Float)?
    var last: (Int, Float)?
    for (position, sample) in column.enumerated() {
      guard sample.isFinite else {
        missing = missing ?? (position, sample)
        continue
      }
      first = first ?? (position, sample)
      last = (position, sample)
      if sample < low?.1 ?? .infinity { low = (position, sample) }
      if sample > high?.1 ?? -.infinity { high = (position, sample) }
    }
    var seen: Set<Int> = []
    return [first, low, high, last, missing].compactMap { $0 }
      .sorted { $0.0 < $1.0 }.filter { seen.insert($0.0).inserted }
  }

  /// Draws straight lines between points, relative to the last point, in tenths of a unit.
  struct Pen {
    private(set) var data = ""
    private var last: (x: Int, y: Int)?

    /// Goes on to a point; nil lifts the pen.
    mutating func move(to point: (x: Double, y: Double)?) {
      guard let point, point.x.isFinite, point.y.isFinite else {
        last = nil
        return
      }
      let next = (x: Int((point.x * 10).rounded()), y: Int((point.y * 10).rounded()))
      if let last {
        let (dx, dy) = (next.x - last.x, next.y - last.y)
        guard dx != 0 || dy != 0 else { return }
        data += "l\(Pen.tenths(dx)) \(Pen.tenths(dy))"
      } else {
        data += "M\(Pen.tenths(next.x)) \(Pen.tenths(next.y))l0 0"
      }
      last = next
    }

    private static func tenths(_ value: Int) -> String {
      let magnitude = abs(value)
      let fraction = magnitude % 10
      let text = fraction == 0 ? "\(magnitude / 10)" : "\(magnitude / 10).\(fraction)"
      return value < 0 ? "-" + text : text
    }
  }
}

extension WaveformPath {
  /// The path through points, broken where one has no position.
  package static func path(through points: [(x: Double, y: Double)?]) -> String {
    var pen = Pen()
    for point in points { pen.move(to: point) }
    return pen.data
  }
}
