import ECGRandom
import ECGSignal

extension Split {
  /// Splits windows into k folds, each tested once.
  ///
  /// Persons and recordings are dealt out so that the folds differ by at most one unit and the
  /// classes are spread over the folds as evenly as whole units allow: units come in random order,
  /// the largest first, and each goes to the fold that has least of its classes. Windows are
  /// shuffled and cut into k parts without regard to class, as the published `KFold` does (its
  /// random numbers are NumPy's, so its folds are others).
  ///
  /// - Parameters:
  ///   - count: the number of folds k, at least 2 and at most the number of units.
  ///   - level: what is kept on one side.
  ///   - records: one record a window.
  ///   - classes: the class of each window, from 0.
  ///   - seed: the same seed gives the same split.
  ///   - validationShare: the share of a fold's training units set aside as validation units.
  /// - Throws: `EvaluationError` when there is only one class, only one person in a person split,
  ///   fewer units than folds, or a window twice.
  public static func folds(
    _ count: Int, by level: Level, of records: [WindowRecord], classes: [Int], seed: UInt64,
    validationShare: Double = 0.2
  ) throws -> Split {
    guard count >= 2 else { throw EvaluationError.foldCount(count) }
    let units = try SplitUnits(level: level, records: records, classes: classes)
    guard units.count >= count else {
      throw EvaluationError.tooFewUnits(level: level, found: units.count, folds: count)
    }
    let parts =
      level == .window
      ? units.shuffledParts(count, seed: seed)
      : units.stratifiedParts(of: Array(0..<units.count), into: count, seed: seed, fold: 0)
    return try Split(
      testing: parts, units: units, records: records, seed: seed, validationShare: validationShare,
      isLeaveOneOut: false)
  }

  /// Splits windows so that each fold tests one unit: by person, *leave-one-subject-out*.
  ///
  /// There are as many folds as units; by window that is as many as windows, so it is refused.
  /// - Throws: `EvaluationError`, as for `folds(_:by:of:)`; `.configuration` by window.
  public static func leaveOneOut(
    by level: Level, of records: [WindowRecord], classes: [Int], seed: UInt64,
    validationShare: Double = 0.2
  ) throws -> Split {
    guard level != .window else {
      throw EvaluationError.configuration(
        "leaving one window out would need a fold for each of the \(records.count) windows; use "
          + "folds, or leave out recordings or persons")
    }
    let units = try SplitUnits(level: level, records: records, classes: classes)
    guard units.count >= 2 else {
      throw EvaluationError.tooFewUnits(level: level, found: units.count, folds: 2)
    }
    return try Split(
      testing: (0..<units.count).map { [$0] }, units: units, records: records, seed: seed,
      validationShare: validationShare, isLeaveOneOut: true)
  }

  /// The split whose folds test given parts of the units.
  private init(
    testing parts: [[Int]], units: SplitUnits, records: [WindowRecord], seed: UInt64,
    validationShare: Double, isLeaveOneOut: Bool
  ) throws {
    guard (0..<1).contains(validationShare) else {
      throw EvaluationError.validationShare(validationShare)
    }
    let folds = parts.enumerated().map { number, part in
      let tested = Set(part)
      let rest = (0..<units.count).filter { !tested.contains($0) }
      let aside = units.validation(of: rest, share: validationShare, seed: seed, fold: number)
      let kept = Set(aside)
      return Fold(
        training: units.windows(of: rest.filter { !kept.contains($0) }),
        validation: units.windows(of: aside), test: units.windows(of: part))
    }
    try self.init(
      checking: folds, by: units.level, of: records, isLeaveOneOut: isLeaveOneOut)
  }
}
