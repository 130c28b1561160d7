import ECGSignal

/// What the cells of a study say together: scores over seeds, leak gaps, paired tests, corrected for
/// their number.
public struct StudyAnalysis: Codable, Sendable {
  /// A method under a split, on a target, with a choice of factors; all seeds together.
  public struct Row: Codable, Hashable, Sendable {
    /// The data's name.
    public let data: String
    /// The factors' values.
    public let values: [String]
    /// The split.
    public let level: Split.Level
    /// The method.
    public let method: Method
    /// The seeds.
    public let seeds: [UInt64]
    /// The metric's mean over seeds.
    public let value: Double
    /// The 95 % interval by bootstrap over persons.
    public let interval: Interval?
    /// Each person's own score, where it is defined.
    public let persons: [Person]
    /// The score under the window split less this one, for the person split; nil without both.
    public let leakGap: Difference?
    /// The largest of the seeds' probabilities in the test against chance, corrected for the number
    /// of rows of the same data.
    public let chanceP: Double?
  }

  /// A person's own score.
  public struct Person: Codable, Hashable, Sendable {
    public let person: String
    public let value: Double
  }

  /// A difference with its interval over persons.
  public struct Difference: Codable, Hashable, Sendable {
    public let value: Double
    public let interval: Interval?
  }

  /// Two methods compared on the same folds.
  public struct Comparison: Codable, Hashable, Sendable {
    public let data: String
    public let values: [String]
    public let level: Split.Level
    public let method: Method
    public let reference: Method
    /// The method's score less the reference's.
    public let difference: Difference
    /// Over persons.
    public let signedRank: SignedRankTest?
    /// The signed-rank test's probability, corrected for the number of comparisons of the study.
    public let correctedP: Double?
    /// Over folds and seeds.
    public let correctedT: CorrectedTTest?
    /// How large it is, over persons.
    public let effect: PairedEffect?
  }

  /// The metric of everything.
  public let metric: Metric
  /// Row after row.
  public internal(set) var rows: [Row] = []
  /// Comparison after comparison.
  public internal(set) var comparisons: [Comparison] = []
}

extension StudyAnalysis {
  /// Puts the results of a study together.
  /// - Parameter results: with their predictions.
  public init(_ definition: StudyDefinition, _ results: [StudyCellResult]) throws {
    metric = definition.metric
    let bootstrap = Bootstrap(resamples: results.first?.settings.resamples ?? 0, seed: 1)
    let table = try CellTable(results)
    for place in table.places {
      if let row = Self.row(place, table, metric, bootstrap) { rows.append(row) }
    }
    correctChance()
    for place in table.places where place.method.isLearned {
      // Two references are compared with one another once.
      let rank = definition.references.firstIndex(of: place.method) ?? .max
      for (number, reference) in definition.references.enumerated()
      where reference != place.method && number < rank {
        if let comparison = Self.comparison(place, reference, table, metric, bootstrap) {
          comparisons.append(comparison)
        }
      }
    }
    correctComparisons()
  }

  private static func row(
    _ place: CellTable.Place, _ table: CellTable, _ metric: Metric, _ bootstrap: Bootstrap
  ) -> Row? {
    guard let scores = table[place], let value = scores.value(of: metric) else { return nil }
    let persons = zip(scores.persons, scores.personValues(of: metric)).compactMap {
      person, value in value.map { Person(person: person, value: $0) }
    }
    var gap: Difference?
    if place.level == .person, let window = table[place.under(.window)] {
      gap = difference(window, scores, metric, bootstrap)
    }
    let chances = table.results(place).map { $0.outcome?.chance?.pValue }
    let worst = chances.compactMap { $0 }
    return Row(
      data: place.data, values: place.values, level: place.level, method: place.method,
      seeds: table.results(place).map(\.seed), value: value,
      interval: bootstrap.interval(persons: scores.persons.count) {
        scores.value(of: metric, weights: $0)
      }, persons: persons, leakGap: gap,
      chanceP: worst.count == chances.count ? worst.max() : nil)
  }

  private static func comparison(
    _ place: CellTable.Place, _ reference: Method, _ table: CellTable, _ metric: Metric,
    _ bootstrap: Bootstrap
  ) -> Comparison? {
    guard let own = table[place], let other = table.nearest(place, reference),
      let difference = difference(own, other, metric, bootstrap)
    else { return nil }
    let persons = zip(own.personValues(of: metric), other.personValues(of: metric)).compactMap {
      one, two in one.flatMap { one in two.map { one - $0 } }
    }
    let folds = zip(own.foldValues(of: metric), other.foldValues(of: metric)).compactMap {
      one, two in one.flatMap { one in two.map { one - $0 } }
    }
    return Comparison(
      data: place.data, values: place.values, level: place.level, method: place.method,
      reference: reference, difference: difference, signedRank: SignedRankTest(of: persons),
      correctedP: nil, correctedT: CorrectedTTest(of: folds, testShare: own.testShare),
      effect: PairedEffect(of: persons))
  }

  private static func difference(
    _ one: SeedScores, _ other: SeedScores, _ metric: Metric, _ bootstrap: Bootstrap
  ) -> Difference? {
    guard one.persons == other.persons, let a = one.value(of: metric),
      let b = other.value(of: metric)
    else { return nil }
    return Difference(
      value: a - b,
      interval: bootstrap.interval(persons: one.persons.count) { weights in
        guard let a = one.value(of: metric, weights: weights),
          let b = other.value(of: metric, weights: weights)
        else { return nil }
        return a - b
      })
  }

  /// Holm's correction over the rows of each data entry.
  private mutating func correctChance() {
    for places in Dictionary(grouping: rows.indices, by: { rows[$0].data }).values {
      let tested = places.filter { rows[$0].chanceP != nil }
      let corrected = holmCorrected(tested.compactMap { rows[$0].chanceP })
      for (place, p) in zip(tested, corrected) { rows[place] = rows[place].with(chanceP: p) }
    }
  }

  /// Holm's correction over all comparisons of the study.
  private mutating func correctComparisons() {
    let tested = comparisons.indices.filter { comparisons[$0].signedRank != nil }
    let corrected = holmCorrected(tested.compactMap { comparisons[$0].signedRank?.pValue })
    for (place, p) in zip(tested, corrected) {
      comparisons[place] = comparisons[place].with(correctedP: p)
    }
  }
}

extension StudyAnalysis.Row {
  fileprivate func with(chanceP: Double) -> Self {
    Self(
      data: data, values: values, level: level, method: method, seeds: seeds, value: value,
      interval: interval, persons: persons, leakGap: leakGap, chanceP: chanceP)
  }
}

extension StudyAnalysis.Comparison {
  fileprivate func with(correctedP: Double) -> Self {
    Self(
      data: data, values: values, level: level, method: method, reference: reference,
      difference: difference, signedRank: signedRank, correctedP: correctedP,
      correctedT: correctedT, effect: effect)
  }
}

/// Results by their place in the grid, seeds together.
private struct CellTable {
  struct Place: Hashable {
    let data: String
    let values: [String]
    let level: Split.Level
    let method: Method

    func under(_ level: Split.Level) -> Place {
      Place(data: data, values: values, level: level, method: method)
    }
  }

  /// In the order of the results.
  private(set) var places: [Place] = []
  private var cells: [Place: [StudyCellResult]] = [:]
  private var scores: [Place: SeedScores] = [:]

  init(_ results: [StudyCellResult]) throws {
    for result in results where result.outcome?.predictions != nil {
      let place = Place(
        data: result.data.name, values: result.values, level: result.level, method: result.method)
      if cells[place] == nil { places.append(place) }
      cells[place, default: []].append(result)
    }
    for (place, results) in cells { scores[place] = try SeedScores(results) }
  }

  subscript(place: Place) -> SeedScores? { scores[place] }
  func results(_ place: Place) -> [StudyCellResult] { cells[place] ?? [] }

  /// A reference's scores at the place, or, where a factor does not concern it, those of its only
  /// choice.
  func nearest(_ place: Place, _ method: Method) -> SeedScores? {
    let exact = Place(
      data: place.data, values: place.values, level: place.level, method: method)
    if let found = scores[exact] { return found }
    let others = places.filter {
      $0.data == place.data && $0.level == place.level && $0.method == method
    }
    // The choice that agrees in the most factors.
    return others.max { agreement($0, place) < agreement($1, place) }.flatMap { scores[$0] }
  }

  private func agreement(_ one: Place, _ other: Place) -> Int {
    zip(one.values, other.values).filter(==).count
  }
}
