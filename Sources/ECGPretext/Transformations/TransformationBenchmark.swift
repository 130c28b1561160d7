import ECGNetwork
import ECGRandom
import ECGSignal

/// How fast this machine makes transformed windows. Training is held up unless this is several times
/// the engine's signals per second.
public struct TransformationBenchmark: Sendable {
  /// Signals per second of whole batches, all transformations of a set together.
  public let signalsPerSecond: Double
  /// Signals per second of each transformation by itself, on one thread, in the order of the set.
  public let each: [(name: String, signalsPerSecond: Double)]

  /// Measures batches of 128 windows.
  /// - Parameters:
  ///   - windowLength: samples of a window.
  ///   - threads: threads that share a batch, at least 1.
  ///   - seconds: how long to measure each figure.
  public init(
    of transformations: TransformationSet = .standard, windowLength: Int = 2560, threads: Int,
    seconds: Double = 0.5
  ) throws {
    let windows = Self.windows(count: 128, length: windowLength)
    func measure(_ set: TransformationSet, threads: Int) -> Double {
      let architecture = NetworkArchitecture.transformationRecognition(
        transformations: set, windowLength: windowLength)
      let producer = PretextBatchProducer(
        source: windows, transformations: set, seed: 1, threads: threads)
      var batch = TrainingBatch(
        capacity: windows.count * set.count, architecture: architecture)
      let order = Array(0..<windows.count)

      let clock = ContinuousClock()
      producer.fill(&batch, windows: order[...], drawing: .training(epoch: 0, step: 0))
      let start = clock.now
      var signals = 0
      repeat {
        producer.fill(&batch, windows: order[...], drawing: .training(epoch: 0, step: signals))
        signals += batch.count
      } while (clock.now - start) / .seconds(1) < seconds
      return Double(signals) / ((clock.now - start) / .seconds(1))
    }
    signalsPerSecond = measure(transformations, threads: threads)
    each = try transformations.members.map {
      ($0.name, measure(try TransformationSet([$0]), threads: 1))
    }
  }

  /// Windows of noise: the speed does not depend on what is in them.
  private static func windows(count: Int, length: Int) -> WindowArray {
    var random = RandomStream(seed: 1, purpose: RandomPurpose("benchmark.windows"))
    return WindowArray(
      samples: (0..<count * length).map { _ in Float(random.normal()) }, windowLength: length)
  }
}
