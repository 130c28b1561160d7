/// What an epoch of an emotion recognition network's training came to.
public struct EmotionEpoch: Codable, Hashable, Sendable {
  /// The number of the epoch, from 1.
  public var number: Int
  /// On the windows learned from, with dropout, each before the step it was used in.
  public var training: EmotionScores
  /// On the validation windows after the epoch, if there are any.
  public var validation: EmotionScores?
}

/// How well windows are classified.
public struct EmotionScores: Codable, Hashable, Sendable {
  /// The mean loss of a window; in training with the L2 term.
  public var loss: Double
  /// The share of windows classified rightly.
  public var accuracy: Double
  /// The mean over the classes that occur of F1 = 2 TP / (2 TP + FP + FN).
  public var macroF1: Double
}

/// Scores in the making.
struct EmotionTally {
  private var lossSum = 0.0
  private var counts: [Int]
  private let classCount: Int

  init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// Adds a batch: its mean loss, and K logits and a class for each row.
  mutating func add(loss: Double, logits: [Float], classes: some Collection<Int>) {
    lossSum += loss * Double(classes.count)
    for (row, truth) in classes.enumerated() {
      let first = row * classCount
      var best = 0
      for k in 1..<classCount where logits[first + k] > logits[first + best] { best = k }
      counts[truth * classCount + best] += 1
    }
  }

  var scores: EmotionScores {
    let total = Double(max(counts.reduce(0, +), 1))
    var right = 0
    var f1s: [Double] = []
    for k in 0..<classCount {
      let truePositives = counts[k * classCount + k]
      let trueClass = (0..<classCount).reduce(0) { $0 + counts[k * classCount + $1] }
      let predicted = (0..<classCount).reduce(0) { $0 + counts[$1 * classCount + k] }
      right += truePositives
      if trueClass > 0 { f1s.append(2 * Double(truePositives) / Double(trueClass + predicted)) }
    }
    return EmotionScores(
      loss: lossSum / total, accuracy: Double(right) / total,
      macroF1: f1s.isEmpty ? 0 : f1s.reduce(0, +) / Double(f1s.count))
  }
}
