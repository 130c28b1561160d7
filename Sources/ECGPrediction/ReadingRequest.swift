import ECGFormats

/// What somebody says of a file that the file itself may not say, in words: options of a command, or
/// parameters of an address.
package struct ReadingRequest: Sendable, Hashable {
  /// Samples per second in Hz.
  package var rate: Double?
  /// The channel or column: its name, or its number from 1.
  package var channel: String?
  /// The unit of the samples.
  package var unit: String?
  /// What separates columns of text: a character, or `tab`.
  package var delimiter: String?
  /// Whether the first row of text holds names.
  package var header: Bool?
  /// The column that holds times.
  package var timeColumn: String?
  /// The unit of the time column.
  package var timeUnit: String?

  /// Nothing said.
  package init() {}

  /// A word that cannot be: which option, and what is wrong with it.
  package struct Mistake: Error, Hashable, Sendable {
    /// The option, such as `time-unit`.
    package var option: String
    /// What it must be, and what it is.
    package var sentence: String
  }

  /// The options as the readers take them.
  package func options() throws(Mistake) -> ReadingOptions {
    var options = ReadingOptions()
    if let rate, !rate.isFinite || rate <= 0 {
      throw Mistake(option: "rate", sentence: "must be a number greater than 0 Hz, not \(rate)")
    }
    options.samplingRate = rate
    options.channel = channel
    options.header = header
    options.timeColumn = timeColumn
    if let unit {
      guard let known = VoltageUnit(named: unit) else {
        throw Mistake(option: "unit", sentence: "must be nV, uV, mV or V, not '\(unit)'")
      }
      options.unit = known
    }
    if let timeUnit {
      guard let known = ReadingOptions.TimeUnit(rawValue: timeUnit) else {
        throw Mistake(option: "time-unit", sentence: "must be s, ms, us or ns, not '\(timeUnit)'")
      }
      options.timeUnit = known
    }
    if let delimiter {
      let character = delimiter == "tab" ? "\t" : delimiter
      guard character.count == 1, let first = character.first else {
        throw Mistake(
          option: "delimiter", sentence: "must be one character or 'tab', not '\(delimiter)'")
      }
      options.delimiter = first
    }
    return options
  }
}
