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

  func run() throws {
    guard files.isEmpty else {
      let measurements = try ReaderBenchmark(paths: files, calls: max(1, calls)).run()
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
      calls: max(1, calls))
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
    let speed = PretrainingSpeed(
      engine: try EngineOptions.parse(arguments).makeEngine { Console.note($0) },
      windows: max(1, windows), threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    guard !parity else {
      let found = try speed.parity()
      return json ? try Console.json(found) : Console.result(found.text)
    }
    let measured = try speed.measure(steps: max(1, calls))
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
