import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGReport
import ECGSignal
import Foundation

/// What a model says of a recording, ready to be printed, sent or drawn: the one way from a file to
/// predictions, of the command line and of the server.
package struct RecordingPrediction: Sendable {
  /// What the recording is called.
  package let name: String
  /// The recording as it was read.
  package let loaded: LoadedRecording
  /// The model that was asked.
  package let model: EmotionModel
  /// What it says, window after window.
  package let windows: [WindowPrediction]

  /// From so many seconds on a recording is gone through in parts, to spare memory.
  package static let longRecording = 3600.0

  /// Predicts every window of a recording.
  package init(
    of loaded: LoadedRecording, named name: String, by model: EmotionModel, stride: Double?,
    normalisation: AmplitudeNormalisation? = nil, engine: any ComputeEngine
  ) throws {
    self.name = name
    self.loaded = loaded
    self.model = model
    guard loaded.recording.duration > Self.longRecording else {
      windows = try model.predict(
        loaded.recording, engine: engine, stride: stride, normalisedBy: normalisation)
      return
    }
    var windows: [WindowPrediction] = []
    try model.predictInParts(
      loaded.recording, engine: engine, stride: stride, normalisedBy: normalisation
    ) { windows.append($0) }
    self.windows = windows
  }

  /// How many windows each class was predicted for; windows without a prediction are not in it.
  package var counts: [Int] {
    windows.reduce(into: [Int](repeating: 0, count: model.classes.count)) { counts, window in
      if let predicted = window.predictedClass { counts[predicted] += 1 }
    }
  }

  /// How many windows the model abstains from.
  package var abstained: Int { windows.count { $0.abstention != nil } }

  /// The timeline as a table, with what it is of above it and the sum below.
  package var text: String {
    var table = TextTable(
      columns: [
        .init("start", .right), .init("quality", .right), .init("beats/min", .right),
      ]
        + model.classes.map { .init($0, .right) } + [.init(model.target)])
    for window in windows {
      table.add(
        [
          clock(window.start), String(format: "%.2f", window.quality),
          window.heartRate.map { String(format: "%.0f", $0) } ?? "–",
        ]
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
  package static func scoreLine(of model: EmotionModel) -> String {
    model.provenance.evaluation.isEmpty
      ? "The model carries no score: nobody evaluated it on unseen persons before it was trained."
      : "The model's kind of training scored: \(model.provenance.evaluation)"
  }

  /// The numbers, for JSON.
  package struct Summary: Encodable, Sendable {
    let recording: String
    let lead: String
    let target: String
    let classes: [String]
    let windows: [WindowPrediction]
    let abstained: Int
    let modelScore: String
    let purpose: String
    let warnings: [String]
  }

  /// The numbers.
  package var summary: Summary {
    Summary(
      recording: name, lead: loaded.choice, target: model.target, classes: model.classes,
      windows: windows, abstained: abstained, modelScore: Self.scoreLine(of: model),
      purpose: HTMLReport.purpose, warnings: loaded.warnings)
  }

  /// A row a window, for CSV; `isFirst` puts the names of the columns above.
  package func csv(isFirst: Bool) -> String {
    var csv = CSVText(
      columns: [
        "file", "start_s", "end_s", "quality", "heart_rate", model.target, "confidence",
        "abstention",
      ] + model.classes.map { "p_" + $0 })
    let heading = csv.text.count
    for window in windows {
      csv.add(
        [
          .text(name), .number(window.start), .number(window.end), .number(window.quality),
          .number(window.heartRate ?? .nan),
          .text(window.predictedClass.map { model.classes[$0] } ?? ""),
          .number(window.confidence ?? .nan), .text(window.abstention?.rawValue ?? ""),
        ]
          + model.classes.indices.map { index in
            .number(
              window.probabilities.indices.contains(index)
                ? Double(window.probabilities[index]) : .nan)
          })
    }
    let text = isFirst ? csv.text : String(csv.text.dropFirst(heading))
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// A window as an object of JSON Lines.
  package struct Line: Encodable, Sendable {
    let file: String
    let start: Double
    let end: Double
    let quality: Double
    let heartRate: Double?
    let target: String
    let label: String?
    let confidence: Double?
    let abstention: WindowPrediction.Abstention?
    let probabilities: [String: Float]

    /// A window of a file.
    package init(_ window: WindowPrediction, file: String, model: EmotionModel) {
      self.file = file
      start = window.start
      end = window.end
      quality = window.quality
      heartRate = window.heartRate
      target = model.target
      label = window.predictedClass.map { model.classes[$0] }
      confidence = window.confidence
      abstention = window.abstention
      probabilities = Dictionary(
        zip(model.classes, window.probabilities), uniquingKeysWith: { first, _ in first })
    }
  }

  /// A line of JSON a window.
  package func jsonLines() throws -> String {
    try windows.map { try JSONText.line(Line($0, file: name, model: model)) }
      .joined(separator: "\n")
  }

  private func verdict(of window: WindowPrediction) -> String {
    switch window.abstention {
    case .quality: "abstains: quality below \(String(format: "%.2f", model.minimumQuality))"
    case .confidence:
      "abstains: less sure than \(String(format: "%.2f", model.minimumConfidence))"
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
