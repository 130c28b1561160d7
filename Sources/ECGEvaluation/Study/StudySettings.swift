import ECGEmotion
import ECGPretext
import ECGSignal
import Foundation

/// How the cells of a study are computed: an evaluation's settings without its split and method, which
/// the grid gives. What is not written keeps its default; a setting that nobody knows is refused.
public struct StudySettings: Codable, Hashable, Sendable {
  /// Folds of each split.
  public var folds = 5
  /// Whether recordings and persons are left out one at a time instead.
  public var leaveOneOut = false
  /// The share of training units set aside to choose settings on.
  public var validationShare = 0.2
  /// Whether networks are trained once more on training and validation windows.
  public var refit = true
  /// The most epochs where the whole network learns; 0 for those of `emotion`.
  public var wholeNetworkEpochs = 0
  /// How a fold's trunk is pre-trained; its seed is the grid's.
  public var pretraining = PretrainingConfiguration()
  /// How the dense layers are trained; their seed is the grid's.
  public var emotion = EmotionConfiguration()
  /// How many of the labels are known.
  public var labels = LabelBudget()
  /// What trunks are pre-trained on.
  public var corpus = PretrainingCorpus()
  /// Which features, and how they are used.
  public var features = FeatureSettings()
  /// The L2 weights that a logistic regression chooses from.
  public var penalties: [Double] = [1, 0.01, 0.1, 10, 100]
  /// Whether a logistic regression counts every class alike.
  public var balancesClasses = true
  /// Defects of the published code that are switched on.
  public var asPublished: [PublishedDefect] = []
  /// Bootstrap resamples of persons.
  public var resamples = 2000
  /// Deals of the labels in the test against chance.
  public var permutations = 2000

  /// The defaults.
  public init() {}

  /// Reads settings from a tree.
  /// - Throws: `EvaluationError.configuration` for a setting that nobody knows or that cannot be read.
  public init(_ tree: SettingsTree) throws {
    let settings: StudySettings
    let known: SettingsTree
    do {
      settings = try JSONDecoder().decode(StudySettings.self, from: JSONEncoder().encode(tree))
      known = try JSONDecoder().decode(
        SettingsTree.self, from: JSONEncoder().encode(settings))
    } catch let error as DecodingError {
      throw EvaluationError.configuration("the study's settings cannot be read: \(error.reason)")
    } catch {
      throw EvaluationError.configuration("the study's settings cannot be read: \(error)")
    }
    if let unknown = tree.unknownPath(in: known) {
      throw EvaluationError.configuration("a study has no setting '\(unknown)'")
    }
    self = settings
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.folds, &folds)
    try read(.leaveOneOut, &leaveOneOut)
    try read(.validationShare, &validationShare)
    try read(.refit, &refit)
    try read(.wholeNetworkEpochs, &wholeNetworkEpochs)
    try read(.pretraining, &pretraining)
    try read(.emotion, &emotion)
    try read(.labels, &labels)
    try read(.corpus, &corpus)
    try read(.features, &features)
    try read(.penalties, &penalties)
    try read(.balancesClasses, &balancesClasses)
    try read(.asPublished, &asPublished)
    try read(.resamples, &resamples)
    try read(.permutations, &permutations)
  }

  /// The evaluation of one method under one split.
  func configuration(
    recipe: PreprocessingRecipe, level: Split.Level, method: Method, seed: UInt64
  ) -> EvaluationConfiguration {
    var configuration = EvaluationConfiguration(recipe: recipe)
    configuration.levels = [level]
    configuration.methods = [method]
    configuration.comparisons = []
    configuration.folds = folds
    configuration.leaveOneOut = leaveOneOut
    configuration.validationShare =
      asPublished.contains(.noValidation) ? 0 : validationShare
    configuration.refit = refit
    configuration.wholeNetworkEpochs = wholeNetworkEpochs > 0 ? wholeNetworkEpochs : nil
    configuration.pretraining = pretraining
    configuration.emotion = emotion
    configuration.seed = seed
    configuration.heartRateVariabilityPenalties = penalties
    configuration.heartRateVariabilityBalancesClasses = balancesClasses
    configuration.labels = labels
    configuration.corpus = corpus
    configuration.features = features
    configuration.pretrainingIncludesTest = asPublished.contains(.testRowsInTraining)
    configuration.countsDistinctScores = asPublished.contains(.distinctScores)
    configuration.resamples = resamples
    return configuration
  }
}

/// A defect of the published code that an evaluation can switch back on, to measure what it changes.
///
/// Those of the data (normalisation by the last file, dominance read as valence, the block number as
/// stress, the largest code in a window) are switched on when a store is prepared, and the window
/// split is chosen as a split.
public enum PublishedDefect: String, Codable, CaseIterable, Sendable {
  /// Test rows are written into the file that the trunk is pre-trained on (DREAMER, AMIGOS).
  case testRowsInTraining
  /// As many classes as distinct scores: a score that does not occur breaks the coding.
  case distinctScores
  /// Nothing is set aside: the last epoch is scored.
  case noValidation
}

extension DecodingError {
  /// What is wrong and where, in words.
  var reason: String {
    let context =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      @unknown default:
        DecodingError.Context(codingPath: [], debugDescription: "\(self)")
      }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return (path.isEmpty ? "" : "'\(path)': ") + context.debugDescription
  }
}
