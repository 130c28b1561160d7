import ECGNetwork
import ECGRandom
import ReferenceEngine
import Testing

/// The plain engine against PyTorch in double precision: 1e-4 relative, on the same initial
/// parameters and dropout masks.
@Suite struct GoldenNetworkTests {
  static let cases = ["pretext", "emotion-softmax", "emotion-sigmoid"]

  @Test(arguments: cases) func featuresLogitsAndLossesArePyTorchs(name: String) throws {
    let golden = try GoldenNetwork.load(name)
    let batch = try golden.batch()
    let network = try makeNetwork(golden)
    let outcome = try network.evaluate(batch)
    #expect(difference(outcome.logits, golden.logits) < 1e-4)
    #expect(difference([outcome.loss], [golden.loss]) < 1e-4)
    #expect(difference(outcome.headLosses, golden.headLosses) < 1e-4)
    try batch.inputs.withUnsafeBufferPointer { inputs in
      #expect(try network.logits(of: inputs, count: batch.count) == outcome.logits)
      if !golden.features.isEmpty {
        let features = try network.features(of: inputs, count: batch.count)
        #expect(difference(features, golden.features) < 1e-4)
      }
      let gradient = try network.inputGradients(of: inputs, count: batch.count, logit: 0)
      #expect(distance(gradient, golden.inputGradientOfLogit0, "input") < 1e-4)
    }
  }

  @Test(arguments: cases) func everyGradientIsPyTorchs(name: String) throws {
    let golden = try GoldenNetwork.load(name)
    let network = try makeNetwork(golden)
    let gradients = try network.gradients(golden.batch(), golden.step(0))
    #expect(Set(gradients.names) == Set(golden.gradients.keys))
    for (name, digest) in golden.gradients {
      #expect(distance(gradients[name]?.values ?? [], digest, name) < 1e-4, "\(name)")
    }
  }

  @Test(arguments: cases) func theWeightsAfterThreeAdamStepsArePyTorchs(name: String) throws {
    let golden = try GoldenNetwork.load(name)
    let batch = try golden.batch()
    let network = try ReferenceEngine().makeDoubleNetwork(
      golden.architecture, parameters: start(golden), maximumBatch: golden.count)
    for index in 0..<golden.steps {
      let outcome = try network.trainingStep(batch, golden.step(index))
      guard index == 0 else { continue }
      #expect(difference(outcome.logits, golden.trainingLogits) < 1e-4)
      #expect(difference([outcome.loss], [golden.trainingLoss]) < 1e-4)
    }
    let trained = network.parameters()
    for (name, digest) in golden.trained {
      #expect(distance(trained[name]?.values ?? [], digest, name) < 1e-6, "\(name)")
    }
  }

  /// With ε = 1e-8 the first updates of a weight have full size however small its gradient, so that
  /// in single precision a gradient near zero moves its weight by chance. A large ε makes an update
  /// proportional to its gradient, and the two precisions comparable.
  @Test(arguments: cases)
  func inSinglePrecisionTheWeightsArePyTorchsWhenEpsilonIsLarge(name: String) throws {
    let golden = try GoldenNetwork.load(name)
    let batch = try golden.batch()
    let network = try makeNetwork(golden)
    for index in 0..<golden.steps {
      _ = try network.trainingStep(batch, golden.step(index, epsilon: golden.steadyEpsilon))
    }
    let trained = network.parameters()
    for (name, digest) in golden.trainedSteadily {
      #expect(distance(trained[name]?.values ?? [], digest, name) < 1e-4, "\(name)")
    }
  }

  private func makeNetwork(_ golden: GoldenNetwork) throws -> any ComputeNetwork {
    try ReferenceEngine().makeNetwork(
      golden.architecture, parameters: start(golden), maximumBatch: golden.count)
  }

  private func start(_ golden: GoldenNetwork) -> Parameters {
    .glorotUniform(for: golden.architecture, seed: golden.seed)
  }
}

/// The largest difference, relative to the largest value.
func difference(_ found: [some BinaryFloatingPoint], _ needed: [Double]) -> Double {
  guard found.count == needed.count else { return .infinity }
  let largest = needed.reduce(1e-30) { max($0, abs($1)) }
  return zip(found, needed).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(worst, difference)
  } / largest
}

/// The worst of a tensor's norm (relative), projection (relative to the norm, which is its size for
/// a random direction), and values (relative to the largest).
func distance(_ found: [Float], _ needed: GoldenNetwork.Digest, _ name: String) -> Double {
  guard !found.isEmpty else { return .infinity }
  var stream = RandomStream(seed: 0, purpose: RandomPurpose("projection." + name))
  let projection = found.reduce(0) { $0 + Double($1) * (2 * stream.uniform() - 1) }
  let norm = found.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  var worst = max(abs(norm - needed.norm), abs(projection - needed.projection)) / needed.norm
  for (index, value) in needed.slice.enumerated() {
    worst = max(worst, abs(Double(found[index * needed.stride]) - value) / needed.largest)
  }
  return worst.isNaN ? .infinity : worst
}
