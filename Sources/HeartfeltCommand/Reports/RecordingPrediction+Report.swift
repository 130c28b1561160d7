import ECGReport
import Foundation

extension RecordingPrediction {
  /// The recording with its quality and rhythm, and the timeline of what the model says.
  var report: HTMLReport {
    var blocks: [ReportBlock] = [.figure(timeline)]
    if abstained > 0 {
      blocks.append(
        .notice(
          "The model abstains from \(abstained) of \(windows.count) windows because of their quality."
        ))
    }
    var sections = [HTMLReport.Section("What the model says", blocks)]
    if let inspection = try? RecordingInspection(loaded) {
      sections.append(
        HTMLReport.Section(
          "The recording", [.code(inspection.text), .figure(inspection.figure(named: name))]))
    }
    sections.append(HTMLReport.Section("The model", modelFacts))
    return HTMLReport(
      title: "\(model.target.prefix(1).uppercased() + model.target.dropFirst()) in \(name)",
      summary: Self.scoreLine(of: model), origin: "heartfelt \(Heartfelt.version)",
      sections: sections)
  }

  /// The timeline of probabilities with its stretches of abstention.
  var timeline: Figure {
    EmotionTimelineChart(
      recording: name, classes: model.classes,
      windows: windows.map { window in
        .init(
          start: window.start, end: window.end, quality: window.quality,
          probabilities: window.abstention == nil ? window.probabilities.map(Double.init) : nil)
      }, leastQuality: model.minimumQuality
    ).figure
  }

  private var modelFacts: [ReportBlock] {
    let provenance = model.provenance
    return [
      .facts([
        .init("recognises", "\(model.target): \(model.classes.joined(separator: ", "))"),
        .init("trunk", provenance.configuration.adaptation.rawValue),
        .init("learned from", "\(provenance.persons.count) persons"),
        .init("pre-trained on", "\(provenance.pretrainingPersons.count) persons"),
        .init("temperature", String(format: "%.2f", model.temperature)),
        .init("abstains below quality", String(format: "%.2f", model.minimumQuality)),
      ]),
      .details(
        summary: "Persons the model has seen",
        [.list(Set(provenance.persons + provenance.pretrainingPersons).sorted())]),
    ]
  }
}
