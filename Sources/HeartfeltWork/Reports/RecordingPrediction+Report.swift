import ECGEmotion
import ECGPrediction
import ECGReport
import Foundation

extension RecordingPrediction {
  /// The recording with its quality and rhythm, and the timeline of what the model says.
  package var report: HTMLReport {
    var blocks: [ReportBlock] = [.figure(timeline)]
    if abstained > 0 {
      blocks.append(
        .notice(
          "The model abstains from \(abstained) of \(windows.count) windows: \(reasons)."))
    }
    var sections = [HTMLReport.Section("What the model says", blocks)]
    if loaded.recording.duration > Self.longRecording {
      // A whole day is not searched for beats at once: the windows' heart rates tell of it.
      sections.append(HTMLReport.Section("The recording", [.facts(longFacts)]))
    } else if let inspection = try? RecordingInspection(loaded) {
      sections.append(
        HTMLReport.Section(
          "The recording", [.code(inspection.text), .figure(inspection.figure(named: name))]))
    }
    sections.append(HTMLReport.Section("The model", modelFacts))
    return HTMLReport(
      title: "\(model.target.prefix(1).uppercased() + model.target.dropFirst()) in \(name)",
      summary: Self.scoreLine(of: model), origin: "heartfelt \(heartfeltVersion)",
      sections: sections)
  }

  /// The timeline of probabilities with its stretches of abstention.
  package var timeline: Figure {
    EmotionTimelineChart(
      recording: name, classes: model.classes,
      windows: windows.map { window in
        .init(
          start: window.start, end: window.end, quality: window.quality,
          probabilities: window.abstention == nil ? window.probabilities.map(Double.init) : nil)
      }, leastQuality: model.minimumQuality
    ).figure
  }

  /// Why the model abstains, with counts.
  private var reasons: String {
    let words: [(WindowPrediction.Abstention, String)] = [
      (.quality, "quality too low"), (.confidence, "too unsure"),
      (.missingSamples, "samples missing"), (.flat, "no signal"),
    ]
    return words.compactMap { reason, word in
      let count = windows.count { $0.abstention == reason }
      return count > 0 ? "\(word) \(count)" : nil
    }.joined(separator: ", ")
  }

  private var longFacts: [ReportBlock.Fact] {
    let rates = windows.compactMap(\.heartRate)
    let mean = windows.reduce(0) { $0 + $1.quality } / Double(max(1, windows.count))
    var facts: [ReportBlock.Fact] = [
      .init("lead", loaded.choice),
      .init("length", ProgressBar.duration(loaded.recording.duration)),
      .init("mean quality", String(format: "%.2f", mean)),
    ]
    if let least = rates.min(), let most = rates.max() {
      let average = rates.reduce(0, +) / Double(rates.count)
      facts.append(
        .init(
          "heart rate of the windows",
          String(format: "%.0f on average, %.0f to %.0f beats/min", average, least, most)))
    }
    return facts
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
        .init("abstains below confidence", String(format: "%.2f", model.minimumConfidence)),
        .init("calibration", model.calibration.map { "\($0)" } ?? "not measured"),
      ]),
      .details(
        summary: "Persons the model has seen",
        [.list(Set(provenance.persons + provenance.pretrainingPersons).sorted())]),
    ]
  }
}
