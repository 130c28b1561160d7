import ArgumentParser
import ECGFormats

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
    var options = ReadingOptions()
    if let rate, !rate.isFinite || rate <= 0 {
      throw ValidationError("--rate must be a number greater than 0 Hz, not \(rate)")
    }
    options.samplingRate = rate
    options.channel = channel
    options.header = header
    options.timeColumn = timeColumn
    if let unit {
      guard let known = VoltageUnit(named: unit) else {
        throw ValidationError("--unit must be nV, uV, mV or V, not '\(unit)'")
      }
      options.unit = known
    }
    if let timeUnit {
      guard let known = ReadingOptions.TimeUnit(rawValue: timeUnit) else {
        throw ValidationError("--time-unit must be s, ms, us or ns, not '\(timeUnit)'")
      }
      options.timeUnit = known
    }
    if let delimiter {
      let character = delimiter == "tab" ? "\t" : delimiter
      guard character.count == 1, let first = character.first else {
        throw ValidationError("--delimiter must be one character or 'tab', not '\(delimiter)'")
      }
      options.delimiter = first
    }
    return options
  }
}
