/// What each person adds to every metric, so that a resample of persons is scored without going
/// through the windows again.
struct PersonTable {
  /// The persons, sorted: the order of every list of weights.
  let persons: [String]
  /// Windows by class of each person.
  let confusion: [ConfusionMatrix]
  private let classCount: Int
  private let calibration: CalibrationTable
  private let ranking: Ranking?
  private let pooledRanking: Ranking?

  init(_ predictions: Predictions) {
    let persons = Set(predictions.persons).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(persons, persons.indices))
    let windowPersons = predictions.persons.map { numbers[$0, default: 0] }
    var confusion = [ConfusionMatrix](
      repeating: ConfusionMatrix(classCount: predictions.classCount), count: persons.count)
    for (window, person) in windowPersons.enumerated() {
      confusion[person].add(
        truth: predictions.truth[window], predicted: predictions.predictedClass(window))
    }
    self.persons = persons
    self.confusion = confusion
    classCount = predictions.classCount
    calibration = CalibrationTable(
      predictions, persons: windowPersons, personCount: persons.count)
    ranking =
      classCount == 2
      ? Ranking(predictions, persons: windowPersons, folds: predictions.folds) : nil
    pooledRanking =
      classCount == 2 ? Ranking(predictions, persons: windowPersons, folds: nil) : nil
  }

  /// A metric with every person's windows counted `weights[person]` times; nil where not defined.
  func value(of metric: Metric, weights: [Int]) -> Double? {
    switch metric {
    case .accuracy: pooled(weights).accuracy
    case .balancedAccuracy: pooled(weights).balancedAccuracy
    case .macroF1: pooled(weights).macroF1
    case .publishedF1: pooled(weights).publishedF1
    case .areaUnderROC: ranking?.area(weights: weights)
    case .pooledAreaUnderROC: pooledRanking?.area(weights: weights)
    case .expectedCalibrationError: calibration.error(weights: weights)
    }
  }

  private func pooled(_ weights: [Int]) -> ConfusionMatrix {
    var sum = ConfusionMatrix(classCount: classCount)
    for (person, weight) in weights.enumerated() where weight > 0 {
      sum.add(confusion[person], times: weight)
    }
    return sum
  }
}
