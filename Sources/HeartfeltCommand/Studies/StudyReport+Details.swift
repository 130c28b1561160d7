import ECGDatasets
import ECGEvaluation
import ECGReport
import ECGSignal
import Foundation

// MARK: Tests

extension StudyReport {
  var testBlocks: [ReportBlock] {
    guard !analysis.comparisons.isEmpty else {
      return [.paragraph("The study names no methods to test others against.")]
    }
    var table = ReportTable(
      name: "tests",
      caption:
        "Methods compared on the same folds by \(analysis.metric.displayName). Difference with "
        + "its 95 % interval by drawing the same persons for both; Wilcoxon's signed-rank test over "
        + "persons, Holm-corrected over the \(analysis.comparisons.count) rows of this table; Nadeau "
        + "and Bengio's corrected t-test over folds, uncorrected; effects over persons.",
      columns: [
        .init("comparison"), .init("data"), .init("split"), .init("difference", isNumber: true),
        .init("p, Wilcoxon", isNumber: true), .init("p, Holm", isNumber: true),
        .init("p, folds", isNumber: true), .init("d_z", isNumber: true),
        .init("rank-biserial", isNumber: true),
      ])
    func digits(_ value: Double?) -> String { value.map { String(format: "%+.2f", $0) } ?? "–" }
    for row in analysis.comparisons {
      table.rows.append([
        "\(row.method.displayName) less \(row.reference.displayName)",
        ([row.data] + row.values).joined(separator: ", "), row.level.rawValue,
        figuresText(row.difference.value, row.difference.interval),
        row.signedRank.map { probabilityText($0.pValue) } ?? "–",
        row.correctedP.map(probabilityText) ?? "–",
        row.correctedT.map { probabilityText($0.pValue) } ?? "–", digits(row.effect?.cohensD),
        digits(row.effect?.rankBiserial),
      ])
    }
    let found = analysis.comparisons.count { ($0.correctedP ?? 1) < 0.05 }
    return [
      .paragraph(
        "\(found) of \(analysis.comparisons.count) differences are significant at 0.05 after Holm's "
          + "correction. Persons are the observations; intervals and tests say nothing of other "
          + "training persons."),
      .table(table),
    ]
  }
}

// MARK: Pre-training

extension StudyReport {
  /// Results with the course of a pre-training, one for each choice.
  private var pretrained: [StudyCellResult] {
    var seen: Set<String> = []
    return results.filter { result in
      result.outcome?.pretext.isEmpty == false
        && result.level == (definition.splits.last ?? .person)
        && seen.insert(result.data.name + result.values.joined()).inserted
    }
  }

  var pretextBlocks: [ReportBlock] {
    var blocks: [ReportBlock] = difficultyBlocks
    // Choices that share their trunks share this figure.
    var drawn: Set<[[Double]]> = []
    let distinct = pretrained.filter { result in
      drawn.insert((result.outcome?.pretext ?? []).map { $0.heldOutF1 + $0.trainingF1 }).inserted
    }
    for (number, result) in distinct.prefix(24).enumerated() {
      guard let outcome = result.outcome, let first = outcome.pretext.first else { continue }
      let persons = outcome.proof.persons.count
      let held = outcome.proof.folds.first?.test.persons.count ?? 0
      var curves = EpochCurves(
        epochs: first.trainingF1.indices.map { $0 + 1 }, trainingPersons: persons - held,
        heldOutPersons: held, loss: [],
        f1: outcome.pretext.map {
          .init(
            name: $0.task, training: $0.trainingF1, heldOut: $0.heldOutF1,
            constantAnswer: $0.constantAnswer)
        })
      if result.level != .person { curves.heldOutPersons = persons }
      let name = ([result.data.name] + result.values).joined(separator: ", ")
      blocks.append(
        number == 0
          ? .figure(curves.f1Figure) : .details(summary: name, [.figure(curves.f1Figure)]))
    }
    if distinct.count > 24 {
      blocks.append(.paragraph("Further choices are in results.json."))
    }
    return blocks
  }

  /// The pretext F1 of the task that a value is about, against its place on the axis.
  private var difficultyBlocks: [ReportBlock] {
    definition.factors.enumerated().compactMap { index, factor -> ReportBlock? in
      let values = factor.values.filter { $0.task != nil && $0.x != nil }
      guard values.count > 1 else { return nil }
      let groups = Dictionary(grouping: values) { $0.panel ?? "" }.sorted { $0.key < $1.key }
        .map { panel, values in
          CurvePanels.Group(
            title: panel,
            curves: definition.data.map { data in
              .init(
                name: data.name,
                points: values.compactMap { value in point(value, data.name, index) }
                  .sorted { $0.x < $1.x })
            })
        }
      return .figure(
        CurvePanels(
          name: "pretext-\(factor.name)", title: "Pretext F1 by \(factor.name)",
          caption:
            "F1 of the transformation whose parameter is changed, on the folds' test persons "
            + "(person split), whom no trunk was trained on; the mean over folds.",
          xLabel: factor.axis, yLabel: "pretext F1", anchors: [0, 1], groups: groups
        ).figure)
    }
  }

  private func point(
    _ value: StudyDefinition.Value, _ data: String, _ index: Int
  ) -> CurvePanels.Point? {
    let result = pretrained.first { $0.data.name == data && $0.values[index] == value.name }
    let course = result?.outcome?.pretext.first { $0.task == value.task }
    guard let x = value.x, let f1 = course?.heldOutF1.last else { return nil }
    return .init(x: x, y: f1)
  }
}

// MARK: Confusion, calibration, features

extension StudyReport {
  var detailBlocks: [ReportBlock] {
    var blocks: [ReportBlock] = []
    var seen: Set<String> = []
    let level = definition.splits.last ?? .person
    for result in results where result.level == level {
      guard let outcome = result.outcome, result.method.isLearned,
        seen.insert(result.data.name + result.method.rawValue).inserted,
        let score = outcome.scores.first(where: { $0.metric == .balancedAccuracy })?.reported,
        let error = outcome.scores.first(where: { $0.metric == .expectedCalibrationError })?
          .reported
      else { continue }
      let name = ([result.data.name] + result.values).joined(separator: ", ")
      let method = result.method.displayName
      let own: [ReportBlock] = [
        .figure(
          ConfusionChart(
            target: name, method: method, classes: outcome.classNames,
            counts: outcome.classNames.indices.map { truth in
              outcome.classNames.indices.map { outcome.confusion[truth: truth, predicted: $0] }
            }, metric: Metric.balancedAccuracy.displayName, score: score
          ).figure),
        .figure(
          ReliabilityChart(
            target: name, method: method, bins: outcome.reliability,
            metric: Metric.expectedCalibrationError.displayName, score: error
          ).figure),
      ]
      blocks += blocks.isEmpty ? own : [.details(summary: "\(name): \(method)", own)]
    }
    return blocks + maps
  }

  private var maps: [ReportBlock] {
    var seen: Set<String> = []
    return results.compactMap { result in
      guard let map = result.outcome?.map, seen.insert(result.data.name).inserted else {
        return nil
      }
      return .figure(
        EmbeddingMap(
          method: "PCA",
          source: "Features of the first fold's pre-trained trunk, \(result.data.name)",
          axes: (
            "component 1 (\(Int((map.shares[0] * 100).rounded())) %)",
            "component 2 (\(Int((map.shares[1] * 100).rounded())) %)"
          ),
          points: map.points.map {
            .init(x: $0.x, y: $0.y, person: $0.person, condition: $0.condition)
          }
        ).figure)
    }
  }
}

// MARK: What it rests on

extension StudyReport {
  var proofs: [ECGReport.SplitProof] {
    definition.splits.compactMap { level in
      guard let split = ReportedSplit(rawValue: level.rawValue),
        let proof = results.first(where: { $0.level == level && $0.outcome != nil })?.outcome?.proof
      else { return nil }
      return ECGReport.SplitProof(
        split: split,
        folds: proof.folds.map {
          .init(
            training: $0.training.persons, validation: $0.validation.persons, test: $0.test.persons,
            trainingWindows: $0.training.windows, testWindows: $0.test.windows)
        })
    }
  }

  var leftOutBlocks: [ReportBlock] {
    let failures = results.compactMap { result in
      result.failure.map {
        ([result.data.name] + result.values + [result.level.rawValue, result.method.displayName])
          .joined(separator: ", ") + ": " + $0
      }
    }
    var items = leftOut + failures
    for store in descriptions {
      for (reason, parts) in Dictionary(grouping: store.leftOut, by: \.reason)
        .sorted(by: { $0.key.rawValue < $1.key.rawValue })
      {
        let windows = parts.reduce(0) { $0 + $1.windows }
        items.append(
          "\(store.dataset): \(reason.words), \(parts.count) parts"
            + (windows > 0 ? ", \(windows) windows" : ""))
      }
    }
    var seen: Set<String> = []
    let distinct = items.filter { seen.insert($0).inserted }
    return distinct.isEmpty ? [.paragraph("Nothing was left out.")] : [.list(distinct)]
  }

  var methodsBlocks: [ReportBlock] {
    guard let first = results.first(where: { $0.outcome != nil }), let outcome = first.outcome
    else {
      return []
    }
    let settings = first.settings
    let pretraining = settings.pretraining
    let text = MethodsText(
      data: definition.data.map(\.name).joined(separator: "; "),
      persons: results.compactMap { $0.outcome?.proof.persons.count }.max() ?? 0,
      windows: outcome.proof.windows, recipe: recipes[0],
      pretraining: definition.methods.contains(where: \.usesPretrainedTrunk)
        ? "The convolutional trunk was pre-trained in each fold, without what the fold tests, to "
          + "recognise \(pretraining.transformations.count) signal transformations "
          + "(\(pretraining.epochs) epochs, batches of \(pretraining.batchWindows) windows), unless "
          + "a factor of the study says otherwise." : nil,
      training:
        "Dense layers of \(settings.emotion.hidden.map(String.init).joined(separator: ", ")) "
        + "units were trained for at most \(settings.emotion.epochs) epochs (Adam, step size "
        + "\(settings.emotion.learningRate), batches of \(settings.emotion.batchSize)).",
      splits: definition.splits.compactMap { ReportedSplit(rawValue: $0.rawValue) },
      folds: outcome.proof.folds.count,
      selection: settings.validationShare > 0
        ? "Epochs and settings were chosen on training units set aside, never on test. Methods were "
          + "compared by Wilcoxon's signed-rank test over persons with Holm's correction and by the "
          + "corrected resampled t-test over folds; scores were tested against chance by exchanging "
          + "the labels of whole recordings within persons."
        : "Nothing was chosen: each network was scored after its last epoch.",
      bootstrapSamples: settings.resamples, seed: definition.seeds[0], version: Heartfelt.version,
      furtherCitations: [
        .init(
          "F. Wilcoxon, “Individual comparisons by ranking methods,” Biometrics Bulletin, 1945."),
        .init(
          "C. Nadeau and Y. Bengio, “Inference for the generalization error,” Machine Learning, "
            + "vol. 52, 2003."),
        .init(
          "S. Holm, “A simple sequentially rejective multiple test procedure,” Scandinavian Journal of "
            + "Statistics, vol. 6, 1979."),
      ])
    return text.blocks
  }
}

extension Score {
  fileprivate var reported: MethodScores? {
    ReportedSplit(rawValue: level.rawValue).map {
      MethodScores(split: $0, persons: persons, value: value, interval: .init(interval))
    }
  }
}

extension StudyCellResult.Outcome {
  /// Windows by confidence, in ten bins.
  fileprivate var reliability: [ReliabilityChart.Bin] {
    guard let predictions else { return [] }
    let count = classNames.count
    var bins = (0..<10).map { (windows: 0, right: 0, confidence: 0.0, number: $0) }
    for (window, truth) in predictions.truth.enumerated() {
      let row = predictions.probabilities[window * count..<(window + 1) * count]
      guard let most = row.max(), let best = row.firstIndex(of: most) else { continue }
      let bin = min(max(Int(most * 10), 0), 9)
      bins[bin].windows += 1
      bins[bin].confidence += most
      if best - window * count == truth { bins[bin].right += 1 }
    }
    return bins.map { bin in
      let windows = Double(max(bin.windows, 1))
      return .init(
        lower: Double(bin.number) / 10, upper: Double(bin.number + 1) / 10,
        confidence: bin.confidence / windows, accuracy: Double(bin.right) / windows,
        count: bin.windows)
    }
  }
}
