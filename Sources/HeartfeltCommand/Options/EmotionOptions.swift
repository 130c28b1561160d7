import ArgumentParser
import ECGEmotion

/// How the emotion recognition network is trained.
struct EmotionOptions: ParsableArguments {
  @Option(
    name: .customLong("settings"),
    help: "The published settings of a data set: swell, wesad, dreamer or amigos.")
  var preset = "wesad"

  @Option(
    name: .customLong("training-epochs"),
    help: "The most epochs of training on labels. Published: 200.")
  var epochs: Int?

  @Option(help: "End training after so many epochs without a better one on validation windows.")
  var patience: Int?

  @Option(help: "Labelled windows in a batch. Published: 128.")
  var trainingBatch: Int?

  @Option(help: "Adam's step size in training on labels. Published: 0.001.")
  var trainingRate: Float?

  @Flag(
    name: .customLong("standardise-features"),
    help: "Give a frozen trunk's features mean 0 and deviation 1 before learning. Not published.")
  var standardisesFeatures = false

  mutating func validate() throws {
    guard EmotionConfiguration.preset(named: preset) != nil else {
      throw ValidationError("--settings must be swell, wesad, dreamer or amigos, not '\(preset)'")
    }
  }

  /// The published settings with these changes.
  func configuration(seed: UInt64) throws -> EmotionConfiguration {
    var configuration = EmotionConfiguration.preset(named: preset) ?? .wesad
    if let epochs { configuration.epochs = epochs }
    if let patience { configuration.patience = patience }
    if let trainingBatch { configuration.batchSize = trainingBatch }
    if let trainingRate { configuration.learningRate = trainingRate }
    configuration.standardisesFeatures = standardisesFeatures
    configuration.seed = seed
    try configuration.validate()
    return configuration
  }
}
