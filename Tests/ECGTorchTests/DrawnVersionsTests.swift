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
      let engine = try TorchEngine(makesRows: true, residentBytes: limit)
      let samples = try engine.samples(of: versions)
      #expect(Set(versions.rows) == Set(0..<expected.count))
      var item = 0
      for (name, version) in zip(set.names, versions.versions) {
        for (window, row) in zip(version.windows, version.rows) {
          let found = Array(samples[item * length..<(item + 1) * length])
          let right = Array(expected.inputs[row * length..<(row + 1) * length])
          item += 1
          #expect(Examples.error(found, right) < 2e-6, "\(name) of window \(order[window])")
          if ["original", "negation", "inversion", "permutation", "scaling"].contains(name) {
            #expect(found == right, "\(name) needs no rounding")
          }
        }
      }
    }
  }

  /// Two processes by shards and by windows: each makes its own rows, and all rows are made once.
  @Test(arguments: [true, false]) func processesMakeTheirOwnRows(byShards: Bool) throws {
    let source = Self.windows(length: 301)
    let architecture = NetworkArchitecture.transformationRecognition(
      transformations: .standard, windowLength: 301,
      trunk: .init(blocks: [.init(filters: 4, kernel: 5)]), hidden: [4])
    let order = [8, 2, 3, 0, 4, 5, 6]
    var whole = TrainingBatch(capacity: order.count * 7, architecture: architecture)
    PretextBatchProducer(source: source, transformations: .standard, seed: 12, threads: 2)
      .fill(&whole, windows: order[...], drawing: .training(epoch: 3, step: 5))
    var made: [Int] = []
    for rank in 0..<3 {
      let sharing = BatchSharing(group: NoGroup(rank: rank, size: 3), isByShards: byShards)
      func batch(mark: String?) -> TrainingBatch {
        var batch = TrainingBatch(
          capacity: sharing.mostRows(of: whole.count, unit: 7), architecture: architecture)
        PretextBatchProducer(
          source: source, transformations: .standard, seed: 12, threads: 2, sharing: sharing,
          engineMakesRowsOf: mark
        ).fill(&batch, windows: order[...], drawing: .training(epoch: 3, step: 5), next: [1, 7])
        return batch
      }
      let here = batch(mark: nil)
      let rows = try #require(here.part?.rowNumbers)
      made += rows
      #expect(rows == rows.sorted() && rows.count == here.count)
      #expect(here.part?.wholeTargets == whole.targets)
      for (place, row) in rows.enumerated() {
        #expect(
          here.inputs[place * 301..<(place + 1) * 301] == whole.inputs[row * 301..<(row + 1) * 301])
        #expect(here.targets[place * 7..<(place + 1) * 7] == whole.targets[row * 7..<(row + 1) * 7])
      }
      let drawn = try #require(batch(mark: "mark").rowSource as? DrawnVersions)
      #expect(drawn.rows.sorted() == rows)
      let samples = try TorchEngine(makesRows: true).samples(of: drawn)
      for (item, row) in drawn.rows.enumerated() {
        let found = Array(samples[item * 301..<(item + 1) * 301])
        #expect(Examples.error(found, Array(whole.inputs[row * 301..<(row + 1) * 301])) < 2e-6)
      }
      #expect(byShards ? drawn.nextWindows == [1, 7] : drawn.nextWindows.count <= 1)
    }
    #expect(made.sorted() == Array(0..<whole.count))
  }

  /// A place in a group that nobody talks in.
  private struct NoGroup: ComputeGroup {
    let rank: Int
    let size: Int
    func gather(_ bytes: [UInt8]) throws -> [[UInt8]] { [] }
    func sum(_ values: inout [Float]) throws {}
    func exchange(
      _ values: UnsafeBufferPointer<Float>, counts: [Int],
      into received: UnsafeMutableBufferPointer<Float>, counts receivedCounts: [Int]
    ) throws {}
  }

  private static func pretrain(_ engine: any ComputeEngine) throws -> PretrainingResult {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 2
    configuration.batchWindows = 4
    configuration.trunk = .init(
      blocks: [.init(filters: 4, kernel: 5), .init(filters: 6, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [5]
    let source = Self.windows(length: 301)
    return try Pretraining(configuration: configuration, engine: engine, threads: 2)
      .run(on: source, heldOut: source)
  }

  @Test func trainingOnTheDevicesSignalsFollowsTrainingOnOurs() throws {
    let device = try Self.pretrain(TorchEngine(makesRows: true))
    for engine in [try TorchEngine(), NativeEngine(threads: 2)] as [any ComputeEngine] {
      let other = try Self.pretrain(engine)
      #expect(Examples.distance(device.parameters, other.parameters) < 1e-4)
      for (one, two) in zip(device.history, other.history) {
        #expect(abs(one.training.loss - two.training.loss) < 1e-4)
        #expect(one.training.signals == two.training.signals)
        #expect(one.training.tasks.map(\.truePositives) == two.training.tasks.map(\.truePositives))
      }
    }
  }

  @Test func windowsThatComeWithEachBatchTrainAsThoseOnTheDevice() throws {
    let resident = try Self.pretrain(TorchEngine(makesRows: true))
    let streamed = try Self.pretrain(TorchEngine(makesRows: true, residentBytes: 0))
    #expect(streamed.parameters == resident.parameters, "to the bit")
    #expect(streamed.history == resident.history)
  }
}
