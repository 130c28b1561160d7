import ECGNetwork
import ReferenceEngine
import Testing

@Suite struct DeterminismTests {
  @Test func threadsChangeNoBit() throws {
    let batch = TrainingBatch.noise(for: .small, rows: 19)
    let results = try [1, 2, 7].map { threads in
      let network = try ReferenceEngine(threads: threads).makeNetwork(
        .small, parameters: .glorotUniform(for: .small, seed: 2), maximumBatch: 19)
      for index in 0..<4 { _ = try network.trainingStep(batch, .number(index)) }
      return (network.parameters(), network.optimizerState())
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test func aRestoredNetworkGoesOnToTheSameBits() throws {
    let batch = TrainingBatch.noise(for: .small, rows: 6)
    let engine = ReferenceEngine(threads: 2)
    let start = Parameters.glorotUniform(for: .small, seed: 2)
    let whole = try engine.makeNetwork(.small, parameters: start, maximumBatch: 6)
    for index in 0..<2 { _ = try whole.trainingStep(batch, .number(index)) }
    let saved = (whole.parameters(), whole.optimizerState())
    for index in 2..<4 { _ = try whole.trainingStep(batch, .number(index)) }

    let resumed = try engine.makeNetwork(.small, parameters: start, maximumBatch: 6)
    try resumed.restore(parameters: saved.0, optimizerState: saved.1)
    for index in 2..<4 { _ = try resumed.trainingStep(batch, .number(index)) }
    #expect(resumed.parameters() == whole.parameters())
    #expect(resumed.optimizerState() == whole.optimizerState())
  }

  @Test func trainingLearns() throws {
    let batch = TrainingBatch.noise(for: .small, rows: 12)
    let network = try ReferenceEngine(threads: 2).makeNetwork(
      .small, parameters: .glorotUniform(for: .small, seed: 2), maximumBatch: 12)
    let before = try network.evaluate(batch).loss
    for index in 0..<200 {
      var step = TrainingStep.number(index)
      step.learningRate = 0.02
      _ = try network.trainingStep(batch, step)
    }
    #expect(try network.evaluate(batch).loss < before / 2)
  }
}
