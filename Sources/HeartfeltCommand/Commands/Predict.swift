import ArgumentParser
import ECGEmotion
import ECGFormats
import ECGPrediction
import ECGReport
import Foundation
import HeartfeltWork

/// `heartfelt predict`.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what an emotion model makes of recordings, window after window.",
    discussion: """
      Takes files, or folders with everything readable in them. Prints a line for each window: start, \
      quality, heart rate, class probabilities; where the signal is too poor or the model too unsure it \
      abstains and the line says why. A file that cannot be read is named, the others are predicted, \
      and the exit code is 1. For research; no diagnosis.
      """)

  /// How results are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, csv, jsonl, json
  }

  @Option(help: "An emotion model that 'train' wrote, or its folder.")
  var model: URL

  @Argument(help: "Recordings, or folders of recordings.")
  var files: [URL]

  @Option(help: "Seconds from one window's start to the next; no overlap unless given.")
  var stride: Double?

  @OptionGroup(title: "Using the model") var use: ModelUseOptions
  @OptionGroup(title: "Recording") var reading: ReadingArguments

  @Option(help: "How to print: text, csv, jsonl (an object a window) or json.")
  var format: Format?

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help:
      "Write a report with figures into this HTML file; of several recordings, into this folder.")
  var report: URL?

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name at least one recording or folder") }
    if let stride, !(stride.isFinite && stride > 0) {
      throw ValidationError("--stride must be a number of seconds greater than 0, not \(stride)")
    }
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) ask for different things")
    }
  }

  func run() throws {
    let emotion = try use.apply(to: try EmotionModel(contentsOf: modelFile(at: model)))
    let options = try reading.readingOptions()
    let normalisation = try use.normalisation(for: emotion, options: options)
    let found = try PredictionFiles(files, options: options)
    for path in found.passedOver { Console.note("passed over, no recording: \(path)") }
    let format = json ? .json : self.format ?? .text
    let engine = try engine.makeEngine()

    var summaries: [RecordingPrediction.Summary] = []
    var (done, failed) = (0, 0)
    for file in found.files {
      do {
        let loaded = try readRecording(at: file, options: options)
        let prediction = try RecordingPrediction(
          of: loaded, named: found.files.count == 1 ? file.lastPathComponent : file.relativePath,
          by: emotion, stride: stride, normalisation: normalisation, engine: engine)
        switch format {
        case .text: Console.result(prediction.text)
        case .csv: Console.result(prediction.csv(isFirst: done == 0))
        case .jsonl: Console.result(try prediction.jsonLines())
        case .json: summaries.append(prediction.summary)
        }
        for warning in loaded.warnings { Console.note("note: \(file.path): \(warning)") }
        try write(prediction, of: file, number: done, isOnly: found.files.count == 1)
        done += 1
      } catch  where found.files.count > 1 {
        failed += 1
        Console.note("failed: \(file.path): \(error)")
      }
    }
    if format == .json {
      if found.files.count == 1, let only = summaries.first {
        try Console.json(only)
      } else {
        try Console.json(summaries)
      }
    }
    if found.files.count > 1 {
      Console.note("\(done) recordings predicted" + (failed > 0 ? ", \(failed) failed" : ""))
    }
    if failed > 0 { throw ExitCode(1) }
  }

  private func write(
    _ prediction: RecordingPrediction, of file: URL, number: Int, isOnly: Bool
  ) throws {
    guard let report else { return }
    guard !isOnly else {
      try RunFolder.write(prediction.report.html, to: report)
      Console.note("report: \(report.path)")
      return
    }
    try FileManager.default.createDirectory(at: report, withIntermediateDirectories: true)
    // The number tells recordings of one name apart.
    let page = report.appending(
      path: String(format: "%04d-", number + 1) + Figure.slug(file.lastPathComponent) + ".html")
    try RunFolder.write(prediction.report.html, to: page)
    Console.note("report: \(page.path)")
  }
}
