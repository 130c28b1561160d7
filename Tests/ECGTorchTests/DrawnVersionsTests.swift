import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal
import ECGTorch
import Testing

@Suite(.enabled(if: Plugin.isBuilt, Plugin.howTo)) struct DrawnVersionsTests {
  /// Windows of noise; some end in zeros, one is all zeros, one has a single sample.
  static func windows(length: Int, count: Int = 9) -> WindowArray {
    var stream = RandomStream(seed: 4, purpose: RandomPurpose("test.windows"))
    var samples = (0..<count * length).map { _ in Float(stream.normal()) }
    for (window, kept) in [(2, length - 13), (3, length / 3), (4, 0), (5, 1), (6, 7)] {
      for index in kept..<length { samples[window * length + index] = 0 }
    }
    return WindowArray(samples: samples, windowLength: length)
  }

  static let sets: [TransformationSet] = [
    .standard,
    try? TransformationSet([
      Permutation(pieces: 7), TimeWarp(pieces: 4, stretch: 1.3), AdditiveNoise(signalToNoise: 3),
    ]),
    try? TransformationSet([TimeWarp(pieces: 3, stretch: 1), Permutation(pieces: 100_000)]),
  ].compactMap { $0 }

  @Test(arguments: sets.indices, [2560, 301])
  func theDeviceMakesTheSameSignals(index: Int, length: Int) throws {
    let set = Self.sets[index]
    let source = Self.windows(length: length)
    let architecture = NetworkArchitecture.transformationRecognition(
      transformations: set, windowLength: length,
      trunk: .init(blocks: [.init(filters: 4, kernel: 5)]), hidden: [4])
    let order = [8, 2, 3, 0, 4, 5, 6]
    var expected = TrainingBatch(capacity: order.count * set.count, architecture: architecture)
    var drawn = expected
    PretextBatchProducer(source: source, transformations: set, seed: 12, threads: 2)
      .fill(&expected, windows: order[...], drawing: .training(epoch: 3, step: 5))
    PretextBatchProducer(
      source: source, transformations: set, seed: 12, threads: 2, engineMakesRowsOf: "mark"
    ).fill(&drawn, windows: order[...], drawing: .training(epoch: 3, step: 5))
    let versions = try #require(drawn.rowSource as? DrawnVersions)
    #expect(drawn.count == expected.count)
    #expect(drawn.wholeTargets == expected.targets)

    for limit in [0, 1 << 30] {
      let samples = try TorchEngine(makesRows: true).samples(of: versions, residentBytes: limit)
      for (item, row) in versions.rows.enumerated() {
        let found = Array(samples[item * length..<(item + 1) * length])
        let right = Array(expected.inputs[row * length..<(row + 1) * length])
        let name = set.names[item % set.count]
        #expect(
          Examples.error(found, right) < 2e-6, "\(name) of window \(order[item / set.count])")
        if ["original", "negation", "inversion", "permutation", "scaling"].contains(name) {
          #expect(found == right, "\(name) needs no rounding")
        }
      }
    }
  }

  @Test func trainingOnTheDevicesSignalsFollowsTrainingOnOurs() throws {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 2
    configuration.batchWindows = 4
    configuration.trunk = .init(
      blocks: [.init(filters: 4, kernel: 5), .init(filters: 6, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [5]
    let source = Self.windows(length: 301)
    func run(_ engine: any ComputeEngine) throws -> PretrainingResult {
      try Pretraining(configuration: configuration, engine: engine, threads: 2)
        .run(on: source, heldOut: source)
    }
    let device = try run(TorchEngine(makesRows: true))
    for engine in [try TorchEngine(), NativeEngine(threads: 2)] as [any ComputeEngine] {
      let other = try run(engine)
      #expect(Examples.distance(device.parameters, other.parameters) < 1e-4)
      for (one, two) in zip(device.history, other.history) {
        #expect(abs(one.training.loss - two.training.loss) < 1e-4)
        #expect(one.training.signals == two.training.signals)
        #expect(one.training.tasks.map(\.truePositives) == two.training.tasks.map(\.truePositives))
      }
    }
  }
}
