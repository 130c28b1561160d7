import ArgumentParser
import ECGEmotion
import ECGFormats
import ECGPrediction
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which stretch of a window carries a model's decision.",
    discussion: """
      Integrated gradients say what each sample, and each heartbeat, adds to the class; occlusion says \
      what is lost when half a second is taken away; and a linear model of heart rate, SDNN and RMSSD \
      says what these alone would have made of the window. All of it explains the model, not the \
      person. For research; no diagnosis.
      """)

  @Option(help: "An emotion model that 'train' wrote, or its folder.")
  var model: URL

  @Argument(help: "The recording.")
  var file: URL

  @Option(help: "The time in s from which a window is explained; the surest window unless given.")
  var at: Double?

  @Option(
    name: .customLong("class"), help: "The class to explain; the likeliest unless given.")
  var className: String?

  @Option(help: "Draw the explanation into this SVG file.")
  var output: URL?

  @OptionGroup(title: "Using the model") var use: ModelUseOptions
  @OptionGroup(title: "Recording") var reading: ReadingArguments

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    if let at, !(at.isFinite && at >= 0) {
      throw ValidationError("--at must be a time of 0 s or more, not \(at)")
    }
  }

  func run() throws {
    let emotion = try use.apply(to: try EmotionModel(contentsOf: modelFile(at: model)))
    let number = try className.map { name -> Int in
      guard let number = emotion.classes.firstIndex(of: name) else {
        throw CommandError(
          "the model has no class '\(name)'; it has \(emotion.classes.joined(separator: ", "))")
      }
      return number
    }
    let options = try reading.readingOptions()
    let loaded = try readRecording(at: file, options: options)
    let session = ExplanationSession(
      model: emotion, engine: try engine.makeEngine(),
      normalisation: try use.normalisation(for: emotion, options: options))
    let explained = try session.explain(
      loaded.recording, at: at, classNumber: number, name: file.lastPathComponent)
    if json {
      try Console.json(explained.summary)
    } else {
      Console.result(explained.text)
    }
    if let output {
      try RunFolder.write(explained.figure.svg, to: output)
      Console.note("figure: \(output.path)")
    }
  }
}
