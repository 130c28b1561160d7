import ECGEmotion
import ECGPrediction
import ECGSignal
import Foundation
import HeartfeltWork

/// A live session whose predictions are printed as they come.
final class LivePrinter {
  /// How predictions are printed.
  enum Format: String, CaseIterable {
    case text, jsonl, csv
  }

  private let session: LiveSession
  private let name: String
  private let format: Format
  private var model: EmotionModel { session.model }

  /// Prints the predictions of a session for a stream of a name.
  init(_ session: LiveSession, name: String, format: Format) {
    self.session = session
    self.name = name
    self.format = format
    if format == .csv {
      show(
        "start_s,end_s,quality,heart_rate,\(model.target),confidence,abstention,"
          + model.classes.map { "p_" + $0 }.joined(separator: ","))
    }
  }

  /// Takes a packet and prints the predictions it completes.
  func take(_ packet: SamplePacket) throws {
    try session.take(packet) { try report($0) }
  }

  /// A silence of so many seconds by the clock of this machine.
  func silence(seconds: Double) throws {
    try session.silence(seconds: seconds) { try report($0) }
  }

  /// Ends the stream, prints what was still on its way, and sums up.
  func finish() throws {
    try session.finish { try report($0) }
    Console.note(session.summary)
  }

  private func report(_ event: LiveSession.Event) throws {
    switch event {
    case .samples: break
    case .remark(let remark): Console.note("note: \(remark)")
    case .prediction(let window):
      switch format {
      case .jsonl:
        show(try JSONText.line(RecordingPrediction.Line(window, file: name, model: model)))
      case .csv: show(row(window))
      case .text: show(line(window))
      }
    }
  }

  private func row(_ window: WindowPrediction) -> String {
    let label = window.predictedClass.map { model.classes[$0] } ?? ""
    let shares = model.classes.indices.map { index in
      window.probabilities.indices.contains(index) ? "\(window.probabilities[index])" : ""
    }
    return
      ([
        "\(window.start)", "\(window.end)", String(format: "%.4f", window.quality),
        window.heartRate.map { String(format: "%.2f", $0) } ?? "", label,
        window.confidence.map { String(format: "%.6f", $0) } ?? "",
        window.abstention?.rawValue ?? "",
      ] + shares).joined(separator: ",")
  }

  private func line(_ window: WindowPrediction) -> String {
    let head = String(
      format: "%8.1f s  quality %.2f  %@  ", window.end, window.quality,
      window.heartRate.map { String(format: "%3.0f/min", $0) } ?? "  –/min")
    switch window.abstention {
    case .quality: return head + "abstains: quality too low"
    case .confidence: return head + "abstains: too unsure"
    case .missingSamples: return head + "abstains: samples are missing"
    case .flat: return head + "abstains: no signal"
    case nil:
      let label = window.predictedClass.map { model.classes[$0] } ?? "–"
      return head + label + String(format: " %.2f", window.confidence ?? 0)
    }
  }

  /// Prints at once, for whoever reads on.
  private func show(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
