import ECGEvaluation
import ECGReport
import Foundation

extension EvaluationResult {
  /// What abstaining by confidence and by quality would have gained, on the hardest split evaluated.
  package func abstentionBlocks(target: String) -> [ReportBlock] {
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
    func curve(_ ordering: String, _ values: [Double]) -> RiskCoverage {
      var curve = RiskCoverage(ordering: ordering, values: values, isRight: isRight)
      for place in curve.points.indices {
        curve.points[place].interval = interval(
          ofAccuracyAbove: curve.points[place].threshold, values, isRight, found.persons)
      }
      return curve
    }
    let byConfidence = curve("confidence", confidences)
    let byQuality = curve("quality", predictions.records.map(\.quality))
    let whose =
      "\(method.displayName), \(split.level.rawValue) split, \(split.persons) persons, "
      + "\(split.windows) windows"
    var rows = ["All windows are kept: accuracy \(figures(byConfidence.points.last))."]
    for share in [0.8, 0.5] {
      if let point = byConfidence.points.last(where: { $0.coverage <= share }) {
        rows.append(
          "The surest \(Int((100 * point.coverage).rounded())) % are kept (confidence "
            + "\(two(point.threshold)) or more): accuracy \(figures(point)).")
      }
    }
    return [
      .figure(
        RiskCoverage.figure([byConfidence, byQuality], target: target, whose: whose)),
      .list(rows),
    ]
  }

  /// The interval over persons of the share of right windows among those at a threshold or above it.
  private func interval(
    ofAccuracyAbove threshold: Double, _ values: [Double], _ isRight: [Bool], _ persons: [String]
  ) -> ECGReport.Interval {
    let names = Set(persons).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var kept = [Int](repeating: 0, count: names.count)
    var right = kept
    for window in values.indices where values[window] >= threshold {
      let person = places[persons[window], default: 0]
      kept[person] += 1
      if isRight[window] { right[person] += 1 }
    }
    return .init(
      Bootstrap(resamples: min(configuration.resamples, 500), seed: configuration.seed)
        .interval(persons: names.count) { weights in
          let count = zip(weights, kept).reduce(0) { $0 + $1.0 * $1.1 }
          return count > 0
            ? Double(zip(weights, right).reduce(0) { $0 + $1.0 * $1.1 }) / Double(count) : nil
        })
  }

  private func figures(_ point: RiskCoverage.Point?) -> String {
    point.map { "\(two($0.accuracy)) \($0.interval.text)" } ?? "–"
  }

  private func two(_ value: Double) -> String { String(format: "%.2f", value) }
}
