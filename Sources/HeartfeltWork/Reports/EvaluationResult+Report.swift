import ECGEvaluation
import ECGPrediction
import ECGReport
import Foundation

extension EvaluationResult {
  /// The sections of a report: the splits side by side, the leak gap, confusion, and the proof.
  /// - Parameters:
  ///   - target: what is recognised, such as `stress`.
  ///   - data: the data in words, such as `the window store swell`.
  package func sections(target: String, data: String) -> [HTMLReport.Section] {
    [
      HTMLReport.Section("Methods under the three splits", comparisonBlocks(target)),
      HTMLReport.Section("Which classes are taken for which", confusionBlocks(target)),
      HTMLReport.Section("What abstaining gains", abstentionBlocks(target: target)),
      .splitProofs(proofs),
      .recipe(configuration.recipe),
      .methods(methods(target: target, data: data)),
    ]
  }

  /// A report of this evaluation alone.
  package func report(target: String, rule: String, data: String) -> HTMLReport {
    HTMLReport(
      title: "Evaluation: \(target)", summary: summary(target: target),
      origin: "heartfelt \(heartfeltVersion), engine \(engine); classes \(rule)",
      sections: sections(target: target, data: data))
  }

  /// The best-known numbers in a sentence.
  package func summary(target: String) -> String {
    let method: ECGEvaluation.Method =
      configuration.methods.contains(.pretrainedFrozen)
      ? .pretrainedFrozen : configuration.methods[0]
    guard let score = splits.compactMap({ $0[method]?[.balancedAccuracy] }).last else { return "" }
    return
      "\(method.displayName.prefix(1).uppercased() + method.displayName.dropFirst()), \(target): "
      + "\(score)."
  }

  /// Scores of all methods under all splits in the report's terms.
  package func comparison(_ metric: Metric, target: String) -> ComparisonTable {
    ComparisonTable(
      target: target, metric: metric.displayName, chance: chance(metric),
      methods: configuration.methods.map { method in
        .init(
          name: method.displayName,
          scores: splits.compactMap { $0[method].flatMap { reported($0, metric) } })
      })
  }

  private func comparisonBlocks(_ target: String) -> [ReportBlock] {
    let metrics: [Metric] = [.balancedAccuracy, .macroF1, .accuracy, .publishedF1, .areaUnderROC]
    let shown = metrics.filter { metric in
      splits.contains { $0.methods.contains { $0[metric] != nil } }
    }
    var blocks: [ReportBlock] = []
    for (index, metric) in shown.enumerated() {
      let table = comparison(metric, target: target)
      if index == 0 {
        blocks += [.figure(table.figure), .table(table.reportTable)]
        let gaps = LeakGapChart(table, intervals: gapIntervals(metric))
        if !gaps.rows.isEmpty { blocks.append(.figure(gaps.figure)) }
      } else {
        blocks.append(
          .details(
            summary: "The same by \(metric.displayName)",
            [.figure(table.figure), .table(table.reportTable)]))
      }
    }
    if trunk.isPretrainedInEachFold {
      blocks.append(
        .paragraph("The trunk was pre-trained afresh in each fold, without what it tests."))
    } else if let seen = trunk.personsSeen {
      blocks.append(
        .paragraph("The trunk was pre-trained before; it has seen \(seen) of the tested persons."))
    }
    return blocks
  }

  private func confusionBlocks(_ target: String) -> [ReportBlock] {
    guard let split = splits.last else { return [] }
    return split.methods.filter { $0.method.isLearned }.enumerated().compactMap { index, result in
      guard let score = reported(result, .balancedAccuracy) else { return nil }
      let figure = ConfusionChart(
        target: target, method: result.method.displayName, classes: classNames,
        counts: classNames.indices.map { truth in
          classNames.indices.map { result.confusion[truth: truth, predicted: $0] }
        }, metric: Metric.balancedAccuracy.displayName, score: score
      ).figure
      return index == 0
        ? .figure(figure) : .details(summary: result.method.displayName, [.figure(figure)])
    }
  }

  private var proofs: [ECGReport.SplitProof] {
    splits.compactMap { split in
      ReportedSplit(rawValue: split.level.rawValue).map { level in
        ECGReport.SplitProof(
          split: level,
          folds: split.proof.folds.map { fold in
            .init(
              training: fold.training.persons, validation: fold.validation.persons,
              test: fold.test.persons, trainingWindows: fold.training.windows,
              testWindows: fold.test.windows)
          })
      }
    }
  }

  private func methods(target: String, data: String) -> MethodsText {
    let emotion = configuration.emotion
    let dense = emotion.hidden.map(String.init).joined(separator: ", ")
    return MethodsText(
      data: data, persons: splits.map(\.persons).max() ?? 0,
      windows: splits.map(\.windows).max() ?? 0, recipe: configuration.recipe,
      pretraining: pretrainingSentence,
      training: "Dense layers of \(dense) units were trained for at most \(emotion.epochs) epochs "
        + "(Adam, step size \(emotion.learningRate), batches of \(emotion.batchSize)) to recognise "
        + "\(target).",
      splits: splits.compactMap { ReportedSplit(rawValue: $0.level.rawValue) },
      folds: splits.map(\.proof.folds.count).max() ?? 0, selection: selectionSentence,
      bootstrapSamples: configuration.resamples, seed: configuration.seed,
      version: heartfeltVersion)
  }

  private var pretrainingSentence: String? {
    guard configuration.methods.contains(where: \.usesPretrainedTrunk) else { return nil }
    let pretraining = configuration.pretraining
    if let seen = trunk.personsSeen {
      return "The convolutional trunk was pre-trained beforehand to recognise signal "
        + "transformations; it had seen \(seen) of the tested persons."
    }
    return "The convolutional trunk was pre-trained in each fold, without what the fold tests, to "
      + "recognise \(pretraining.transformations.count) signal transformations "
      + "(\(pretraining.epochs) epochs, batches of \(pretraining.batchWindows) windows)."
  }

  private var selectionSentence: String {
    configuration.validationShare > 0
      ? "Epochs and settings were chosen on training units set aside (windows, recordings or persons, "
        + "as the split has it), never on test."
      : "Nothing was chosen: each network was scored after its last epoch."
  }

  private func chance(_ metric: Metric) -> Double? {
    switch metric {
    case .balancedAccuracy: 1 / Double(classNames.count)
    case .areaUnderROC, .pooledAreaUnderROC: 0.5
    default: nil
    }
  }

  private func gapIntervals(_ metric: Metric) -> [String: ECGReport.Interval] {
    leakGaps.filter { $0.difference.metric == metric }.reduce(into: [:]) { intervals, gap in
      intervals[gap.method.displayName] = .init(
        gap.difference.interval, orBecause: "one person only")
    }
  }

  private func reported(_ result: MethodResult, _ metric: Metric) -> MethodScores? {
    guard let score = result[metric], let split = ReportedSplit(rawValue: score.level.rawValue)
    else { return nil }
    let persons = result.persons.compactMap { person -> ECGReport.PersonScore? in
      switch metric {
      case .accuracy: .init(person: person.person, value: person.accuracy)
      case .balancedAccuracy: .init(person: person.person, value: person.balancedAccuracy)
      default: nil
      }
    }
    return MethodScores(
      split: split, persons: score.persons, value: score.value,
      interval: .init(score.interval, orBecause: "one person only"),
      perPerson: persons)
  }
}
