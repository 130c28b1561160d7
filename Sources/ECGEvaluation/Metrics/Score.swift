import Foundation

/// A metric's value with everything needed to read it: interval, split, persons, windows.
///
/// Printed, it always says which split it is of; a number without its split says nothing:
/// `macro-F1 0.512 [0.471, 0.560], person split, 28 persons, 812 windows`.
public struct Score: Codable, Hashable, Sendable {
  /// What is measured.
  public let metric: Metric
  /// The value on all tested windows together.
  public let value: Double
  /// The 95 % interval by bootstrap over persons; nil for a single person.
  public let interval: Interval?
  /// The split's level.
  public let level: Split.Level
  /// Persons tested.
  public let persons: Int
  /// Windows tested.
  public let windows: Int
  /// How many of the tested persons the trunk was pre-trained on, when it is not one pre-trained
  /// afresh in each fold; nil where no such trunk is used.
  public let personsSeenByTrunk: Int?
}

extension Score {
  /// The scores of predictions under a split.
  ///
  /// - Parameters:
  ///   - predictions: one a window of the split, in the order of its records.
  ///   - split: the split they were made under.
  ///   - personsSeenByTrunk: tested persons an existing trunk has seen, if one was used.
  /// - Returns: one score for each metric that is defined for the number of classes.
  /// - Throws: `EvaluationError.notComparable` unless the predictions are of the split's windows.
  public static func all(
    of predictions: Predictions, under split: Split, bootstrap: Bootstrap = Bootstrap(),
    personsSeenByTrunk: Int? = nil
  ) throws -> [Score] {
    let table = PersonTable(predictions)
    guard predictions.count == split.proof.windows, table.persons == split.proof.persons else {
      throw EvaluationError.notComparable(
        "there are predictions of \(predictions.count) windows of \(table.persons.count) persons, "
          + "but the split tests \(split.proof.windows) windows of \(split.proof.persons.count); "
          + "score what was predicted under this split")
    }
    let ones = [Int](repeating: 1, count: table.persons.count)
    return Metric.defined(forClasses: predictions.classCount).compactMap { metric in
      guard let value = table.value(of: metric, weights: ones) else { return nil }
      return Score(
        metric: metric, value: value,
        interval: bootstrap.interval(persons: table.persons.count) {
          table.value(of: metric, weights: $0)
        },
        level: split.level, persons: table.persons.count, windows: predictions.count,
        personsSeenByTrunk: personsSeenByTrunk)
    }
  }

  /// The value and its interval, such as `0.512 [0.471, 0.560]`.
  public var figures: String { figuresText(value, interval, signed: false) }
}

extension Score: CustomStringConvertible {
  public var description: String {
    var text = "\(metric.displayName) \(figures), \(level.rawValue) split, \(persons) "
    text += "\(persons == 1 ? "person" : "persons"), \(windows) windows"
    if interval == nil { text += ", no interval" }
    if let personsSeenByTrunk {
      text += ", trunk has seen \(personsSeenByTrunk) of \(persons) test persons"
    }
    return text
  }
}

/// A value and its interval with three digits, such as `+0.041 [−0.012, +0.090]`.
func figuresText(_ value: Double, _ interval: Interval?, signed: Bool) -> String {
  func digits(_ value: Double) -> String {
    let text = String(format: "%.3f", abs(value))
    let isZero = text == "0.000"
    return (value < 0 && !isZero ? "−" : signed && !isZero ? "+" : "") + text
  }
  return digits(value) + (interval.map { " [\(digits($0.low)), \(digits($0.high))]" } ?? "")
}
