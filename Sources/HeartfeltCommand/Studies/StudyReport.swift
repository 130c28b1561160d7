import ECGDatasets
import ECGEvaluation
import ECGReport
import ECGSignal
import Foundation

/// The report of a study: tables with leak gaps, curves, tests, and what is needed to believe them.
struct StudyReport {
  let definition: StudyDefinition
  let results: [StudyCellResult]
  let analysis: StudyAnalysis
  let leftOut: [String]
  /// The recipe of each data entry.
  let recipes: [PreprocessingRecipe]
  let descriptions: [StoreDescription]

  var report: HTMLReport {
    let title = definition.title.isEmpty ? definition.name : definition.title
    var sections = [HTMLReport.Section("What was asked", introduction)]
    for data in definition.data.map(\.name) where analysis.rows.contains(where: { $0.data == data })
    {
      sections.append(.init(data, comparisonBlocks(data)))
    }
    sections.append(.init("Tests", testBlocks))
    let learning = pretextBlocks
    if !learning.isEmpty { sections.append(.init("Pre-training", learning)) }
    sections.append(.init("Confusion, calibration and features", detailBlocks))
    sections.append(proofSection)
    sections.append(.init("Left out", leftOutBlocks))
    sections += recipeSections
    sections.append(.init("Methods", methodsBlocks))
    return HTMLReport(
      title: "Study \(definition.name): \(title)", summary: summary,
      origin:
        "heartfelt \(results.first?.build ?? Heartfelt.version), engine \(results.first?.engine ?? "none"), "
        + "\(results.count) cells, seed\(definition.seeds.count == 1 ? "" : "s") \(definition.seeds.map(String.init).joined(separator: ", "))",
      sections: sections)
  }

  private var summary: String {
    let person = analysis.rows.filter { $0.level == .person }
    guard let best = person.max(by: { $0.value < $1.value }) else { return definition.purpose }
    let choice = best.values.isEmpty ? "" : " (\(best.values.joined(separator: ", ")))"
    return "Highest \(analysis.metric.displayName) on unseen persons: \(best.method.displayName)"
      + "\(choice), \(best.data), \(figuresText(best.value, best.interval)), person split, "
      + "\(best.persons.count) persons. The highest of many is too high; see the tests."
  }

  private var introduction: [ReportBlock] {
    var blocks: [ReportBlock] = []
    if !definition.purpose.isEmpty { blocks.append(.paragraph(definition.purpose)) }
    var facts: [ReportBlock.Fact] = [
      .init("data", definition.data.map(\.name).joined(separator: "; ")),
      .init("methods", definition.methods.map(\.displayName).joined(separator: "; ")),
      .init("splits", definition.splits.map(\.rawValue).joined(separator: ", ")),
    ]
    for factor in definition.factors {
      facts.append(.init(factor.name, factor.values.map(\.name).joined(separator: "; ")))
    }
    blocks.append(.facts(facts))
    if hasSyntheticData {
      blocks.append(
        .notice("Some of these data are synthetic. Their scores say nothing about people."))
    }
    var seen: Set<String> = []
    let notes = descriptions.flatMap { store in store.notes.map { "\(store.dataset): \($0)" } }
      .filter { seen.insert($0).inserted }
    if !notes.isEmpty { blocks += [.paragraph("What is to be known of the data:"), .list(notes)] }
    let builds = Dictionary(grouping: results, by: \.build).sorted { $0.key < $1.key }
    if builds.count > 1 {
      let counts = builds.map { "\($0.key): \($0.value.count) cells" }.joined(separator: "; ")
      blocks.append(
        .notice("The cells were computed by several builds of the program (\(counts))."))
    }
    return blocks
  }
}

extension StudyReport {
  /// Whether some of the data were computed, not recorded.
  var hasSyntheticData: Bool {
    definition.data.contains { $0.name.hasPrefix("synthetic") }
  }
}

// MARK: Tables and curves

extension StudyReport {
  /// Rows of a data entry with the same choice of factors.
  private func choices(_ data: String) -> [[String]] {
    var seen: Set<[String]> = []
    return analysis.rows.filter { $0.data == data }.map(\.values).filter {
      seen.insert($0).inserted
    }
  }

  private func comparisonBlocks(_ data: String) -> [ReportBlock] {
    let curves = curveBlocks(data)
    let table = scoreTable(data)
    var blocks = curves
    blocks.append(
      curves.isEmpty || table.rows.count <= 16
        ? .table(table) : .details(summary: "All \(table.rows.count) scores", [.table(table)]))
    if curves.isEmpty, let together = choicesTogether(data) { return blocks + together }
    for (number, values) in choices(data).enumerated() {
      let table = comparison(data, values)
      var own: [ReportBlock] = [.figure(table.figure)]
      let gaps = LeakGapChart(table, intervals: gapIntervals(data, values))
      if !gaps.rows.isEmpty { own.append(.figure(gaps.figure)) }
      let name = values.joined(separator: ", ")
      // Where curves show the course, all choices are for who wants them.
      blocks +=
        number == 0 && curves.isEmpty ? own : [.details(summary: "Each person: \(name)", own)]
    }
    return blocks
  }

  /// All choices in one figure, where the study varies one thing that has no axis and concerns some
  /// methods only: which layer, which corpus.
  private func choicesTogether(_ data: String) -> [ReportBlock]? {
    guard definition.factors.count == 1, let factor = definition.factors.first,
      !factor.appliesTo.isEmpty
    else { return nil }
    let rows = analysis.rows.filter { $0.data == data }
    var intervals: [String: ECGReport.Interval] = [:]
    var methods: [ComparisonTable.Method] = []
    for (hue, method) in definition.methods.enumerated() {
      let isVaried = factor.appliesTo.contains(method)
      for values in choices(data) {
        let own = rows.filter { $0.method == method && $0.values == values }
        guard !own.isEmpty else { continue }
        let name = method.displayName + (isVaried ? ": \(values.joined(separator: ", "))" : "")
        methods.append(.init(name: name, scores: own.compactMap(\.reported), hue: hue))
        intervals[name] = own.compactMap(\.leakGap).first.map { .init($0.interval) }
      }
    }
    guard methods.count <= 40 else { return nil }
    let classes = results.first { $0.data.name == data && $0.outcome != nil }?.outcome?.classNames
    let table = ComparisonTable(
      target: data, metric: analysis.metric.displayName, chance: chanceLevel(classes?.count),
      methods: methods)
    let gaps = LeakGapChart(table, intervals: intervals)
    return [.figure(table.figure)] + (gaps.rows.isEmpty ? [] : [.figure(gaps.figure)])
  }

  /// The numbers: a row a method and choice, splits side by side, the leak gap a column of its own.
  private func scoreTable(_ data: String) -> ReportTable {
    let rows = analysis.rows.filter { $0.data == data }
    let levels = Split.Level.allCases.filter { level in rows.contains { $0.level == level } }
    let factors = definition.factors.map(\.name)
    let hasGap = levels.contains(.window) && levels.contains(.person)
    let persons = Set(rows.map(\.persons.count)).max() ?? 0
    var columns: [ReportTable.Column] = [.init("method")]
    columns += factors.map { ReportTable.Column($0) }
    columns += levels.map { ReportTable.Column("\($0.rawValue) split", isNumber: true) }
    if hasGap { columns.append(.init("leak gap", isNumber: true)) }
    columns.append(.init("p, chance", isNumber: true))
    var table = ReportTable(
      name: "scores-\(data)", caption: scoreCaption(data, persons: persons, hasGap: hasGap, levels),
      columns: columns)
    for values in choices(data) {
      for method in definition.methods {
        let own = rows.filter { $0.values == values && $0.method == method }
        guard !own.isEmpty else { continue }
        var cells = [method.displayName]
        cells += zip(values, definition.factors).map { value, factor in
          factor.appliesTo.isEmpty || factor.appliesTo.contains(method) ? value : "any"
        }
        cells += levels.map { level in
          own.first { $0.level == level }.map { figuresText($0.value, $0.interval, digits: 2) }
            ?? "–"
        }
        if hasGap {
          cells.append(
            own.compactMap(\.leakGap).first.map { differenceText($0.value, $0.interval) } ?? "–")
        }
        cells.append(own.last?.chanceP.map(probabilityText) ?? "–")
        table.rows.append(cells)
      }
    }
    table.data = scoreData(rows)
    return table
  }

  private func scoreCaption(
    _ data: String, persons: Int, hasGap: Bool, _ levels: [Split.Level]
  ) -> String {
    var sentences = [
      "\(analysis.metric.displayName.sentenceCase), \(data), \(persons) persons; brackets: 95 % "
        + "intervals, bootstrap over persons."
    ]
    if hasGap { sentences.append("Leak gap: window score less person score.") }
    if !exchanges.isEmpty, let last = levels.last?.rawValue {
      sentences.append(
        "p: test of balanced accuracy against chance under the \(last) split, "
          + "\(exchanges.joined(separator: " or ")); the largest over seeds, Holm-corrected over the "
          + "rows of these data.")
    }
    if analysis.metric == .areaUnderROC {
      sentences.append("AUROC ranks the windows of each fold by themselves.")
    }
    return sentences.joined(separator: " ")
  }

  /// The rows of a table as numbers.
  private func scoreData(_ rows: [StudyAnalysis.Row]) -> String {
    var csv = CSVText(
      columns: ["data", "method"] + definition.factors.map(\.name) + [
        "split", "persons", "value", "lower95", "upper95", "leak_gap", "gap_lower95", "gap_upper95",
        "p_chance",
      ])
    for row in rows {
      let texts =
        [row.data, row.method.rawValue] + row.values
        + [row.level.rawValue, String(row.persons.count)]
      let numbers: [Double?] = [
        row.value, row.interval?.low, row.interval?.high, row.leakGap?.value,
        row.leakGap?.interval?.low, row.leakGap?.interval?.high, row.chanceP,
      ]
      let textCells: [CSVText.Cell] = texts.map { .text($0) }
      csv.add(textCells + numbers.map { CSVText.Cell.number($0 ?? .nan) })
    }
    return csv.text
  }

  private func comparison(_ data: String, _ values: [String]) -> ComparisonTable {
    let rows = analysis.rows.filter { $0.data == data && $0.values == values }
    let classes = results.first { $0.data.name == data && $0.outcome != nil }?.outcome?.classNames
    let choice = values.isEmpty ? "" : ", " + values.joined(separator: ", ")
    return ComparisonTable(
      target: data + choice, metric: analysis.metric.displayName,
      chance: chanceLevel(classes?.count),
      methods: definition.methods.compactMap { method in
        let own = rows.filter { $0.method == method }
        return own.isEmpty
          ? nil : .init(name: method.displayName, scores: own.compactMap(\.reported))
      })
  }

  /// What a guess gets, if that is a fixed number.
  func chanceLevel(_ classes: Int?) -> Double? {
    switch analysis.metric {
    case .balancedAccuracy: classes.map { 1 / Double($0) }
    case .areaUnderROC, .pooledAreaUnderROC: 0.5
    default: nil
    }
  }

  private func gapIntervals(
    _ data: String, _ values: [String]
  ) -> [String: ECGReport.Interval] {
    analysis.rows.filter { $0.data == data && $0.values == values }.reduce(into: [:]) {
      if let gap = $1.leakGap { $0[$1.method.displayName] = .init(gap.interval) }
    }
  }
}

extension StudyAnalysis.Row {
  /// The row in the report's terms.
  fileprivate var reported: MethodScores? {
    ReportedSplit(rawValue: level.rawValue).map {
      MethodScores(
        split: $0, persons: persons.count, value: value, interval: .init(interval),
        perPerson: persons.map { .init(person: $0.person, value: $0.value) })
    }
  }
}
