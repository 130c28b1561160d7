import ECGNetwork
import ECGPretext
import ECGTorch
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Plugin.isBuilt, Plugin.howTo)) struct EngineSwitchTests {
  private func pretraining(_ engine: any ComputeEngine) -> Pretraining {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 4
    configuration.batchWindows = 4
    configuration.trunk = .init(
      blocks: [.init(filters: 8, kernel: 9), .init(filters: 8, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [8]
    return Pretraining(configuration: configuration, engine: engine, threads: 2)
  }

  @Test(arguments: [false, true])
  func aRunThatChangesItsEngineHalfWayGoesOnItsCurve(torchFirst: Bool) throws {
    let windows = DrawnVersionsTests.windows(length: 301, count: 12)
    let engines: [any ComputeEngine] =
      torchFirst
      ? [try TorchEngine(), NativeEngine(threads: 2)]
      : [NativeEngine(threads: 2), try TorchEngine()]
    try withTemporaryFolder { folder in
      let whole = try pretraining(engines[0]).run(on: windows, heldOut: windows)
      var policy = CheckpointPolicy(
        url: folder.appending(path: "checkpoint.safetensors"), everySeconds: nil)
      _ = try pretraining(engines[0]).run(on: windows, heldOut: windows, checkpoint: policy) {
        event in
        if case .step(let progress) = event, progress.epoch == 3 { return .stop }
        return .continue
      }
      policy.resume = true
      let refusal = try #require(throws: PretextError.self) {
        try pretraining(engines[1]).run(on: windows, heldOut: windows, checkpoint: policy)
      }
      #expect(refusal.description.contains("begun on the engine '\(engines[0].name)'"))

      policy.acceptsOtherEngine = true
      let changed = try pretraining(engines[1]).run(
        on: windows, heldOut: windows, checkpoint: policy)
      #expect(changed.history.count == 4)
      #expect(changed.history[..<2] == whole.history[..<2], "what was done stays as it was")
      for (one, two) in zip(changed.history, whole.history) {
        #expect(abs(one.training.loss - two.training.loss) < 1e-4)
        #expect(abs((one.heldOut?.loss ?? 0) - (two.heldOut?.loss ?? 1)) < 1e-4)
      }
      #expect(Examples.distance(changed.parameters, whole.parameters) < 1e-4)
    }
  }
}
