import ECGNetwork
import ECGRandom

extension NetworkArchitecture {
  /// The signal transformation recognition network with its published sizes.
  static let transformationRecognition = NetworkArchitecture(
    trunk: Trunk(blocks: [
      Block(filters: 32, kernel: 32), Block(filters: 64, kernel: 16),
      Block(filters: 128, kernel: 8),
    ]),
    inputLength: 2560,
    heads: ["original", "noise", "scaling", "negation", "inversion", "permutation", "warp"].map {
      Head(
        name: "heads.\($0)", hidden: [128, 128], activation: .leakyReLU, dropout: 0.6, outputs: 1,
        loss: .sigmoid, lossWeight: ["negation", "inversion"].contains($0) ? 0.0125 : 0.195)
    })

  /// Every kind of layer and loss in a network small enough for finite differences.
  static let small = NetworkArchitecture(
    trunk: Trunk(blocks: [Block(filters: 3, kernel: 4), Block(filters: 5, kernel: 3)]),
    inputLength: 23,
    heads: [
      Head(
        name: "heads.a", hidden: [6, 5], activation: .leakyReLU, dropout: 0.4, outputs: 1,
        loss: .sigmoid, lossWeight: 0.7),
      Head(
        name: "heads.b", hidden: [7], activation: .relu, dropout: 0.25, outputs: 3, loss: .softmax,
        lossWeight: 1.3),
      Head(
        name: "heads.c", hidden: [], activation: .relu, dropout: 0, outputs: 2, loss: .sigmoid),
    ])
}

extension TrainingBatch {
  /// Rows of even noise, and targets that every head can take.
  static func noise(
    for architecture: NetworkArchitecture, rows: Int, seed: UInt64 = 1
  ) -> TrainingBatch {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.batch"))
    var batch = TrainingBatch(capacity: rows, architecture: architecture)
    batch.count = rows
    for index in batch.inputs.indices {
      batch.inputs[index] = Float(stream.uniform(in: -1..<1))
    }
    for row in 0..<rows {
      for (index, head) in architecture.heads.enumerated() {
        batch.targets[row * architecture.heads.count + index] =
          Float(stream.integer(below: max(head.outputs, 2)))
      }
    }
    return batch
  }
}

extension TrainingStep {
  /// A step with the given L2 weight and otherwise published settings.
  static func number(_ index: Int, l2: Float = 1e-4, seed: UInt64 = 17) -> TrainingStep {
    var optimisation = Optimisation()
    optimisation.l2 = l2
    return TrainingStep(learningRate: 1e-3, optimisation: optimisation, seed: seed, index: index)
  }
}
