import ECGPrediction
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

/// The part of a report that is on pre-training: how each task was learned, and what it is about.
package struct PretrainingReport {
  package let result: PretrainingResult
  package let configuration: PretrainingConfiguration
  package let trainingPersons: [String]
  package let heldOutPersons: [String]
  /// The mean F1 on them after the last epoch, with its interval; empty when nobody is held out.
  package let heldOutMean: String
  /// A window to show under each transformation.
  package let example: Example?

  /// A report of a run.
  package init(
    result: PretrainingResult, configuration: PretrainingConfiguration, trainingPersons: [String],
    heldOutPersons: [String], heldOutMean: String, example: Example?
  ) {
    self.result = result
    self.configuration = configuration
    self.trainingPersons = trainingPersons
    self.heldOutPersons = heldOutPersons
    self.heldOutMean = heldOutMean
    self.example = example
  }

  /// A window, where it comes from in words, and its rate in Hz.
  package struct Example {
    package let window: [Float]
    package let source: String
    package let samplingRate: Double
  }

  /// The report of a run of `pretrain`.
  package var report: HTMLReport {
    HTMLReport(
      title: "Pre-training", summary: summary,
      origin: "heartfelt \(heartfeltVersion)", sections: [section])
  }

  /// The section for a longer report.
  package var section: HTMLReport.Section {
    var blocks: [ReportBlock] = [
      .paragraph(
        "Without any label, the network learns to recognise which transformation a window has "
          + "undergone. Its convolutional trunk is what is used afterwards."),
      .figure(curves.f1Figure), .figure(curves.lossFigure),
    ]
    if let gallery { blocks.append(.figure(gallery)) }
    blocks.append(
      .details(
        summary: "Persons",
        [
          .facts([
            .init("trained on", trainingPersons.joined(separator: ", ")),
            .init("held out", heldOutPersons.joined(separator: ", ")),
          ])
        ]))
    return HTMLReport.Section("Pre-training", blocks)
  }

  private var summary: String {
    guard let last = result.history.last else { return "No epoch is done." }
    let training = String(format: "%.3f", last.training.meanF1)
    let heldOut =
      heldOutMean.isEmpty
      ? "" : ", \(heldOutMean) on \(heldOutPersons.count) held-out ones (person split)"
    return "Mean F1 over the tasks after epoch \(last.epoch): \(training) on "
      + "\(trainingPersons.count) training persons\(heldOut)."
  }

  private var curves: EpochCurves {
    func tasks(_ value: (PretextTaskScore) -> Double, constant: Bool) -> [EpochCurves.Task] {
      configuration.transformations.names.map { name in
        EpochCurves.Task(
          name: name,
          training: result.history.map { $0.training[name].map(value) ?? .nan },
          heldOut: result.history.compactMap { $0.heldOut?[name].map(value) },
          constantAnswer: constant
            ? result.history.last?.training[name]?.constantAnswerF1 : nil)
      }
    }
    return EpochCurves(
      epochs: result.history.map(\.epoch), trainingPersons: trainingPersons.count,
      heldOutPersons: heldOutPersons.count, loss: tasks(\.loss, constant: false),
      f1: tasks(\.f1, constant: true))
  }

  /// One window under each transformation.
  private var gallery: Figure? {
    guard let example else { return nil }
    let source = WindowArray(samples: example.window, windowLength: example.window.count)
    let versions = configuration.transformations.members.compactMap { transformation in
      (try? TransformedWindows(of: source, by: transformation, seed: configuration.seed))
        .map { transformed in
          let settings = transformation.settingValues.sorted { $0.key < $1.key }
          return TransformationChart.Version(
            name: transformation.name,
            setting: settings.map { "\($0.key) \(RecordingInspection.number($0.value))" }.joined(
              separator: ", "),
            samples: transformed.window(0))
        }
    }
    return TransformationChart(
      source: example.source, samplingRate: example.samplingRate, unit: "z-score",
      versions: versions
    ).figure
  }
}
