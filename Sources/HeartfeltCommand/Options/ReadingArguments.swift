import ArgumentParser
import ECGFormats
import ECGPrediction

/// What the user knows about a file that the file itself may not say.
struct ReadingArguments: ParsableArguments {
  @Option(help: "Samples per second in Hz, where the file does not say.")
  var rate: Double?

  @Option(help: "The channel or column to read: its name, or its number from 1.")
  var channel: String?

  @Option(help: "The unit of the samples (nV, uV, mV, V), where the file does not say.")
  var unit: String?

  @Option(help: "What separates columns of text: a character, or 'tab'.")
  var delimiter: String?

  @Flag(inversion: .prefixedNo, help: "Whether the first row of text holds names.")
  var header: Bool?

  @Option(help: "The column that holds times: its name, or its number from 1.")
  var timeColumn: String?

  @Option(help: "The unit of the time column (s, ms, us, ns), where its name does not say.")
  var timeUnit: String?

  /// The options as the readers take them.
  /// - Throws: `ValidationError` for a rate, unit or delimiter that is none.
  func readingOptions() throws -> ReadingOptions {
    var request = ReadingRequest()
    request.rate = rate
    request.channel = channel
    request.unit = unit
    request.delimiter = delimiter
    request.header = header
    request.timeColumn = timeColumn
    request.timeUnit = timeUnit
    do {
      return try request.options()
    } catch {
      throw ValidationError("--\(error.option) \(error.sentence)")
    }
  }
}
