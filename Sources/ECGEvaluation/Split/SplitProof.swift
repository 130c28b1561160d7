import ECGSignal

/// Which persons and recordings stand on which side of every fold of a split.
///
/// It is written into every result, so that anybody can check it again, with `check()` or by eye.
public struct SplitProof: Codable, Hashable, Sendable {
  /// One side of a fold.
  public struct Side: Codable, Hashable, Sendable {
    /// The persons, `dataset/person`, sorted.
    public let persons: [String]
    /// The recordings, `dataset/person/recording`, sorted.
    public let recordings: [String]
    /// How many windows there are.
    public let windows: Int
  }

  /// The sides of a fold, and how much of its test stands on another side too.
  public struct Fold: Codable, Hashable, Sendable {
    /// What is learned from.
    public let training: Side
    /// What settings are chosen on.
    public let validation: Side
    /// What is tested on.
    public let test: Side
    /// Tested persons that stand in training or validation too.
    public let sharedPersons: Int
    /// Tested recordings that stand in training or validation too.
    public let sharedRecordings: Int
  }

  /// What the split keeps on one side.
  public let level: Split.Level
  /// The folds.
  public let folds: [Fold]
}

extension SplitProof {
  /// The proof of folds, from the windows' records.
  /// - Throws: `EvaluationError.incomplete` or `.shared` where there is none.
  init(of folds: [Split.Fold], by level: Split.Level, records: [WindowRecord]) throws {
    try Self.checkSides(of: folds, count: records.count)
    let persons = records.map(\.personIdentity)
    let recordings = records.map(\.recordingIdentity)
    func side(_ windows: [Int]) -> Side {
      Side(
        persons: Set(windows.lazy.map { persons[$0] }).sorted(),
        recordings: Set(windows.lazy.map { recordings[$0] }).sorted(), windows: windows.count)
    }
    self.level = level
    self.folds = folds.map { fold in
      let (training, validation) = (side(fold.training), side(fold.validation))
      let test = side(fold.test)
      return Fold(
        training: training, validation: validation, test: test,
        sharedPersons: Self.shared(test, training, validation, \.persons).count,
        sharedRecordings: Self.shared(test, training, validation, \.recordings).count)
    }
    try check()
    try Self.checkTested(folds, count: records.count)
  }

  /// Checks the lists again: no unit of the level on two sides, and the counts as they are.
  ///
  /// Windows have no names to be listed by; that a window split shares none is checked when it is
  /// made, and again by `Split.check(against:)`.
  /// - Throws: `EvaluationError.shared` naming the fold and what it shares.
  public func check() throws {
    for (number, fold) in folds.enumerated() {
      let persons = Self.shared(fold.test, fold.training, fold.validation, \.persons)
      let recordings = Self.shared(fold.test, fold.training, fold.validation, \.recordings)
      let guarded: [String]
      switch level {
      case .window: guarded = []
      case .recording:
        guarded = recordings + Self.shared(fold.validation, fold.training, nil, \.recordings)
      case .person:
        guarded = persons + Self.shared(fold.validation, fold.training, nil, \.persons)
      }
      guard guarded.isEmpty else {
        throw EvaluationError.shared(level: level, fold: number + 1, what: guarded)
      }
      guard persons.count == fold.sharedPersons, recordings.count == fold.sharedRecordings else {
        throw EvaluationError.incomplete(
          "the proof of fold \(number + 1) counts \(fold.sharedPersons) shared persons and "
            + "\(fold.sharedRecordings) shared recordings, but lists \(persons.count) and "
            + "\(recordings.count); it was changed after it was made")
      }
    }
  }

  /// All persons of the split.
  public var persons: [String] { Set(folds.flatMap(\.test.persons)).sorted() }
  /// All windows of the split.
  public var windows: Int { folds.reduce(0) { $0 + $1.test.windows } }
  /// Persons who are in some fold tested and learned from.
  public var personsOnBothSides: Int { onBothSides(\.persons) }
  /// Recordings that are in some fold tested and learned from.
  public var recordingsOnBothSides: Int { onBothSides(\.recordings) }

  private func onBothSides(_ names: KeyPath<Side, [String]>) -> Int {
    folds.reduce(into: Set<String>()) { found, fold in
      found.formUnion(Self.shared(fold.test, fold.training, fold.validation, names))
    }.count
  }

  private static func shared(
    _ side: Side, _ first: Side, _ second: Side?, _ names: KeyPath<Side, [String]>
  ) -> [String] {
    let others = Set(first[keyPath: names]).union(second?[keyPath: names] ?? [])
    return side[keyPath: names].filter(others.contains)
  }

  /// Every window stands on one side of every fold.
  private static func checkSides(of folds: [Split.Fold], count: Int) throws {
    for (number, fold) in folds.enumerated() {
      var sides = [Int](repeating: 0, count: count)
      for window in fold.training + fold.validation + fold.test {
        guard sides.indices.contains(window) else {
          throw EvaluationError.incomplete(
            "fold \(number + 1) names window \(window), but there are \(count)")
        }
        sides[window] += 1
      }
      let twice = sides.indices.filter { sides[$0] > 1 }
      guard twice.isEmpty else {
        throw EvaluationError.shared(level: .window, fold: number + 1, what: twice.map(String.init))
      }
      if let missing = sides.firstIndex(of: 0) {
        throw EvaluationError.incomplete(
          "window \(missing) stands on no side of fold \(number + 1)")
      }
    }
  }

  /// Every window is tested once.
  private static func checkTested(_ folds: [Split.Fold], count: Int) throws {
    var tested = [Int](repeating: 0, count: count)
    for window in folds.flatMap(\.test) { tested[window] += 1 }
    if let window = tested.firstIndex(where: { $0 != 1 }) {
      throw EvaluationError.incomplete(
        "every window must be tested in one fold, but window \(window) is in \(tested[window])")
    }
  }
}

extension SplitProof: CustomStringConvertible {
  /// One sentence, such as `person split, 10 folds, 28 persons, 812 windows: no person and no
  /// recording is both tested and learned from`.
  public var description: String {
    let persons = personsOnBothSides
    let recordings = recordingsOnBothSides
    let learned =
      switch (persons, recordings) {
      case (0, 0): "no person and no recording is both tested and learned from"
      case (_, 0): "\(persons) persons, but no recording, are both tested and learned from"
      default: "\(persons) persons and \(recordings) recordings are both tested and learned from"
      }
    return "\(level.rawValue) split, \(folds.count) folds, \(self.persons.count) persons, "
      + "\(windows) windows: \(learned)"
  }
}
