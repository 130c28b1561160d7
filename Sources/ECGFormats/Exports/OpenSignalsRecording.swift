import Foundation

/// A text file of OpenSignals: biosignalsplux, RespiBAN, BITalino; with several devices side by side, the
/// columns of all.
///
/// ECG codes become millivolts by the makers' transfer function, (code / 2ⁿ − ½) · VCC / gain: 3 V and 1000
/// for biosignalsplux and RespiBAN, 3.3 V and 1100 for BITalino, which both come to 3 mV.
package struct OpenSignalsRecording: ChannelFile {
  package let format: FileFormat = .openSignals
  package let channels: [ChannelDescription]
  package let start: Date?
  package let details: [FileDescription.Detail]
  package let warnings: [String]

  private let table: DelimitedRecording
  /// For each column the bits of its codes, if they can be converted.
  private let bits: [Int?]

  private struct Device {
    var name: String
    var rate: Double
    var columns: [String]
    var labels: [String]
    var sensors: [String]
    var resolution: [Int]
    var start: Date?
  }

  package init(at url: URL) throws {
    var options = ReadingOptions()
    options.delimiter = "\t"
    options.header = false
    table = try DelimitedRecording(at: url, options: options)
    let devices = try Self.devices(in: table.preamble, path: url.path)

    var channels: [ChannelDescription] = []
    var bits: [Int?] = []
    for device in devices {
      for (place, column) in device.columns.enumerated() {
        let label = device.labels.firstIndex(of: column)
        let sensor = label.flatMap {
          device.sensors.indices.contains($0) ? device.sensors[$0] : nil
        }
        // Resolutions are given for the analogue channels, or for every column but the first.
        let offset = device.resolution.count - device.labels.count
        let resolution = label.flatMap {
          device.resolution.indices.contains(offset + $0) ? device.resolution[offset + $0] : nil
        }
        let isECG = sensor.map { $0.uppercased() == "ECG" } ?? false
        let converted = isECG && resolution.map { (1...24).contains($0) } ?? false
        bits.append(converted ? resolution : nil)
        let index = channels.count
        channels.append(
          ChannelDescription(
            name: (devices.count > 1 ? device.name + " " : "") + column
              + (sensor.map { " (\($0))" } ?? ""),
            unit: converted ? "mV" : nil, samplingRate: device.rate,
            sampleCount: table.channels.first?.sampleCount ?? 0,
            role: place == 0 ? .time : .signal))
        guard table.channels.indices.contains(index) else {
          throw FormatError(
            path: url.path, expected: "the \(device.columns.count) columns the header names",
            found: "\(table.channels.count)")
        }
      }
    }
    self.channels = channels
    self.bits = bits
    start = devices.first?.start
    details = devices.map { FileDescription.Detail("device", $0.name) }
    warnings = try Self.losses(table)
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    guard let bits = bits[index] else { return try table.samples(of: index, scaledBy: factor) }
    var result = try table.samples(of: index, scaledBy: 1)
    let steps = Double(1 << bits)
    for place in result.values.indices {
      result.values[place] = Float((Double(result.values[place]) / steps - 0.5) * 3 * factor)
    }
    return result
  }

  /// The devices of the header's JSON, by address or, in older files, just one.
  private static func devices(in preamble: [String], path: String) throws -> [Device] {
    for line in preamble where line.hasPrefix("{") {
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      else { continue }
      let parts = object["column"] == nil ? object.sorted { $0.key < $1.key } : [("device", object)]
      let devices = parts.compactMap { device($0.0, $0.1 as? [String: Any] ?? [:]) }
      if !devices.isEmpty { return devices }
    }
    throw FormatError(
      path: path, at: .line(2), expected: "the JSON of an OpenSignals header", found: "none",
      advice: "export it again")
  }

  private static func device(_ name: String, _ object: [String: Any]) -> Device? {
    guard let rate = (object["sampling rate"] as? NSNumber)?.doubleValue, rate > 0,
      let columns = object["column"] as? [String]
    else { return nil }
    let date = (object["date"] as? String)?.split(separator: "-").compactMap { Int($0) } ?? []
    var start: Date?
    if date.count == 3, (1...12).contains(date[1]), (1970...9999).contains(date[0]),
      (1...31).contains(date[2]),
      let clock = (object["time"] as? String).flatMap(ClockTime.seconds)
    {
      let days = ClockTime.daysSince1970(date[0], date[1], date[2])
      start = Date(timeIntervalSince1970: Double(days * 86_400) + clock)
    }
    return Device(
      name: object["device"] as? String ?? name, rate: rate, columns: columns,
      labels: object["label"] as? [String] ?? [], sensors: object["sensor"] as? [String] ?? [],
      resolution: (object["resolution"] as? [NSNumber])?.map(\.intValue) ?? [], start: start)
  }

  /// Samples lost on the radio, by the jumps of the sequence number, which starts again at a power of two:
  /// 16 for BITalino, 4096 or 65,536 for others.
  private static func losses(_ table: DelimitedRecording) throws -> [String] {
    let numbers = try table.samples(of: 0, scaledBy: 1).values
    guard numbers.count > 1, let highest = numbers.max(), highest >= 1 else { return [] }
    let wrap = [16, 256, 4096, 65_536].first { highest < $0 } ?? 16_777_216
    var lost = 0
    for (before, after) in zip(numbers, numbers.dropFirst()) {
      let step = (after - before + wrap).truncatingRemainder(dividingBy: wrap)
      if step > 1, step.isFinite { lost += Int(step) - 1 }
    }
    return lost == 0
      ? [] : ["the sequence number jumps: \(lost) samples were lost and are not filled in"]
  }
}
