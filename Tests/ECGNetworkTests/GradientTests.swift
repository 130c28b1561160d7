import ECGNetwork
import ReferenceEngine
import Testing

/// The plain engine's gradients in double precision against central differences of its loss.
@Suite struct GradientTests {
  @Test func everyGradientIsTheSlopeOfTheLoss() throws {
    let network = try smallNetwork()
    let batch = TrainingBatch.noise(for: .small, rows: 5)
    let step = TrainingStep.number(4, l2: 0.03)
    let gradient = network.lossAndGradient(batch, step).gradient
    let h = 1e-6
    for index in network.values.indices {
      let value = network.values[index]
      network.values[index] = value + h
      let above = network.loss(batch, step)
      network.values[index] = value - h
      let below = network.loss(batch, step)
      network.values[index] = value
      let slope = (above - below) / (2 * h)
      #expect(
        abs(slope - gradient[index]) < 1e-8 + 1e-6 * abs(slope), "parameter \(index)")
    }
  }

  @Test(arguments: 0..<6) func theGradientByTheInputIsTheLogitsSlope(logit: Int) throws {
    let network = try smallNetwork()
    var row = Array(TrainingBatch.noise(for: .small, rows: 1).inputs)
    let gradient = try row.withUnsafeBufferPointer {
      try network.inputGradients(of: $0, count: 1, logit: logit)
    }
    for index in row.indices {
      let value = row[index]
      // A power of two, so that the single-precision input moves by exactly this.
      let h: Float = 0x1p-12
      row[index] = value + h
      let up = row[index]
      let above = try row.withUnsafeBufferPointer { try network.logits(of: $0, count: 1)[logit] }
      row[index] = value - h
      let down = row[index]
      let below = try row.withUnsafeBufferPointer { try network.logits(of: $0, count: 1)[logit] }
      row[index] = value
      #expect(abs((above - below) / (up - down) - gradient[index]) < 2e-3)
    }
  }

  @Test func theDropoutOfAStepIsInItsLossAndNotInEvaluation() throws {
    let network = try smallNetwork()
    let batch = TrainingBatch.noise(for: .small, rows: 5)
    let losses = (0..<3).map { network.loss(batch, .number($0, l2: 0)) }
    #expect(Set(losses).count == 3)
    let evaluated = try network.evaluate(batch).loss
    #expect(!losses.contains(evaluated))
  }

  @Test func ofEqualValuesInAPoolTheFirstGetsTheGradient() throws {
    // Convolutions that copy a positive input, pools of 4 in steps of 4, a global maximum, a sum.
    let architecture = NetworkArchitecture(
      trunk: .init(
        blocks: [.init(filters: 1, kernel: 1), .init(filters: 1, kernel: 1)], poolWidth: 4,
        poolStride: 4),
      inputLength: 12,
      heads: [
        .init(name: "h", hidden: [], activation: .relu, dropout: 0, outputs: 1, loss: .sigmoid)
      ])
    var ones = Parameters()
    for needed in architecture.parameterShapes {
      ones[needed.name] =
        needed.isKernel
        ? Tensor(shape: needed.shape, values: [1]) : Tensor(zeros: needed.shape)
    }
    let network = try ReferenceEngine().makeNetwork(
      architecture, parameters: ones, maximumBatch: 1)
    let input: [Float] = [1, 1, 1, 1, 1, 3, 3, 1, 3, 3, 3, 3]
    let gradient = try input.withUnsafeBufferPointer {
      try network.inputGradients(of: $0, count: 1, logit: 0)
    }
    #expect(gradient == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  }

  private func smallNetwork() throws -> ReferenceNetwork<Double> {
    // Biases away from zero, so that theirs is no special case.
    var parameters = Parameters.glorotUniform(for: .small, seed: 8)
    for name in parameters.names where name.hasSuffix(".bias") {
      guard let shape = parameters[name]?.shape else { continue }
      let values = (0..<shape[0]).map { 0.1 * Float($0 % 3) - 0.07 }
      parameters[name] = Tensor(shape: shape, values: values)
    }
    return try ReferenceEngine(threads: 2).makeDoubleNetwork(
      .small, parameters: parameters, maximumBatch: 5)
  }
}
