/// Why an evaluation cannot be made, or cannot be believed.
public enum EvaluationError: Error, Hashable, Sendable {
  /// There is nothing to evaluate.
  case noWindows
  /// Fewer than two classes among the labels: the name of the only one, if there is one.
  case oneClass(String?)
  /// A person split of the windows of a single person.
  case onePerson(String)
  /// Fewer units (windows, recordings, persons) than folds.
  case tooFewUnits(level: Split.Level, found: Int, folds: Int)
  /// A number of folds below 2.
  case foldCount(Int)
  /// A validation share that does not lie in 0 ..< 1.
  case validationShare(Double)
  /// Things that should be equally many and are not, or numbers out of range.
  case shape(String)
  /// The same window twice, so that no split by window could keep it on one side.
  case duplicateWindow(recording: String, start: Double)
  /// A split that has something on both sides of a fold: of which level, in which fold (from 1),
  /// and what.
  case shared(level: Split.Level, fold: Int, what: [String])
  /// A split that does not test every window exactly once, and where.
  case incomplete(String)
  /// Results that were made on different windows and cannot be compared.
  case notComparable(String)
  /// Settings that cannot be carried out together, and what to do.
  case configuration(String)
  /// The observer stopped the evaluation when so many of its parts were finished.
  case stopped(finished: Int, total: Int)
  /// A file of an evaluation that cannot be written or read, and why.
  case file(String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noWindows:
      "there is no labelled window to evaluate; check the store and the name of the target"
    case .oneClass(let name):
      "all windows have the same class\(name.map { " '\($0)'" } ?? ""), but an evaluation needs at "
        + "least two; choose another target or add recordings of another class"
    case .onePerson(let person):
      "a person split needs at least two persons, but all windows are of '\(person)'; add persons, "
        + "or split by recording or by window"
    case .tooFewUnits(let level, let found, let folds):
      "\(folds) folds by \(level.rawValue) need at least \(folds) \(level.plural), but there are "
        + "\(found); ask for \(found < 2 ? "a finer split" : "at most \(found) folds")"
    case .foldCount(let count):
      "an evaluation needs at least 2 folds, not \(count)"
    case .validationShare(let share):
      "the share of training set aside for validation must lie in 0 ..< 1, not \(share)"
    case .shape(let why): why
    case .duplicateWindow(let recording, let start):
      "the window at \(start) s of '\(recording)' comes twice; an evaluation needs every window "
        + "once, so give each store once"
    case .shared(let level, let fold, let what):
      "this is no split by \(level.rawValue): fold \(fold) has \(what.count) on both sides "
        + "(\(what.prefix(3).joined(separator: ", "))\(what.count > 3 ? ", …" : ""))"
    case .incomplete(let why): why
    case .notComparable(let why): why
    case .configuration(let why): why
    case .stopped(let finished, let total):
      "the evaluation was stopped when \(finished) of its \(total) parts were finished; run it again "
        + "with the same settings and the same cache to go on"
    case .file(let why): why
    }
  }
}
