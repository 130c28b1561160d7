import ECGSignal
import Foundation

/// How a label column becomes classes: the rule that stands on record beside every result.
///
/// ```swift
/// let labelling = try LabelRule("arousal", .threshold(5)).labelling(of: store.records)
/// ```
public struct LabelRule: Codable, Hashable, Sendable {
  /// The label column.
  public var target: String
  /// How its values become classes.
  public var coding: Coding
  /// The classes to keep, by name; windows of other classes are excluded. Nil keeps all.
  public var only: [String]?

  /// How values become classes.
  public enum Coding: Codable, Hashable, Sendable {
    /// Each distinct value is a class; numbers in numeric order, and `6` and `6.0` are the same.
    case asWritten
    /// Each distinct number, rounded to a whole one (ties away from zero), is a class.
    case rounded
    /// Two classes: at most the threshold, and above.
    case threshold(Double)
    /// Two classes by the middle of the scale that runs from the first number to the second.
    case midpoint(Double, Double)
    /// Several classes between thresholds, ascending; a value on a threshold belongs below it.
    case bins([Double])
    /// Two classes for each person by the median of that person's recordings.
    case personMedian
    /// Two classes by the median of all recordings. It looks at all persons, those of a test part
    /// included.
    case groupMedian
  }

  /// A rule for a target.
  public init(_ target: String, _ coding: Coding = .asWritten, only: [String]? = nil) {
    self.target = target
    self.coding = coding
    self.only = only
  }

  /// The classes of windows.
  /// - Throws: `DatasetError.noSuchLabel` when no window has the target, `DatasetError.labels` when a
  ///   value is no number where one is needed, or when fewer than two classes remain.
  public func labelling(of records: [WindowRecord]) throws -> Labelling {
    let values = records.map { $0.labels[target] }
    guard values.contains(where: { $0 != nil }) else {
      let available = records.reduce(into: Set<String>()) { $0.formUnion($1.labels.keys) }
      throw DatasetError.noSuchLabel(target, available: available.sorted())
    }
    let (names, classes) = try classes(of: values, in: records)
    let kept = try keeping(names, classes)
    let occurring = Set(kept.classes.compactMap { $0 })
    guard occurring.count >= 2 else {
      let found = occurring.first.map { "only “\(kept.names[$0])”" } ?? "none"
      throw DatasetError.labels(
        "“\(target)” (\(description)) must have at least two classes to tell apart, but the windows "
          + "have \(found)")
    }
    return Labelling(
      target: target, rule: description, classNames: kept.names, classes: kept.classes,
      unlabelledCount: values.count { $0 == nil })
  }

  private func classes(
    of values: [String?], in records: [WindowRecord]
  ) throws -> (names: [String], classes: [Int?]) {
    switch coding {
    case .asWritten: return distinct(values)
    case .rounded:
      return distinct(try numbers(values).map { $0.map { Self.text($0.rounded()) } })
    case .threshold(let threshold):
      return (["low", "high"], try numbers(values).map { $0.map { $0 > threshold ? 1 : 0 } })
    case .midpoint(let low, let high):
      let middle = (low + high) / 2
      return (["low", "high"], try numbers(values).map { $0.map { $0 > middle ? 1 : 0 } })
    case .bins(let thresholds):
      return (
        Coding.names(between: thresholds),
        try numbers(values).map { $0.map { Coding.classes($0, between: thresholds) } }
      )
    case .groupMedian:
      return (["low", "high"], aboveMedian(try numbers(values), records) { _ in "" })
    case .personMedian:
      return (["low", "high"], aboveMedian(try numbers(values), records) { $0.personIdentity })
    }
  }

  private func distinct(_ values: [String?]) -> (names: [String], classes: [Int?]) {
    let canonical = values.map { value in value.map { Double($0).map(Self.text) ?? $0 } }
    let names = Set(canonical.compactMap { $0 }).sorted { a, b in
      switch (Double(a), Double(b)) {
      case (.some(let x), .some(let y)): x < y
      case (.some, .none): true
      case (.none, .some): false
      case (.none, .none): a < b
      }
    }
    let number = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (names, canonical.map { $0.flatMap { number[$0] } })
  }

  private func numbers(_ values: [String?]) throws -> [Double?] {
    try values.map { value in
      guard let value else { return nil }
      guard let number = Double(value), number.isFinite else {
        throw DatasetError.labels(
          "“\(target)” holds “\(value)”, which is not a number, so it cannot be cut into low and high; "
            + "use its values as they are")
      }
      return number
    }
  }

  /// Whether each value lies above the median of the recordings of its group. Each recording counts
  /// once for each value it has, however long it is.
  private func aboveMedian(
    _ values: [Double?], _ records: [WindowRecord], group: (WindowRecord) -> String
  ) -> [Int?] {
    var ratings: [String: [String: Set<Double>]] = [:]
    for (value, record) in zip(values, records) {
      guard let value else { continue }
      ratings[group(record), default: [:]][record.recordingIdentity, default: []].insert(value)
    }
    let medians = ratings.mapValues { recordings in
      let sorted = recordings.values.flatMap { $0 }.sorted()
      let middle = sorted.count / 2
      return sorted.count.isMultiple(of: 2)
        ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
    return zip(values, records).map { value, record in
      guard let value, let median = medians[group(record)] else { return nil }
      return value > median ? 1 : 0
    }
  }

  private func keeping(
    _ names: [String], _ classes: [Int?]
  ) throws -> (names: [String], classes: [Int?]) {
    guard let only else { return (names, classes) }
    if let unknown = only.first(where: { !names.contains($0) }) {
      throw DatasetError.labels(
        "“\(target)” has no class “\(unknown)”; it has \(names.joined(separator: ", "))")
    }
    let kept = names.filter(only.contains)
    return (kept, classes.map { $0.flatMap { kept.firstIndex(of: names[$0]) } })
  }

  static func text(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
  }
}

extension LabelRule: CustomStringConvertible {
  /// The rule in words, such as `high above 5`.
  public var description: String {
    let text =
      switch coding {
      case .asWritten: "values as written"
      case .rounded: "values rounded to whole numbers"
      case .threshold(let threshold): "high above \(Self.text(threshold))"
      case .midpoint(let low, let high):
        "high above \(Self.text((low + high) / 2)), the middle of \(Self.text(low)) to "
          + Self.text(high)
      case .bins(let thresholds):
        "classes between " + thresholds.map(Self.text).joined(separator: ", ")
      case .personMedian: "high above the person's median"
      case .groupMedian: "high above the median of all"
      }
    return only.map { text + ", only " + $0.joined(separator: ", ") } ?? text
  }
}
