import Foundation

/// A straight or logarithmic map from values to user units, with ticks at round values.
package struct Scale: Sendable {
  /// The values shown.
  package let domain: (low: Double, high: Double)
  /// Where they are drawn, in user units; `start` may be greater than `end`, as on a vertical axis.
  package let range: (start: Double, end: Double)
  /// Whether equal ratios take equal room.
  package let isLogarithmic: Bool

  /// The scale of given bounds. Bounds that are equal or not finite are widened to something that
  /// can be drawn.
  package init(
    from low: Double, to high: Double, range: (start: Double, end: Double),
    logarithmic: Bool = false
  ) {
    isLogarithmic = logarithmic && low > 0 && high > low && high.isFinite
    domain = Scale.drawable(low, high)
    self.range = range
  }

  /// The scale that shows all finite values, ending at round numbers.
  package init(
    covering values: some Sequence<Double>, including anchors: [Double] = [],
    range: (start: Double, end: Double), padding: Double = 0.05
  ) {
    let finite = (Array(values) + anchors).filter(\.isFinite)
    let (low, high) = Scale.drawable(finite.min() ?? 0, finite.max() ?? 1)
    let room = (high - low) * padding
    // An anchor such as 0 stays the end of the axis instead of being padded past.
    let bottom = anchors.contains(low) ? low : low - room
    let top = anchors.contains(high) ? high : high + room
    isLogarithmic = false
    domain = Scale.drawable(bottom, top)
    self.range = range
  }

  /// The position of a value; nil when it is not a number or, on a logarithmic scale, not positive.
  package func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if isLogarithmic {
      guard value > 0 else { return nil }
      let share = log(value / domain.low) / log(domain.high / domain.low)
      return range.start + share * (range.end - range.start)
    }
    let share = (value - domain.low) / (domain.high - domain.low)
    return range.start + min(max(share, -1e4), 1e4) * (range.end - range.start)
  }

  /// The position of a value, kept within the range.
  package func clamped(_ value: Double) -> Double? {
    position(value).map {
      min(max($0, min(range.start, range.end)), max(range.start, range.end))
    }
  }

  /// Round values within the domain, at most `count`, and the labels they need.
  package func ticks(atMost count: Int) -> [Tick] {
    if isLogarithmic { return logarithmicTicks(atMost: count) }
    let step = Scale.roundStep(for: domain.high - domain.low, atMost: count)
    guard step > 0, step.isFinite else { return [] }
    let first = (domain.low / step - 1e-9).rounded(.up)
    let last = (domain.high / step + 1e-9).rounded(.down)
    guard first.isFinite, last.isFinite, last - first < 100, abs(first) < 1e12 else { return [] }
    let decimals = Scale.decimals(for: step)
    let extent = max(abs(domain.low), abs(domain.high))
    return stride(from: first, through: last, by: 1).map { index in
      let value = index * step
      let label =
        value == 0
        ? "0"
        : extent >= 1e6 || decimals > 5
          ? scientificText(value) : fixedText(value, decimals: decimals)
      return Tick(value: value, label: label)
    }
  }

  /// Ticks on a horizontal axis, as many as stand clear of each other.
  package func horizontalTicks(wanted: Int = 8, size: Double = Canvas.TextRole.tick.size) -> [Tick]
  {
    var count = wanted
    while count > 1 {
      let ticks = ticks(atMost: count)
      if Scale.standClear(ticks, on: self, size: size) { return ticks }
      count -= 1
    }
    return Array(ticks(atMost: 1).prefix(1))
  }

  /// Whether the labels of ticks leave room between each other on a horizontal axis.
  static func standClear(_ ticks: [Tick], on scale: Scale, size: Double) -> Bool {
    zip(ticks, ticks.dropFirst()).allSatisfy { left, right in
      guard let a = scale.position(left.value), let b = scale.position(right.value) else {
        return false
      }
      let needed =
        (TextMeasure.width(of: left.label, size: size)
          + TextMeasure.width(of: right.label, size: size)) / 2
      return abs(b - a) >= needed + 6
    }
  }

  /// The smallest of 1, 2, 2.5 or 5 times a power of ten that divides a span into at most `count` + 1
  /// parts.
  static func roundStep(for span: Double, atMost count: Int) -> Double {
    let rough = span / Double(max(1, count))
    guard rough > 0, rough.isFinite else { return 0 }
    let power = pow(10, log10(rough).rounded(.down))
    for factor in [1, 2, 2.5, 5, 10] where factor * power >= rough * (1 - 1e-9) {
      return factor * power
    }
    return 10 * power
  }

  /// The decimals that tell multiples of a step apart: 1 for 0.5, 2 for 0.25.
  private static func decimals(for step: Double) -> Int {
    (0...12).first { digits in
      let scaled = step * pow(10, Double(digits))
      return scaled >= 1 - 1e-6 && abs(scaled - scaled.rounded()) < scaled * 1e-6
    } ?? 12
  }

  private func logarithmicTicks(atMost count: Int) -> [Tick] {
    let low = Int((log10(domain.low) - 1e-9).rounded(.up))
    let high = Int((log10(domain.high) + 1e-9).rounded(.down))
    let candidates: [[Double]] = [[1, 2, 5], [1, 3], [1]]
    for factors in candidates {
      var values: [Double] = []
      for power in (low - 1)...max(low - 1, high) {
        for factor in factors { values.append(factor * pow(10, Double(power))) }
      }
      values = values.filter {
        $0 >= domain.low * (1 - 1e-9) && $0 <= domain.high * (1 + 1e-9)
      }
      if values.count <= count {
        return values.map { Tick(value: $0, label: Scale.plainLabel($0)) }
      }
    }
    return []
  }

  /// A value with up to three significant digits and no more decimals than it needs.
  static func plainLabel(_ value: Double) -> String {
    abs(value) >= 1e6 || (value != 0 && abs(value) < 1e-3)
      ? scientificText(value) : String(format: "%.3g", value).replacing("-", with: "−")
  }

  private static func drawable(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    // Half the greatest number, so that differences and padding stay finite.
    let limit = 1e300
    var low = low.isFinite ? min(max(low, -limit), limit) : 0
    var high = high.isFinite ? min(max(high, -limit), limit) : 1
    if low > high { swap(&low, &high) }
    // Less than this apart, ticks could not be told from each other in double precision.
    let least = max(abs(low), abs(high)) * 1e-9
    if high - low <= least {
      let room = max(abs(high) * 0.1, high == 0 ? 1 : 0)
      low -= room
      high += room
    }
    return high > low ? (low, high) : (0, 1)
  }
}

/// A value on an axis with what is written beside it.
package struct Tick: Sendable {
  package let value: Double
  package let label: String
}
