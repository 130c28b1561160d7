/// A figure of how good predictions are.
public enum Metric: String, Codable, CaseIterable, Sendable {
  /// The share of windows that are right.
  case accuracy
  /// The recall averaged over classes: a constant answer scores 1/K.
  case balancedAccuracy
  /// F1 averaged over classes.
  case macroF1
  /// The published code's F1: the harmonic mean of macro precision and macro recall.
  case publishedF1
  /// The area under the ROC curve of class 1, for two classes: 0.5 is guessing. Windows are ranked
  /// against windows of the same fold only, since each fold's model has a scale of its own.
  case areaUnderROC
  /// The same with the windows of all folds ranked together. A fold whose model leans to one class
  /// pulls it down; where a fold tests one class it is the only one that is defined.
  case pooledAreaUnderROC
  /// How far confidence lies from accuracy: 0 is calibrated. Lower is better.
  case expectedCalibrationError

  /// The name in tables.
  public var displayName: String {
    switch self {
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced accuracy"
    case .macroF1: "macro-F1"
    case .publishedF1: "F1 as published"
    case .areaUnderROC: "AUROC"
    case .pooledAreaUnderROC: "AUROC, folds pooled"
    case .expectedCalibrationError: "calibration error"
    }
  }

  /// Whether more is better.
  public var higherIsBetter: Bool { self != .expectedCalibrationError }

  /// The metrics that mean something for K classes: the area under the ROC curve only for two.
  public static func defined(forClasses count: Int) -> [Metric] {
    allCases.filter { ![.areaUnderROC, .pooledAreaUnderROC].contains($0) || count == 2 }
  }

  /// The value on predictions, all windows counted alike.
  ///
  /// Predictions of all folds are pooled, not averaged fold by fold, so that small folds do not
  /// count for more. The area under the ROC curve pools the pairs of windows that it compares, and
  /// compares within folds: Σ pairs in order over Σ pairs.
  /// - Returns: nil where it is not defined: the area under the ROC curve unless there are two
  ///   classes and both occur.
  public func value(of predictions: Predictions) -> Double? {
    let table = PersonTable(predictions)
    return table.value(of: self, weights: [Int](repeating: 1, count: table.persons.count))
  }
}
