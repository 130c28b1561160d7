import ECGSignal

extension EvaluationRun {
  /// An untrained trunk with the fold's seed.
  func freshTrunk(_ task: FoldTask) throws -> TrunkState {
    try trainer.freshTrunk(windowLength: data.windows.windowLength, seed: task.seed)
  }

  /// Dense layers on a frozen trunk's features.
  func frozenAnswer(
    _ trunk: TrunkState?, to task: FoldTask, _ observe: TrainingObserver
  ) throws -> FoldAnswer? {
    guard let trunk else { throw noTrunk }
    guard configuration.features.centresPersons else {
      return try trainer.answerWithFrozenTrunk(trunk, to: task, observe: observe)
    }
    return try trainer.answer(with: try learnedFeatures(trunk), to: task, observe: observe)
  }

  /// The features of all windows by a trunk, centred if asked.
  func learnedFeatures(_ trunk: TrunkState?) throws -> FeatureTable {
    guard let trunk else { throw noTrunk }
    return centred(
      try trainer.features(
        of: data.windows, trunk: trunk, blocks: configuration.features.blocks))
  }

  /// The heart-rate variability of all windows, centred if asked.
  mutating func heartRateVariabilityFeatures(onlyRate: Bool = false) throws -> FeatureTable {
    let table =
      try heartRateVariability
      ?? HeartRateVariabilityTable(
        of: data.windows, samplingRate: configuration.recipe.samplingRate)
    heartRateVariability = table
    guard onlyRate, let column = table.names.firstIndex(of: "meanHeartRate") else {
      return centred(table.features)
    }
    let rates = stride(from: column, to: table.values.count, by: table.names.count)
      .map { Float(table.values[$0]) }
    return centred(FeatureTable(width: 1, values: rates))
  }

  /// Logistic regression on features.
  func linearAnswer(
    _ features: FeatureTable, to task: FoldTask, balancesClasses: Bool
  ) throws -> FoldAnswer {
    let table = features.regressors
    let classifier = try HeartRateVariabilityClassifier(
      table: table, task: task, penalties: configuration.heartRateVariabilityPenalties,
      balancesClasses: balancesClasses)
    return FoldAnswer(
      probabilities: classifier.probabilities(of: task.test, in: table), l2: classifier.l2)
  }

  private func centred(_ features: FeatureTable) -> FeatureTable {
    configuration.features.centresPersons
      ? features.centred(by: data.records.map(\.personIdentity)) : features
  }
}
