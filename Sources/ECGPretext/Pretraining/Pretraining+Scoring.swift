import ECGNetwork
import ECGSignal

extension Pretraining {
  /// Scores groups of held-out windows apart, such as each person's, under the same transformations
  /// as after each epoch. The counts of all groups together are those of the last epoch, if every
  /// window is in one group.
  /// - Parameters:
  ///   - result: the network, as this configuration has trained it.
  ///   - heldOut: N windows of T samples.
  ///   - groups: the numbers of the windows of each group, in 0 ..< N.
  /// - Returns: the scores of each group, in order.
  /// - Throws: `NetworkError` for a network that cannot be built.
  public func scores(
    of result: PretrainingResult, on heldOut: any WindowSource, groups: [[Int]]
  ) throws -> [PretextScores] {
    let transformations = configuration.transformations
    let largest = min(configuration.batchWindows, groups.map(\.count).max() ?? 0)
    guard largest > 0 else {
      return groups.map { _ in PretextTally(names: transformations.names).scores }
    }
    let capacity = largest * transformations.count
    let network = try engine.makeNetwork(
      result.architecture, parameters: result.parameters, maximumBatch: capacity)
    var batch = TrainingBatch(capacity: capacity, architecture: result.architecture)
    let producer = PretextBatchProducer(
      source: heldOut, transformations: transformations, seed: configuration.seed,
      threads: threads)
    return try groups.map { windows in
      var tally = PretextTally(names: transformations.names)
      for first in stride(from: 0, to: windows.count, by: largest) {
        let end = min(first + largest, windows.count)
        producer.fill(&batch, windows: windows[first..<end], drawing: .heldOut)
        tally.add(batch, try network.evaluate(batch))
      }
      return tally.scores
    }
  }
}
