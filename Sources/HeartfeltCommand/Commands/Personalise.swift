import ArgumentParser
import ECGDatasets
import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt personalise`.
struct Personalise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit an emotion model to a person it has never met.",
    discussion: """
      A few minutes of rest give the person's amplitudes, by which everything is then normalised; a \
      handful of labelled stretches teach the dense layers on. 'heartfelt personalise curve' measures \
      what minutes of one's own are worth on persons the model has not seen.
      """,
    subcommands: [PersonaliseModel.self, PersonaliseCurve.self],
    defaultSubcommand: PersonaliseModel.self)
}

/// `heartfelt personalise model`, which may be left away.
struct PersonaliseModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Make a model for one person.",
    discussion: """
      --labels is a table with the columns file, start_s and end_s (both may be empty) and one named as \
      the model's target, with the names of its classes; files are looked for beside the table.
      """)

  @Option(help: "An emotion model that 'train' wrote, or its folder.")
  var model: URL

  @Option(help: "A recording of the person at rest, half a minute or more.")
  var baseline: URL

  @Option(help: "A table of labelled stretches of the person's recordings.")
  var labels: URL?

  @Option(help: "Passes over the labelled windows.")
  var epochs = PersonalisationConfiguration().epochs

  @Option(help: "Adam's step size.")
  var learningRate = PersonalisationConfiguration().learningRate

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 1

  @Option(help: "The person's model: a file to be made.")
  var output: URL

  @Flag(help: "Replace a file that is there already.")
  var replace = false

  @OptionGroup(title: "Recording") var reading: ReadingArguments
  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard (1...10_000).contains(epochs) else {
      throw ValidationError("--epochs must be from 1 to 10,000, not \(epochs)")
    }
    guard learningRate.isFinite, learningRate > 0 else {
      throw ValidationError("--learning-rate must be greater than 0, not \(learningRate)")
    }
  }

  func run() throws {
    guard replace || !FileManager.default.fileExists(atPath: output.path) else {
      throw CommandError("\(output.path) is there already; name another --output, or --replace it")
    }
    var personal = try EmotionModel(contentsOf: modelFile(at: model))
    let options = try reading.readingOptions()
    let rest = try readRecording(at: baseline, options: options)
    let normalisation = try personal.normalisation(fromRest: rest.recording)
    personal.normalisation = normalisation
    Console.note(
      String(
        format: "rest: %.0f s, mean quality %.2f; deviation %.4g %@", rest.recording.duration,
        quality(of: rest.recording), normalisation.deviation, rest.recording.unit.rawValue))

    var words = "amplitudes from \(Int(rest.recording.duration)) s of rest"
    if let labels {
      let stretches = try LabelledStretches(at: labels, target: personal.target)
      let windows = try stretches.windows(for: personal, options: options)
      var configuration = PersonalisationConfiguration()
      configuration.epochs = epochs
      configuration.learningRate = learningRate
      configuration.seed = seed
      let counts = personal.classes.indices.map { number in
        "\(personal.classes[number]) \(windows.classes.count { $0 == number })"
      }
      Console.note("labelled windows: \(counts.joined(separator: ", "))")
      personal = try personal.personalised(
        on: windows, configuration: configuration, engine: try engine.makeEngine())
      words += ", dense layers trained on with \(windows.classes.count) labelled windows"
    }
    let before = personal.provenance.evaluation
    personal.provenance.evaluation =
      (before.isEmpty ? "nobody evaluated the model it was made from" : before)
      + "; then made for one person (\(words)), which is not in that score"
    try personal.write(to: output)
    Console.result("\(output.path): \(words)")
  }

  private func quality(of recording: ECGRecording) -> Double {
    let length = max(1, Int(10 * recording.samplingRate))
    let scores = Swift.stride(from: 0, to: recording.samples.count - length + 1, by: length)
      .compactMap { first -> Double? in
        let part = try? ECGRecording(
          samples: Array(recording.samples[first..<first + length]),
          samplingRate: recording.samplingRate, unit: recording.unit)
        return part.map { SignalQuality(of: $0).score }
      }
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }
}

/// Rows of a table that say what a person felt when.
private struct LabelledStretches {
  let table: URL
  let target: String
  private var rows: [(file: URL, start: Double?, end: Double?, label: String, number: Int)] = []

  init(at url: URL, target: String) throws {
    table = url
    self.target = target
    let table = try Table(at: url)
    guard let file = table.columns.firstIndex(of: "file") else {
      throw CommandError("\(url.path) needs a column 'file'; it has \(table.columns)")
    }
    guard let label = table.columns.firstIndex(of: target) else {
      throw CommandError(
        "\(url.path) needs a column '\(target)', the model's target; it has \(table.columns)")
    }
    let start = table.columns.firstIndex(of: "start_s")
    let end = table.columns.firstIndex(of: "end_s")
    for row in table.rows {
      func time(_ column: Int?) throws -> Double? {
        guard let column, !row.cells[column].isEmpty else { return nil }
        guard let time = Double(row.cells[column]), time.isFinite, time >= 0 else {
          throw CommandError(
            "row \(row.number) of \(url.path) has the time '\(row.cells[column])', which is no number of "
              + "seconds")
        }
        return time
      }
      rows.append(
        (
          URL(filePath: row.cells[file], relativeTo: url).absoluteURL, try time(start),
          try time(end), row.cells[label], row.number
        ))
    }
  }

  /// The windows of all rows, normalised as the person's model has it.
  func windows(for model: EmotionModel, options: ReadingOptions) throws -> LabelledWindows {
    var samples: [Float] = []
    var classes: [Int] = []
    for row in rows {
      guard let number = model.classes.firstIndex(of: row.label) else {
        throw CommandError(
          "row \(row.number) of \(table.path) has the label '\(row.label)'; the model knows "
            + model.classes.joined(separator: ", "))
      }
      let whole = try readRecording(at: row.file, options: options).recording
      let part = try whole.part(from: row.start ?? 0, to: row.end ?? whole.duration)
      for window in try model.recipe.windows(of: [part], normalisedBy: model.normalisation).windows
      where window.quality.score >= model.minimumQuality {
        samples += window.samples
        classes.append(number)
      }
    }
    guard !classes.isEmpty else {
      throw CommandError(
        "no window of good quality lies in the stretches of \(table.path); each has to be at least "
          + "\(Double(model.recipe.windowLength) / model.recipe.samplingRate) s long")
    }
    return LabelledWindows(
      windows: WindowArray(samples: samples, windowLength: model.recipe.windowLength),
      classes: classes)
  }
}
