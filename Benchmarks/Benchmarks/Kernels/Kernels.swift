import Benchmark
import ECGNetwork

/// The engine's work, small enough to repeat: throughput, instructions and, above all, allocations,
/// of which a step in the steady state makes next to none.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .throughput, .mallocCountTotal, .peakMemoryResident],
    warmupIterations: 2, maxDuration: .seconds(5), maxIterations: 50)

  let pretext = NetworkArchitecture(
    trunk: .init(blocks: [
      .init(filters: 32, kernel: 32), .init(filters: 64, kernel: 16),
      .init(filters: 128, kernel: 8),
    ]),
    inputLength: 2560,
    heads: [
      .init(
        name: "heads.original", hidden: [128, 128], activation: .leakyReLU, dropout: 0.6,
        outputs: 1, loss: .sigmoid)
    ])
  let dense = NetworkArchitecture(
    trunk: nil, inputLength: 128,
    heads: [
      .init(
        name: "emotion", hidden: [512, 512], activation: .relu, dropout: 0, outputs: 4,
        loss: .softmax)
    ])
  for (name, architecture, count) in [
    ("pretext 16", pretext, 16), ("pretext 64", pretext, 64), ("dense 128", dense, 128),
  ] {
    for threads in [1, 2] {
      Benchmark("training step, \(name) rows, \(threads) threads") { benchmark in
        let (network, batch) = try prepared(architecture, count, threads)
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations {
          _ = try network.trainingStep(
            batch,
            TrainingStep(learningRate: 1e-3, optimisation: Optimisation(), seed: 1, index: index))
        }
      }
      Benchmark("logits, \(name) rows, \(threads) threads") { benchmark in
        let (network, batch) = try prepared(architecture, count, threads)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          blackHole(
            try batch.inputs.withUnsafeBufferPointer { try network.logits(of: $0, count: count) })
        }
      }
    }
  }
}

/// A network that has done a step, so that its memory is there, and a batch.
private func prepared(
  _ architecture: NetworkArchitecture, _ count: Int, _ threads: Int
) throws -> (any ComputeNetwork, TrainingBatch) {
  let network = try NativeEngine(threads: threads).makeNetwork(
    architecture, parameters: .glorotUniform(for: architecture, seed: 1), maximumBatch: count)
  var batch = TrainingBatch(capacity: count, architecture: architecture)
  batch.count = count
  for index in batch.inputs.indices { batch.inputs[index] = Float(index % 17) / 8 - 1 }
  _ = try network.trainingStep(
    batch, TrainingStep(learningRate: 0, optimisation: Optimisation(), seed: 1, index: 0))
  return (network, batch)
}
