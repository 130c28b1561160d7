/// Who stands on which side of a split, fold by fold: what a claim about unseen persons rests on.
///
/// Whatever is shared is computed here from the names, not taken on trust.
public struct SplitProof: Sendable {
  /// A fold.
  public struct Fold: Sendable {
    /// The persons trained on, pre-training included.
    public var training: [String]
    /// The persons that settings and epochs were chosen on.
    public var validation: [String]
    /// The persons tested.
    public var test: [String]
    /// How many windows were trained on and tested.
    public var trainingWindows: Int
    public var testWindows: Int

    /// A fold.
    public init(
      training: [String], validation: [String] = [], test: [String], trainingWindows: Int,
      testWindows: Int
    ) {
      self.training = training
      self.validation = validation
      self.test = test
      self.trainingWindows = trainingWindows
      self.testWindows = testWindows
    }

    /// The test persons that are also on the other side.
    public var shared: [String] {
      let seen = Set(training).union(validation)
      return Set(test).filter(seen.contains).sorted()
    }
  }

  /// What the split says it keeps apart.
  public var split: ReportedSplit
  /// The folds.
  public var folds: [Fold]

  /// A proof of given folds.
  public init(split: ReportedSplit, folds: [Fold]) {
    self.split = split
    self.folds = folds
  }

  /// What the folds show, in a sentence.
  public var sentence: String {
    let tested = Set(folds.flatMap(\.test)).count
    let shared = Set(folds.flatMap(\.shared)).count
    let head = "\(split.title.sentenceCase), \(folds.count) folds, \(personsText(tested)) tested: "
    if folds.isEmpty { return "\(split.title.sentenceCase): no folds." }
    if shared == 0 { return head + "no person stands on both sides in any fold." }
    let persons = "\(shared) of \(personsText(tested)) also stand in the training of their fold"
    return split == .person
      ? head + persons + ", so these scores are not about unseen persons."
      : head + persons + ", as this split allows."
  }

  /// The sentence, and the names for who wants to check.
  public var blocks: [ReportBlock] {
    var table = ReportTable(
      name: "split-\(split.rawValue)", caption: "Persons and windows on each side, by fold.",
      columns: [
        .init("fold"), .init("tested"), .init("chosen on"), .init("trained on"),
        .init("on both sides"), .init("windows tested", isNumber: true),
        .init("windows trained on", isNumber: true),
      ])
    for (index, fold) in folds.enumerated() {
      table.rows.append([
        "\(index + 1)", names(fold.test), names(fold.validation), names(fold.training),
        names(fold.shared), countText(fold.testWindows), countText(fold.trainingWindows),
      ])
    }
    let isBroken = split == .person && folds.contains { !$0.shared.isEmpty }
    return [
      isBroken ? .notice(sentence) : .paragraph(sentence),
      .details(summary: "Persons on each side, \(split.title)", [.table(table)]),
    ]
  }

  private func names(_ persons: [String]) -> String {
    persons.isEmpty ? "none" : Set(persons).sorted(by: naturalOrder).joined(separator: ", ")
  }
}

/// `P2` before `P10`.
private func naturalOrder(_ left: String, _ right: String) -> Bool {
  left.count == right.count || left.prefix(1) != right.prefix(1)
    ? left < right : left.count < right.count
}
