/// What a method predicted for windows, with the truth and the person of each.
public struct Predictions: Hashable, Sendable {
  /// The number of classes, K.
  public let classCount: Int
  /// The true class of each of N windows, 0 ..< K.
  public let truth: [Int]
  /// The probability of each class, N × K, window after window.
  public let probabilities: [Double]
  /// The person of each window: what the bootstrap draws.
  public let persons: [String]
  /// The fold in which each window was tested; nil for predictions of a single model.
  public let folds: [Int]?

  /// Predictions of N windows.
  /// - Throws: `EvaluationError.shape` when the parts do not fit together or a probability is not
  ///   a finite number.
  public init(
    classCount: Int, truth: [Int], probabilities: [Double], persons: [String],
    folds: [Int]? = nil
  ) throws {
    guard !truth.isEmpty else { throw EvaluationError.noWindows }
    guard probabilities.count == truth.count * classCount, persons.count == truth.count else {
      throw EvaluationError.shape(
        "\(truth.count) windows of \(classCount) classes need \(truth.count * classCount) "
          + "probabilities and \(truth.count) persons, not \(probabilities.count) and "
          + "\(persons.count)")
    }
    guard folds?.count ?? truth.count == truth.count else {
      throw EvaluationError.shape(
        "\(truth.count) windows need a fold each, not \(folds?.count ?? 0)")
    }
    guard truth.allSatisfy((0..<classCount).contains) else {
      throw EvaluationError.shape("a true class does not lie in 0 ..< \(classCount)")
    }
    guard let bad = probabilities.firstIndex(where: { !$0.isFinite }) else {
      self.classCount = classCount
      self.truth = truth
      self.probabilities = probabilities
      self.persons = persons
      self.folds = folds
      return
    }
    throw EvaluationError.shape(
      "the prediction of window \(bad / classCount) is \(probabilities[bad]), not a probability; "
        + "training has diverged, so lower the learning rate")
  }

  /// How many windows there are, N.
  public var count: Int { truth.count }

  /// The predicted class of each window: the most probable, of equal ones the first.
  public var predicted: [Int] { truth.indices.map(predictedClass) }

  /// The predicted class of one window.
  func predictedClass(_ window: Int) -> Int {
    var best = 0
    for candidate in 1..<max(1, classCount)
    where self[window, candidate] > self[window, best] {
      best = candidate
    }
    return best
  }

  /// The probability of a class for a window.
  subscript(window: Int, number: Int) -> Double { probabilities[window * classCount + number] }
}
