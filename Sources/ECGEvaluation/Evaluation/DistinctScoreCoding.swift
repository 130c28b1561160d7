/// The published code's coding of scores: the class is the score less the lowest one, and there are as
/// many classes as distinct scores. Where a score in between does not occur, the highest ones have no
/// class of their own: their one-hot targets are all zero, so nothing is learned from them.
struct DistinctScoreCoding {
  /// The published class of each class of ours.
  let codes: [Int]
  private var count: Int { codes.count }

  /// The coding of classes by name.
  /// - Throws: `EvaluationError.configuration` unless the names are whole numbers.
  init(classNames: [String]) throws {
    let scores = classNames.compactMap { Int($0) }
    guard scores.count == classNames.count, let lowest = scores.min() else {
      throw EvaluationError.configuration(
        "the published coding of classes needs whole numbers, but the classes are "
          + classNames.joined(separator: ", "))
    }
    codes = scores.map { $0 - lowest }
  }

  /// The task as the published code learns it.
  func published(_ task: FoldTask) -> FoldTask {
    func kept(_ windows: [Int], _ classes: [Int]) -> (windows: [Int], classes: [Int]) {
      let places = windows.indices.filter { codes[classes[$0]] < count }
      return (places.map { windows[$0] }, places.map { codes[classes[$0]] })
    }
    let training = kept(task.training, task.trainingClasses)
    let validation = kept(task.validation, task.validationClasses)
    return FoldTask(
      windows: task.windows, classCount: task.classCount, training: training.windows,
      trainingClasses: training.classes, validation: validation.windows,
      validationClasses: validation.classes, test: task.test, seed: task.seed)
  }

  /// What the published network's N × K answers say of our classes.
  func answers(_ probabilities: [Double]) -> [Double] {
    var answers = probabilities
    for row in stride(from: 0, to: probabilities.count, by: count) {
      for (number, code) in codes.enumerated() {
        answers[row + number] = code < count ? probabilities[row + code] : 0
      }
    }
    return answers
  }
}
