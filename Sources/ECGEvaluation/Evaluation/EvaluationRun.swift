import ECGPretext
import ECGRandom
import ECGSignal

extension RandomPurpose {
  fileprivate static let foldSeeds = RandomPurpose("evaluation.fold-seeds")
}

/// An evaluation under way: split after split, fold after fold, method after method.
struct EvaluationRun {
  let configuration: EvaluationConfiguration
  let trainer: any MethodTrainer
  let data: EvaluationData
  let splits: [Split]
  let existingTrunk: ExistingTrunk?
  let cache: EvaluationCache?

  private var heartRateVariability: HeartRateVariabilityTable?
  private var finished = 0
  private var fromCache = 0
  private var total: Int { splits.reduce(0) { $0 + $1.folds.count } * configuration.methods.count }

  init(
    configuration: EvaluationConfiguration, trainer: any MethodTrainer, data: EvaluationData,
    splits: [Split], existingTrunk: ExistingTrunk?, cache: EvaluationCache?
  ) {
    self.configuration = configuration
    self.trainer = trainer
    self.data = data
    self.splits = splits
    self.existingTrunk = existingTrunk
    self.cache = cache
  }

  /// The predictions of every method under every split.
  mutating func complete(
    _ observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws -> EvaluationPredictions {
    try cache?.open(
      for: EvaluationIdentity(
        configuration: configuration, engine: trainer.name, data: data, trunk: existingTrunk,
        splits: splits))
    try tell(observe, .started(progress))
    var predictions = EvaluationPredictions(data)
    for split in splits {
      var answers = configuration.methods.map {
        MethodPredictions(level: split.level, method: $0, data: data)
      }
      for number in split.folds.indices {
        try complete(fold: number, of: split, into: &answers, observe)
      }
      predictions.methods += answers
    }
    return predictions
  }

  private mutating func complete(
    fold number: Int, of split: Split, into answers: inout [MethodPredictions],
    _ observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws {
    let fold = split.folds[number]
    let task = self.task(fold: number, of: split)
    var trunk: TrunkState?
    for (index, method) in configuration.methods.enumerated() {
      let part = EvaluationPart(
        level: split.level, fold: number + 1, folds: split.folds.count, method: method)
      let answer: FoldAnswer
      if let kept = cache?.answer(of: part, rows: fold.test.count, classCount: data.classCount) {
        answer = kept
        fromCache += 1
      } else {
        if method.usesPretrainedTrunk, trunk == nil {
          trunk = try pretrainedTrunk(for: part, task: task, observe)
        }
        answer = try self.answer(part, task, trunk: trunk, observe)
        try cache?.keep(answer, of: part)
      }
      guard answer.probabilities.count == fold.test.count * data.classCount else {
        throw EvaluationError.shape(
          "\(method.displayName) gave \(answer.probabilities.count) probabilities for "
            + "\(fold.test.count) windows of \(data.classCount) classes")
      }
      answers[index].put(answer, fold: number, windows: fold.test)
      finished += 1
      try tell(observe, .finished(part, progress))
      if index == configuration.methods.count - 1 { cache?.forgetTrunk(part) }
    }
  }

  private func task(fold number: Int, of split: Split) -> FoldTask {
    let fold = split.folds[number]
    let level = Split.Level.allCases.firstIndex(of: split.level) ?? 0
    var stream = RandomStream(
      seed: configuration.seed, purpose: .foldSeeds, epoch: level, index: number)
    return FoldTask(
      windows: data.windows, classCount: data.classCount, training: fold.training,
      trainingClasses: fold.training.map { data.classes[$0] }, validation: fold.validation,
      validationClasses: fold.validation.map { data.classes[$0] }, test: fold.test,
      seed: stream.next())
  }

  /// The trunk given, or one pre-trained on everything that is apart from what the fold tests.
  private func pretrainedTrunk(
    for part: EvaluationPart, task: FoldTask,
    _ observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws -> TrunkState {
    if let existingTrunk {
      return TrunkState(
        parameters: existingTrunk.parameters, architecture: existingTrunk.architecture)
    }
    if let kept = cache?.trunk(part) { return kept }
    let policy = cache.map { CheckpointPolicy(url: $0.checkpointURL(part), resume: true) }
    let trunk = try trainer.pretrainedTrunk(
      on: pretrainingWindows(level: part.level, task: task), seed: task.seed, checkpoint: policy
    ) { event in
      try observe(.pretraining(part, event)) == .continue ? .continue : .stop
    }
    guard let trunk else { throw stopped }
    try cache?.keep(trunk, of: part)
    return trunk
  }

  private func pretrainingWindows(level: Split.Level, task: FoldTask) -> any WindowSource {
    var indices = task.training + task.validation
    if configuration.pretrainingIncludesTest { indices += task.test }
    let labelled = WindowSubset(of: data.windows, at: indices.sorted())
    guard let unlabelled = data.unlabelled else { return labelled }
    let tested =
      configuration.pretrainingIncludesTest ? [] : task.test.map { data.records[$0] }
    let recipe = configuration.recipe
    let apart = unlabelled.indices(
      apartFrom: tested, by: level,
      duration: Double(recipe.windowLength) / recipe.samplingRate)
    return WindowUnion(first: labelled, second: WindowSubset(of: unlabelled.windows, at: apart))
  }

  /// What a method answers for the tested windows of a fold.
  private mutating func answer(
    _ part: EvaluationPart, _ task: FoldTask, trunk: TrunkState?,
    _ observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws -> FoldAnswer {
    let observer: TrainingObserver = { epoch, epochs in
      try observe(.training(part, epoch: epoch, epochs: epochs))
    }
    let answer: FoldAnswer?
    switch part.method {
    case .pretrainedFrozen:
      guard let trunk else { throw noTrunk }
      answer = try trainer.answerWithFrozenTrunk(trunk, to: task, observe: observer)
    case .fineTuned:
      guard let trunk else { throw noTrunk }
      answer = try trainer.answerWithWholeNetwork(from: trunk, to: task, observe: observer)
    case .supervised:
      answer = try trainer.answerWithWholeNetwork(from: nil, to: task, observe: observer)
    case .randomTrunk:
      let fresh = try trainer.freshTrunk(windowLength: data.windows.windowLength, seed: task.seed)
      answer = try trainer.answerWithFrozenTrunk(fresh, to: task, observe: observer)
    case .heartRateVariability: answer = try heartRateVariabilityAnswer(to: task)
    case .majority: answer = lookup(task) { _ in "" }
    case .personLookup: answer = lookup(task, by: \.personIdentity)
    case .recordingLookup: answer = lookup(task, by: \.recordingIdentity)
    }
    guard let answer else { throw stopped }
    return answer
  }

  private func lookup(_ task: FoldTask, by group: (WindowRecord) -> String) -> FoldAnswer {
    let learned = task.training + task.validation
    let lookup = LabelLookup(
      groups: learned.map { group(data.records[$0]) },
      classes: task.trainingClasses + task.validationClasses, classCount: task.classCount)
    return FoldAnswer(
      probabilities: lookup.probabilities(of: task.test.map { group(data.records[$0]) }))
  }

  private mutating func heartRateVariabilityAnswer(to task: FoldTask) throws -> FoldAnswer {
    let table =
      try heartRateVariability
      ?? HeartRateVariabilityTable(
        of: data.windows, samplingRate: configuration.recipe.samplingRate)
    heartRateVariability = table
    let classifier = try HeartRateVariabilityClassifier(
      table: table, task: task, penalties: configuration.heartRateVariabilityPenalties,
      balancesClasses: configuration.heartRateVariabilityBalancesClasses)
    return FoldAnswer(
      probabilities: classifier.probabilities(of: task.test, in: table), l2: classifier.l2)
  }

  private var progress: EvaluationProgress {
    EvaluationProgress(finished: finished, total: total, fromCache: fromCache)
  }

  private func tell(
    _ observe: (EvaluationEvent) throws -> EvaluationDirective, _ event: EvaluationEvent
  ) throws {
    guard try observe(event) == .continue else { throw stopped }
  }

  private var stopped: EvaluationError { .stopped(finished: finished, total: total) }
  private var noTrunk: EvaluationError { .configuration("a method that needs a trunk has none") }
}
