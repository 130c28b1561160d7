import ECGSignal

/// Something that was left out, and why.
public struct LeftOut: Sendable {
  /// What, such as `windows`.
  public var what: String
  /// How many.
  public var count: Int
  /// Why, such as `missing samples`.
  public var why: String

  /// Something that was left out.
  public init(what: String, count: Int, why: String) {
    self.what = what
    self.count = count
    self.why = why
  }
}

extension HTMLReport.Section {
  /// A comparison of methods: what is lost from window to person split, the numbers, the figures.
  /// - Parameter leakGapIntervals: the interval of window less person by method name.
  public static func comparison(
    _ table: ComparisonTable, title: String? = nil, leakGapIntervals: [String: Interval] = [:]
  ) -> Self {
    var blocks: [ReportBlock] = [.figure(table.figure), .table(table.reportTable)]
    let gaps = LeakGapChart(table, intervals: leakGapIntervals)
    if !gaps.rows.isEmpty { blocks.append(.figure(gaps.figure)) }
    return Self(title ?? "\(table.target.sentenceCase): methods and splits", blocks)
  }

  /// The course of a pre-training.
  public static func pretraining(_ curves: EpochCurves) -> Self {
    Self("Pre-training", [.figure(curves.f1Figure), .figure(curves.lossFigure)])
  }

  /// How recordings became windows.
  public static func recipe(_ recipe: PreprocessingRecipe) -> Self {
    Self("Recipe", [.paragraph(recipe.sentence), .facts(recipe.facts)])
  }

  /// What was left out; says so when it was nothing.
  public static func leftOut(_ items: [LeftOut]) -> Self {
    let rows = items.filter { $0.count > 0 }
    guard !rows.isEmpty else { return Self("Left out", [.paragraph("Nothing was left out.")]) }
    return Self(
      "Left out",
      [
        .table(
          ReportTable(
            name: "left-out", caption: "What was in the data and not used.",
            columns: [.init("what"), .init("count", isNumber: true), .init("why")],
            rows: rows.map { [$0.what, countText($0.count), $0.why] }))
      ])
  }

  /// Who stood on which side.
  public static func splitProofs(_ proofs: [SplitProof]) -> Self {
    Self("Who stood on which side", proofs.flatMap(\.blocks))
  }

  /// How it was done, in words for a paper.
  public static func methods(_ text: MethodsText) -> Self { Self("Methods", text.blocks) }
}
