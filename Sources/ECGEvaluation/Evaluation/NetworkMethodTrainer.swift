import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGSignal

/// Trains the networks of a fold on a compute engine.
struct NetworkMethodTrainer: MethodTrainer {
  let configuration: EvaluationConfiguration
  let engine: any ComputeEngine

  var name: String { engine.name }

  func pretrainedTrunk(
    on windows: any WindowSource, heldOut: (any WindowSource)?, seed: UInt64,
    checkpoint: CheckpointPolicy?,
    observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> TrunkState? {
    var settings = configuration.pretraining
    settings.seed = seed
    let result = try Pretraining(configuration: settings, engine: engine)
      .run(on: windows, heldOut: heldOut, checkpoint: checkpoint, observe: observe)
    guard result.finished else { return nil }
    return TrunkState(
      parameters: result.trunk, architecture: result.architecture, history: result.history)
  }

  func freshTrunk(windowLength: Int, seed: UInt64) throws -> TrunkState {
    let architecture = configuration.pretraining.architecture(windowLength: windowLength)
    return TrunkState(
      parameters: Parameters.glorotUniform(for: architecture, seed: seed).filter(prefix: "trunk."),
      architecture: architecture)
  }

  func answerWithFrozenTrunk(
    _ trunk: TrunkState, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    if let constant = onlyClass(task) { return constant }
    let table = try features(
      of: task.windows, trunk: trunk, blocks: configuration.features.blocks)
    return try answer(with: table, to: task, observe: observe)
  }

  func features(
    of windows: any WindowSource, trunk: TrunkState, blocks: [Int]
  ) throws -> FeatureTable {
    let whole = try shape(of: trunk)
    let chosen = blocks.isEmpty ? [whole.blocks.count] : blocks
    return try chosen.map { block in
      // The first blocks are a trunk by themselves: its global maximum gives their features.
      var part = whole
      part.blocks = Array(whole.blocks.prefix(block))
      let names = Set((1...2 * block).map { "trunk.conv\($0)." })
      var parameters = Parameters()
      for name in trunk.parameters.names where names.contains(where: name.hasPrefix) {
        parameters[name] = trunk.parameters[name]
      }
      return FeatureTable(
        width: part.featureCount,
        values: try ECGEmotion.features(
          of: windows, trunk: parameters, architecture: part, engine: engine))
    }.reduce(FeatureTable(width: 0, values: [])) { $0.joined(with: $1) }
  }

  func answer(
    with features: FeatureTable, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    if let constant = onlyClass(task) { return constant }
    func rows(_ windows: [Int]) -> [Float] { features.rows(windows) }
    return try answer(to: task, .frozen, observe) { training, windows, classes, validated, epoch in
      let network = try training.train(
        on: LabelledFeatures(values: rows(windows), classes: classes),
        validation: validated.isEmpty
          ? nil
          : LabelledFeatures(values: rows(validated), classes: task.validationClasses),
        classCount: task.classCount, observe: epoch)
      return (
        network, { try network.probabilities(ofFeatures: rows(task.test), engine: engine) }
      )
    }
  }

  func answerWithWholeNetwork(
    from trunk: TrunkState?, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    if let constant = onlyClass(task) { return constant }
    let shape = try trunk.map(shape) ?? configuration.pretraining.trunk
    return try answer(to: task, trunk == nil ? .supervised : .fineTuned, observe) {
      training, windows, classes, validated, epoch in
      let network = try training.train(
        on: LabelledWindows(windows: WindowSubset(of: task.windows, at: windows), classes: classes),
        validation: validated.isEmpty
          ? nil
          : LabelledWindows(
            windows: WindowSubset(of: task.windows, at: validated),
            classes: task.validationClasses),
        classCount: task.classCount, trunk: trunk?.parameters, architecture: shape, observe: epoch)
      let tested = WindowSubset(of: task.windows, at: task.test)
      return (network, { try network.probabilities(of: tested, engine: engine) })
    }
  }

  /// Trains on windows with classes, choosing the epoch on others.
  private typealias Training = (
    _ training: EmotionTraining, _ windows: [Int], _ classes: [Int], _ validation: [Int],
    _ epoch: @escaping (EmotionEpoch) throws -> Void
  ) throws -> (EmotionNetwork, () throws -> [[Float]])

  private func answer(
    to task: FoldTask, _ adaptation: EmotionConfiguration.Adaptation, _ observe: TrainingObserver,
    _ train: Training
  ) throws -> FoldAnswer? {
    do {
      return try withoutActuallyEscaping(observe) { observe in
        try answer(to: task, adaptation, train) { epoch, epochs in
          guard try observe(epoch, epochs) == .continue else { throw Stop() }
        }
      }
    } catch is Stop {
      return nil
    }
  }

  /// Chooses the number of epochs on validation windows and, if asked, trains again from the start
  /// for that number of epochs on both.
  private func answer(
    to task: FoldTask, _ adaptation: EmotionConfiguration.Adaptation, _ train: Training,
    epoch: @escaping (_ number: Int, _ epochs: Int) throws -> Void
  ) throws -> FoldAnswer {
    var settings = configuration.emotion
    settings.adaptation = adaptation
    settings.seed = task.seed
    if adaptation != .frozen {
      settings.epochs = configuration.wholeNetworkEpochs ?? settings.epochs
      settings.batchSize = configuration.wholeNetworkBatchSize ?? settings.batchSize
      settings.learningRate = configuration.wholeNetworkLearningRate ?? settings.learningRate
    }
    let again = configuration.refit && !task.validation.isEmpty
    let planned = settings.epochs * (again ? 2 : 1)
    var (network, predict) = try train(
      EmotionTraining(configuration: settings, engine: engine), task.training,
      task.trainingClasses, task.validation
    ) { try epoch($0.number, planned) }
    let chosen = network.chosenEpoch
    if again {
      let done = network.history.count
      settings.epochs = chosen
      settings.patience = 0
      (network, predict) = try train(
        EmotionTraining(configuration: settings, engine: engine),
        task.training + task.validation, task.trainingClasses + task.validationClasses, []
      ) { try epoch(done + $0.number, done + chosen) }
    }
    return FoldAnswer(probabilities: try predict().flatMap { $0.map(Double.init) }, epochs: chosen)
  }

  /// Where all training windows are of one class, that is the answer.
  private func onlyClass(_ task: FoldTask) -> FoldAnswer? {
    let classes = Set(task.trainingClasses)
    guard classes.count == 1, let only = classes.first else { return nil }
    let row = (0..<task.classCount).map { $0 == only ? 1.0 : 0.0 }
    return FoldAnswer(probabilities: task.test.flatMap { _ in row })
  }

  private func shape(of trunk: TrunkState) throws -> NetworkArchitecture.Trunk {
    guard let shape = trunk.architecture.trunk else {
      throw EvaluationError.configuration(
        "the model that is given has no trunk; give the model.safetensors that 'pretrain' wrote")
    }
    return shape
  }

  /// The observer wants no more.
  private struct Stop: Error {}
}
