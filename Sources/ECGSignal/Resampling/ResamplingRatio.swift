/// Two sampling rates as a ratio of whole numbers: `up` samples leave for every `down` that enter.
///
/// The ratio is the simplest fraction within one part in 10¹² of the true one, found by continued
/// fractions, so time drifts by less than 0.1 µs in a day: rates that are ratios of whole numbers
/// (250 or 513.24 to 256) are met exactly.
public struct ResamplingRatio: Hashable, Sendable {
  /// Samples that leave.
  public let up: Int
  /// Samples that enter for them.
  public let down: Int

  /// The ratio of two rates in Hz.
  /// - Throws: `SignalError.samplingRate` unless both are finite and greater than 0;
  ///   `SignalError.recipe` when one is more than 4096 times the other.
  public init(from source: Double, to target: Double) throws {
    for rate in [source, target] where !(rate.isFinite && rate > 0) {
      throw SignalError.samplingRate(rate)
    }
    let ratio = target / source
    guard ratio >= 1.0 / 4096, ratio <= 4096 else {
      throw SignalError.recipe(
        "cannot resample from \(source) to \(target) Hz: one rate is more than 4096 times the other; "
          + "check the rate of the recording")
    }
    var (previous, current) = ((up: 0, down: 1), (up: 1, down: 0))
    var rest = ratio
    repeat {
      let whole = Int(rest.rounded(.down))
      (previous, current) = (
        current,
        (whole * current.up + previous.up, whole * current.down + previous.down)
      )
      let fraction = rest - Double(whole)
      guard fraction > 0 else { break }
      rest = 1 / fraction
    } while abs(Double(current.up) / Double(current.down) - ratio) > 1e-12 * ratio
      && rest < 1e15
    (up, down) = current
  }

  /// How many samples leave for `count` that enter: those at or before the end, rounded up.
  public func count(of count: Int) -> Int {
    let (quotient, remainder) = count.quotientAndRemainder(dividingBy: down)
    return quotient * up + (remainder * up + down - 1) / down
  }
}
