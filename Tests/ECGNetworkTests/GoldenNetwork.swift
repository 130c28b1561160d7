import ECGNetwork
import Foundation
import TestSupport

/// A case of `Tests/Fixtures/ECGNetwork/make_golden.py`: a network and what PyTorch made of it.
struct GoldenNetwork: Decodable {
  /// What is kept of a tensor: its norm, its dot product with a random tensor, values over it.
  struct Digest: Decodable {
    var norm: Double
    var largest: Double
    var projection: Double
    var stride: Int
    var slice: [Double]
  }

  struct Shape: Decodable {
    var length: Int
    var blocks: [[Int]]
    var heads: [NetworkArchitecture.Head]
  }

  var seed: UInt64
  var l2: Float
  var steps: Int
  var steadyEpsilon: Float
  var count: Int
  var network: Shape
  var targets: [Float]
  var features: [Double]
  var logits: [Double]
  var headLosses: [Double]
  var loss: Double
  var trainingLogits: [Double]
  var trainingLoss: Double
  var inputGradientOfLogit0: Digest
  var gradients: [String: Digest]
  /// The weights after Adam steps with ε = 1e-8.
  var trained: [String: Digest]
  /// The weights after Adam steps with `steadyEpsilon`.
  var trainedSteadily: [String: Digest]

  static func load(_ name: String) throws -> GoldenNetwork {
    let file = fixtures.appending(path: "ECGNetwork/\(name).json")
    return try JSONDecoder().decode(GoldenNetwork.self, from: Data(contentsOf: file))
  }

  var architecture: NetworkArchitecture {
    NetworkArchitecture(
      trunk: network.blocks.isEmpty
        ? nil : .init(blocks: network.blocks.map { .init(filters: $0[0], kernel: $0[1]) }),
      inputLength: network.length, heads: network.heads)
  }

  func batch() throws -> TrainingBatch {
    let name = network.blocks.isEmpty ? "emotion-features.f32" : "pretext-windows.f32"
    let bytes = try Data(contentsOf: fixtures.appending(path: "ECGNetwork/\(name)"))
    var batch = TrainingBatch(capacity: count, architecture: architecture)
    batch.count = count
    batch.targets = targets
    batch.inputs = bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return batch
  }

  func step(_ index: Int, epsilon: Float = 1e-8) -> TrainingStep {
    var step = TrainingStep.number(index, l2: l2, seed: seed)
    step.optimisation.epsilon = epsilon
    return step
  }
}
