/// Methods compared on the same folds, under one or more splits side by side.
public struct ComparisonTable: Sendable {
  /// A method and its scores.
  public struct Method: Sendable {
    /// The method in words, such as `pre-trained, frozen`.
    public var name: String
    /// Its scores, at most one a split; a split that does not apply is absent.
    public var scores: [MethodScores]
    /// The number of its colour, for rows that belong together; nil for one of its own.
    public var hue: Int?

    /// A method and its scores.
    public init(name: String, scores: [MethodScores], hue: Int? = nil) {
      self.name = name
      self.scores = scores
      self.hue = hue
    }

    /// The score under a split.
    public func score(_ split: ReportedSplit) -> MethodScores? {
      scores.first { $0.split == split }
    }
  }

  /// What is recognised, such as `stress`.
  public var target: String
  /// The score's name, such as `balanced accuracy`.
  public var metric: String
  /// What a guess gets, if that is a fixed number.
  public var chance: Double?
  /// The methods in the order to show them.
  public var methods: [Method]

  /// Methods to be compared.
  public init(target: String, metric: String, chance: Double?, methods: [Method]) {
    self.target = target
    self.metric = metric
    self.chance = chance
    self.methods = methods
  }

  /// The splits that have a score, from the most lenient to the most honest.
  public var splits: [ReportedSplit] {
    ReportedSplit.allCases.filter { split in methods.contains { $0.score(split) != nil } }
  }

  /// Split, meaning and persons, for the head of a column.
  package func heading(_ split: ReportedSplit) -> String {
    let counts = Set(methods.compactMap { $0.score(split)?.persons })
    guard let most = counts.max(), let least = counts.min() else { return split.title }
    let persons = most == least ? personsText(most) : "\(least) to \(personsText(most))"
    return "\(split.title), \(persons)"
  }

  /// Why some scores have no interval, a sentence each; to be shown with the table.
  public var notes: [String] {
    var reasons: [String] = []
    for score in methods.flatMap(\.scores) where score.interval.limits == nil {
      let reason = score.interval.text
      if !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.map { "[–]: \($0)." }
  }

  /// The comparison for the terminal; `notes` belong under it.
  public var textTable: TextTable {
    var table = TextTable(
      columns: [.init("\(target): \(metric)")]
        + splits.map { TextTable.Column(heading($0), .right) })
    for method in methods {
      table.add([method.name] + splits.map { method.score($0)?.cellText ?? "–" })
    }
    if let chance { table.add(["chance"] + splits.map { _ in scoreText(chance) }) }
    return table
  }

  /// The comparison for a report.
  public var reportTable: ReportTable {
    var table = ReportTable(
      name: "scores-\(target)-\(metric)",
      caption:
        "\(metric.sentenceCase), \(target). Brackets: 95 % intervals, bootstrap over persons. "
        + notes.joined(separator: " "),
      columns: [.init("method")]
        + splits.map { split in
          // The number stays on the line of its noun.
          .init(heading(split).replacing(" person", with: "\u{A0}person"), isNumber: true)
        })
    for method in methods {
      table.rows.append([method.name] + splits.map { method.score($0)?.cellText ?? "–" })
    }
    if let chance { table.rows.append(["chance"] + splits.map { _ in scoreText(chance) }) }
    return table
  }

  /// Every number of the comparison, persons included.
  public var csv: String {
    var csv = CSVText(columns: [
      "target", "metric", "method", "split", "persons", "person", "value", "lower95", "upper95",
    ])
    for method in methods {
      for score in method.scores {
        let limits = score.interval.limits
        let head: [CSVText.Cell] = [
          .text(target), .text(metric), .text(method.name), .text(score.split.rawValue),
          .number(Double(score.persons)),
        ]
        csv.add(
          head + [
            "", .number(score.value), .number(limits?.lower ?? .nan),
            .number(limits?.upper ?? .nan),
          ])
        for one in score.perPerson {
          csv.add(head + [.text(one.person), .number(one.value), "", ""])
        }
      }
    }
    return csv.text
  }
}

extension String {
  /// The text with its first letter as a capital.
  package var sentenceCase: String { prefix(1).uppercased() + dropFirst() }
}
