/// Which windows a score was measured on: what is kept apart between training and test.
public enum ReportedSplit: String, CaseIterable, Codable, Hashable, Sendable {
  /// Windows are shuffled: persons and recordings stand on both sides (the published protocol).
  case window
  /// Recordings are kept whole; persons stand on both sides.
  case recording
  /// Persons are kept whole: the only split that tells what to expect of a new person.
  case person

  /// `window split`, …
  public var title: String { rawValue + " split" }

  /// What the split keeps apart, for a reader who meets it for the first time.
  public var meaning: String {
    switch self {
    case .window: "persons and recordings on both sides"
    case .recording: "persons on both sides, recordings apart"
    case .person: "unseen persons"
    }
  }
}

/// The range a value may well lie in.
public enum Interval: Hashable, Sendable {
  /// A 95 % interval.
  case bounds(Double, Double)
  /// No interval can be given, and why, such as "one person only".
  case missing(because: String)

  /// The lower and upper bound in order; nil when either is not finite or there is none.
  public var limits: (lower: Double, upper: Double)? {
    guard case .bounds(let a, let b) = self, a.isFinite, b.isFinite else { return nil }
    return (min(a, b), max(a, b))
  }

  /// `[0.52, 0.70]`, or why there is none.
  public var text: String {
    if let limits { return "[\(scoreText(limits.lower)), \(scoreText(limits.upper))]" }
    if case .missing(let reason) = self { return "no interval: \(reason)" }
    return "no interval: not finite"
  }
}

/// One person's score.
public struct PersonScore: Hashable, Sendable {
  /// The person, as the data set names them.
  public var person: String
  /// The person's score, in the unit of the score it belongs to.
  public var value: Double

  /// One person's score.
  public init(person: String, value: Double) {
    self.person = person
    self.value = value
  }
}

/// A method's score under one split. There is none without its split, its persons and its interval.
public struct MethodScores: Hashable, Sendable {
  /// What was kept apart.
  public let split: ReportedSplit
  /// How many persons were tested.
  public let persons: Int
  /// The score over all test windows.
  public let value: Double
  /// The 95 % interval, by bootstrap over persons.
  public let interval: Interval
  /// The score of each test person, where it can be computed.
  public let perPerson: [PersonScore]

  /// A score with what it takes to read it.
  public init(
    split: ReportedSplit, persons: Int, value: Double, interval: Interval,
    perPerson: [PersonScore] = []
  ) {
    self.split = split
    self.persons = persons
    self.value = value
    self.interval = interval
    self.perPerson = perPerson
  }

  /// `0.61 [0.52, 0.70]`
  public var valueText: String { "\(scoreText(value)) \(interval.text)" }

  /// `0.61 [0.52, 0.70]`, or `0.50 [–]` where the reason stands elsewhere.
  var cellText: String {
    interval.limits == nil ? "\(scoreText(value)) [–]" : valueText
  }

  /// `balanced accuracy 0.61 [0.52, 0.70], person split, 24 persons`
  public func sentence(metric: String) -> String {
    "\(metric) \(valueText), \(split.title), \(personsText(persons))"
  }
}

/// `1 person`, `24 persons`
package func personsText(_ count: Int) -> String {
  count == 1 ? "1 person" : "\(countText(count)) persons"
}
