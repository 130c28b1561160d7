import ECGSignal

/// What every method predicted for every window, under every split.
public struct EvaluationPredictions: Sendable {
  /// Where the N windows come from.
  public let records: [WindowRecord]
  /// The true class of each.
  public let classes: [Int]
  /// The names of the K classes.
  public let classNames: [String]
  /// Split after split, method after method.
  public internal(set) var methods: [MethodPredictions] = []

  init(_ data: EvaluationData) {
    records = data.records
    classes = data.classes
    classNames = data.classNames
  }

  /// The predictions of a method under a split, if it was run.
  public func predictions(_ level: Split.Level, _ method: Method) throws -> Predictions? {
    guard let found = methods.first(where: { $0.level == level && $0.method == method }) else {
      return nil
    }
    return try Predictions(
      classCount: classNames.count, truth: classes, probabilities: found.probabilities,
      persons: records.map(\.personIdentity), folds: found.folds)
  }
}

/// The predictions of one method under one split.
public struct MethodPredictions: Sendable {
  /// The split's level.
  public let level: Split.Level
  /// The method.
  public let method: Method
  /// The fold, from 0, in which each of the N windows was tested.
  public private(set) var folds: [Int]
  /// N × K, in the order of the records.
  public private(set) var probabilities: [Double]
  /// What was chosen in each fold.
  public private(set) var choices: [FoldChoice] = []

  init(level: Split.Level, method: Method, data: EvaluationData) {
    self.level = level
    self.method = method
    folds = [Int](repeating: 0, count: data.classes.count)
    probabilities = [Double](repeating: 0, count: data.classes.count * data.classCount)
  }

  mutating func put(_ answer: FoldAnswer, fold: Int, windows: [Int]) {
    let classCount = probabilities.count / folds.count
    for (row, window) in windows.enumerated() {
      folds[window] = fold
      for number in 0..<classCount {
        probabilities[window * classCount + number] =
          answer.probabilities[row * classCount + number]
      }
    }
    choices.append(FoldChoice(fold: fold + 1, epochs: answer.epochs, l2: answer.l2))
  }
}

/// What was chosen on a fold's validation windows.
public struct FoldChoice: Codable, Hashable, Sendable {
  /// The fold, from 1.
  public let fold: Int
  /// Epochs of training, for networks.
  public let epochs: Int?
  /// The L2 weight, for the logistic regression.
  public let l2: Double?
}
