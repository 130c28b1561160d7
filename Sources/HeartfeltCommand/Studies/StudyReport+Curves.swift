import ECGEvaluation
import ECGReport

// MARK: Curves

extension StudyReport {
  /// A curve a method for every factor with numbers on its axis, a panel for each split and each
  /// choice of the other factors.
  func curveBlocks(_ data: String) -> [ReportBlock] {
    definition.factors.enumerated().flatMap { index, factor -> [ReportBlock] in
      let points = factor.values.filter { $0.x != nil }
      guard points.count > 1 else { return [] }
      let groups = panels(data, factor, index)
      let hasDashed = groups.contains { $0.curves.contains(where: \.isDashed) }
      let figure = CurvePanels(
        name: "\(factor.name)-\(data)",
        title: "\(data.sentenceCase): \(analysis.metric.displayName) by \(factor.name)",
        caption:
          "Dots: all tested windows together (\(splitWords)); bands: 95 % intervals by bootstrap "
          + "over persons."
          + (groups.count > 1 ? " The number beside each heading is the first curve's last." : "")
          + (hasDashed ? " Dashed: what \(factor.name) does not concern." : ""),
        xLabel: factor.axis.isEmpty ? factor.name : factor.axis,
        yLabel: analysis.metric.displayName, isLogarithmic: factor.isLogarithmic,
        groups: groups)
      return figure.groups.isEmpty ? [] : [.figure(figure.figure)]
    }
  }

  private var splitWords: String {
    definition.splits.map { "\($0.rawValue) split" }.joined(separator: ", ")
  }

  private func panels(
    _ data: String, _ factor: StudyDefinition.Factor, _ index: Int
  ) -> [CurvePanels.Group] {
    let rows = analysis.rows.filter { $0.data == data }
    let classes = results.first { $0.data.name == data && $0.outcome != nil }?.outcome?.classNames
    func others(_ values: [String]) -> [String] {
      values.enumerated().filter { $0.offset != index }.map(\.element)
    }
    var seen: Set<[String]> = []
    let choices = rows.map { others($0.values) }.filter { seen.insert($0).inserted }
    let parts = Dictionary(grouping: factor.values.filter { $0.x != nil }) { $0.panel ?? "" }
    var groups: [CurvePanels.Group] = []
    for level in Split.Level.allCases where rows.contains(where: { $0.level == level }) {
      for choice in choices {
        for (part, values) in parts.sorted(by: { $0.key < $1.key }) {
          let curves = definition.methods.compactMap { method in
            curve(
              rows.filter {
                $0.level == level && $0.method == method && others($0.values) == choice
              }, factor, values, index, method)
          }
          guard curves.contains(where: { !$0.isDashed }) else { continue }
          let (name, axis) = panelParts(part)
          let splits = definition.splits.count > 1 ? ["\(level.rawValue) split"] : []
          let title = ([name] + splits + choice).filter { !$0.isEmpty }
          groups.append(
            .init(
              title: title.joined(separator: ", "), curves: curves,
              reference: chanceLevel(classes?.count), xLabel: axis))
        }
      }
    }
    return groups
  }

  /// `noise: signal-to-noise ratio (dB)` as a heading and an axis of its own.
  func panelParts(_ panel: String) -> (title: String, axis: String?) {
    guard let colon = panel.range(of: ": ") else { return (panel, nil) }
    return (String(panel[..<colon.lowerBound]), String(panel[colon.upperBound...]))
  }

  private func curve(
    _ rows: [StudyAnalysis.Row], _ factor: StudyDefinition.Factor,
    _ values: [StudyDefinition.Value], _ index: Int, _ method: ECGEvaluation.Method
  ) -> CurvePanels.Curve? {
    let concerns = factor.appliesTo.isEmpty || factor.appliesTo.contains(method)
    let points = values.compactMap { value -> CurvePanels.Point? in
      let row = concerns ? rows.first { $0.values[index] == value.name } : rows.first
      return row.flatMap { row in
        value.x.map { .init(x: $0, y: row.value, interval: .init(concerns ? row.interval : nil)) }
      }
    }.sorted { $0.x < $1.x }
    return points.isEmpty
      ? nil : .init(name: method.displayName, points: points, isDashed: !concerns)
  }
}
