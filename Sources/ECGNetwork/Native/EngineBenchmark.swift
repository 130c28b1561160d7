import ECGRandom
import Foundation

/// What `heartfelt benchmark` measures of an engine: rates of training and inference, the latency of
/// one window, and memory.
///
/// The network gets random parameters and random windows; neither changes how long anything takes.
public struct EngineBenchmark: Sendable {
  /// One measured number with its circumstances.
  public struct Measurement: Codable, Hashable, Sendable {
    /// What was measured.
    public enum Work: String, Codable, Sendable {
      /// Forward, backward and Adam.
      case training
      /// The trunk's features.
      case features
      /// One window from samples to logits.
      case latency
    }

    public let work: Work
    /// Rows in a call.
    public let batch: Int
    /// Threads of the engine.
    public let threads: Int
    /// Median duration of a call in seconds.
    public let seconds: Double
    /// The fastest call in seconds.
    public let bestSeconds: Double
    /// Processor time of a call, over all threads, in seconds: the median.
    public let processorSeconds: Double
    /// Rows a second, by the median.
    public var rowsPerSecond: Double { Double(batch) / seconds }
    /// Calls that were timed.
    public let calls: Int
    /// The greatest memory of the process so far, in bytes.
    public let peakMemory: Int
  }

  /// The greatest memory of this process so far, in bytes.
  public static var peakMemory: Int { ProcessUsage.now.peakMemory }

  /// The network to measure.
  public var architecture: NetworkArchitecture
  /// Calls to time, after one that is not timed.
  public var calls: Int
  /// A measurement stops early after so many seconds.
  public var longest: Double

  /// A benchmark.
  /// - Parameters:
  ///   - calls: how many calls to time; their median is reported.
  ///   - longest: seconds after which no further call is begun, unless none has been timed.
  public init(architecture: NetworkArchitecture, calls: Int = 5, longest: Double = 10) {
    self.architecture = architecture
    self.calls = max(calls, 1)
    self.longest = longest
  }

  /// Training steps on a batch of random windows.
  public func training(batch: Int, threads: Int) throws -> Measurement {
    let network = try network(batch: batch, threads: threads)
    let rows = randomBatch(batch)
    var index = 0
    return try measure(.training, batch: batch, threads: threads) {
      let step = TrainingStep(
        learningRate: 1e-3, optimisation: Optimisation(), seed: 1, index: index)
      _ = try network.trainingStep(rows, step)
      index += 1
    }
  }

  /// The features of random windows.
  public func features(batch: Int, threads: Int) throws -> Measurement {
    let network = try network(batch: batch, threads: threads)
    let rows = randomBatch(batch)
    return try measure(.features, batch: batch, threads: threads) {
      _ = try rows.inputs.withUnsafeBufferPointer { try network.features(of: $0, count: batch) }
    }
  }

  /// One window from samples to logits, as live prediction computes it.
  public func latency(threads: Int) throws -> Measurement {
    let network = try network(batch: 1, threads: threads)
    let rows = randomBatch(1)
    var patient = self
    patient.calls = calls * 20
    return try patient.measure(.latency, batch: 1, threads: threads) {
      _ = try rows.inputs.withUnsafeBufferPointer { try network.logits(of: $0, count: 1) }
    }
  }

  /// Multiply-adds a second that all threads together reach on numbers in registers: the limit of
  /// products in floats on this machine, as busy as it is.
  public static func arithmeticLimit(threads: Int) -> Double {
    let engine = NativeEngine(threads: threads)
    let kernels = engine.kernels.table
    let counts = AlignedBuffer<Double>(count: threads * 8)
    var best = 0.0
    for _ in 0..<5 {
      let start = DispatchTime.now().uptimeNanoseconds
      engine.pool.run(tasks: threads) { task, _ in
        counts.base[task * 8] = kernels.multiply_adds(5_000_000)
      }
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      let count = (0..<threads).reduce(0) { $0 + counts.base[$1 * 8] }
      best = max(best, count / seconds)
    }
    return best
  }

  /// Multiply-adds that the trunk's products need for a window, with three real products for a
  /// complex one: forward, and for a training step.
  public func multiplyAdds() throws -> (forward: Double, training: Double) {
    let layout = try NetworkLayout(architecture, choices: NativeChoices())
    var forward = 0.0
    var backward = 0.0
    for layer in layout.convolutions {
      let direct = Double(layer.length * layer.kernelCount)
      let spectral = Double(3 * layer.tiling.slabs * layer.tiling.tiles * layer.plane)
      forward += layer.isFirst ? direct : spectral
      backward += layer.isFirst ? direct : layer.isLast ? 0 : 2 * spectral
    }
    return (forward, forward + backward)
  }

  private func network(batch: Int, threads: Int) throws -> any ComputeNetwork {
    try NativeEngine(threads: threads).makeNetwork(
      architecture, parameters: .glorotUniform(for: architecture, seed: 1), maximumBatch: batch)
  }

  private func randomBatch(_ count: Int) -> TrainingBatch {
    var batch = TrainingBatch(capacity: count, architecture: architecture)
    batch.count = count
    var stream = RandomStream(seed: 1, purpose: RandomPurpose("engine-benchmark"))
    for index in batch.inputs.indices { batch.inputs[index] = Float(stream.normal()) }
    for row in 0..<count {
      for (index, head) in architecture.heads.enumerated() {
        batch.targets[row * architecture.heads.count + index] =
          Float(stream.integer(below: max(head.outputs, 2)))
      }
    }
    return batch
  }

  private func measure(
    _ work: Measurement.Work, batch: Int, threads: Int, _ body: () throws -> Void
  ) throws -> Measurement {
    try body()
    var durations: [Double] = []
    var processor: [Double] = []
    var total = 0.0
    while durations.count < calls && (durations.isEmpty || total < longest) {
      let usageBefore = ProcessUsage.now
      let start = DispatchTime.now().uptimeNanoseconds
      try body()
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      processor.append(ProcessUsage.now.processorSeconds - usageBefore.processorSeconds)
      durations.append(seconds)
      total += seconds
    }
    durations.sort()
    processor.sort()
    return Measurement(
      work: work, batch: batch, threads: threads, seconds: durations[durations.count / 2],
      bestSeconds: durations[0], processorSeconds: processor[processor.count / 2],
      calls: durations.count, peakMemory: ProcessUsage.now.peakMemory)
  }
}
