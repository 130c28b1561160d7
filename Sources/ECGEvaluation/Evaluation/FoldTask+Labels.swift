import ECGRandom
import ECGSignal

extension RandomPurpose {
  fileprivate static let labelBudget = RandomPurpose("evaluation.label-budget")
  fileprivate static let corpus = RandomPurpose("evaluation.pretraining-corpus")
}

extension FoldTask {
  /// The task with the labels of a part of its training and validation units only.
  func keeping(_ budget: LabelBudget, of records: [WindowRecord]) -> FoldTask {
    guard budget.share < 1 else { return self }
    let kept = part(training, trainingClasses, budget, records, index: 0)
    let chosenOn = part(validation, validationClasses, budget, records, index: 1)
    return FoldTask(
      windows: windows, classCount: classCount, training: kept.map { training[$0] },
      trainingClasses: kept.map { trainingClasses[$0] },
      validation: chosenOn.map { validation[$0] },
      validationClasses: chosenOn.map { validationClasses[$0] }, test: test, seed: seed)
  }

  /// The places in a list of windows that are kept, in order.
  private func part(
    _ list: [Int], _ classes: [Int], _ budget: LabelBudget, _ records: [WindowRecord], index: Int
  ) -> [Int] {
    func first(_ count: Int) -> Int { max(1, Int((budget.share * Double(count)).rounded())) }
    var stream = RandomStream(seed: seed, purpose: .labelBudget, index: index)
    if budget.unit == .window {
      var order = Array(list.indices)
      stream.shuffle(&order)
      let byClass = Dictionary(grouping: order) { classes[$0] }
      return byClass.values.flatMap { $0.prefix(first($0.count)) }.sorted()
    }
    let units = list.map {
      budget.unit == .person ? records[$0].personIdentity : records[$0].recordingIdentity
    }
    var order = Set(units).sorted()
    stream.shuffle(&order)
    let kept = Set(order.prefix(first(order.count)))
    return list.indices.filter { kept.contains(units[$0]) }
  }

  /// At most so many of a list of windows, drawn at random; all for 0.
  func draw(_ count: Int, of windows: [Int]) -> [Int] {
    guard count > 0, count < windows.count else { return windows }
    var stream = RandomStream(seed: seed, purpose: .corpus)
    var order = windows
    stream.shuffle(&order)
    return order.prefix(count).sorted()
  }
}

/// Answers averaged over neighbouring windows of the same recording.
struct AnswerContext {
  /// Windows before and after.
  let reach: Int

  /// N × K probabilities of tested windows, each the mean over itself and its tested neighbours.
  func smoothed(
    _ probabilities: [Double], of windows: [Int], _ records: [WindowRecord]
  ) -> [Double] {
    guard reach > 0, !windows.isEmpty else { return probabilities }
    let classCount = probabilities.count / windows.count
    var smoothed = probabilities
    let recordings = Dictionary(grouping: windows.indices) {
      records[windows[$0]].recordingIdentity
    }
    for rows in recordings.values {
      let ordered = rows.sorted { records[windows[$0]].start < records[windows[$1]].start }
      for (place, row) in ordered.enumerated() {
        let near = ordered[max(0, place - reach)...min(ordered.count - 1, place + reach)]
        for number in 0..<classCount {
          smoothed[row * classCount + number] =
            near.reduce(0) { $0 + probabilities[$1 * classCount + number] } / Double(near.count)
        }
      }
    }
    return smoothed
  }
}
