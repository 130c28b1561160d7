/// The times of the samples of a table, and what they say about rate and gaps.
struct TimeColumn: Sendable {
  /// Samples per second in Hz.
  let samplingRate: Double
  /// For each row, the number of samples missing in front of it; nil if none is missing anywhere.
  let missingBefore: [(row: Int, count: Int)]
  /// What was noticed.
  let warnings: [String]

  /// Which column holds times, judged by name: a known unit first, the finest of them, and a sensor's
  /// clock before a phone's.
  static func index(names: [String], units: [String?]) -> Int? {
    let candidates = names.indices.filter { isTime(names[$0]) }
    return candidates.max { rank(names[$0], units[$0]) < rank(names[$1], units[$1]) }
  }

  /// The unit that a header means by `ms`, `s`, `seconds` …
  static func unit(named text: String) -> ReadingOptions.TimeUnit? {
    switch text.lowercased() {
    case "s", "sec", "secs", "second", "seconds": .seconds
    case "ms", "msec", "millisecond", "milliseconds": .milliseconds
    case "us", "µs", "μs", "microsecond", "microseconds": .microseconds
    case "ns", "nanosecond", "nanoseconds": .nanoseconds
    default: nil
    }
  }

  /// Whether the name of a column is that of times.
  static func isTime(_ name: String) -> Bool {
    let tokens = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard let first = tokens.first else { return false }
    let words: Set<Substring> = [
      "time", "timestamp", "timestamps", "t", "daqtime", "jstime", "seconds", "elapsed", "zeit",
      "temps", "tiempo", "tempo", "unixtime", "datetime", "ms",
    ]
    return words.contains(first) || tokens.contains("timestamp") || tokens.contains("time")
  }

  private static func rank(_ name: String, _ unit: String?) -> Int {
    let order: [ReadingOptions.TimeUnit] = [
      .seconds, .milliseconds, .microseconds, .nanoseconds,
    ]
    let known = unit.flatMap(Self.unit(named:)).flatMap(order.firstIndex(of:)).map { $0 + 1 } ?? 0
    let folded = name.lowercased()
    return known * 4 + (folded.contains("sensor") ? 2 : 0) - (folded.contains("phone") ? 1 : 0)
  }

  /// Measures the rate of times in seconds.
  ///
  /// The rate is one over the mean of the steps that are not gaps; a gap is a step of more than one and
  /// a half usual ones. A rate within 10⁻⁴ of a whole number is that number, since times are rounded.
  /// - Returns: nil if the times do not tell a rate, with the reason.
  static func measure(_ times: [Double]) -> Result<TimeColumn, Untold> {
    guard times.count >= 3 else { return .failure(Untold("has fewer than three times")) }
    guard times.allSatisfy(\.isFinite) else { return .failure(Untold("has rows without a time")) }
    if let row = (1..<times.count).first(where: { times[$0] < times[$0 - 1] }) {
      return .failure(Untold("goes back in row \(row + 1)"))
    }
    let steps = (1..<times.count).map { times[$0] - times[$0 - 1] }
    let usual = steps.sorted()[steps.count / 2]
    guard usual > 0 else { return packets(times, steps) }

    var regular = 0.0
    var regularCount = 0
    for step in steps where step <= 1.5 * usual && step > 0 {
      regular += step
      regularCount += 1
    }
    let rate = snapped(Double(regularCount) / regular)
    var missing: [(row: Int, count: Int)] = []
    var missingTotal = 0.0
    for (row, step) in steps.enumerated() where step > 1.5 * usual {
      let lost = (step * rate).rounded() - 1
      guard lost < 1e9 else { return .failure(Untold("jumps by \(step) s in row \(row + 2)")) }
      if lost >= 1 { missing.append((row + 1, Int(lost))) }
      missingTotal += max(lost, 0)
    }
    // Memory stays in proportion to the file: an hour of silence is filled, a year is not.
    guard missingTotal <= max(20 * Double(times.count), 3600 * rate) else {
      return .failure(Untold("has gaps of \(missingTotal / rate) s in all; split it at its gaps"))
    }
    var warnings: [String] = []
    if !missing.isEmpty {
      let seconds = (missingTotal / rate * 1000).rounded() / 1000
      warnings.append(
        "\(missing.count) gap\(missing.count == 1 ? "" : "s") in the times, \(seconds) s in all, "
          + "filled as missing")
    }
    return .success(
      TimeColumn(samplingRate: rate, missingBefore: missing, warnings: warnings))
  }

  /// A sentence's worth of reason why times tell no rate.
  struct Untold: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Times that come once a packet, shared by all its samples.
  private static func packets(
    _ times: [Double], _ steps: [Double]
  ) -> Result<TimeColumn, Untold> {
    guard let last = steps.lastIndex(where: { $0 > 0 }), let end = times.last,
      end > times[0]
    else { return .failure(Untold("stands still")) }
    let rate = Double(last + 1) / (end - times[0])
    return .success(
      TimeColumn(
        samplingRate: snapped(rate), missingBefore: [],
        warnings: [
          "times are shared by packets of samples; the rate of \(snapped(rate)) Hz is their mean, and "
            + "gaps cannot be seen"
        ]))
  }

  private static func snapped(_ rate: Double) -> Double {
    let whole = rate.rounded()
    return whole > 0 && abs(rate - whole) <= 1e-4 * rate ? whole : rate
  }
}
