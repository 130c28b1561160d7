import Foundation

/// A signal to be written as part of a WFDB record.
public struct WFDBOutputSignal: Sendable {
  /// The lead.
  public var name: String
  /// The unit of the samples.
  public var unit: String
  /// Samples in that unit; NaN where missing.
  public var samples: [Float]
  /// Steps for each unit; nil takes the largest round gain that holds all samples.
  public var gain: Double?

  /// A signal by its samples.
  public init(name: String, unit: String = "mV", samples: [Float], gain: Double? = nil) {
    self.name = name
    self.unit = unit
    self.samples = samples
    self.gain = gain
  }
}

/// Writes a record in format 16: `name.hea` and `name.dat` in a folder.
///
/// Samples are rounded to one step of the gain; what lies beyond 16 bits is clipped, missing samples
/// are -32768.
/// - Parameters:
///   - signals: at least one, all of one length.
///   - samplingRate: in Hz, greater than 0.
///   - comments: lines of the header after `#`.
/// - Throws: `FormatError` if a file cannot be written.
public func writeWFDBRecord(
  named name: String, in folder: URL, signals: [WFDBOutputSignal], samplingRate: Double,
  comments: [String] = []
) throws {
  let count = signals.first?.samples.count ?? 0
  precondition(samplingRate > 0 && samplingRate.isFinite, "a rate is greater than 0")
  precondition(!signals.isEmpty, "a record has at least one signal")
  precondition(signals.allSatisfy { $0.samples.count == count }, "signals of unequal length")
  precondition(
    WFDBRecord.isPlainName(name) && !name.contains { $0.isWhitespace || $0 == "/" },
    "a record's name is one word")

  let gains = signals.map { $0.gain ?? roundGain(for: $0.samples) }
  var data = Data(count: 2 * count * signals.count)
  var checksums = Array(repeating: Int32(0), count: signals.count)
  var initials = Array(repeating: Int16(0), count: signals.count)
  data.withUnsafeMutableBytes { raw in
    for (index, signal) in signals.enumerated() {
      for (row, sample) in signal.samples.enumerated() {
        let scaled = (Double(sample) * gains[index]).rounded()
        let code = sample.isNaN ? Int16.min : Int16(min(max(scaled, -32767), 32767))
        if row == 0 { initials[index] = code }
        checksums[index] &+= Int32(code)
        raw.storeBytes(
          of: code.littleEndian, toByteOffset: 2 * (row * signals.count + index), as: Int16.self)
      }
    }
  }
  var header = "\(name) \(signals.count) \(plain(samplingRate)) \(count)\n"
  for (index, signal) in signals.enumerated() {
    header += "\(name).dat 16 \(plain(gains[index]))(0)/\(oneWord(signal.unit)) 16 0 "
    header += "\(initials[index]) \(Int16(truncatingIfNeeded: checksums[index])) 0 "
    header += signal.name.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
  }
  for comment in comments {
    header += "# " + comment.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
  }
  for (suffix, content) in [("dat", data), ("hea", Data(header.utf8))] {
    let url = folder.appending(path: "\(name).\(suffix)")
    do {
      try content.write(to: url, options: .atomic)
    } catch {
      throw FormatError(writing: url.path, error)
    }
  }
}

/// The largest of 1, 2 and 5 times a power of ten that keeps all samples within 16 bits, at most
/// 100,000 steps a unit.
private func roundGain(for samples: [Float]) -> Double {
  let peak = samples.reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
  for gain in [
    100_000.0, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2,
  ]
  where Double(peak) * gain <= 32_767 { return gain }
  return 1
}

private func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}

private func oneWord(_ unit: String) -> String {
  let word = unit.filter { !$0.isWhitespace }
  return word.isEmpty ? "NU" : word
}
