import ArgumentParser
import ECGDatasets
import ECGFormats
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

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

  mutating func validate() throws {
    try refuseFolder()
    if let output, !["svg", ""].contains(output.pathExtension.lowercased()) {
      throw ValidationError(
        "pictures are written as SVG, which browsers and LaTeX's and office programs open; give "
          + "--output \(output.deletingPathExtension().lastPathComponent).svg, not "
          + "\(output.lastPathComponent)")
    }
  }

  func run() throws {
    let options = try reading.readingOptions()
    if try detectFormat(of: file) == .xlsx { return try showWorkbook() }
    let description = try describeFile(at: file, options: options)
    // The structure of a file is worth showing even when no recording can be taken from it.
    let loaded = Result { try readRecording(at: file, options: options) }
    let inspection = try? RecordingInspection(loaded.get())

    if json {
      try Console.json(
        Report(file: description, recording: inspection?.summary))
    } else {
      Console.result("\(description.path): \(description.format.name)\n")
      Console.result(structure(of: description).text)
      if description.channels.count > Self.mostChannels {
        Console.result(
          "and \(description.channels.count - Self.mostChannels) more channels, listed with --json")
      }
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
      .init("channel"), .init("unit"), .init("rate", .right), .init("samples", .right),
      .init("duration", .right), .init(""),
    ])
    for (index, channel) in description.channels.enumerated()
    where index < Self.mostChannels || index == description.chosen {
      table.add([
        "\(index + 1)  \(Self.short(channel.name))", channel.unit ?? "–",
        channel.samplingRate.map { "\(RecordingInspection.number($0)) Hz" } ?? "not stated",
        "\(channel.sampleCount)",
        channel.duration.map { ProgressBar.duration($0) } ?? "–",
        index == description.chosen ? "◀ taken" : "",
      ])
    }
    return table
  }

  /// A name as long as names are; a line of prose that stands where names do is cut.
  private static func short(_ name: String) -> String {
    name.count <= mostLetters ? name : name.prefix(mostLetters - 1) + "…"
  }

  private static let mostLetters = 48
  /// Files of data sets may hold hundreds.
  private static let mostChannels = 40

  /// A folder is no recording, but may be a data set.
  private func refuseFolder() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return }
    let names = Datasets.recognised(in: file).map(\.name)
    throw ValidationError(
      names.isEmpty
        ? "\(file.path) is a folder; name one recording in it"
        : "\(file.path) is a folder with the data set \(names.joined(separator: " and ")); name one "
          + "recording in it, or examine it all: heartfelt doctor \(names[0]) \(file.path)")
  }

  /// The sheets of a workbook, which holds labels rather than a recording.
  private func showWorkbook() throws {
    let sheets = try Workbook(at: file).sheets.map { sheet in
      Sheet(
        name: sheet.name, rows: sheet.rows.count, columns: sheet.rows.map(\.count).max() ?? 0,
        firstRow: (sheet.rows.first ?? []).map(\.words))
    }
    if json { return try Console.json(sheets) }
    Console.result("\(file.path): an Excel workbook, which holds no recording")
    for sheet in sheets {
      Console.result(
        "\n\(sheet.name)  \(sheet.rows) rows, \(sheet.columns) columns\n  "
          + sheet.firstRow.prefix(30).joined(separator: " | "))
    }
  }

  private struct Sheet: Encodable {
    let name: String
    let rows: Int
    let columns: Int
    let firstRow: [String]
  }

  private struct Report: Encodable {
    let file: FileDescription
    let recording: RecordingInspection.Summary?
  }
}
