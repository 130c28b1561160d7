/// How much better one set of predictions is than another on the same windows, with the interval
/// of the difference by drawing the same persons for both.
///
/// The interval of a paired difference is mostly much narrower than the two scores' own intervals
/// suggest: what makes a person hard makes them hard for both. If it holds 0, the difference may be
/// chance.
public struct ScoreDifference: Codable, Hashable, Sendable {
  /// What is measured.
  public let metric: Metric
  /// The first value less the second.
  public let value: Double
  /// The 95 % interval by bootstrap over persons; nil for a single person.
  public let interval: Interval?
  /// Persons tested.
  public let persons: Int
  /// Windows tested.
  public let windows: Int

  /// The difference of a metric between two sets of predictions.
  /// - Returns: nil where the metric is not defined.
  /// - Throws: `EvaluationError.notComparable` unless both are of the same windows.
  public init?(
    of metric: Metric, _ first: Predictions, minus second: Predictions,
    bootstrap: Bootstrap = Bootstrap()
  ) throws {
    guard first.truth == second.truth, first.persons == second.persons,
      first.classCount == second.classCount
    else {
      throw EvaluationError.notComparable(
        "a difference needs two methods tested on the same windows, but the windows differ")
    }
    let (one, other) = (PersonTable(first), PersonTable(second))
    let difference: ([Int]) -> Double? = { weights in
      guard let a = one.value(of: metric, weights: weights),
        let b = other.value(of: metric, weights: weights)
      else { return nil }
      return a - b
    }
    guard let value = difference([Int](repeating: 1, count: one.persons.count)) else { return nil }
    self.metric = metric
    self.value = value
    interval = bootstrap.interval(persons: one.persons.count, of: difference)
    persons = one.persons.count
    windows = first.count
  }

  /// Whether the interval leaves out 0.
  public var excludesZero: Bool { interval.map { !$0.contains(0) } ?? false }

  /// The value and its interval, such as `+0.041 [−0.012, +0.090]`.
  public var figures: String { figuresText(value, interval, signed: true) }
}
