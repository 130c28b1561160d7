import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal

/// Models with random weights, the biases among them, so that a forgotten one shows.
enum TestModels {
  /// A pre-trained network of the published size.
  static func pretext() throws -> PretextModel {
    try pretext(PretrainingConfiguration(), recipe: .standard)
  }

  /// A pre-trained network of a few filters on windows of 200 samples.
  static func smallPretext() throws -> PretextModel {
    var configuration = PretrainingConfiguration()
    configuration.trunk = NetworkArchitecture.Trunk(blocks: [
      .init(filters: 4, kernel: 8), .init(filters: 6, kernel: 6), .init(filters: 8, kernel: 4),
    ])
    configuration.headHidden = [5, 5]
    return try pretext(configuration, recipe: smallRecipe)
  }

  static var smallRecipe: PreprocessingRecipe {
    var recipe = PreprocessingRecipe.standard
    recipe.windowLength = 200
    recipe.windowStride = 200
    return recipe
  }

  /// An emotion model of the published size: a softmax with four classes, two σ with two.
  static func emotion(
    classes: [String], temperature: Double, on pretext: PretextModel
  ) throws -> EmotionModel {
    let architecture = NetworkArchitecture.emotionRecognition(
      trunk: pretext.architecture.trunk, inputLength: pretext.recipe.windowLength,
      classCount: classes.count, configuration: EmotionConfiguration())
    let parameters = randomised(architecture, seed: 3).merging(pretext.trunk)
    return try EmotionModel(
      recipe: pretext.recipe, target: "condition", classes: classes,
      network: EmotionNetwork(
        architecture: architecture, parameters: parameters, chosenEpoch: 1, history: []),
      temperature: temperature)
  }

  private static func pretext(
    _ configuration: PretrainingConfiguration, recipe: PreprocessingRecipe
  ) throws -> PretextModel {
    let architecture = configuration.architecture(windowLength: recipe.windowLength)
    return PretextModel(
      PretrainingResult(
        parameters: randomised(architecture, seed: 2), architecture: architecture, history: [],
        finished: true), configuration: configuration, recipe: recipe, persons: ["cohort/P01"])
  }

  private static func randomised(_ architecture: NetworkArchitecture, seed: UInt64) -> Parameters {
    var parameters = Parameters.glorotUniform(for: architecture, seed: seed)
    for name in parameters.names where name.hasSuffix(".bias") {
      guard let bias = parameters[name] else { continue }
      parameters[name] = Tensor(
        shape: bias.shape, values: bias.values.indices.map { 0.02 * Float($0 % 7 - 3) })
    }
    return parameters
  }
}

extension SyntheticECG {
  /// A recording at a sampling rate in Hz.
  static func example(seconds: Double, rate: Double) throws -> ECGRecording {
    var stream = RandomStream(seed: 5, purpose: RandomPurpose("test.exchange"))
    let trace = try SyntheticECG().trace(
      duration: seconds, samplingRate: rate, using: &stream)
    return try ECGRecording(samples: trace.samples, samplingRate: rate, unit: .millivolts)
  }
}
