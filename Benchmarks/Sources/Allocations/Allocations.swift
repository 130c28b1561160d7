import CAllocations
import ECGNetwork
import Foundation

/// How many allocations a training step and an inference make once their memory is there: none. Ends
/// with an error otherwise.
@main struct Allocations {
  static func main() throws {
    guard callocations_count() >= 0 else {
      print("allocations are counted with Glibc only")
      return
    }
    var worst = 0
    print("| work | rows | threads | allocations a call |\n|---|---|---|---|")
    for threads in [1, 2] {
      for rows in [16, 64, 128] {
        let (training, inference) = try counts(rows: rows, threads: threads)
        print("| training step | \(rows) | \(threads) | \(training) |")
        print("| features | \(rows) | \(threads) | \(inference) |")
        worst = max(worst, training, inference)
      }
    }
    if worst > 0 {
      print("the steady state allocates")
      exit(1)
    }
  }

  /// The fewest allocations of a call out of three, after two that are not counted.
  private static func counts(rows: Int, threads: Int) throws -> (training: Int, inference: Int) {
    let network = try NativeEngine(threads: threads).makeNetwork(
      architecture, parameters: .glorotUniform(for: architecture, seed: 1), maximumBatch: rows)
    var batch = TrainingBatch(capacity: rows, architecture: architecture)
    batch.count = rows
    for index in batch.inputs.indices { batch.inputs[index] = Float(index % 17) / 8 - 1 }
    func fewest(_ body: (Int) throws -> Void) rethrows -> Int {
      var counts: [Int] = []
      for call in 0..<5 {
        let before = callocations_count()
        try body(call)
        counts.append(callocations_count() - before)
      }
      return counts.dropFirst(2).min() ?? 0
    }
    return (
      try fewest { index in
        _ = try network.trainingStep(
          batch,
          TrainingStep(learningRate: 1e-3, optimisation: Optimisation(), seed: 1, index: index))
      },
      try fewest { _ in
        _ = try batch.inputs.withUnsafeBufferPointer { try network.features(of: $0, count: rows) }
      }
    )
  }

  /// The transformation recognition network with two of its heads.
  private static let architecture = NetworkArchitecture(
    trunk: .init(blocks: [
      .init(filters: 32, kernel: 32), .init(filters: 64, kernel: 16),
      .init(filters: 128, kernel: 8),
    ]),
    inputLength: 2560,
    heads: ["original", "noise"].map {
      .init(
        name: "heads.\($0)", hidden: [128, 128], activation: .leakyReLU, dropout: 0.6, outputs: 1,
        loss: .sigmoid)
    })
}
