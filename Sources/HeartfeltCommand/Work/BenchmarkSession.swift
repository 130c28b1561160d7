import ECGNetwork
import ECGPretext
import ECGRandom
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

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
    /// By number of threads.
    let pretraining: [Int: Pretraining]
    /// Multiply-adds a second in registers, by number of threads.
    let arithmeticLimit: [Int: Double]
    /// Multiply-adds that the products of a window need, forward and for a training step.
    let multiplyAddsForward: Double
    let multiplyAddsTraining: Double
    /// The greatest memory of the process, in bytes.
    let peakMemory: Int
  }

  /// Whole pre-training, with drawing, transforming, scoring, against its training steps alone.
  struct Pretraining: Encodable {
    let signalsPerSecond: Double
    /// As a part of what training steps of the same size reach before and after it.
    let partOfTraining: Double
  }

  /// Measures everything; takes about a minute.
  func run() throws -> Result {
    let network = PretrainingConfiguration().architecture(windowLength: 2560)
    let engine = EngineBenchmark(architecture: network, calls: calls)
    var measured: [EngineBenchmark.Measurement] = []
    var transformed: [Int: Double] = [:]
    var pretraining: [Int: Pretraining] = [:]
    var limits: [Int: Double] = [:]
    for threads in threads {
      for batch in batches {
        note("training, \(batch) signals, \(threads) threads")
        measured.append(try engine.training(batch: batch, threads: threads))
      }
      note("features, \(threads) threads")
      measured.append(try engine.features(batch: 128, threads: threads))
      measured.append(try engine.latency(threads: threads))
      transformed[threads] = try TransformationBenchmark(threads: threads).signalsPerSecond
      note("pre-training, \(threads) threads")
      pretraining[threads] = try self.pretraining(engine, threads: threads)
      limits[threads] = EngineBenchmark.arithmeticLimit(threads: threads)
    }
    note("preparation")
    let needed = try engine.multiplyAdds()
    return Result(
      instructionSet: NativeEngine(threads: 1).instructionSet,
      cores: ProcessInfo.processInfo.activeProcessorCount, engine: measured,
      transformedSignalsPerSecond: transformed,
      preparedWindowsPerSecond: try [256, 700, 2048].reduce(into: [:]) {
        $0[$1] = try preparationRate(samplingRate: Double($1))
      },
      pretraining: pretraining, arithmeticLimit: limits, multiplyAddsForward: needed.forward,
      multiplyAddsTraining: needed.training, peakMemory: EngineBenchmark.peakMemory)
  }

  /// An epoch of 512 windows of noise in batches of 128, as `heartfelt pretrain` runs it.
  private func pretraining(_ engine: EngineBenchmark, threads: Int) throws -> Pretraining {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 1
    var random = RandomStream(seed: 1, purpose: RandomPurpose("benchmark.pretraining"))
    let windows = WindowArray(
      samples: (0..<512 * 2560).map { _ in Float(random.normal()) }, windowLength: 2560)
    let batch = configuration.batchWindows * configuration.transformations.count
    func bare() throws -> Double { try engine.training(batch: batch, threads: threads).seconds }

    let before = try bare()
    let started = ContinuousClock.now
    _ = try ECGPretext.Pretraining(
      configuration: configuration, engine: NativeEngine(threads: threads), threads: threads
    ).run(on: windows)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let training = (before + (try bare())) / 2
    let rate = Double(windows.count * configuration.transformations.count) / seconds
    return Pretraining(
      signalsPerSecond: rate, partOfTraining: rate * training / Double(batch))
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
    for (threads, value) in pretraining.sorted(by: { $0.key < $1.key }) {
      table.add([
        String(format: "whole pre-training, %.2f of its steps", value.partOfTraining), "896",
        "\(threads)", rate(value.signalsPerSecond), "",
      ])
    }
    for (from, value) in preparedWindowsPerSecond.sorted(by: { $0.key < $1.key }) {
      table.add(["windows prepared from \(from) Hz", "", "1", rate(value), ""])
    }
    return """
      \(cores) cores, instruction set \(instructionSet); medians
      \(table.text)
      \(limits)
      peak memory \(peakMemory / 1_048_576) MiB
      """
  }

  /// How far training and inference are from multiply-adds alone.
  private var limits: String {
    arithmeticLimit.sorted { $0.key < $1.key }.map { threads, limit in
      var line = String(
        format: "arithmetic limit, %d threads: %.0f G multiply-adds/s in floats", threads,
        limit / 1e9)
      for one in engine where one.threads == threads {
        let needed =
          switch one.work {
          case .training: multiplyAddsTraining
          case .features: multiplyAddsForward
          case .latency: 0.0
          }
        guard needed > 0 else { continue }
        let part = Int((100 * needed * one.rowsPerSecond / limit).rounded())
        line += "; \(one.work.rawValue) of \(one.batch) at \(part) %"
      }
      return line
    }.joined(separator: "\n")
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
