import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal
import Foundation

/// The published pre-training on windows of noise, step by step, on any engine: what `Benchmarks/torch`
/// compares with PyTorch.
struct PretrainingSpeed {
  let engine: any ComputeEngine
  /// Windows in a batch.
  let windows: Int
  let threads: Int

  /// Steps that are not timed: kernels are chosen in them, and steps recorded.
  private static let warmUps = 10

  /// Timed steps, with everything that a run does in them.
  struct Measurement: Encodable {
    let engine: String
    let windows: Int
    let signals: Int
    let steps: Int
    /// By the median step.
    let signalsPerSecond: Double
    let medianSeconds: Double
    let bestSeconds: Double
    let peakMemory: Int

    var text: String {
      String(
        format: "%@: %d windows, %d signals a step: %.1f ms (median of %d), %.0f signals/s", engine,
        windows, signals, medianSeconds * 1000, steps, signalsPerSecond)
    }
  }

  /// Times steps of a run.
  func measure(steps: Int) throws -> Measurement {
    var configuration = PretrainingConfiguration()
    configuration.batchWindows = windows
    configuration.epochs = Self.warmUps + steps
    // Four batches: fewer would let a small cache look like a large one.
    let noise = noise(count: 4 * windows)
    var last = ContinuousClock.now
    var durations: [Double] = []
    _ = try Pretraining(configuration: configuration, engine: engine, threads: threads)
      .run(on: noise) { event in
        guard case .step = event else { return .continue }
        let now = ContinuousClock.now
        durations.append((now - last) / .seconds(1))
        last = now
        return durations.count == Self.warmUps + steps ? .stop : .continue
      }
    let timed = durations.dropFirst(Self.warmUps).sorted()
    let signals = windows * configuration.transformations.count
    return Measurement(
      engine: engine.name, windows: windows, signals: signals, steps: timed.count,
      signalsPerSecond: Double(signals) / timed[timed.count / 2],
      medianSeconds: timed[timed.count / 2], bestSeconds: timed[0],
      peakMemory: EngineBenchmark.peakMemory)
  }

  /// How far an engine's numbers are from the native engine's.
  struct Parity: Encodable {
    let engine: String
    /// The greatest difference of the logits, as a part of their range.
    let logits: Float
    /// The same of the gradients by each parameter, and the parameter where it is greatest.
    let gradients: Float
    let worst: String
    /// The length of the difference of all weights after steps of a small size, as a part of their length.
    let weights: Double
    let steps: Int

    var text: String {
      "\(engine) against native: logits \(logits), gradients \(gradients) (\(worst)) of their range; "
        + "weights after \(steps) steps of 1e-6: \(weights) of their length"
    }
  }

  /// Compares with the native engine on the published network.
  func parity(steps: Int = 20) throws -> Parity {
    let architecture = PretrainingConfiguration().architecture(windowLength: 2560)
    let start = Parameters.glorotUniform(for: architecture, seed: 1)
    let rows = windows * architecture.heads.count
    let batch = batch(of: architecture, rows: rows)
    func step(_ index: Int) -> TrainingStep {
      TrainingStep(learningRate: 1e-6, optimisation: Optimisation(), seed: 1, index: index)
    }
    let networks = try [engine, NativeEngine(threads: threads)].map {
      try $0.makeNetwork(architecture, parameters: start, maximumBatch: rows)
    }
    let logits = try networks.map { try $0.evaluate(batch).logits }
    let gradients = try networks.map { try $0.gradients(batch, step(0)) }
    var worst = (name: "", error: Float(0))
    for name in gradients[1].names {
      let error = Self.error(
        gradients[0][name]?.values ?? [], gradients[1][name]?.values ?? [])
      if error > worst.error { worst = (name, error) }
    }
    for index in 0..<steps {
      for network in networks { _ = try network.trainingStep(batch, step(index)) }
    }
    return Parity(
      engine: engine.name, logits: Self.error(logits[0], logits[1]), gradients: worst.error,
      worst: worst.name,
      weights: Self.distance(networks[0].parameters(), networks[1].parameters()), steps: steps)
  }

  private func noise(count: Int) -> WindowArray {
    var random = RandomStream(seed: 1, purpose: RandomPurpose("benchmark.pretraining"))
    return WindowArray(
      samples: (0..<count * 2560).map { _ in Float(random.normal()) }, windowLength: 2560)
  }

  private func batch(of architecture: NetworkArchitecture, rows: Int) -> TrainingBatch {
    var batch = TrainingBatch(capacity: rows, architecture: architecture)
    let heads = architecture.heads.count
    batch.count = rows
    batch.inputs = noise(count: rows).samples
    for row in 0..<rows { batch.targets[row * heads + row % heads] = 1 }
    return batch
  }

  private static func error(_ found: [Float], _ expected: [Float]) -> Float {
    let range = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / range
  }

  private static func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var (difference, length) = (0.0, 0.0)
    for name in one.names {
      for (a, b) in zip(one[name]?.values ?? [], other[name]?.values ?? []) {
        difference += Double(a - b) * Double(a - b)
        length += Double(b) * Double(b)
      }
    }
    return (difference / length).squareRoot()
  }
}
