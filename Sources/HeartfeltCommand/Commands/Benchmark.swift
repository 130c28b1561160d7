import ArgumentParser
import ECGNetwork
import ECGPretext
import ECGReport
import ECGSignal
import ECGTorch
import Foundation
import HeartfeltWork

/// `heartfelt benchmark`.
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast this machine trains and predicts.",
    discussion: """
      Medians over several calls on random windows: training steps of the transformation recognition \
      network, features of windows, the latency of one window, transformed signals, and windows \
      prepared. For comparisons with other programs see Benchmarks/peers; for files to read, \
      Benchmarks/readers.
      """)

  @Option(help: "Signals in a training step, separated by commas.")
  var batches = "32,128,896"

  @Option(help: "Threads, separated by commas. Default: one, and one for each core.")
  var threads: String?

  @Option(help: "Calls to time for each figure.")
  var calls = 5

  @Option(
    name: .customLong("read"), parsing: .upToNextOption,
    help: "Instead, how fast these recordings are read on one thread.")
  var files: [String] = []

  @Option(
    help:
      "Instead, steps of whole pre-training with so many windows a batch, transformations included."
  )
  var pretrainingWindows: Int?

  @Option(help: "With --pretraining-windows: the engine, native or torch.")
  var engine = EngineOptions.Engine.native

  @Option(help: "With --engine torch: cpu, cuda or cuda:N.")
  var device: String?

  @Option(help: "With --engine torch: float32, tf32 or bfloat16.")
  var precision: TorchEngine.Precision?

  @Flag(
    help:
      "With --pretraining-windows: instead, how far the engine's numbers are from the native one's."
  )
  var parity = false

  @Flag(help: "Print JSON.")
  var json = false

  mutating func validate() throws {
    if let pretrainingWindows {
      guard pretrainingWindows > 0, files.isEmpty else {
        throw ValidationError(
          "--pretraining-windows takes a number from 1, not \(pretrainingWindows), and no --read")
      }
    } else if parity || engine != .native || device != nil || precision != nil {
      throw ValidationError(
        "--engine, --device, --precision and --parity go with --pretraining-windows")
    }
    guard calls > 0 else { throw ValidationError("--calls must be at least 1, not \(calls)") }
  }

  func run() throws {
    guard files.isEmpty else {
      let measurements = try ReaderBenchmark(paths: files, calls: calls).run()
      if json {
        try Console.json(measurements)
      } else {
        Console.result(ReaderBenchmark.text(of: measurements))
      }
      return
    }
    if let pretrainingWindows { return try measurePretraining(pretrainingWindows) }
    let session = BenchmarkSession(
      batches: try Self.numbers(batches, option: "--batches"),
      threads: try threads.map { try Self.numbers($0, option: "--threads") }
        ?? Array(Set([1, ProcessInfo.processInfo.activeProcessorCount])).sorted(),
      calls: calls)
    let result = try session.run()
    if json {
      try Console.json(result)
    } else {
      Console.result(result.text)
    }
  }

  /// Whole pre-training on an engine, or the engine's parity.
  private func measurePretraining(_ windows: Int) throws {
    let threads = try threads.map { try Self.numbers($0, option: "--threads")[0] }
    var arguments = ["--engine", engine.rawValue]
    if let threads { arguments += ["--threads", "\(threads)"] }
    if let device { arguments += ["--device", device] }
    if let precision { arguments += ["--precision", precision.rawValue] }
    let engine = try EngineOptions.parse(arguments).makeEngine { Console.note($0) }
    let makers = threads ?? ProcessInfo.processInfo.activeProcessorCount
    if parity {
      let found = try EngineParity(of: engine, windows: windows, threads: makers)
      return json ? try Console.json(found) : Console.result(found.text)
    }
    let measured = try PretrainingSpeed(engine: engine, windows: windows, threads: makers)
      .measure(steps: calls)
    json ? try Console.json(measured) : Console.result(measured.text)
  }

  private static func numbers(_ text: String, option: String) throws -> [Int] {
    let numbers = text.split(separator: ",").compactMap { Int($0) }
    guard !numbers.isEmpty, numbers.allSatisfy({ (1...65_536).contains($0) }) else {
      throw ValidationError(
        "\(option) takes whole numbers from 1, separated by commas, not '\(text)'")
    }
    return numbers
  }
}
