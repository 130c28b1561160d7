import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGReport
import ECGSignal
import Foundation

/// What a model says of a recording, ready to be printed or drawn.
struct RecordingPrediction {
  let name: String
  let loaded: LoadedRecording
  let model: EmotionModel
  let windows: [WindowPrediction]

  /// Predicts every window of a recording.
  init(
    of loaded: LoadedRecording, named name: String, by model: EmotionModel, stride: Double?,
    engine: any ComputeEngine
  ) throws {
    self.name = name
    self.loaded = loaded
    self.model = model
    windows = try model.predict(loaded.recording, engine: engine, stride: stride)
  }

  /// How many windows each class was predicted for; windows without a prediction are not in it.
  var counts: [Int] {
    windows.reduce(into: [Int](repeating: 0, count: model.classes.count)) { counts, window in
      if let predicted = window.predictedClass { counts[predicted] += 1 }
    }
  }

  /// How many windows the model abstains from.
  var abstained: Int { windows.count { $0.abstention != nil } }

  /// The timeline as a table, with what it is of above it and the sum below.
  var text: String {
    var table = TextTable(
      columns: [.init("start", .right), .init("quality", .right)]
        + model.classes.map { .init($0, .right) } + [.init(model.target)])
    for window in windows {
      table.add(
        [clock(window.start), String(format: "%.2f", window.quality)]
          + model.classes.indices.map { index in
            window.probabilities.indices.contains(index)
              ? String(format: "%.2f", window.probabilities[index]) : "–"
          } + [verdict(of: window)])
    }
    let sums = zip(model.classes, counts).map { "\($0) \($1)" }.joined(separator: ", ")
    return """
      \(name): \(loaded.choice)
      \(table.text)
      \(windows.count) windows: \(sums)\(abstained > 0 ? ", abstained \(abstained)" : "")
      \(Self.scoreLine(of: model))
      \(HTMLReport.purpose)
      """
  }

  /// What is known of how good the model is, and on which split.
  static func scoreLine(of model: EmotionModel) -> String {
    model.provenance.evaluation.isEmpty
      ? "The model carries no score: nobody evaluated it on unseen persons before it was trained."
      : "The model's kind of training scored: \(model.provenance.evaluation)"
  }

  /// The numbers, for JSON.
  struct Summary: Encodable {
    let recording: String
    let lead: String
    let target: String
    let classes: [String]
    let windows: [WindowPrediction]
    let abstained: Int
    let modelScore: String
    let purpose: String
  }

  /// The numbers.
  var summary: Summary {
    Summary(
      recording: name, lead: loaded.choice, target: model.target, classes: model.classes,
      windows: windows, abstained: abstained, modelScore: Self.scoreLine(of: model),
      purpose: HTMLReport.purpose)
  }

  private func verdict(of window: WindowPrediction) -> String {
    switch window.abstention {
    case .quality: "abstains: quality below \(String(format: "%.2f", model.minimumQuality))"
    case .missingSamples: "abstains: samples are missing"
    case .flat: "abstains: no signal"
    case nil: window.predictedClass.map { model.classes[$0] } ?? "–"
    }
  }

  private func clock(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    let rest = String(format: "%04.1f", Double(tenths % 600) / 10)
    return "\(tenths / 600):\(rest)"
  }
}
