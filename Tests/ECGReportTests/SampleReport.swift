import ECGReport
import ECGSignal

/// A report as the demo writes it, of invented values.
enum SampleReport {
  static var report: HTMLReport {
    get throws {
      let comparison = SampleFigures.comparison
      return HTMLReport(
        title: "Demo: stress on a synthetic cohort", summary: "x", origin: "y",
        sections: [
          .init("Result", [.table(comparison.reportTable), .figure(comparison.figure)]),
          .init("All figures", try SampleFigures.all().map { .figure($0) }),
        ])
    }
  }
}
