import ECGFormats
import ECGNetwork
import ECGReport
import Foundation

/// How fast a file is read, on one thread: opened, and every channel of it (of a pickle the ECG) taken out.
struct ReaderBenchmark {
  let paths: [String]
  let calls: Int

  struct Measurement: Encodable {
    let path: String
    let format: String
    let bytes: Int
    /// How many samples were taken out.
    let samples: Int
    /// The median over the calls.
    let seconds: Double
    let megabytesPerSecond: Double
    /// The greatest memory of the process so far, in MB; give one file a process for its own.
    let peakMegabytes: Double
  }

  /// Reads each file `calls` times.
  func run() throws -> [Measurement] {
    try paths.map { path in
      let url = URL(filePath: path)
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      var seconds: [Double] = []
      var samples = 0
      for _ in 0..<calls {
        let started = Date()
        samples = try read(url)
        seconds.append(Date().timeIntervalSince(started))
      }
      let median = seconds.sorted()[calls / 2]
      return Measurement(
        path: path, format: try detectFormat(of: url).rawValue, bytes: size, samples: samples,
        seconds: median, megabytesPerSecond: Double(size) / 1e6 / median,
        peakMegabytes: Double(EngineBenchmark.peakMemory) / 1e6)
    }
  }

  private func read(_ url: URL) throws -> Int {
    let file = try openChannelFile(at: url)
    var count = 0
    for (index, channel) in file.channels.enumerated()
    where file.format != .pickle || channel.name.hasSuffix("ECG") {
      count += try file.samples(of: index, scaledBy: 1).values.count
    }
    return count
  }

  /// The measurements as a table.
  static func text(of measurements: [Measurement]) -> String {
    var table = TextTable(columns: [
      .init("file"), .init("format"), .init("MB", .right), .init("s", .right),
      .init("MB/s", .right), .init("peak MB", .right),
    ])
    for one in measurements {
      table.add([
        URL(filePath: one.path).lastPathComponent, one.format,
        String(format: "%.1f", Double(one.bytes) / 1e6), String(format: "%.3f", one.seconds),
        String(format: "%.0f", one.megabytesPerSecond), String(format: "%.0f", one.peakMegabytes),
      ])
    }
    return table.text
  }
}
