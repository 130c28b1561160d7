import ECGNetwork
import ECGRandom
import ReferenceEngine
import Testing

@Suite struct NativeNetworkTests {
  static let cases = NativeEngine.instructionSets.flatMap { set in
    NativeSupport.architectures.indices.map { (set, $0) }
  }

  @Test(arguments: cases)
  func everyResultAgreesWithThePlainEngineInDoublePrecision(set: String, index: Int) throws {
    let architecture = NativeSupport.architectures[index]
    let parameters = NativeSupport.parameters(architecture)
    let count = 19
    let batch = NativeSupport.batch(architecture, count: count)
    let native = try NativeSupport.engine(set).makeNetwork(
      architecture, parameters: parameters, maximumBatch: count)
    let plain = try ReferenceEngine(threads: 2).makeDoubleNetwork(
      architecture, parameters: parameters, maximumBatch: count)

    let found = try native.evaluate(batch)
    let expected = try plain.evaluate(batch)
    #expect(abs(found.loss - expected.loss) < 1e-6)
    #expect(NativeSupport.error(found.logits, expected.logits) < 1e-5)
    let last = architecture.logitCount - 1
    let results = try [native, plain as any ComputeNetwork].map { network in
      try batch.inputs.withUnsafeBufferPointer { inputs in
        [
          try network.features(of: inputs, count: count),
          try network.logits(of: inputs, count: count),
          try network.inputGradients(of: inputs, count: count, logit: last),
        ]
      }
    }
    for (found, expected) in zip(results[0], results[1]) {
      #expect(NativeSupport.error(found, expected) < 1e-5)
    }
    let gradients = try native.gradients(batch, NativeSupport.step(4))
    let truth = try plain.gradients(batch, NativeSupport.step(4))
    #expect(gradients.names == truth.names)
    for name in truth.names {
      let found = gradients[name]?.values ?? []
      let expected = truth[name]?.values ?? []
      #expect(NativeSupport.error(found, expected) < 1e-5, "the gradient of \(name)")
    }
    #expect(native.parameters() == parameters, "gradients change nothing")
  }

  @Test(arguments: cases)
  func trainingFollowsThePlainEngine(set: String, index: Int) throws {
    let architecture = NativeSupport.architectures[index]
    let parameters = NativeSupport.parameters(architecture)
    let batch = NativeSupport.batch(architecture, count: 24)
    let native = try NativeSupport.engine(set).makeNetwork(
      architecture, parameters: parameters, maximumBatch: 24)
    let plain = try ReferenceEngine(threads: 2).makeDoubleNetwork(
      architecture, parameters: parameters, maximumBatch: 24)
    for step in 0..<5 {
      let found = try native.trainingStep(batch, NativeSupport.step(step))
      let expected = try plain.trainingStep(batch, NativeSupport.step(step))
      #expect(abs(found.loss - expected.loss) < 1e-4 * max(1, abs(expected.loss)))
      for (found, expected) in zip(found.headLosses, expected.headLosses) {
        #expect(abs(found - expected) < 1e-4)
      }
    }
    #expect(native.optimizerState().steps == 5)
  }

  @Test(arguments: NativeSupport.architectures.indices)
  func theBitsDoNotDependOnTheThreads(index: Int) throws {
    let architecture = NativeSupport.architectures[index]
    let parameters = NativeSupport.parameters(architecture)
    let batch = NativeSupport.batch(architecture, count: 37)
    var results: [(BatchOutcome, Parameters, [Float], [Float])] = []
    for threads in [1, 2, 3, 5, 8, 16] {
      let network = try NativeEngine(threads: threads).makeNetwork(
        architecture, parameters: parameters, maximumBatch: 37)
      var outcome = try network.trainingStep(batch, NativeSupport.step(0))
      for step in 1..<3 { outcome = try network.trainingStep(batch, NativeSupport.step(step)) }
      let (features, gradients) = try batch.inputs.withUnsafeBufferPointer { inputs in
        (
          try network.features(of: inputs, count: 37),
          try network.inputGradients(of: inputs, count: 37, logit: 0)
        )
      }
      results.append((outcome, network.parameters(), features, gradients))
    }
    let first = results[0]
    for other in results.dropFirst() {
      #expect(other.0.loss == first.0.loss)
      #expect(other.0.logits == first.0.logits)
      #expect(other.1 == first.1)
      #expect(other.2 == first.2)
      #expect(other.3 == first.3)
    }
  }

  @Test func aRowGivesTheSameBitsAloneAndInABatch() throws {
    let architecture = NativeSupport.pretext
    let network = try NativeEngine(threads: 2).makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 21)
    let batch = NativeSupport.batch(architecture, count: 21)
    let length = architecture.inputLength
    let together = try batch.inputs.withUnsafeBufferPointer {
      try network.logits(of: $0, count: 21)
    }
    for row in [0, 7, 20] {
      let alone = try batch.inputs[row * length..<(row + 1) * length].withUnsafeBufferPointer {
        try network.logits(of: $0, count: 1)
      }
      #expect(alone == Array(together[row * 3..<(row + 1) * 3]))
    }
  }

  @Test func aRestoredNetworkGoesOnWithTheSameBits() throws {
    let architecture = NativeSupport.irregular
    let batch = NativeSupport.batch(architecture, count: 16)
    let engine = NativeEngine(threads: 2)
    let whole = try engine.makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 16)
    for step in 0..<3 { _ = try whole.trainingStep(batch, NativeSupport.step(step)) }
    let resumed = try engine.makeNetwork(
      architecture, parameters: NativeSupport.parameters(architecture), maximumBatch: 16)
    try resumed.restore(parameters: whole.parameters(), optimizerState: whole.optimizerState())
    _ = try whole.trainingStep(batch, NativeSupport.step(3))
    _ = try resumed.trainingStep(batch, NativeSupport.step(3))
    #expect(whole.parameters() == resumed.parameters())
    #expect(whole.optimizerState() == resumed.optimizerState())
  }

  @Test func anUnknownInstructionSetIsRefusedInASentence() {
    let error = NetworkError.instructionSet("mmx", available: NativeEngine.instructionSets)
    #expect(throws: error) {
      try NativeSupport.engine("mmx").makeNetwork(
        NativeSupport.dense, parameters: NativeSupport.parameters(NativeSupport.dense),
        maximumBatch: 1)
    }
    #expect(error.description.hasPrefix("HEARTFELT_ISA is 'mmx', but this processor has: baseline"))
  }

  @Test func missingParametersAreNamed() {
    let architecture = NativeSupport.irregular
    var parameters = NativeSupport.parameters(architecture)
    parameters["trunk.conv2.bias"] = nil
    #expect(throws: NetworkError.missingParameter(name: "trunk.conv2.bias", shape: [5])) {
      try NativeEngine(threads: 1).makeNetwork(
        architecture, parameters: parameters, maximumBatch: 1)
    }
  }
}
