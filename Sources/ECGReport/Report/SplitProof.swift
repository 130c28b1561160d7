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
    let group = commonGroup
    let whose = group.isEmpty ? "" : " All names are of \(group)."
    var table = ReportTable(
      name: "split-\(split.rawValue)",
      caption: "Persons on each side, and windows trained on and tested, by fold.\(whose)",
      columns: [
        .init("fold", isNumber: true), .init("trained on"), .init("chosen on"), .init("tested"),
        .init("on both sides"), .init("windows", isNumber: true),
      ])
    for (index, fold) in folds.enumerated() {
      table.rows.append([
        "\(index + 1)", names(fold.training), names(fold.validation), names(fold.test),
        names(fold.shared), "\(countText(fold.trainingWindows)), \(countText(fold.testWindows))",
      ])
    }
    let isBroken = split == .person && folds.contains { !$0.shared.isEmpty }
    return [
      isBroken ? .notice(sentence) : .paragraph(sentence),
      .details(summary: "Persons on each side, \(split.title)", [.table(table)]),
    ]
  }

  private var persons: Set<String> {
    Set(folds.flatMap { $0.training + $0.validation + $0.test })
  }

  /// What stands before the slash in all names, such as the data set; empty where it differs.
  private var commonGroup: String {
    let groups = Set(persons.map { $0.split(separator: "/").dropLast().joined(separator: "/") })
    return groups.count == 1 ? groups.first ?? "" : ""
  }

  /// Names without what all have in common; all there are in a word.
  private func names(_ some: [String]) -> String {
    if some.isEmpty { return "none" }
    if persons.count > 3, Set(some) == persons { return "all \(countText(persons.count))" }
    let shared = commonGroup.isEmpty ? 0 : commonGroup.count + 1
    return Set(some).map { String($0.dropFirst(shared)) }.sorted(by: naturalOrder)
      .joined(separator: ", ")
  }
}

/// `P2` before `P10`.
private func naturalOrder(_ left: String, _ right: String) -> Bool {
  left.count == right.count || left.prefix(1) != right.prefix(1)
    ? left < right : left.count < right.count
}
