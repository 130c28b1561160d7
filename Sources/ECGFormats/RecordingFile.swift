import ECGSignal
import Foundation

/// Reads one lead of any file this package knows.
///
/// The format is told from the content. The lead is chosen by name (`LoadedRecording.choice` says
/// which and why) unless the options name one; samples come in millivolts wherever the unit is
/// known. A rate is never guessed.
/// - Parameters:
///   - url: the file; for WFDB the header, the signal file, or the record's name without extension.
///   - options: what the caller knows beyond the file.
/// - Throws: `FormatError` with one sentence that says what to do.
public func readRecording(
  at url: URL, options: ReadingOptions = ReadingOptions()
) throws -> LoadedRecording {
  let file = try openChannelFile(at: url, options: options)
  let choice = try ChannelChoice(in: file, options: options, path: url.path)
  let channel = file.channels[choice.index]

  var warnings = file.warnings
  let rate = try settleRate(of: channel, in: file, options: options, path: url.path)
  let unit = options.unit ?? channel.unit.flatMap(VoltageUnit.init(named:))
  if unit == nil {
    warnings.append(
      channel.unit.map { "the unit \"\($0)\" is no voltage; amplitudes are taken as they are" }
        ?? "the unit is not stated; amplitudes are taken as they are")
  }

  let samples = try file.samples(of: choice.index, scaledBy: unit?.millivolts ?? 1)
  guard !samples.values.isEmpty else {
    throw FormatError(
      .empty, path: url.path, at: .key("channel \"\(channel.name)\""), expected: "samples",
      found: "none")
  }
  return LoadedRecording(
    recording: try ECGRecording(
      samples: samples.values, samplingRate: rate, unit: unit == nil ? .unknown : .millivolts,
      lead: channel.name, start: file.start),
    format: file.format, channelNames: file.channels.map(\.name), choice: choice.sentence,
    warnings: warnings + samples.warnings, person: file.person, annotations: file.annotations)
}

/// Describes a file: its structure, all channels, rates, units and durations.
/// - Throws: `FormatError` with one sentence that says what to do.
public func describeFile(
  at url: URL, options: ReadingOptions = ReadingOptions()
) throws -> FileDescription {
  let file = try openChannelFile(at: url, options: options)
  var description = FileDescription(
    path: url.path, format: file.format, channels: file.channels, chosen: nil, choice: "",
    start: file.start, person: file.person, details: file.details,
    annotationCount: file.annotations.count, warnings: file.warnings)
  do {
    let choice = try ChannelChoice(in: file, options: options, path: url.path)
    description.chosen = choice.index
    description.choice = choice.sentence
  } catch let error as FormatError {
    description.choice = "no channel is taken by itself: \(error.found); \(error.advice)"
  }
  return description
}

/// Opens a file with the reader of its format, for callers that need several channels.
package func openChannelFile(
  at url: URL, options: ReadingOptions = ReadingOptions()
) throws -> any ChannelFile {
  let format = try detectFormat(of: url)
  switch format {
  case .delimitedText: return try DelimitedRecording(at: url, options: options)
  case .wfdb: return try WFDBRecord(at: url)
  case .edf, .bdf: return try EDFFile(at: url)
  case .npy: return try NPYRecording(at: url)
  case .npz: return try NPZRecording(at: url)
  case .matlab5: return try MATLABRecording(at: url)
  case .pickle: return try PickleRecording(at: url)
  case .poly5: return try Poly5File(at: url)
  case .openSignals: return try OpenSignalsRecording(at: url)
  case .appleHealth: return try AppleHealthRecording(at: url)
  case .movesense: return try MovesenseRecording(at: url)
  case .bioSPPy: return try DelimitedRecording(at: url, options: options)
  case .zip: return try ZIPRecording(at: url, options: options)
  case .hdf5: return try HDF5Recording(at: url)
  case .xlsx, .rrIntervals:
    throw FormatError(
      .unsupported, path: url.path, expected: "a recording", found: format.name,
      advice: "which cannot be read as a single recording")
  }
}

/// The rate of a channel: what the file states, else what the caller says, else an error.
private func settleRate(
  of channel: ChannelDescription, in file: any ChannelFile, options: ReadingOptions, path: String
) throws -> Double {
  if let wanted = options.samplingRate, !wanted.isFinite || wanted <= 0 {
    throw SignalError.samplingRate(wanted)
  }
  switch (channel.samplingRate, options.samplingRate) {
  case (let stated?, let wanted?):
    // One percent is more than any clock drifts and less than any two usual rates differ.
    guard abs(stated - wanted) <= 0.01 * stated else {
      throw FormatError(
        .unclear, path: path, at: .key("channel \"\(channel.name)\""),
        expected: "the rate of \(wanted) Hz that was asked for",
        found: "\(stated) Hz in the file", advice: "leave --rate out, or correct it")
    }
    return stated
  case (let stated?, nil): return stated
  case (nil, let wanted?): return wanted
  case (nil, nil):
    throw FormatError(
      .unclear, path: path, expected: "a sampling rate", found: "none in the file",
      advice: (file.rateAdvice.isEmpty ? "" : file.rateAdvice + "; ")
        + "give it with --rate, in Hz")
  }
}
