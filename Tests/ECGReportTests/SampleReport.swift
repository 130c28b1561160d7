import ECGReport
import ECGSignal

/// A report as the demo writes it, of invented values.
enum SampleReport {
  static let persons = (1...24).map { "P\($0)" }

  static func proof(_ split: ReportedSplit) -> SplitProof {
    SplitProof(
      split: split,
      folds: (0..<6).map { fold in
        let test = split == .person ? Array(persons[(fold * 4)..<(fold * 4 + 4)]) : persons
        let rest = split == .person ? persons.filter { !test.contains($0) } : persons
        return .init(
          training: Array(rest.dropLast(3)), validation: Array(rest.suffix(3)), test: test,
          trainingWindows: 2400, testWindows: 480)
      })
  }

  static var report: HTMLReport {
    get throws {
      let comparison = SampleFigures.comparison
      return HTMLReport(
        title: "Demo: stress on a synthetic cohort",
        summary:
          "On unseen persons the pre-trained trunk reaches a balanced accuracy of 0.66 [0.60, 0.72], "
          + "the random trunk 0.56 [0.50, 0.61] (person split, 24 persons). Under the window split the "
          + "same methods look 0.27 to 0.28 better.",
        origin: "Heartfelt 0.1, seed 1, 2026-01-31 12:00.",
        sections: [
          .comparison(
            comparison,
            leakGapIntervals: Dictionary(
              uniqueKeysWithValues: SampleFigures.leakGap.rows.map { ($0.method, $0.interval) })),
          .init(
            "Confusion and confidence",
            [
              .figure(
                SampleFigures.confusion(["baseline", "stress", "amusement", "meditation"]).figure),
              .figure(SampleFigures.reliability.figure),
            ]),
          .pretraining(SampleFigures.epochs(20)),
          .init("Transformations", [.figure(SampleFigures.transformations.figure)]),
          .init(
            "A person never seen",
            [
              .figure(SampleFigures.timeline(windows: 60).figure),
              .figure(try SampleFigures.strip(seconds: 60).figure),
            ]),
          .splitProofs([proof(.window), proof(.person)]),
          .recipe(.standard),
          .leftOut([
            .init(what: "windows", count: 31, why: "missing samples"),
            .init(what: "windows", count: 12_345, why: "quality below 0.5"),
          ]),
          .methods(
            MethodsText(
              data: "the synthetic cohort of the demo", persons: 24, windows: 2880,
              recipe: .standard,
              pretraining:
                "In each fold a signal transformation recognition network was pre-trained on the "
                + "training persons for 20 epochs.",
              training: "Two dense layers of 512 units were trained on its 128 features.",
              splits: [.window, .recording, .person], folds: 6,
              selection: "Epochs were chosen on persons set aside, never on test.",
              bootstrapSamples: 2000, seed: 1,
              version: "0.1.0")),
        ])
    }
  }
}
