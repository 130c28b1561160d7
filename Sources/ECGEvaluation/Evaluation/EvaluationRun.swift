import ECGPretext
import ECGRandom
import ECGSignal
import Foundation

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
  let trunks: TrunkLibrary?
  /// The pre-training of each fold's trunk, by level, once it was recalled.
  var pretrainings: [Split.Level: [[PretrainingEpoch]]] = [:]
  /// The first fold's trunk of each level, once it was recalled.
  var firstTrunks: [Split.Level: TrunkState] = [:]

  var heartRateVariability: HeartRateVariabilityTable?
  private var coding: DistinctScoreCoding?
  private var finished = 0
  private var fromCache = 0
  private var total: Int { splits.reduce(0) { $0 + $1.folds.count } * configuration.methods.count }

  init(
    configuration: EvaluationConfiguration, trainer: any MethodTrainer, data: EvaluationData,
    splits: [Split], existingTrunk: ExistingTrunk?, cache: EvaluationCache?,
    trunks: TrunkLibrary? = nil
  ) {
    self.configuration = configuration
    self.trainer = trainer
    self.data = data
    self.splits = splits
    self.existingTrunk = existingTrunk
    self.cache = cache
    self.trunks = trunks
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
    if configuration.countsDistinctScores {
      coding = try DistinctScoreCoding(classNames: data.classNames)
    }
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
    let whole = self.task(fold: number, of: split)
    let labelled = whole.keeping(configuration.labels, of: data.records)
    let task = coding?.published(labelled) ?? labelled
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
          trunk = try pretrainedTrunk(for: part, task: whole, observe)
        }
        answer = try self.answer(part, task, trunk: trunk, observe)
        try cache?.keep(answer, of: part)
      }
      guard answer.probabilities.count == fold.test.count * data.classCount else {
        throw EvaluationError.shape(
          "\(method.displayName) gave \(answer.probabilities.count) probabilities for "
            + "\(fold.test.count) windows of \(data.classCount) classes")
      }
      answers[index].put(
        scored(answer, windows: fold.test), fold: number, windows: fold.test)
      finished += 1
      try tell(observe, .finished(part, progress))
      if index == configuration.methods.count - 1 { cache?.forgetTrunk(part) }
    }
  }

  func task(fold number: Int, of split: Split) -> FoldTask {
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

  /// An answer in our classes, over its context.
  private func scored(_ answer: FoldAnswer, windows: [Int]) -> FoldAnswer {
    var answer = answer
    if let coding { answer.probabilities = coding.answers(answer.probabilities) }
    answer.probabilities = AnswerContext(reach: configuration.features.context)
      .smoothed(answer.probabilities, of: windows, data.records)
    return answer
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
      answer = try frozenAnswer(trunk, to: task, observer)
    case .fineTuned:
      guard let trunk else { throw noTrunk }
      answer = try trainer.answerWithWholeNetwork(from: trunk, to: task, observe: observer)
    case .supervised:
      answer = try trainer.answerWithWholeNetwork(from: nil, to: task, observe: observer)
    case .randomTrunk:
      answer = try frozenAnswer(freshTrunk(task), to: task, observer)
    case .pretrainedLinear:
      answer = try linearAnswer(learnedFeatures(trunk), to: task, balancesClasses: true)
    case .randomLinear:
      answer = try linearAnswer(
        learnedFeatures(freshTrunk(task)), to: task, balancesClasses: true)
    case .joined:
      let variability = try heartRateVariabilityFeatures()
        .standardised(by: task.training + task.validation)
      answer = try trainer.answer(
        with: try learnedFeatures(trunk).joined(with: variability), to: task, observe: observer)
    case .joinedLinear:
      answer = try linearAnswer(
        learnedFeatures(trunk).joined(with: heartRateVariabilityFeatures()), to: task,
        balancesClasses: true)
    case .heartRateVariability:
      answer = try linearAnswer(
        heartRateVariabilityFeatures(), to: task,
        balancesClasses: configuration.heartRateVariabilityBalancesClasses)
    case .heartRate:
      answer = try linearAnswer(
        heartRateVariabilityFeatures(onlyRate: true), to: task,
        balancesClasses: configuration.heartRateVariabilityBalancesClasses)
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

  private var progress: EvaluationProgress {
    EvaluationProgress(finished: finished, total: total, fromCache: fromCache)
  }

  private func tell(
    _ observe: (EvaluationEvent) throws -> EvaluationDirective, _ event: EvaluationEvent
  ) throws {
    guard try observe(event) == .continue else { throw stopped }
  }

  var stopped: EvaluationError { .stopped(finished: finished, total: total) }
  var noTrunk: EvaluationError { .configuration("a method that needs a trunk has none") }
}
