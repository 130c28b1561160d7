import ArgumentParser
import ECGEmotion
import ECGFormats
import ECGReport
import Foundation

/// `heartfelt predict`.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what an emotion model makes of a recording, window after window.",
    discussion: """
      Prints a line for each window: start, quality, class probabilities; where the signal is too poor \
      the model abstains and the line says why. For research; no diagnosis.
      """)

  @Option(help: "An emotion model that 'train' wrote, or its folder.")
  var model: URL

  @Argument(help: "The recording.")
  var file: URL

  @Option(help: "Seconds from one window's start to the next; no overlap unless given.")
  var stride: Double?

  @OptionGroup(title: "Recording") var reading: ReadingArguments

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: "Write a report with figures into this HTML file.")
  var report: URL?

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    if let stride, !(stride.isFinite && stride > 0) {
      throw ValidationError("--stride must be a number of seconds greater than 0, not \(stride)")
    }
  }

  func run() throws {
    let emotion = try EmotionModel(contentsOf: modelFile(at: model))
    let loaded = try readRecording(at: file, options: try reading.readingOptions())
    let prediction = try RecordingPrediction(
      of: loaded, named: file.lastPathComponent, by: emotion, stride: stride,
      engine: engine.makeEngine())
    if json {
      try Console.json(prediction.summary)
    } else {
      Console.result(prediction.text)
    }
    for warning in loaded.warnings { Console.note("note: \(warning)") }
    if let report {
      try RunFolder.write(prediction.report.html, to: report)
      Console.note("report: \(report.path)")
    }
  }
}
