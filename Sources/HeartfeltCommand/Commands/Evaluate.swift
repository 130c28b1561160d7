import ArgumentParser
import ECGEvaluation
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt evaluate`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare methods on the same folds, under window, recording and person splits.",
    discussion: """
      Only the person split tells what to expect of somebody new: under the window split (the \
      published protocol) windows of the same person and the same recording stand on both sides. The \
      trunk is pre-trained afresh in each fold without what the fold tests, unless --encoder brings \
      one; then every score says how many of the tested persons it has seen. Epochs are chosen on \
      persons set aside from training, never on tested ones. An interrupted evaluation goes on with \
      --resume.

      Methods: 
      """ + ECGEvaluation.Method.allCases.map { "\n  \($0.rawValue): \($0.displayName)" }.joined())

  @OptionGroup(title: "Windows") var input: StoreArguments
  @OptionGroup(title: "Target") var target: TargetOptions

  @Option(help: "What is kept apart: window, recording, person, or all three side by side.")
  var split = "all"

  @Option(help: "Folds of each split.")
  var folds = 10

  @Flag(help: "Leave out one person (and one recording) at a time.")
  var leaveOneOut = false

  @Option(help: "The methods to compare, separated by commas; the usual eight unless given.")
  var methods: String?

  @Flag(help: "Only the fully supervised network, beside the majority.")
  var supervised = false

  @Flag(
    help: """
      The published protocol: window split, nothing set aside, the last epoch scored. (The published \
      normalisation is 'prepare --normalisation lastRecording'.)
      """)
  var asPublished = false

  @Option(help: "A pre-trained model or its run, instead of a trunk pre-trained in each fold.")
  var encoder: URL?

  @Option(help: "The result: a folder to be made.")
  var output: URL

  @Flag(help: "Go on with the evaluation that was interrupted in --output.")
  var resume = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(inversion: .prefixedNo, help: "Train again on training and validation windows together.")
  var refit = true

  @Option(
    help: """
      The most epochs where the whole network learns (fully supervised, fine-tuned), which takes far \
      longer than training dense layers; as --training-epochs unless given.
      """)
  var wholeNetworkEpochs: Int?

  @OptionGroup(title: "Pre-training") var pretraining: PretrainingOptions
  @OptionGroup(title: "Training on labels") var emotion: EmotionOptions
  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard split == "all" || Split.Level(rawValue: split) != nil else {
      throw ValidationError("--split must be window, recording, person or all, not '\(split)'")
    }
    guard folds > 1 else { throw ValidationError("--folds must be at least 2, not \(folds)") }
  }

  func run() throws {
    let windows = try input.windows()
    let labelling = try target.labelling(of: windows.records)
    let configuration = try configuration(recipe: windows.recipe)
    let session = EvaluationSession(
      configuration: configuration, target: target.target, engine: try engine.makeEngine())
    let data = try session.data(windows, labelling)
    let folder = try RunFolder(output, marker: \.results, resume: resume)
    let description = Description(
      stores: input.stores.map(\.path), target: target.target, rule: labelling.rule,
      encoder: encoder?.path, evaluation: configuration)
    try folder.write(configuration: description)
    var record = RunRecord(
      kind: "evaluate", folder: output, stores: input.stores, seed: configuration.seed,
      engine: session.engine.name, configuration: description)
    let result = try session.run(
      on: data, existing: try encoder.map { try existingTrunk($0, for: windows) }, in: folder)
    record.end(.finished, metrics: result.catalogueValues)
    let names = input.stores.map(\.lastPathComponent).joined(separator: ", ")
    try RunFolder.write(
      result.report(
        target: target.target, rule: labelling.rule, data: "the window store \(names)"
      ).html, to: folder.report)
    if json {
      Console.result(String(decoding: try result.json(), as: UTF8.self))
    } else {
      Console.result(result.table)
    }
    Console.note("report: \(folder.report.path)")
  }

  private func existingTrunk(_ url: URL, for windows: StoredWindows) throws -> ExistingTrunk {
    let trunk = try TrunkFile(at: url)
    try trunk.recipe.require(windows.recipe, of: "the encoder")
    return ExistingTrunk(
      parameters: trunk.parameters,
      architecture: .init(
        trunk: trunk.architecture, inputLength: trunk.recipe.windowLength, heads: []),
      personsSeen: Set(trunk.persons))
  }

  private func configuration(recipe: PreprocessingRecipe) throws -> EvaluationConfiguration {
    var configuration =
      asPublished
      ? EvaluationConfiguration.asPublished(recipe: recipe)
      : EvaluationConfiguration(recipe: recipe)
    if !asPublished, let level = Split.Level(rawValue: split) { configuration.levels = [level] }
    configuration.folds = folds
    configuration.leaveOneOut = leaveOneOut
    configuration.refit = refit
    configuration.wholeNetworkEpochs = wholeNetworkEpochs
    configuration.methods = try chosenMethods()
    configuration.pretraining = try pretraining.configuration()
    configuration.seed = configuration.pretraining.seed
    configuration.emotion = try emotion.configuration(seed: configuration.seed)
    return configuration
  }

  private func chosenMethods() throws -> [ECGEvaluation.Method] {
    if supervised { return [.supervised, .majority] }
    guard let methods else { return ECGEvaluation.Method.standard }
    return try methods.split(separator: ",").map { word in
      guard let method = ECGEvaluation.Method(rawValue: String(word)) else {
        let known = ECGEvaluation.Method.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--methods knows \(known), but not '\(word)'")
      }
      return method
    }
  }

  /// What `config.yaml` says.
  private struct Description: Encodable {
    let stores: [String]
    let target: String
    let rule: String
    let encoder: String?
    let evaluation: EvaluationConfiguration
  }
}
