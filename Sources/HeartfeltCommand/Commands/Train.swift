import ArgumentParser
import ECGEmotion
import ECGEvaluation
import Foundation
import HeartfeltWork

/// `heartfelt train`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train an emotion model on labelled windows.",
    discussion: """
      With --encoder the pre-trained trunk stays frozen and only the dense layers learn, or, with \
      --fine-tune, all of it learns on; without one the network is trained fully supervised. The \
      epoch and the calibration are chosen on persons set aside. Training persons say nothing of new \
      ones: measure with 'evaluate', and name its result here by --evaluation so that the model \
      carries the score.
      """)

  @OptionGroup(title: "Windows") var input: StoreArguments
  @OptionGroup(title: "Target") var target: TargetOptions

  @Option(help: "A pre-trained model or its run; without one the network is trained supervised.")
  var encoder: URL?

  @Flag(help: "Let the pre-trained trunk learn on with the dense layers.")
  var fineTune = false

  @Option(help: "The share of persons set aside to choose the epoch and to calibrate on.")
  var setAside = 0.2

  @Option(help: "Abstain below this signal quality, in [0, 1].")
  var abstainBelow = EmotionModel.usualMinimumQuality

  @Option(help: "Abstain where the likeliest class is less probable than this, in [0, 1].")
  var abstainUnsure = 0.0

  @Option(help: "An evaluation's folder whose person-split score the model is to carry.")
  var evaluation: URL?

  @Option(help: "The model: a folder to be made.")
  var output: URL

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 1

  @Flag(help: "Replace a model that is in --output already.")
  var replace = false

  @OptionGroup(title: "Training on labels") var emotion: EmotionOptions
  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard (0..<1).contains(setAside) else {
      throw ValidationError("--set-aside must lie in [0, 1), not \(setAside)")
    }
    guard (0...1).contains(abstainBelow) else {
      throw ValidationError("--abstain-below must lie in [0, 1], not \(abstainBelow)")
    }
    guard (0...1).contains(abstainUnsure) else {
      throw ValidationError("--abstain-unsure must lie in [0, 1], not \(abstainUnsure)")
    }
    if fineTune, encoder == nil {
      throw ValidationError("--fine-tune needs the trunk to be fine-tuned; give it with --encoder")
    }
  }

  func run() throws {
    let windows = try input.windows()
    let labelling = try target.labelling(of: windows.records)
    let trunk = try encoder.map { try TrunkFile(at: $0) }
    try trunk?.recipe.require(windows.recipe, of: "the encoder")

    var configuration = try emotion.configuration(seed: seed)
    configuration.adaptation = trunk == nil ? .supervised : fineTune ? .fineTuned : .frozen
    let session = TrainingSession(
      configuration: configuration, engine: try engine.makeEngine(), setAside: setAside)
    let score = try evaluation.map { try scoreText($0, adaptation: configuration.adaptation) }
    let folder = try RunFolder(output, marker: \.model, resume: replace)
    var model = try session.train(
      on: windows, labelling, trunk: trunk, minimumQuality: abstainBelow, score: score ?? "")
    model.minimumConfidence = abstainUnsure
    let description = Description(
      stores: input.stores.map(\.path), target: target.target, rule: labelling.rule,
      encoder: encoder?.path, emotion: configuration)
    try folder.write(configuration: description)
    try model.write(to: folder.model)
    var record = RunRecord(
      kind: "train", folder: output, stores: input.stores, seed: seed,
      engine: session.engine.name, configuration: description)
    record.end(
      .finished,
      metrics: [.init(name: "chosen epoch", value: Double(model.network.chosenEpoch))])
    Console.note("model: \(folder.model.path)")
  }

  /// The person-split score of the method the model is trained by.
  private func scoreText(
    _ folder: URL, adaptation: EmotionConfiguration.Adaptation
  ) throws -> String {
    let result = try EvaluationResult(contentsOf: folder)
    let method: ECGEvaluation.Method =
      switch adaptation {
      case .frozen: .pretrainedFrozen
      case .fineTuned: .fineTuned
      case .supervised: .supervised
      }
    guard let score = result.score(.balancedAccuracy, method, .person) else {
      throw CommandError(
        "\(folder.path) has no person-split score of '\(method.displayName)'; evaluate it with "
          + "--split person or all")
    }
    return "\(score)"
  }

  /// What `config.yaml` says.
  private struct Description: Encodable {
    let stores: [String]
    let target: String
    let rule: String
    let encoder: String?
    let emotion: EmotionConfiguration
  }
}
