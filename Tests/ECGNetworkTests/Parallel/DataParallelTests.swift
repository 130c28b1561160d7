import ECGNetwork
import Foundation
import Testing

@Suite struct DataParallelTests {
  /// What every process has after some steps on batches of so many rows, one size after the other.
  private struct End: Equatable {
    var losses: [Double] = []
    var logits: [Float] = []
    var parameters = Parameters()
    var optimizerState: OptimizerState?
  }

  private static func train(
    _ architecture: NetworkArchitecture, processes: Int, rows: [Int], steps: Int = 20,
    learningRate: Float = 1e-3, order: DataParallelEngine.Order = .shards,
    engine: @escaping @Sendable (_ rank: Int) -> NativeEngine = { _ in NativeEngine(threads: 1) }
  ) throws -> [End] {
    try ThreadGroup.run(size: processes) { group in
      let engine = DataParallelEngine(base: engine(group.rank), group: group, order: order)
      let network = try engine.makeNetwork(
        architecture, parameters: NativeSupport.parameters(architecture),
        maximumBatch: rows.max() ?? 0)
      return try Self.train(network, rows: rows, steps: steps, learningRate: learningRate)
    }.map { try $0.get() }
  }

  private static func train(
    _ network: any ComputeNetwork, rows: [Int], steps: Int, learningRate: Float = 1e-3
  ) throws -> End {
    var end = End()
    let batches = rows.map { NativeSupport.batch(network.architecture, count: $0) }
    for index in 0..<steps {
      var step = NativeSupport.step(index)
      step.learningRate = learningRate
      let outcome = try network.trainingStep(batches[index % batches.count], step)
      end.losses.append(outcome.loss)
      end.losses.append(contentsOf: outcome.headLosses)
      end.logits = outcome.logits
    }
    for batch in batches {
      let outcome = try network.evaluate(batch)
      end.losses.append(outcome.loss)
      end.logits += outcome.logits
    }
    end.parameters = network.parameters()
    end.optimizerState = network.optimizerState()
    return end
  }

  /// A network, and rows of batches whose shards are more than the processes, and fewer.
  struct Case: Sendable {
    var architecture: Int
    var processes: Int
    var rows: [Int]
  }

  static let cases: [Case] =
    NativeSupport.architectures.indices.flatMap { architecture in
      [2, 3, 4].map { Case(architecture: architecture, processes: $0, rows: [26, 9]) }
    } + [
      // One shard and several for 5 processes; 16 shards and 1 for 16.
      Case(architecture: 1, processes: 5, rows: [41, 7, 33]),
      Case(architecture: 1, processes: 16, rows: [131, 5]),
      Case(architecture: 2, processes: 16, rows: [128, 1]),
    ]

  @Test(arguments: cases) func severalProcessesHaveTheBitsOfOne(_ one: Case) throws {
    let architecture = NativeSupport.architectures[one.architecture]
    let steps = one.processes > 4 ? 4 : 20
    let alone = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture),
      maximumBatch: one.rows.max() ?? 0)
    let expected = try Self.train(alone, rows: one.rows, steps: steps)
    let way = distance(expected.parameters, NativeSupport.parameters(architecture))
    #expect(way > 5e-3, "there is a way to be gone")
    for end in try Self.train(
      architecture, processes: one.processes, rows: one.rows, steps: steps)
    {
      #expect(end == expected, "to the bit")
    }
  }

  @Test func oneProcessOfAGroupHasTheBitsOfTheEngineAlone() throws {
    let architecture = NativeSupport.pretext
    let alone = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 21)
    let group = try Self.train(architecture, processes: 1, rows: [21], steps: 3)[0]
    #expect(try group == Self.train(alone, rows: [21], steps: 3))
  }

  @Test func thePublishedTrunkHasTheBitsOfOneProcess() throws {
    let architecture = NetworkArchitecture(
      trunk: .init(blocks: [
        .init(filters: 32, kernel: 32), .init(filters: 64, kernel: 16),
        .init(filters: 128, kernel: 8),
      ]),
      inputLength: 640, heads: NativeSupport.pretext.heads)
    let alone = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 19)
    let expected = try Self.train(alone, rows: [19], steps: 2)
    for end in try Self.train(architecture, processes: 3, rows: [19], steps: 2) {
      #expect(end == expected)
    }
  }

  @Test func sumsOfRanksDifferByRoundingAlone() throws {
    let architecture = NativeSupport.pretext
    // Adam's first updates have the size of the step size whatever the gradient's: where rounding turns the
    // sign of one near 0, weights part by twice that. So the step size is small here.
    let one = try Self.train(architecture, processes: 1, rows: [26], learningRate: 1e-6)[0]
    let all = try Self.train(
      architecture, processes: 3, rows: [26], learningRate: 1e-6, order: .ranks)
    for other in all {
      #expect(other == all[0], "all processes have the same bits")
      #expect(other.parameters != one.parameters)
      #expect(distance(other.parameters, one.parameters) < 1e-5)
    }
  }

  @Test func moreProcessesThanShardsSumInTheOrderOfRanks() throws {
    let architecture = NativeSupport.irregular
    let one = try Self.train(
      architecture, processes: 1, rows: [2], steps: 3, learningRate: 1e-6)[0]
    for other in try Self.train(
      architecture, processes: 3, rows: [2], steps: 3, learningRate: 1e-6)
    {
      #expect(distance(other.parameters, one.parameters) < 1e-5)
    }
  }

  @Test func processesThatComputeUnlikeSaySoAndSumInTheOrderOfRanks() throws {
    let architecture = NativeSupport.oneBlock
    let words = Words()
    let networks = try ThreadGroup.run(size: 3) { group in
      let sets = NativeEngine.instructionSets
      let set = group.rank == 2 ? sets[0] : sets[sets.count - 1]
      let network = try DataParallelEngine(
        base: NativeSupport.engine(set, threads: 1), group: group, notice: { words.add($0) }
      ).makeNetwork(
        architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 32)
      _ = try network.trainingStep(
        NativeSupport.batch(architecture, count: 32), NativeSupport.step(0))
      return (network.sharing?.isByShards, network.sharing?.resultName(of: "native"))
    }.map { try $0.get() }
    let areAlike = NativeEngine.instructionSets.count == 1
    #expect(networks.allSatisfy { $0.0 == areAlike })
    #expect(networks.allSatisfy { $0.1 == (areAlike ? "native" : "native-x3") })
    #expect(words.all.count == (areAlike ? 0 : 1), "process 0 alone speaks, once")
    #expect(words.all.allSatisfy { $0.hasPrefix("process 2 computes on another instruction set") })
  }

  private final class Words: @unchecked Sendable {
    private let lock = NSLock()
    private var words: [String] = []
    var all: [String] { lock.withLock { words } }
    func add(_ word: String) { lock.withLock { words.append(word) } }
  }

  @Test(arguments: [1, 2, 3, 5, 16]) func everyRowIsInOneShardOfOneProcess(size: Int) {
    for rows in [0, 1, 7, 8, 9, 100, 127, 128, 129, 896] {
      let cut = BatchShards(rows: rows)
      let parts = cut.held(of: size).map { cut.rows(of: $0) }
      #expect(parts.flatMap { Array($0) } == Array(0..<rows))
      #expect((0..<cut.count).flatMap { Array(cut.rows(of: $0)) } == Array(0..<rows))
      for smaller in 0...rows {
        let cut = BatchShards(rows: smaller)
        for held in cut.held(of: size) {
          #expect(
            cut.rows(of: held).count <= BatchShards(rows: rows).mostRows(of: size))
        }
      }
    }
  }

  @Test func aLostProcessEndsTheStepAndLeavesTheWeightsOfTheStepBefore() throws {
    let architecture = NativeSupport.oneBlock
    let results = ThreadGroup.run(size: 2) { group -> (Bool, Parameters, Int) in
      let network = try DataParallelEngine(base: NativeEngine(threads: 1), group: group)
        .makeNetwork(
          architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 8)
      let batch = NativeSupport.batch(architecture, count: 8)
      _ = try network.trainingStep(batch, NativeSupport.step(0))
      let before = network.parameters()
      if group.rank == 1 {
        group.lose()
        return (true, before, 1)
      }
      var isLost = false
      do {
        _ = try network.trainingStep(batch, NativeSupport.step(1))
      } catch is ComputeGroupError {
        isLost = true
      }
      #expect(network.parameters() == before)
      return (isLost, before, network.optimizerState().steps)
    }
    for result in results {
      let (isLost, _, steps) = try result.get()
      #expect(isLost)
      #expect(steps == 1)
    }
  }

  @Test func anEngineThatCannotShareSaysSo() {
    let results = ThreadGroup.run(size: 1) { group in
      let spy = DataParallelEngine(base: UnsharedEngine(), group: group)
      return try spy.makeNetwork(
        NativeSupport.dense, parameters: NativeSupport.parameters(NativeSupport.dense),
        maximumBatch: 1
      ).architecture
    }
    #expect(throws: ComputeGroupError.self) { try results[0].get() }
  }

  @Test(arguments: [1, 2, 3, 7]) func everyItemIsInOnePart(size: Int) throws {
    for count in [0, 1, 2, 6, 7, 8, 100] {
      let parts = try ThreadGroup.run(size: size) {
        ($0.part(of: count), $0.largestPart(of: count))
      }
      .map { try $0.get() }
      #expect(parts.flatMap { Array($0.0) } == Array(0..<count))
      #expect(parts.allSatisfy { $0.0.count <= $0.1 })
    }
  }

  /// The length of the difference of all parameters, as a part of their length.
  private func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var (difference, length) = (0.0, 0.0)
    for name in one.names {
      for (a, b) in zip(one[name]?.values ?? [], other[name]?.values ?? []) {
        difference += Double(a - b) * Double(a - b)
        length += Double(b) * Double(b)
      }
    }
    return (difference / length).squareRoot()
  }
}

/// An engine of one process only.
private struct UnsharedEngine: ComputeEngine {
  let name = "unshared"

  func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    Unshared(
      base: try NativeEngine(threads: 1).makeNetwork(
        architecture, parameters: parameters, maximumBatch: maximumBatch))
  }

  private final class Unshared: ComputeNetwork {
    let base: any ComputeNetwork
    init(base: any ComputeNetwork) { self.base = base }
    var architecture: NetworkArchitecture { base.architecture }
    func trainingStep(_ batch: TrainingBatch, _ step: TrainingStep) throws -> BatchOutcome {
      try base.trainingStep(batch, step)
    }
    func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome { try base.evaluate(batch) }
    func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
      try base.logits(of: inputs, count: count)
    }
    func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
      try base.features(of: inputs, count: count)
    }
    func gradients(_ batch: TrainingBatch, _ step: TrainingStep) throws -> Parameters {
      try base.gradients(batch, step)
    }
    func inputGradients(
      of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
    ) throws -> [Float] { try base.inputGradients(of: inputs, count: count, logit: logit) }
    func parameters() -> Parameters { base.parameters() }
    func optimizerState() -> OptimizerState { base.optimizerState() }
    func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
      try base.restore(parameters: parameters, optimizerState: optimizerState)
    }
  }
}
