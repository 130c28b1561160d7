import ArgumentParser
import ECGDatasets
import ECGSignal
import HeartfeltWork

/// Which label is learned, and how it becomes classes.
struct TargetOptions: ParsableArguments {
  @Option(help: "The label column to recognise, such as stress or arousal.")
  var target: String

  @Option(
    help: """
      How its values become classes: as-written, rounded, threshold:5, midpoint:1-9, bins:3,6, \
      person-median or group-median.
      """)
  var classes = "as-written"

  @Option(help: "The classes to keep, separated by commas; all unless given.")
  var only: String?

  /// The classes of windows, with a note on what is excluded.
  func labelling(of records: [WindowRecord]) throws -> Labelling {
    let kept = only.map { $0.split(separator: ",").map { $0.trimming(while: \.isWhitespace) } }
    let rule = LabelRule(target, try LabelRule.Coding(parsing: classes), only: kept)
    let labelling = try rule.labelling(of: records)
    let counts = zip(labelling.classNames, labelling.counts).map { "\($0) \($1)" }
    Console.note(
      "\(target) (\(labelling.rule)): \(counts.joined(separator: ", ")) windows"
        + (labelling.excludedCount > 0 ? "; \(labelling.excludedCount) without a class" : ""))
    return labelling
  }
}

extension Substring {
  fileprivate func trimming(while isBlank: (Character) -> Bool) -> String {
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(start[...last])
  }
}
