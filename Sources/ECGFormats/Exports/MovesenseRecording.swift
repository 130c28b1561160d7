import Foundation

/// ECG samples of a Movesense sensor as JSON: packets with a timestamp in milliseconds and their samples.
///
/// The rate is measured over the packets and taken to be the nearest the sensor knows.
package struct MovesenseRecording: ChannelFile {
  package let format: FileFormat = .movesense
  package let channels: [ChannelDescription]
  package let details: [FileDescription.Detail]
  package let rateAdvice = "the packets carry no usable timestamps"

  private let values: [Double]

  /// No recording of a chest strap as JSON comes near this: 512 MiB.
  private static let largest = 1 << 29

  package init(at url: URL) throws {
    let bytes = try openText(at: url)
    guard bytes.count <= Self.largest else {
      throw FormatError(
        .unsupported, path: url.path, expected: "at most \(Self.largest) bytes of JSON",
        found: "\(bytes.count)")
    }
    let data = bytes.withUnsafeBytes { Data($0) }
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: data)
    } catch {
      throw FormatError(
        path: url.path, expected: "sound JSON", found: "a syntax error",
        advice: "the file may be cut short; export it again")
    }
    var packets: [(time: Double?, samples: [Double])] = []
    Self.gather(object, nil, &packets, depth: 0)
    values = packets.flatMap(\.samples)
    guard !values.isEmpty else {
      throw FormatError(
        .unsupported, path: url.path, expected: "packets with ECG samples", found: "other JSON",
        advice: "known is the JSON of the Movesense app")
    }
    channels = [
      ChannelDescription(
        name: "ECG", samplingRate: Self.rate(packets), sampleCount: values.count)
    ]
    details = [FileDescription.Detail("packets", "\(packets.count)")]
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    ChannelSamples(values.map { $0.isFinite ? Float($0 * factor) : .nan })
  }

  private static func gather(
    _ object: Any, _ key: String?, _ packets: inout [(time: Double?, samples: [Double])], depth: Int
  ) {
    guard depth < 8 else { return }
    if let list = object as? [Any] {
      for item in list { gather(item, key, &packets, depth: depth + 1) }
    } else if let fields = object as? [String: Any] {
      let samples = fields["Samples"] ?? fields["samples"] ?? fields["ecg_samples"]
      if let samples = samples as? [NSNumber], key.map({ !Self.otherSensors.contains($0) }) ?? true
      {
        let time = (fields["Timestamp"] ?? fields["timestamp"]) as? NSNumber
        packets.append((time?.doubleValue, samples.map(\.doubleValue)))
        return
      }
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        gather(value, name.lowercased(), &packets, depth: depth + 1)
      }
    }
  }

  private static let otherSensors: Set<String> = ["acc", "gyro", "magn", "imu6", "imu9", "temp"]

  private static func rate(_ packets: [(time: Double?, samples: [Double])]) -> Double? {
    guard packets.count > 1, let first = packets.first?.time, let last = packets.last?.time,
      last > first
    else { return nil }
    let count = packets.dropLast().reduce(0) { $0 + $1.samples.count }
    let measured = Double(count) / (last - first) * 1000
    let known = [125.0, 128, 200, 250, 256, 500, 512]
    let nearest = known.min { abs($0 - measured) < abs($1 - measured) } ?? measured
    // 125 and 128 Hz are 2.4 percent apart.
    return abs(nearest - measured) <= 0.01 * measured ? nearest : measured
  }
}
