import ECGNetwork
import ECGRandom
import ECGTorch
import Foundation
import Testing

/// The plugin of these tests, and what to say where there is none.
enum Plugin {
  /// Whether it is built. The tests that need it are skipped, with these words, where it is not.
  static let isBuilt: Bool = {
    do {
      _ = try TorchPlugin()
      return true
    } catch TorchError.missing {
      print("SKIPPED tests of the LibTorch engine: the plugin is not built; run 'make torch'")
      return false
    } catch {
      // A plugin that is there and does not open is a failure, which the tests show.
      return true
    }
  }()
  static let howTo: Comment = "the LibTorch plugin is not built; run 'make torch'"
}

/// Networks, batches and comparisons.
enum Examples {
  /// Channels that fill no vector, odd and even kernels, two heads with either loss.
  static let irregular = NetworkArchitecture(
    trunk: .init(
      blocks: [.init(filters: 5, kernel: 9), .init(filters: 20, kernel: 6)], poolWidth: 5,
      poolStride: 3, leak: 0.1),
    inputLength: 301,
    heads: [
      .init(
        name: "first", hidden: [17], activation: .relu, dropout: 0.3, outputs: 3, loss: .softmax),
      .init(
        name: "second", hidden: [], activation: .relu, dropout: 0, outputs: 2, loss: .sigmoid,
        lossWeight: 0.5),
    ])

  /// The pretext network in small.
  static let pretext = NetworkArchitecture(
    trunk: .init(blocks: [
      .init(filters: 16, kernel: 32), .init(filters: 32, kernel: 16), .init(filters: 48, kernel: 8),
    ]),
    inputLength: 400,
    heads: ["original", "noise", "scaling"].map {
      .init(
        name: "heads.\($0)", hidden: [32, 32], activation: .leakyReLU, dropout: 0.6, outputs: 1,
        loss: .sigmoid, lossWeight: 0.195)
    })

  /// Dense layers alone.
  static let dense = NetworkArchitecture(
    trunk: nil, inputLength: 37,
    heads: [
      .init(
        name: "emotion", hidden: [70, 33], activation: .relu, dropout: 0.2, outputs: 4,
        loss: .softmax)
    ])

  static let architectures = [irregular, pretext, dense]

  /// Random parameters with biases that are not zero.
  static func parameters(_ architecture: NetworkArchitecture) -> Parameters {
    var parameters = Parameters.glorotUniform(for: architecture, seed: 5)
    var stream = RandomStream(seed: 9, purpose: RandomPurpose("test.bias"))
    for shape in architecture.parameterShapes where !shape.isKernel {
      parameters[shape.name] = Tensor(
        shape: shape.shape,
        values: (0..<shape.shape[0]).map { _ in Float(stream.uniform(in: -0.05..<0.05)) })
    }
    return parameters
  }

  /// Random rows with possible targets.
  static func batch(
    _ architecture: NetworkArchitecture, count: Int, seed: UInt64 = 7
  ) -> TrainingBatch {
    var batch = TrainingBatch(capacity: count, architecture: architecture)
    batch.count = count
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.batch"))
    for index in batch.inputs.indices { batch.inputs[index] = Float(stream.normal()) }
    for row in 0..<count {
      for (index, head) in architecture.heads.enumerated() {
        batch.targets[row * architecture.heads.count + index] =
          Float(stream.integer(below: max(head.outputs, 2)))
      }
    }
    return batch
  }

  static func step(_ index: Int) -> TrainingStep {
    TrainingStep(learningRate: 1e-3, optimisation: Optimisation(), seed: 3, index: index)
  }

  /// The greatest difference, as a part of the expected values' range.
  static func error(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let range = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / range
  }

  /// The length of the difference of all parameters, as a part of their length.
  static func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var difference = 0.0
    var length = 0.0
    for name in one.names {
      for (a, b) in zip(one[name]?.values ?? [], other[name]?.values ?? []) {
        difference += Double(a - b) * Double(a - b)
        length += Double(b) * Double(b)
      }
    }
    return one.names == other.names ? (difference / length).squareRoot() : .infinity
  }
}
