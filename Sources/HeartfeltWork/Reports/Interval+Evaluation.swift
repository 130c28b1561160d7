import ECGEvaluation
import ECGReport

extension ECGReport.Interval {
  /// An interval as reports draw it, or the reason why there is none.
  package init(_ interval: ECGEvaluation.Interval?, orBecause reason: String = "not computed") {
    self = interval.map { .bounds($0.low, $0.high) } ?? .missing(because: reason)
  }
}
