import ECGNetwork
import Foundation
import ReferenceEngine
import TestSupport
import Testing

@Suite struct CheckpointTests {
  @Test func aRunGoesOnFromItsFileToTheSameBits() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "checkpoint.safetensors")
      let batch = TrainingBatch.noise(for: .small, rows: 6)
      let engine = ReferenceEngine(threads: 2)
      let start = Parameters.glorotUniform(for: .small, seed: 2)
      let whole = try engine.makeNetwork(.small, parameters: start, maximumBatch: 6)
      for index in 0..<2 { _ = try whole.trainingStep(batch, .number(index)) }
      try Checkpoint(
        parameters: whole.parameters(), optimizerState: whole.optimizerState(),
        position: ["epoch": "1", "step": "2"]
      ).write(to: url)
      for index in 2..<4 { _ = try whole.trainingStep(batch, .number(index)) }

      let saved = try Checkpoint(contentsOf: url)
      #expect(saved.position == ["epoch": "1", "step": "2"])
      let resumed = try engine.makeNetwork(
        .small, parameters: saved.parameters, maximumBatch: 6)
      try resumed.restore(parameters: saved.parameters, optimizerState: saved.optimizerState)
      for index in 2..<4 { _ = try resumed.trainingStep(batch, .number(index)) }
      #expect(resumed.parameters() == whole.parameters())
    }
  }

  @Test func aModelIsNotTakenForACheckpoint() throws {
    let model = Safetensors(tensors: .glorotUniform(for: .small, seed: 2))
    #expect(throws: NetworkError.self) { try Checkpoint(bytes: model.bytes()) }
  }

  @Test func withoutAnOptimizerThereIsNone() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "checkpoint.safetensors")
      let checkpoint = Checkpoint(
        parameters: .glorotUniform(for: .small, seed: 2), optimizerState: nil, position: [:])
      try checkpoint.write(to: url)
      #expect(try Checkpoint(contentsOf: url) == checkpoint)
    }
  }
}
