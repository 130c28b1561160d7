import ECGNetwork
import ECGRandom
import ECGSignal

/// The epochs of a training: batches in a random order, validation, the choice of the epoch.
struct EmotionFit {
  var configuration: EmotionConfiguration
  var engine: any ComputeEngine
  var architecture: NetworkArchitecture
  var classCount: Int

  func run(
    from start: Parameters, on training: LabelledWindows, validation: LabelledWindows?,
    progress: ((Int, Int) throws -> Void)?, observe: ((EmotionEpoch) throws -> Void)?
  ) throws -> EmotionNetwork {
    let validation = validation.flatMap { $0.classes.isEmpty ? nil : $0 }
    let rows = min(
      configuration.batchSize, max(training.classes.count, validation?.classes.count ?? 0))
    let network = try engine.makeNetwork(architecture, parameters: start, maximumBatch: rows)
    var batch = TrainingBatch(capacity: rows, architecture: architecture)
    var result = EmotionNetwork(
      architecture: architecture, parameters: start, chosenEpoch: 0, history: [])
    var best: EmotionScores?
    var step = 0

    for number in 1...configuration.epochs {
      let learned = try learn(
        training, epoch: number, on: network, &batch, step: &step, progress: progress)
      let validated = try validation.map { try score($0, epoch: number, on: network, &batch) }
      let epoch = EmotionEpoch(number: number, training: learned, validation: validated)
      result.history.append(epoch)
      if isBetter(validated, than: best) {
        best = validated
        result.chosenEpoch = number
        // Without validation every epoch is better than the one before: read the last one only.
        if validation != nil || number == configuration.epochs {
          result.parameters = network.parameters()
        }
      }
      try observe?(epoch)
      let waited = number - result.chosenEpoch
      if configuration.patience > 0, waited >= configuration.patience { break }
    }
    return result
  }

  private func learn(
    _ training: LabelledWindows, epoch: Int, on network: any ComputeNetwork,
    _ batch: inout TrainingBatch, step: inout Int, progress: ((Int, Int) throws -> Void)?
  ) throws -> EmotionScores {
    var tally = EmotionTally(classCount: classCount)
    var random = RandomStream(seed: configuration.seed, purpose: .windowOrder, epoch: epoch)
    let order = random.permutation(of: training.classes.count)
    for first in stride(from: 0, to: order.count, by: configuration.batchSize) {
      let indices = order[first..<min(first + configuration.batchSize, order.count)]
      fill(&batch, training, at: indices)
      let outcome = try network.trainingStep(
        batch,
        TrainingStep(
          learningRate: configuration.learningRate, optimisation: optimisation,
          seed: configuration.seed, index: step))
      guard outcome.loss.isFinite else { throw EmotionError.diverged(epoch: epoch) }
      tally.add(
        loss: outcome.loss, logits: outcome.logits, classes: indices.map { training.classes[$0] })
      step += 1
      try progress?(first + indices.count, order.count)
    }
    return tally.scores
  }

  private func score(
    _ validation: LabelledWindows, epoch: Int, on network: any ComputeNetwork,
    _ batch: inout TrainingBatch
  ) throws -> EmotionScores {
    var tally = EmotionTally(classCount: classCount)
    let count = validation.classes.count
    for first in stride(from: 0, to: count, by: configuration.batchSize) {
      let indices = first..<min(first + configuration.batchSize, count)
      fill(&batch, validation, at: indices)
      let outcome = try network.evaluate(batch)
      guard outcome.loss.isFinite else { throw EmotionError.diverged(epoch: epoch) }
      tally.add(
        loss: outcome.loss, logits: outcome.logits, classes: validation.classes[indices])
    }
    return tally.scores
  }

  private func fill(
    _ batch: inout TrainingBatch, _ labelled: LabelledWindows, at indices: some Collection<Int>
  ) {
    batch.count = indices.count
    WindowBatches.copy(labelled.windows, at: indices, into: &batch.inputs)
    for (row, index) in indices.enumerated() { batch.targets[row] = Float(labelled.classes[index]) }
  }

  /// Adam with the published settings but no decay, and this training's L2 weight.
  private var optimisation: Optimisation {
    var optimisation = Optimisation()
    optimisation.learningRate = configuration.learningRate
    optimisation.decaySteps = 0
    optimisation.l2 = configuration.l2
    return optimisation
  }

  private func isBetter(_ new: EmotionScores?, than best: EmotionScores?) -> Bool {
    guard let new, let best else { return true }
    switch configuration.criterion {
    case .loss: return new.loss < best.loss
    case .macroF1: return (new.macroF1, -new.loss) > (best.macroF1, -best.loss)
    }
  }
}

extension RandomPurpose {
  /// The order of the windows in an epoch.
  fileprivate static let windowOrder = RandomPurpose("emotion.window-order")
}
