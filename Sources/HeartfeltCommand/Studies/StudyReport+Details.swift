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
    let hasData = definition.data.count > 1
    let hasSplit = definition.splits.count > 1
    let hasPlace = hasData || hasSplit || !definition.factors.isEmpty
    var columns: [ReportTable.Column] = [.init("comparison")]
    if hasPlace { columns.append(.init("of")) }
    let numbers = ["difference", "p, Wilcoxon", "p, Holm", "p, folds", "d_z", "rank-biserial"]
    columns += numbers.map { ReportTable.Column($0, isNumber: true) }
    var table = ReportTable(
      name: "tests",
      caption:
        "Methods compared on the same folds by \(analysis.metric.displayName). Difference with "
        + "its 95 % interval by drawing the same persons for both; Wilcoxon's signed-rank test over "
        + "persons, Holm-corrected over the \(analysis.comparisons.count) rows of this table; Nadeau "
        + "and Bengio's corrected t-test over folds, uncorrected; effects over persons: d_z is the "
        + "mean over the deviation, the rank-biserial correlation goes from −1 to 1.",
      columns: columns)
    func digits(_ value: Double?) -> String { value.map { signedScoreText($0) } ?? "–" }
    func probability(_ p: Double?) -> String { p.map(probabilityText) ?? "–" }
    for row in analysis.comparisons {
      let place =
        (hasData ? [row.data] : []) + row.values
        + (hasSplit ? ["\(row.level.rawValue) split"] : [])
      var cells: [String] = ["\(row.method.displayName) less \(row.reference.displayName)"]
      if hasPlace { cells.append(place.joined(separator: ", ")) }
      cells.append(differenceText(row.difference.value, row.difference.interval))
      cells.append(probability(row.signedRank?.pValue))
      cells.append(probability(row.correctedP))
      cells.append(probability(row.correctedT?.pValue))
      cells.append(digits(row.effect?.cohensD))
      cells.append(digits(row.effect?.rankBiserial))
      table.rows.append(cells)
    }
    table.data = testData
    let significant = analysis.significantDifferences
    var blocks: [ReportBlock] = [
      .paragraph(
        "\(significant.count) of \(analysis.comparisons.count) differences are significant at 0.05 "
          + "after Holm's correction. Persons are the observations; intervals and tests say nothing of "
          + "other training persons.")
    ]
    let isLong = table.rows.count > 20
    if isLong, !significant.isEmpty { blocks.append(.list(Array(significant.prefix(24)))) }
    blocks.append(
      isLong
        ? .details(summary: "All \(table.rows.count) comparisons", [.table(table)])
        : .table(table))
    return blocks
  }

  /// The tests as numbers.
  private var testData: String {
    var csv = CSVText(columns: [
      "method", "reference", "data", "choice", "split", "difference", "lower95", "upper95",
      "p_wilcoxon", "p_holm", "p_folds", "d_z", "rank_biserial",
    ])
    for row in analysis.comparisons {
      let texts = [
        row.method.rawValue, row.reference.rawValue, row.data, row.values.joined(separator: ", "),
        row.level.rawValue,
      ]
      let numbers: [Double?] = [
        row.difference.value, row.difference.interval?.low, row.difference.interval?.high,
        row.signedRank?.pValue, row.correctedP, row.correctedT?.pValue, row.effect?.cohensD,
        row.effect?.rankBiserial,
      ]
      let textCells: [CSVText.Cell] = texts.map { .text($0) }
      csv.add(textCells + numbers.map { CSVText.Cell.number($0 ?? .nan) })
    }
    return csv.text
  }
}

// MARK: Pre-training

extension StudyReport {
  /// Results with the course of a pre-training, one for each choice, the longest first.
  private var pretrained: [StudyCellResult] {
    var seen: Set<String> = []
    return largestFirst.filter { result in
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
    if !distinct.isEmpty {
      blocks.append(
        .paragraph(
          "How well each transformation is recognised after every epoch: the mean over folds. Held out "
            + "is what a fold tests, which its trunk was not trained on."))
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
          let (title, axis) = panelParts(panel)
          return CurvePanels.Group(
            title: title,
            curves: definition.data.map { data in
              .init(
                name: data.name,
                points: values.compactMap { value in point(value, data.name, index) }
                  .sorted { $0.x < $1.x })
            }, xLabel: axis)
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
    for result in largestFirst where result.level == level {
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

  /// All results, those with the most of what is counted on an axis first: all labels, all windows.
  private var largestFirst: [StudyCellResult] {
    let largest = definition.factors.map { factor in
      factor.values.filter { $0.panel == nil && $0.x != nil }.max { ($0.x ?? 0) < ($1.x ?? 0) }?
        .name
    }
    func count(_ result: StudyCellResult) -> Int { zip(result.values, largest).filter(==).count }
    return results.enumerated().sorted { one, other in
      let counts = (count(one.element), count(other.element))
      return counts.0 == counts.1 ? one.offset < other.offset : counts.0 > counts.1
    }.map(\.element)
  }

  /// The features on two planes, for each data entry.
  private var maps: [ReportBlock] {
    var seen: Set<String> = []
    return results.flatMap { result -> [ReportBlock] in
      guard let map = result.outcome?.map, seen.insert(result.data.name).inserted else {
        return []
      }
      let source = "Features of the first fold's pre-trained trunk, \(result.data.name)"
      func trust(_ value: Double) -> String {
        "Trustworthiness \(String(format: "%.2f", value)): 1 where the ten nearest on the plane are the "
          + "nearest in features, about 0.5 by chance."
      }
      let components = EmbeddingMap(
        method: "PCA", source: source,
        axes: (
          "component 1 (\(Int((map.shares[0] * 100).rounded())) %)",
          "component 2 (\(Int((map.shares[1] * 100).rounded())) %)"
        ), remark: trust(map.trust[0]),
        points: map.points.map {
          .init(x: $0.x, y: $0.y, person: $0.person, condition: $0.condition)
        })
      let neighbours = EmbeddingMap(
        method: "t-SNE", source: source, axes: nil,
        remark:
          "Only who is near whom means something here: distances between groups and their sizes "
          + "do not. Perplexity \(String(format: "%.0f", map.perplexity)), divergence "
          + "\(String(format: "%.2f", map.divergence)). \(trust(map.trust[1]))",
        points: map.points.map {
          .init(
            x: $0.neighbourX, y: $0.neighbourY, person: $0.person, condition: $0.condition)
        })
      return [.figure(components.figure), .figure(neighbours.figure)]
    }
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
