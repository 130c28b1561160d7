import ArgumentParser
import ECGFormats
import ECGReport
import ECGSignal
import Foundation

/// `heartfelt inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a recording: channels, quality, rhythm.",
    discussion: """
      Any file that Heartfelt reads; the format is told from the content. With --output the recording \
      is drawn with its R-peaks, its quality and what was found wrong with it.
      """)

  @Argument(help: "The recording.")
  var file: URL

  @Option(help: "Draw the recording into this SVG file.")
  var output: URL?

  @OptionGroup(title: "Recording") var reading: ReadingArguments

  @Flag(help: "Print everything as JSON.")
  var json = false

  func run() throws {
    let options = try reading.readingOptions()
    let description = try describeFile(at: file, options: options)
    // The structure of a file is worth showing even when no recording can be taken from it.
    let loaded = Result { try readRecording(at: file, options: options) }
    let inspection = try? RecordingInspection(loaded.get())

    if json {
      try Console.json(
        Report(file: description, recording: inspection?.summary))
    } else {
      Console.result(structure(of: description).text)
      for warning in description.warnings { Console.note("note: \(warning)") }
      if let inspection { Console.result(inspection.text) }
    }
    _ = try loaded.get()
    if let output, let inspection {
      let figure = inspection.figure(named: file.lastPathComponent)
      try RunFolder.write(figure.svg, to: output)
      Console.note("figure: \(output.path)")
    }
  }

  private func structure(of description: FileDescription) -> TextTable {
    var table = TextTable(columns: [
      .init("\(description.path): \(description.format.name)"), .init("unit"),
      .init("rate", .right), .init("samples", .right), .init("duration", .right), .init(""),
    ])
    for (index, channel) in description.channels.enumerated() {
      table.add([
        "\(index + 1)  \(channel.name)", channel.unit ?? "–",
        channel.samplingRate.map { "\(Self.number($0)) Hz" } ?? "not stated",
        "\(channel.sampleCount)",
        channel.duration.map { ProgressBar.duration($0) } ?? "–",
        index == description.chosen ? "◀ taken" : "",
      ])
    }
    return table
  }

  private struct Report: Encodable {
    let file: FileDescription
    let recording: RecordingInspection.Summary?
  }

  static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : String(format: "%.3f", value)
  }
}
