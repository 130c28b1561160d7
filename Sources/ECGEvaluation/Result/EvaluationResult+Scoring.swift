import ECGSignal

/// The metrics that methods are compared by.
private let comparedMetrics: [Metric] = [.accuracy, .balancedAccuracy, .macroF1]

extension EvaluationResult {
  /// Scores everything that was predicted.
  init(
    configuration: EvaluationConfiguration, engine: String, data: EvaluationData, splits: [Split],
    existingTrunk: ExistingTrunk?, predictions: EvaluationPredictions
  ) throws {
    let personsSeen = existingTrunk.map { trunk in
      Set(data.records.map(\.personIdentity)).intersection(trunk.personsSeen).count
    }
    self.configuration = configuration
    self.engine = engine
    classNames = data.classNames
    classCounts = data.classes.reduce(into: [Int](repeating: 0, count: data.classCount)) {
      $0[$1] += 1
    }
    trunk = TrunkOrigin(
      isPretrainedInEachFold: existingTrunk == nil, personsSeen: personsSeen,
      unlabelledWindows: data.unlabelled?.windows.count ?? 0)
    self.splits = try splits.map { split in
      try SplitResult(
        split, configuration: configuration, personsSeen: personsSeen, predictions: predictions)
    }
    leakGaps = try Self.leakGaps(configuration, predictions)
    self.predictions = predictions
  }

  private static func leakGaps(
    _ configuration: EvaluationConfiguration, _ predictions: EvaluationPredictions
  ) throws -> [LeakGap] {
    try configuration.methods.flatMap { method -> [LeakGap] in
      guard let window = try predictions.predictions(.window, method),
        let person = try predictions.predictions(.person, method)
      else { return [] }
      return try comparedMetrics.compactMap { metric in
        try ScoreDifference(of: metric, window, minus: person, bootstrap: configuration.bootstrap)
          .map { LeakGap(method: method, difference: $0) }
      }
    }
  }
}

extension SplitResult {
  fileprivate init(
    _ split: Split, configuration: EvaluationConfiguration, personsSeen: Int?,
    predictions: EvaluationPredictions
  ) throws {
    var made: [Method: Predictions] = [:]
    for method in configuration.methods {
      made[method] = try predictions.predictions(split.level, method)
    }
    // As published, a fold's own trunk has seen what the fold tests.
    let seen =
      personsSeen ?? (configuration.pretrainingIncludesTest ? split.proof.persons.count : nil)
    level = split.level
    isLeaveOneOut = split.isLeaveOneOut
    proof = split.proof
    persons = split.proof.persons.count
    windows = split.proof.windows
    methods = try configuration.methods.compactMap { method in
      guard let own = made[method] else { return nil }
      return MethodResult(
        method: method,
        scores: try Score.all(
          of: own, under: split, bootstrap: configuration.bootstrap,
          personsSeenByTrunk: method.usesPretrainedTrunk ? seen : nil),
        confusion: ConfusionMatrix(own), persons: PersonScore.all(of: own),
        differences: try configuration.comparisons.filter { $0 != method }.flatMap { other in
          try MethodDifference.all(
            of: own, from: other, made[other], bootstrap: configuration.bootstrap)
        },
        choices: predictions.methods.first {
          $0.level == split.level && $0.method == method
        }?.choices ?? [])
    }
  }
}

extension PersonScore {
  fileprivate static func all(of predictions: Predictions) -> [PersonScore] {
    let table = PersonTable(predictions)
    return zip(table.persons, table.confusion).map { person, confusion in
      PersonScore(
        person: person, windows: confusion.total, accuracy: confusion.accuracy,
        balancedAccuracy: confusion.balancedAccuracy)
    }
  }
}

extension MethodDifference {
  fileprivate static func all(
    of own: Predictions, from other: Method, _ others: Predictions?, bootstrap: Bootstrap
  ) throws -> [MethodDifference] {
    guard let others else { return [] }
    return try comparedMetrics.compactMap { metric in
      try ScoreDifference(of: metric, own, minus: others, bootstrap: bootstrap)
        .map { MethodDifference(from: other, difference: $0) }
    }
  }
}
