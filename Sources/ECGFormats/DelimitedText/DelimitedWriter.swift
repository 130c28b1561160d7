import Foundation

/// Writes a recording as CSV: a column of times in seconds and one column for each channel, its unit in
/// brackets. Numbers are written so that they read back as the same floats; missing samples are empty.
/// - Parameters:
///   - url: the file, written whole or not at all.
///   - channels: name, unit and samples; all of one length.
///   - samplingRate: in Hz, greater than 0.
/// - Throws: `FormatError` if the file cannot be written.
public func writeDelimitedRecording(
  to url: URL, channels: [(name: String, unit: String, samples: [Float])], samplingRate: Double
) throws {
  precondition(samplingRate > 0 && samplingRate.isFinite, "a rate is greater than 0")
  let count = channels.first?.samples.count ?? 0
  precondition(channels.allSatisfy { $0.samples.count == count }, "channels of unequal length")
  var text = "time [s]"
  for channel in channels {
    text += "," + quoted("\(channel.name) [\(channel.unit)]")
  }
  text += "\n"
  text.reserveCapacity(count * (10 + 12 * channels.count))
  for row in 0..<count {
    text += "\(Double(row) / samplingRate)"
    for channel in channels {
      let value = channel.samples[row]
      text += value.isFinite ? ",\(value)" : ","
    }
    text += "\n"
  }
  do {
    try Data(text.utf8).write(to: url, options: .atomic)
  } catch {
    throw FormatError(writing: url.path, error)
  }
}

/// A cell in quotes where it needs them.
func quoted(_ cell: String) -> String {
  cell.contains(where: { ",;\"\n\r\t".contains($0) })
    ? "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\"" : cell
}
