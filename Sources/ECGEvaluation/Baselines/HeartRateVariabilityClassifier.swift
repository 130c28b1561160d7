import Foundation

/// Logistic regression on heart-rate variability, its penalty chosen on validation windows.
package struct HeartRateVariabilityClassifier {
  private let model: LogisticRegression
  /// The penalty that was used.
  package let l2: Double

  /// Chooses the penalty with the least log loss on validation windows after fitting to training
  /// windows, then fits to both; the first penalty when there are no validation windows.
  /// - Parameters:
  ///   - penalties: at least one.
  ///   - balancesClasses: whether every class counts alike.
  package init(
    table: HeartRateVariabilityTable, task: FoldTask, penalties: [Double], balancesClasses: Bool
  ) throws {
    func fit(_ windows: [Int], _ classes: [Int], _ l2: Double) throws -> LogisticRegression {
      try LogisticRegression(
        features: table.rows(windows), featureCount: table.names.count, classes: classes,
        classCount: task.classCount, l2: l2, balancesClasses: balancesClasses)
    }
    guard var best = penalties.first else {
      throw EvaluationError.configuration(
        "the logistic regression needs at least one L2 weight to choose from")
    }
    if !task.validation.isEmpty, penalties.count > 1 {
      let rows = table.rows(task.validation)
      let weights =
        balancesClasses
        ? balancedWeights(of: task.trainingClasses, classCount: task.classCount)
        : [Double](repeating: 1, count: task.classCount)
      var least = Double.infinity
      for l2 in penalties {
        let probabilities = try fit(task.training, task.trainingClasses, l2)
          .probabilities(of: rows)
        var loss = 0.0
        for (row, number) in task.validationClasses.enumerated() {
          loss -= weights[number] * log(max(probabilities[row * task.classCount + number], 1e-15))
        }
        if loss < least { (best, least) = (l2, loss) }
      }
    }
    l2 = best
    model = try fit(
      task.training + task.validation, task.trainingClasses + task.validationClasses, best)
  }

  /// Probabilities, N × K, of some windows of the table.
  package func probabilities(of windows: [Int], in table: HeartRateVariabilityTable) -> [Double] {
    model.probabilities(of: table.rows(windows))
  }
}
