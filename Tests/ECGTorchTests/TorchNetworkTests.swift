import ECGNetwork
import ECGPretext
import ECGTorch
import Testing

@Suite(.enabled(if: Plugin.isBuilt, Plugin.howTo)) struct TorchNetworkTests {
  @Test(arguments: Examples.architectures.indices, [nil, 4])
  func everyResultAgreesWithTheNativeEngine(index: Int, rowsTogether: Int?) throws {
    let architecture = Examples.architectures[index]
    let parameters = Examples.parameters(architecture)
    let count = 19
    let batch = Examples.batch(architecture, count: count)
    let torch = try TorchEngine(rowsTogether: rowsTogether).makeNetwork(
      architecture, parameters: parameters, maximumBatch: count)
    let native = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: parameters, maximumBatch: count)
    #expect(torch.parameters() == parameters)

    let found = try torch.evaluate(batch)
    let expected = try native.evaluate(batch)
    #expect(abs(found.loss - expected.loss) < 1e-6)
    #expect(Examples.error(found.logits, expected.logits) < 1e-5)
    let last = architecture.logitCount - 1
    let results = try [torch, native].map { network in
      try batch.inputs.withUnsafeBufferPointer { inputs in
        [
          try network.features(of: inputs, count: count),
          try network.logits(of: inputs, count: count),
          try network.inputGradients(of: inputs, count: count, logit: last),
        ]
      }
    }
    for (found, expected) in zip(results[0], results[1]) {
      #expect(Examples.error(found, expected) < 1e-5)
    }
    let gradients = try torch.gradients(batch, Examples.step(4))
    let truth = try native.gradients(batch, Examples.step(4))
    #expect(gradients.names == truth.names)
    for name in truth.names {
      let error = Examples.error(gradients[name]?.values ?? [], truth[name]?.values ?? [])
      #expect(error < 2e-5, "the gradient of \(name)")
    }
    #expect(torch.parameters() == parameters, "gradients change nothing")
  }

  @Test func thePublishedNetworkHasTheNativeEnginesGradients() throws {
    let architecture = NetworkArchitecture.transformationRecognition()
    let parameters = Examples.parameters(architecture)
    let batch = Examples.batch(architecture, count: 9)
    let torch = try TorchEngine().makeNetwork(
      architecture, parameters: parameters, maximumBatch: 9)
    let native = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: parameters, maximumBatch: 9)
    let found = try torch.gradients(batch, Examples.step(0))
    let expected = try native.gradients(batch, Examples.step(0))
    for name in expected.names {
      let error = Examples.error(found[name]?.values ?? [], expected[name]?.values ?? [])
      #expect(error < 2e-5, "the gradient of \(name)")
    }
  }

  @Test(arguments: Examples.architectures.indices)
  func aHundredStepsFollowTheNativeEngine(index: Int) throws {
    let architecture = Examples.architectures[index]
    let parameters = Examples.parameters(architecture)
    let torch = try TorchEngine().makeNetwork(
      architecture, parameters: parameters, maximumBatch: 8)
    let native = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: parameters, maximumBatch: 8)
    for step in 0..<100 {
      let batch = Examples.batch(architecture, count: 8, seed: UInt64(step))
      let found = try torch.trainingStep(batch, Examples.step(step))
      let expected = try native.trainingStep(batch, Examples.step(step))
      #expect(abs(found.loss - expected.loss) < 1e-3 * max(1, abs(expected.loss)))
    }
    let state = torch.optimizerState()
    #expect(state.steps == 100)
    // Where two values of a pooling nearly tie, rounding decides which one learns, and paths part. So
    // the deep network with much dropout ends further off than the others.
    let tolerance = architecture == Examples.pretext ? 5e-3 : 1e-6
    #expect(Examples.distance(torch.parameters(), native.parameters()) < tolerance)
  }

  @Test func aNetworkGoesOnWhereTheOtherEngineStopped() throws {
    let architecture = Examples.pretext
    let batch = Examples.batch(architecture, count: 16)
    func network(_ engine: any ComputeEngine) throws -> any ComputeNetwork {
      try engine.makeNetwork(
        architecture, parameters: Examples.parameters(architecture), maximumBatch: 16)
    }
    for engines in [[NativeEngine(threads: 2), try TorchEngine()] as [any ComputeEngine]] {
      for (first, second) in [(engines[0], engines[1]), (engines[1], engines[0])] {
        let whole = try network(first)
        for step in 0..<4 { _ = try whole.trainingStep(batch, Examples.step(step)) }
        let other = try network(second)
        try other.restore(
          parameters: whole.parameters(), optimizerState: whole.optimizerState())
        #expect(other.parameters() == whole.parameters(), "to the bit")
        #expect(other.optimizerState() == whole.optimizerState(), "to the bit")
        _ = try whole.trainingStep(batch, Examples.step(4))
        _ = try other.trainingStep(batch, Examples.step(4))
        #expect(Examples.distance(other.parameters(), whole.parameters()) < 1e-6)
        #expect(other.optimizerState().steps == 5)
      }
    }
  }

  @Test func bfloat16FollowsSinglePrecisionRoughly() throws {
    let architecture = Examples.pretext
    let parameters = Examples.parameters(architecture)
    let batch = Examples.batch(architecture, count: 12)
    let exact = try TorchEngine().makeNetwork(
      architecture, parameters: parameters, maximumBatch: 12)
    let half = try TorchEngine(precision: .bfloat16).makeNetwork(
      architecture, parameters: parameters, maximumBatch: 12)
    let found = try half.evaluate(batch).logits
    let expected = try exact.evaluate(batch).logits
    #expect(found != expected)
    #expect(Examples.error(found, expected) < 0.03)
    #expect(try TorchEngine(precision: .bfloat16).name == "torch-cpu-bfloat16")
  }

  @Test func whatCannotBeHadIsRefusedInASentence() throws {
    for device in ["gpu", "cpu:1", "cuda:x", "cuda:-1", ""] {
      #expect(throws: TorchError.self) { try TorchEngine(device: device) }
    }
    let far = try #require(throws: TorchError.self) { try TorchEngine(device: "cuda:9999") }
    #expect(far.description.contains("there is no device 'cuda:9999'"))
    var parameters = Examples.parameters(Examples.dense)
    parameters["emotion.dense1.bias"] = nil
    #expect(throws: NetworkError.missingParameter(name: "emotion.dense1.bias", shape: [70])) {
      try TorchEngine().makeNetwork(
        Examples.dense, parameters: parameters, maximumBatch: 1)
    }
  }
}
