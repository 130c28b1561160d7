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
    let noise = Self.noise(count: 4 * windows)
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

  /// Windows of noise.
  static func noise(count: Int) -> WindowArray {
    var random = RandomStream(seed: 1, purpose: RandomPurpose("benchmark.pretraining"))
    return WindowArray(
      samples: (0..<count * 2560).map { _ in Float(random.normal()) }, windowLength: 2560)
  }
}
