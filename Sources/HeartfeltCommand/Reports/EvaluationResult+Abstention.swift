import ECGEvaluation
import ECGReport
import Foundation

extension EvaluationResult {
  /// What abstaining by confidence and by quality would have gained, on the hardest split evaluated.
  func abstentionBlocks(target: String) -> [ReportBlock] {
    guard let split = splits.last, let predictions else { return [] }
    let learned = split.methods.map(\.method).filter { method in
      switch method {
      case .majority, .personLookup, .recordingLookup: false
      default: true
      }
    }
    guard let method = learned.first,
      let found = try? predictions.predictions(split.level, method)
    else { return [] }
    let isRight = zip(found.predicted, found.truth).map { $0 == $1 }
    let confidences = found.truth.indices.map { window in
      found.probabilities[window * found.classCount..<(window + 1) * found.classCount].max() ?? 0
    }
    let byConfidence = RiskCoverage(
      ordering: "confidence", values: confidences, isRight: isRight)
    let byQuality = RiskCoverage(
      ordering: "quality", values: predictions.records.map(\.quality), isRight: isRight)
    let whose =
      "\(method.displayName), \(split.level.rawValue) split, \(split.persons) persons, "
      + "\(split.windows) windows"
    var rows = ["All windows are kept: accuracy \(two(byConfidence.points.last?.accuracy))."]
    for share in [0.8, 0.5] {
      if let point = byConfidence.points.last(where: { $0.coverage <= share }) {
        rows.append(
          "The surest \(Int((100 * point.coverage).rounded())) % are kept (confidence "
            + "\(two(point.threshold)) or more): accuracy \(two(point.accuracy)).")
      }
    }
    return [
      .figure(
        RiskCoverage.figure([byConfidence, byQuality], target: target, whose: whose)),
      .list(rows),
    ]
  }

  private func two(_ value: Double?) -> String {
    value.map { String(format: "%.2f", $0) } ?? "–"
  }
}
