import ECGNetwork
import Testing

@Suite struct DataParallelTests {
  /// A step of small size. Adam's first updates have the size of the step size whatever the gradient's:
  /// where rounding turns the sign of one near 0, weights part by twice that, and ever more from there.
  private static func step(_ index: Int) -> TrainingStep {
    var step = NativeSupport.step(index)
    step.learningRate = 1e-6
    return step
  }

  /// Twenty steps of a network in so many processes: the last outcome and the parameters of each.
  private static func train(
    _ architecture: NetworkArchitecture, processes: Int, rows: Int, steps: Int = 20
  ) throws -> [(BatchOutcome, Parameters, OptimizerState)] {
    try ThreadGroup.run(size: processes) { group in
      let engine = DataParallelEngine(base: NativeEngine(threads: 1), group: group)
      let network = try engine.makeNetwork(
        architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: rows)
      let batch = NativeSupport.batch(architecture, count: rows)
      var outcome = try network.evaluate(batch)
      for step in 0..<steps {
        outcome = try network.trainingStep(batch, Self.step(step))
      }
      return (outcome, network.parameters(), network.optimizerState())
    }.map { try $0.get() }
  }

  @Test(arguments: NativeSupport.architectures.indices, [2, 3, 4])
  func severalProcessesTrainAsOneDoesButForRounding(index: Int, processes: Int) throws {
    let architecture = NativeSupport.architectures[index]
    let rows = 26
    let one = try Self.train(architecture, processes: 1, rows: rows)[0]
    let all = try Self.train(architecture, processes: processes, rows: rows)
    let way = distance(one.1, NativeSupport.parameters(architecture))
    #expect(way > 5e-5, "there is a way to be gone")
    for other in all {
      #expect(other.1 == all[0].1, "all processes have the same bits")
      #expect(other.2 == all[0].2)
      #expect(other.0.logits == all[0].0.logits)
      #expect(abs(other.0.loss - one.0.loss) < 1e-5 * max(1, abs(one.0.loss)))
      #expect(NativeSupport.error(other.0.logits, one.0.logits) < 1e-3)
      #expect(distance(other.1, one.1) < 1e-5)
    }
  }

  @Test func oneProcessOfAGroupHasTheBitsOfTheEngineAlone() throws {
    let architecture = NativeSupport.pretext
    let alone = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 21)
    let batch = NativeSupport.batch(architecture, count: 21)
    for step in 0..<3 { _ = try alone.trainingStep(batch, Self.step(step)) }
    let group = try Self.train(architecture, processes: 1, rows: 21, steps: 3)[0]
    #expect(group.1 == alone.parameters())
    #expect(group.2 == alone.optimizerState())
  }

  @Test func moreProcessesThanRowsLeaveSomeIdle() throws {
    let architecture = NativeSupport.irregular
    let one = try Self.train(architecture, processes: 1, rows: 2, steps: 3)[0]
    for other in try Self.train(architecture, processes: 3, rows: 2, steps: 3) {
      #expect(distance(other.1, one.1) < 1e-5)
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
