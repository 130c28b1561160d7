import ECGNetwork
import ECGSignal

/// Compares methods on the same folds, under splits that prove what they keep apart.
///
/// ```swift
/// var configuration = EvaluationConfiguration(recipe: store.recipe)
/// configuration.folds = 5
/// let data = try EvaluationData(
///   windows: store, records: store.records, classes: classes, classNames: ["calm", "stress"])
/// let result = try Evaluation(configuration: configuration, engine: engine).run(on: data)
/// print(result.table)
/// ```
///
/// In each fold the trunk is pre-trained afresh without the tested part, and once for all methods
/// that use it; the number of epochs and other settings are chosen on units set aside from training.
/// The same configuration, windows and engine give the same result to the bit.
public struct Evaluation: Sendable {
  /// What is compared, and how.
  public let configuration: EvaluationConfiguration
  private let trainer: any MethodTrainer

  /// An evaluation whose networks an engine computes.
  public init(configuration: EvaluationConfiguration, engine: any ComputeEngine) {
    self.init(
      configuration: configuration,
      trainer: NetworkMethodTrainer(configuration: configuration, engine: engine))
  }

  /// An evaluation whose networks are trained by `trainer`.
  package init(configuration: EvaluationConfiguration, trainer: any MethodTrainer) {
    self.configuration = configuration
    self.trainer = trainer
  }

  /// Runs all methods in all folds, or those that are left.
  /// - Parameters:
  ///   - data: labelled windows.
  ///   - splits: the splits, of different levels; without them those of the configuration.
  ///   - existingTrunk: a trunk to be used instead of one pre-trained in each fold. Every score of
  ///     a method that uses it then says how many of the tested persons it has seen.
  ///   - cache: where finished parts are kept, to go on after an interruption.
  ///   - trunks: where pre-trained trunks are kept to be shared with other evaluations.
  ///   - observe: told of everything that happens; may stop the run.
  /// - Throws: `EvaluationError` for windows and settings that cannot be evaluated, a split of
  ///   other windows, or `.stopped`; what training throws.
  public func run(
    on data: EvaluationData, splits: [Split]? = nil, existingTrunk: ExistingTrunk? = nil,
    cache: EvaluationCache? = nil, trunks: TrunkLibrary? = nil,
    observe: (EvaluationEvent) throws -> EvaluationDirective = { _ in .continue }
  ) throws -> EvaluationResult {
    try configuration.check()
    let splits = try splits ?? configuration.splits(of: data)
    guard !splits.isEmpty, Set(splits.map(\.level)).count == splits.count else {
      throw EvaluationError.configuration("an evaluation needs one split for each of its levels")
    }
    for split in splits { try split.check(against: data.records) }
    var run = EvaluationRun(
      configuration: configuration, trainer: trainer, data: data, splits: splits,
      existingTrunk: existingTrunk, cache: cache, trunks: trunks)
    let predictions = try run.complete(observe)
    return try EvaluationResult(
      configuration: configuration, engine: trainer.name, data: data, splits: splits,
      existingTrunk: existingTrunk, predictions: predictions)
  }
}
