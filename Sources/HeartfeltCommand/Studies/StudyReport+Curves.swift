import ECGEvaluation
import ECGReport

// MARK: Curves

extension StudyReport {
  /// A curve a method for every factor with numbers on its axis, a panel for each split and each
  /// choice of the other factors; then the differences to the first reference in the same way.
  func curveBlocks(_ data: String) -> [ReportBlock] {
    definition.factors.enumerated().flatMap { index, factor -> [ReportBlock] in
      guard factor.values.filter({ $0.x != nil }).count > 1 else { return [] }
      return [scoreCurves(data, factor, index), differenceCurves(data, factor, index)]
        .compactMap { $0 }.map { .figure($0.figure) }
    }
  }

  private func scoreCurves(
    _ data: String, _ factor: StudyDefinition.Factor, _ index: Int
  ) -> CurvePanels? {
    let classes = results.first { $0.data.name == data && $0.outcome != nil }?.outcome?.classNames
    let groups = panels(
      analysis.rows.filter { $0.data == data }.map(Entry.init), factor, index,
      reference: chanceLevel(classes?.count))
    let hasDashed = groups.contains { $0.curves.contains(where: \.isDashed) }
    guard !groups.isEmpty else { return nil }
    return CurvePanels(
      name: "\(factor.name)-\(data)",
      title: "\(data.sentenceCase): \(analysis.metric.displayName) by \(factor.name)",
      caption:
        "Dots: all tested windows together (\(splitWords)); bands: 95 % intervals by bootstrap "
        + "over persons."
        + (groups.count > 1 ? " The number beside each heading is the first curve's last." : "")
        + (hasDashed ? " Dashed: what \(factor.name) does not concern." : ""),
      xLabel: factor.axis.isEmpty ? factor.name : factor.axis,
      yLabel: analysis.metric.displayName, isLogarithmic: factor.isLogarithmic, groups: groups)
  }

  /// What a band of scores hides: the same persons are easy or hard for every method.
  private func differenceCurves(
    _ data: String, _ factor: StudyDefinition.Factor, _ index: Int
  ) -> CurvePanels? {
    guard let reference = definition.references.first else { return nil }
    let entries = analysis.comparisons.filter { $0.data == data && $0.reference == reference }
      .map(Entry.init)
    let groups = panels(entries, factor, index, reference: 0)
    guard !groups.isEmpty else { return nil }
    let metric = analysis.metric.displayName
    return CurvePanels(
      name: "difference-\(factor.name)-\(data)",
      title: "\(data.sentenceCase): \(metric) less that of \(reference.displayName), "
        + "by \(factor.name)",
      caption:
        "Differences on the same folds and persons (\(splitWords)); bands: 95 % intervals by drawing the "
        + "same persons for both. Above the dotted line a method is ahead of "
        + "\(reference.displayName); a band that does not meet the line is uncorrected for how many there "
        + "are, see the tests.",
      xLabel: factor.axis.isEmpty ? factor.name : factor.axis,
      yLabel: "\(metric) less that of \(reference.displayName)", referenceLabel: "no difference",
      isLogarithmic: factor.isLogarithmic, groups: groups)
  }

  private var splitWords: String {
    definition.splits.map { "\($0.rawValue) split" }.joined(separator: ", ")
  }

  /// A score or a difference with its place in the grid.
  private struct Entry {
    let values: [String]
    let level: Split.Level
    let method: ECGEvaluation.Method
    let value: Double
    let interval: ECGEvaluation.Interval?

    init(_ row: StudyAnalysis.Row) {
      (values, level, method) = (row.values, row.level, row.method)
      (value, interval) = (row.value, row.interval)
    }

    init(_ row: StudyAnalysis.Comparison) {
      (values, level, method) = (row.values, row.level, row.method)
      (value, interval) = (row.difference.value, row.difference.interval)
    }
  }

  private func panels(
    _ entries: [Entry], _ factor: StudyDefinition.Factor, _ index: Int, reference: Double?
  ) -> [CurvePanels.Group] {
    func others(_ values: [String]) -> [String] {
      values.enumerated().filter { $0.offset != index }.map(\.element)
    }
    var seen: Set<[String]> = []
    let choices = entries.map { others($0.values) }.filter { seen.insert($0).inserted }
    let parts = Dictionary(grouping: factor.values.filter { $0.x != nil }) { $0.panel ?? "" }
    var groups: [CurvePanels.Group] = []
    for level in Split.Level.allCases where entries.contains(where: { $0.level == level }) {
      for choice in choices {
        for (part, values) in parts.sorted(by: { $0.key < $1.key }) {
          let curves = definition.methods.compactMap { method in
            curve(
              entries.filter {
                $0.level == level && $0.method == method
                  && agrees(others($0.values), choice, method, besides: index)
              }, factor, values, index, method)
          }
          guard curves.contains(where: { !$0.isDashed }) else { continue }
          let (name, axis) = panelParts(part)
          let splits = definition.splits.count > 1 ? ["\(level.rawValue) split"] : []
          let title = ([name] + splits + choice).filter { !$0.isEmpty }
          groups.append(
            .init(
              title: title.joined(separator: ", "), curves: curves, reference: reference,
              xLabel: axis))
        }
      }
    }
    return groups
  }

  /// Whether a method's choice of the other factors is the panel's in all that concern the method.
  private func agrees(
    _ own: [String], _ choice: [String], _ method: ECGEvaluation.Method, besides index: Int
  ) -> Bool {
    let others = definition.factors.enumerated().filter { $0.offset != index }.map(\.element)
    return zip(zip(own, choice), others).allSatisfy { values, factor in
      values.0 == values.1 || !(factor.appliesTo.isEmpty || factor.appliesTo.contains(method))
    }
  }

  /// `noise: signal-to-noise ratio (dB)` as a heading and an axis of its own.
  func panelParts(_ panel: String) -> (title: String, axis: String?) {
    guard let colon = panel.range(of: ": ") else { return (panel, nil) }
    return (String(panel[..<colon.lowerBound]), String(panel[colon.upperBound...]))
  }

  private func curve(
    _ entries: [Entry], _ factor: StudyDefinition.Factor, _ values: [StudyDefinition.Value],
    _ index: Int, _ method: ECGEvaluation.Method
  ) -> CurvePanels.Curve? {
    let concerns = factor.appliesTo.isEmpty || factor.appliesTo.contains(method)
    let points = values.compactMap { value -> CurvePanels.Point? in
      let entry = concerns ? entries.first { $0.values[index] == value.name } : entries.first
      return entry.flatMap { entry in
        value.x.map {
          .init(x: $0, y: entry.value, interval: .init(concerns ? entry.interval : nil))
        }
      }
    }.sorted { $0.x < $1.x }
    return points.isEmpty
      ? nil : .init(name: method.displayName, points: points, isDashed: !concerns)
  }
}
