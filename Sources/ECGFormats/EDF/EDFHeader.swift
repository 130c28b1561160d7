import Foundation

/// The header of an EDF, EDF+ or BDF file.
///
/// Formats: B. Kemp et al., *Electroencephalogr. Clin. Neurophysiol.* 82 (1992) 391 (EDF); B. Kemp and
/// J. Olivan, *Clin. Neurophysiol.* 114 (2003) 1755 (EDF+); BioSemi's page on BDF.
struct EDFHeader: Sendable {
  /// One signal.
  struct Signal: Sendable, Hashable {
    var label: String
    var unit: String
    var physicalMinimum: Double
    var physicalMaximum: Double
    var digitalMinimum: Double
    var digitalMaximum: Double
    var prefilter: String
    var samplesPerRecord: Int
    /// Where in a record its samples begin, in samples.
    var position: Int

    /// Whether it carries annotations in place of samples.
    var isAnnotations: Bool { label == "EDF Annotations" || label == "BDF Annotations" }
    /// Whether both ranges have an extent, so that a step has a size.
    var isCalibrated: Bool {
      physicalMinimum != physicalMaximum && digitalMinimum != digitalMaximum
        && physicalMinimum.isFinite && physicalMaximum.isFinite
    }
  }

  var isBDF: Bool
  /// `EDF+C`, `EDF+D`, `24BIT` or nothing.
  var kind: String
  var patient: String
  var recording: String
  var start: Date?
  /// The number of records, or nil if the header leaves it open (-1).
  var recordCount: Int?
  /// Seconds in a record.
  var recordDuration: Double
  var byteCount: Int
  var signals: [Signal]

  var bytesPerSample: Int { isBDF ? 3 : 2 }
  var samplesPerRecord: Int { signals.reduce(0) { $0 + $1.samplesPerRecord } }
  var isDiscontinuous: Bool { kind.hasPrefix("EDF+D") || kind.hasPrefix("BDF+D") }
  var isPlus: Bool { kind.hasPrefix("EDF+") || kind.hasPrefix("BDF+") }

  /// Reads a header.
  /// - Throws: `FormatError` naming the field.
  init(_ bytes: Bytes, path: String) throws {
    guard bytes.count >= 256 else {
      throw FormatError(
        path: path, expected: "an EDF header of 256 bytes", found: "\(bytes.count) bytes",
        advice: "the file is cut short; download it again")
    }
    func field(_ offset: Int, _ length: Int) -> String {
      bytes.slice(offset..<(offset + length)).latin1.trimmingCharacters(in: .whitespaces)
    }
    func number(_ offset: Int, _ length: Int, _ name: String) throws -> Double {
      // Some writers use the decimal comma of their country, and some fill with zero bytes.
      let text = String(field(offset, length).map { $0 == "," ? "." : $0 }.filter { $0 != "\0" })
      guard let value = Double(text), value.isFinite else {
        throw FormatError(
          path: path, at: .byte(offset), expected: "a number as \(name)", found: "\"\(text)\"")
      }
      return value
    }
    isBDF = bytes[0] == 0xFF
    patient = field(8, 80)
    recording = field(88, 80)
    kind = field(192, 44)
    let stated = try number(236, 8, "the number of records")
    recordCount = stated >= 0 && stated < 1e15 ? Int(stated) : nil
    recordDuration = try number(244, 8, "the duration of a record")
    let count = try number(252, 4, "the number of signals")
    guard count >= 1, count <= 9999, count == count.rounded() else {
      throw FormatError(
        path: path, at: .byte(252), expected: "a number of signals", found: "\(count)")
    }
    let signalCount = Int(count)
    byteCount = 256 * (signalCount + 1)
    guard bytes.count >= byteCount else {
      throw FormatError(
        path: path, expected: "a header of \(byteCount) bytes for \(signalCount) signals",
        found: "\(bytes.count) bytes", advice: "the file is cut short; download it again")
    }
    guard recordDuration == 0 || (1e-6...1e9).contains(recordDuration) else {
      throw FormatError(
        path: path, at: .byte(244), expected: "a duration in seconds",
        found: "\(recordDuration) s")
    }

    signals = []
    var position = 0
    for index in 0..<signalCount {
      // Fields come one after another for all signals, each of its own width.
      func at(_ start: Int, _ width: Int) -> Int { 256 + signalCount * start + index * width }
      let samples = try number(at(216, 8), 8, "samples in a record")
      guard samples >= 0, samples <= 1e8, samples == samples.rounded() else {
        throw FormatError(
          path: path, at: .byte(at(216, 8)), expected: "a number of samples", found: "\(samples)")
      }
      let label = field(at(0, 16), 16)
      let isAnnotations = label == "EDF Annotations" || label == "BDF Annotations"
      func range(_ start: Int, _ name: String) throws -> Double {
        do {
          return try number(at(start, 8), 8, name)
        } catch {
          // The ranges of annotations mean nothing, and some writers leave them empty.
          if isAnnotations { return 0 }
          throw error
        }
      }
      signals.append(
        Signal(
          label: label, unit: field(at(96, 8), 8),
          physicalMinimum: try range(104, "a physical minimum"),
          physicalMaximum: try range(112, "a physical maximum"),
          digitalMinimum: try range(120, "a digital minimum"),
          digitalMaximum: try range(128, "a digital maximum"),
          prefilter: field(at(136, 80), 80), samplesPerRecord: Int(samples), position: position))
      position += Int(samples)
    }
    start = Self.start(date: field(168, 8), time: field(176, 8), recording: recording)
  }

  /// `dd.mm.yy` and `hh.mm.ss`, taken as UTC since the format has no time zones; EDF+ states the whole
  /// year in the recording field.
  private static func start(date: String, time: String, recording: String) -> Date? {
    let day = date.split { !$0.isNumber }.compactMap { Int($0) }
    let clock = time.split { !$0.isNumber }.compactMap { Int($0) }
    guard day.count == 3, clock.count == 3, (1...31).contains(day[0]), (1...12).contains(day[1]),
      (0...99).contains(day[2])
    else { return nil }
    var year = day[2] >= 85 ? 1900 + day[2] : 2000 + day[2]
    let words = recording.split(separator: " ")
    if words.count > 1, words[0] == "Startdate",
      let full = words[1].split(separator: "-").last.flatMap({ Int($0) }), full % 100 == day[2],
      (1900...9999).contains(full)
    {
      year = full
    }
    let days = ClockTime.daysSince1970(year, day[1], day[0])
    return Date(
      timeIntervalSince1970: Double(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]))
  }

  /// The code of the person in an EDF+ patient field; names and birth dates are left alone.
  var person: String? {
    guard isPlus, let code = patient.split(separator: " ").first, code != "X" else { return nil }
    return String(code)
  }
}
