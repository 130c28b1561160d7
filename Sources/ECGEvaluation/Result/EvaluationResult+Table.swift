import Foundation

extension EvaluationResult {
  /// The table for the screen: macro-F1 of every method under every split, side by side, with the
  /// classes, what each split shares, and the leak gap.
  public var table: String { table(of: .macroF1) }

  /// The table of one metric.
  public func table(of metric: Metric) -> String {
    var lines = [title(of: metric), ""]
    lines += aligned(header + configuration.methods.map { row($0, metric) })
    lines.append("")
    lines += splits.map { "  " + $0.proof.description }
    lines += trunkLines
    lines += gapLines(metric)
    return lines.joined(separator: "\n") + "\n"
  }

  private func title(of metric: Metric) -> String {
    let classes = zip(classNames, classCounts).map { "\($0) (\($1))" }.joined(separator: ", ")
    return "\(metric.displayName) [95 % interval over persons] for \(classes)"
  }

  /// What each column is of: split, persons, windows, folds.
  private var header: [[String]] {
    [
      [""] + splits.map { "\($0.level.rawValue) split" },
      [""] + splits.map { "\($0.persons) persons" },
      [""] + splits.map { "\($0.windows) windows" },
      [""] + splits.map { $0.isLeaveOneOut ? "leave one out" : "\($0.proof.folds.count) folds" },
    ]
  }

  private func row(_ method: Method, _ metric: Metric) -> [String] {
    [method.displayName] + splits.map { $0[method]?[metric]?.figures ?? "–" }
  }

  private var trunkLines: [String] {
    guard configuration.methods.contains(where: \.usesPretrainedTrunk) else { return [] }
    if let seen = trunk.personsSeen {
      return ["  the trunk was pre-trained before and has seen \(seen) of the test persons"]
    }
    if configuration.pretrainingIncludesTest {
      return ["  as published, the trunk was pre-trained on the tested windows too"]
    }
    return ["  the trunk was pre-trained afresh in each fold, without what the fold tests"]
  }

  private func gapLines(_ metric: Metric) -> [String] {
    let gaps = leakGaps.filter { $0.difference.metric == metric }
    guard !gaps.isEmpty else { return [] }
    return ["", "  window split less person split (what knowing person and recording is worth)"]
      + aligned(gaps.map { [$0.method.displayName, $0.difference.figures] })
  }

  /// Rows with their cells under one another, two spaces apart.
  private func aligned(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
