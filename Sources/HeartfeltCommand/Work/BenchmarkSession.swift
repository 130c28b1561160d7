import ECGNetwork
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

/// All measurements of `heartfelt benchmark`, one after the other.
struct BenchmarkSession {
  let batches: [Int]
  let threads: [Int]
  let calls: Int

  /// What was measured.
  struct Result: Encodable {
    /// The processor's instruction set that the engine uses.
    let instructionSet: String
    let cores: Int
    let engine: [EngineBenchmark.Measurement]
    /// Signals transformed in a second, all transformations together, by number of threads.
    let transformedSignalsPerSecond: [Int: Double]
    /// Ten-second windows prepared in a second on one thread, from 256, 700 and 2048 Hz.
    let preparedWindowsPerSecond: [Int: Double]
    /// The greatest memory of the process, in bytes.
    let peakMemory: Int
  }

  /// Measures everything; takes about a minute.
  func run() throws -> Result {
    let network = PretrainingConfiguration().architecture(windowLength: 2560)
    let engine = EngineBenchmark(architecture: network, calls: calls)
    var measured: [EngineBenchmark.Measurement] = []
    var transformed: [Int: Double] = [:]
    for threads in threads {
      for batch in batches {
        note("training, \(batch) signals, \(threads) threads")
        measured.append(try engine.training(batch: batch, threads: threads))
      }
      note("features, \(threads) threads")
      measured.append(try engine.features(batch: 128, threads: threads))
      measured.append(try engine.latency(threads: threads))
      transformed[threads] = try TransformationBenchmark(threads: threads).signalsPerSecond
    }
    note("preparation")
    return Result(
      instructionSet: NativeEngine(threads: 1).instructionSet,
      cores: ProcessInfo.processInfo.activeProcessorCount, engine: measured,
      transformedSignalsPerSecond: transformed,
      preparedWindowsPerSecond: try [256, 700, 2048].reduce(into: [:]) {
        $0[$1] = try preparationRate(samplingRate: Double($1))
      },
      peakMemory: EngineBenchmark.peakMemory)
  }

  /// Windows prepared in a second, quality included, from ten minutes of synthetic ECG.
  private func preparationRate(samplingRate: Double) throws -> Double {
    let count = Int(600 * samplingRate)
    let wave = (0..<count).map { index in
      let phase = (Double(index) / samplingRate).truncatingRemainder(dividingBy: 0.8)
      return Float(exp(-pow((phase - 0.3) / 0.01, 2)) + 0.2 * exp(-pow((phase - 0.5) / 0.04, 2)))
    }
    let recording = try ECGRecording(samples: wave, samplingRate: samplingRate, unit: .millivolts)
    let started = Date()
    let windows = try PreprocessingRecipe.standard.windows(of: [recording]).windows.count
    return Double(windows) / Date().timeIntervalSince(started)
  }

  private func note(_ what: String) {
    if Console.isTerminal { Console.note("measuring: \(what)") }
  }
}

extension BenchmarkSession.Result {
  /// The measurements as a table.
  var text: String {
    var table = TextTable(columns: [
      .init("work"), .init("batch", .right), .init("threads", .right), .init("per second", .right),
      .init("a call, ms", .right),
    ])
    for one in engine {
      table.add([
        name(one.work), "\(one.batch)", "\(one.threads)", rate(one.rowsPerSecond),
        String(format: "%.2f", one.seconds * 1000),
      ])
    }
    for (threads, value) in transformedSignalsPerSecond.sorted(by: { $0.key < $1.key }) {
      table.add(["transformed signals", "", "\(threads)", rate(value), ""])
    }
    for (from, value) in preparedWindowsPerSecond.sorted(by: { $0.key < $1.key }) {
      table.add(["windows prepared from \(from) Hz", "", "1", rate(value), ""])
    }
    return """
      \(cores) cores, instruction set \(instructionSet); medians
      \(table.text)
      peak memory \(peakMemory / 1_048_576) MiB
      """
  }

  private func name(_ work: EngineBenchmark.Measurement.Work) -> String {
    switch work {
    case .training: "training step (signals)"
    case .features: "features (windows)"
    case .latency: "one window to logits"
    }
  }

  private func rate(_ value: Double) -> String {
    value < 100 ? String(format: "%.1f", value) : "\(Int(value.rounded()))"
  }
}
