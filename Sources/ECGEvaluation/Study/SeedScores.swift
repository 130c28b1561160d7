import ECGSignal

/// The predictions of the same windows with several seeds, scored together: every statistic is the
/// mean over the seeds, and a resample of persons is the same for all of them.
struct SeedScores {
  /// The persons, sorted.
  let persons: [String]
  private let tables: [PersonTable]
  /// Windows trained on and tested by fold, and the predictions of each fold, seed after seed.
  private let folds: [(training: Int, test: Int, table: PersonTable)]

  /// The scores of results that differ in their seed only.
  /// - Returns: nil when none of them has predictions of the same persons.
  init?(_ results: [StudyCellResult]) throws {
    var tables: [PersonTable] = []
    var folds: [(Int, Int, PersonTable)] = []
    for result in results {
      guard let outcome = result.outcome, let kept = outcome.predictions else { continue }
      let all = try kept.predictions(classCount: outcome.classNames.count)
      tables.append(PersonTable(all))
      for (number, fold) in outcome.folds.enumerated() {
        let windows = all.truth.indices.filter { all.folds?[$0] == number }
        guard !windows.isEmpty else { continue }
        let count = all.classCount
        let part = try Predictions(
          classCount: count, truth: windows.map { all.truth[$0] },
          probabilities: windows.flatMap { all.probabilities[$0 * count..<($0 + 1) * count] },
          persons: windows.map { all.persons[$0] })
        folds.append((fold.training, fold.test, PersonTable(part)))
      }
    }
    guard let first = tables.first, tables.allSatisfy({ $0.persons == first.persons }) else {
      return nil
    }
    persons = first.persons
    self.tables = tables
    self.folds = folds
  }

  /// The mean over seeds with every person counted a number of times.
  func value(of metric: Metric, weights: [Int]) -> Double? {
    let values = tables.compactMap { $0.value(of: metric, weights: weights) }
    return values.count == tables.count ? values.reduce(0, +) / Double(values.count) : nil
  }

  /// The mean over seeds of all persons.
  func value(of metric: Metric) -> Double? {
    value(of: metric, weights: [Int](repeating: 1, count: persons.count))
  }

  /// The mean over seeds of each person alone; nil where it is not defined.
  func personValues(of metric: Metric) -> [Double?] {
    persons.indices.map { person in
      var weights = [Int](repeating: 0, count: persons.count)
      weights[person] = 1
      return value(of: metric, weights: weights)
    }
  }

  /// The value in each fold of each seed; nil where it is not defined.
  func foldValues(of metric: Metric) -> [Double?] {
    folds.map { fold in
      fold.table.value(of: metric, weights: [Int](repeating: 1, count: fold.table.persons.count))
    }
  }

  /// Windows tested over windows trained on, the mean over folds.
  var testShare: Double {
    let shares = folds.filter { $0.training > 0 }.map { Double($0.test) / Double($0.training) }
    return shares.isEmpty ? 1 : shares.reduce(0, +) / Double(shares.count)
  }
}
