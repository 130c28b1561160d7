import ECGSignal

/// Which windows train and which are tested, fold by fold, with the proof that nothing is shared.
///
/// A split cannot be put together from bare numbers: it comes from `folds(_:by:of:)` or
/// `leaveOneOut(by:of:)`, which check it against the windows' records, and everything that scores
/// takes a split and nothing less.
///
/// ```swift
/// let split = try Split.folds(10, by: .person, of: records, classes: classes, seed: 1)
/// print(split.proof)
/// ```
///
/// What a split does *not* promise: a window split keeps windows apart, not persons or recordings.
/// It is the published protocol (`KFold` over windows), and its scores are mostly recognition of
/// the person and the clip.
public struct Split: Hashable, Sendable {
  /// What is kept on one side of every fold.
  public enum Level: String, Codable, CaseIterable, Sendable {
    /// Windows only: persons and recordings stand on both sides.
    case window
    /// Whole recordings (clips, blocks, phases): persons stand on both sides.
    case recording
    /// Whole persons: the tested persons are new.
    case person
  }

  /// The windows of one fold by their number in the records; the three parts share none.
  public struct Fold: Hashable, Sendable {
    /// Windows to learn from.
    public let training: [Int]
    /// Windows set aside from training, in whole units of the split's level, for choosing the
    /// number of epochs and other settings; empty where training has fewer than three units.
    public let validation: [Int]
    /// Windows to be tested on, seen in no other way.
    public let test: [Int]

    /// Everything that is not tested, in order: for what has no settings to choose, and for a
    /// second fit once they are chosen.
    public var development: [Int] { (training + validation).sorted() }

    /// The parts of a fold.
    package init(training: [Int], validation: [Int], test: [Int]) {
      self.training = training
      self.validation = validation
      self.test = test
    }
  }

  /// What is kept on one side of every fold.
  public let level: Level
  /// The folds; every window is tested in exactly one.
  public let folds: [Fold]
  /// Whether every fold tests a single unit.
  public let isLeaveOneOut: Bool
  /// Which persons and recordings stand where, for reports, to be checked again by anybody.
  public let proof: SplitProof

  /// A split of given folds, once it is proven that they are one.
  /// - Throws: `EvaluationError.incomplete` unless every window is tested once and stands on some
  ///   side of every fold; `.shared` if a unit of the level stands on two sides of a fold.
  package init(
    checking folds: [Fold], by level: Level, of records: [WindowRecord], isLeaveOneOut: Bool = false
  ) throws {
    self.level = level
    self.folds = folds
    self.isLeaveOneOut = isLeaveOneOut
    proof = try SplitProof(of: folds, by: level, records: records)
  }

  /// Checks again that this is a split of the given records and that nothing is shared.
  /// - Throws: `EvaluationError.incomplete`, `.shared`, or `.notComparable` when the records are
  ///   others than those the split was made of.
  public func check(against records: [WindowRecord]) throws {
    guard try SplitProof(of: folds, by: level, records: records) == proof else {
      throw EvaluationError.notComparable(
        "the split was made of other windows than it is used on; make it of these records")
    }
  }
}

extension Split.Level {
  /// The units by name: windows, recordings, persons.
  public var plural: String { rawValue + "s" }

  /// The unit each record belongs to.
  func unit(of record: WindowRecord, index: Int) -> String {
    switch self {
    case .window: String(index)
    case .recording: record.recordingIdentity
    case .person: record.personIdentity
    }
  }
}
