import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Testing

@Suite struct WindowExplanationTests {
  /// Noise, with a wave in one quarter of the window if the class is 1: only that segment tells.
  private func windows(_ count: Int, seed: UInt64) -> (LabelledWindows, quarters: [Int]) {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.explanation"))
    var samples: [Float] = []
    var quarters: [Int] = []
    for index in 0..<count {
      let quarter = Int(stream.uniform(in: 0..<4))
      quarters.append(quarter)
      for t in 0..<Tiny.windowLength {
        let isMarked = index % 2 == 1 && t / (Tiny.windowLength / 4) == quarter
        let wave: Double = t % 4 < 2 ? 2 : -2
        samples.append(Float(0.3 * stream.normal() + (isMarked ? wave : 0)))
      }
    }
    return (
      LabelledWindows(
        windows: WindowArray(samples: samples, windowLength: Tiny.windowLength),
        classes: (0..<count).map { $0 % 2 }), quarters
    )
  }

  private func model() throws -> EmotionModel {
    var configuration = Tiny.configuration
    configuration.adaptation = .supervised
    configuration.epochs = 40
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: windows(160, seed: 1).0, classCount: 2, trunk: nil, architecture: Tiny.trunk)
    var recipe = PreprocessingRecipe.standard
    recipe.samplingRate = 16
    recipe.windowLength = Tiny.windowLength
    return try EmotionModel(
      recipe: recipe, target: "wave", classes: ["none", "wave"], network: network)
  }

  @Test func theExplanationFindsTheOnlySegmentThatCarriesTheLabel() throws {
    let model = try model()
    let (test, quarters) = windows(40, seed: 2)
    let predicted = try model.probabilities(of: test.windows, engine: Tiny.engine)
    let right = zip(predicted, test.classes).count { ($0[1] > $0[0]) == ($1 == 1) }
    #expect(right >= 38)
    var (byGradients, byOcclusion, marked) = (0, 0, 0)
    for index in Swift.stride(from: 1, to: 40, by: 2) where predicted[index][1] > 0.5 {
      let found = try model.explain(
        test.windows.window(index), classNumber: 1, engine: Tiny.engine, stretch: 1)
      #expect(found.incompleteness <= 0.01, "\(found.incompleteness) in \(found.steps) steps")
      let quarter = Tiny.windowLength / 4
      let sums = (0..<4).map { part in
        found.attributions[part * quarter..<(part + 1) * quarter].reduce(0, +)
      }
      marked += 1
      if sums.indices.max(by: { sums[$0] < sums[$1] }) == quarters[index] { byGradients += 1 }
      if let most = found.occlusions.max(by: { $0.fall < $1.fall }),
        abs((most.start + most.end) / 2 - Double(quarters[index]) - 0.5) <= 0.75
      {
        byOcclusion += 1
      }
    }
    #expect(marked >= 18)
    #expect(byGradients >= marked - 1, "\(byGradients) of \(marked)")
    #expect(byOcclusion >= marked - 1, "\(byOcclusion) of \(marked)")
  }

  @Test func theLikeliestClassIsExplainedUnlessAnotherIsNamed() throws {
    let model = try model()
    let window = windows(2, seed: 3).0.windows.window(1)
    let likeliest = try model.explain(window, engine: Tiny.engine)
    #expect(likeliest.probability >= 0.5)
    let other = try model.explain(
      window, classNumber: 1 - likeliest.classNumber, engine: Tiny.engine)
    #expect(abs(other.probability + likeliest.probability - 1) < 1e-5)
  }

  @Test func whatCannotBeExplainedIsRefused() throws {
    let model = try model()
    #expect(throws: EmotionError.windowLength(found: 3, needed: 64)) {
      try model.explain([1, 2, 3], engine: Tiny.engine)
    }
    #expect(throws: EmotionError.classNumber(2, classCount: 2)) {
      try model.explain(
        [Float](repeating: 0, count: 64), classNumber: 2, engine: Tiny.engine)
    }
  }
}
