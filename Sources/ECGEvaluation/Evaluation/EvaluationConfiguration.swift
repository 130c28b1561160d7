import ECGEmotion
import ECGPretext
import ECGSignal

/// What an evaluation compares, and how.
///
/// When it is read from JSON or YAML, what is not given keeps its default; only the recipe has none.
public struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// The splits, side by side.
  public var levels: [Split.Level] = Split.Level.allCases
  /// Folds of each split.
  public var folds = 10
  /// Whether recordings and persons are left out one at a time instead. Windows stay in folds.
  public var leaveOneOut = false
  /// The methods, in the order of the table.
  public var methods: [Method] = Method.standard
  /// The share of a fold's training units (windows, recordings, persons) set aside to choose the
  /// number of epochs and other settings on; with 0 a network is trained for all its epochs, as
  /// published.
  public var validationShare = 0.2
  /// Whether a network is trained once more from the start, for the chosen number of epochs, on
  /// training and validation windows together; otherwise the one that was best on validation
  /// windows answers. Twice the time, but all methods have then learned from the same windows.
  public var refit = true
  /// The key of all random numbers: folds, initial weights, orders, dropout, resamples.
  public var seed: UInt64 = 1
  /// How a fold's trunk is pre-trained; its seed is set by the fold.
  public var pretraining = PretrainingConfiguration()
  /// How the emotion recognition networks are trained; the method and the fold set what becomes of
  /// the trunk, and the seed.
  public var emotion = EmotionConfiguration()
  /// The most epochs where the whole network learns (fully supervised, fine-tuned); nil for those of
  /// `emotion`. A whole network takes hundreds of times as long an epoch as dense layers, and fewer
  /// epochs.
  public var wholeNetworkEpochs: Int?
  /// Labelled windows in a batch where the whole network learns; nil for those of `emotion`.
  public var wholeNetworkBatchSize: Int?
  /// Adam's step size where the whole network learns; nil for that of `emotion`.
  public var wholeNetworkLearningRate: Float?
  /// The L2 weights the HRV baseline chooses from on validation windows; without any it takes the
  /// first.
  public var heartRateVariabilityPenalties: [Double] = [1, 0.01, 0.1, 10, 100]
  /// Whether the HRV baseline counts every class alike, however many windows it has. It then scores
  /// higher in balanced accuracy and macro-F1, and lower in accuracy and calibration, than one that
  /// learns how frequent the classes are.
  public var heartRateVariabilityBalancesClasses = true
  /// Whether the trunk is pre-trained on the tested windows too, as in the published code for two
  /// data sets. A defect, here to measure what it changes.
  public var pretrainingIncludesTest = false
  /// How many of the labels a fold may learn from.
  public var labels = LabelBudget()
  /// What a fold's trunk is pre-trained on, besides leaving out what the fold tests.
  public var corpus = PretrainingCorpus()
  /// How features become those that are learned from, and answers those that are scored.
  public var features = FeatureSettings()
  /// Whether the class of a window is its score less the lowest one and there are as many classes as
  /// distinct scores, as in the published code: where a score in between does not occur, the highest
  /// ones are never learned. A defect, here to measure what it changes; only for numbered classes.
  public var countsDistinctScores = false
  /// Resamples of persons for the intervals.
  public var resamples = 2000
  /// The methods that every method is compared with, person by person.
  public var comparisons: [Method] = [
    .majority, .heartRateVariability, .randomTrunk, .supervised,
  ]
  /// How the windows were prepared: their sampling rate and length.
  public var recipe: PreprocessingRecipe

  /// The comparison of the documentation: all methods, three splits, ten folds.
  /// - Parameter recipe: the recipe of the window store.
  public init(recipe: PreprocessingRecipe) { self.recipe = recipe }

  /// The published protocol: ten folds over shuffled windows, nothing set aside, the network of the
  /// last epoch scored.
  ///
  /// The published code scores the test fold after every epoch of pre-training and does not say
  /// which epoch it reports; picking the best of them on the test fold is not offered.
  public static func asPublished(recipe: PreprocessingRecipe) -> EvaluationConfiguration {
    var configuration = EvaluationConfiguration(recipe: recipe)
    configuration.levels = [.window]
    configuration.validationShare = 0
    return configuration
  }

  /// The splits of windows that the configuration asks for.
  /// - Throws: `EvaluationError`, as the factories of `Split` do.
  public func splits(of data: EvaluationData) throws -> [Split] {
    guard !levels.isEmpty else {
      throw EvaluationError.configuration(
        "an evaluation needs at least one split: window, recording or person")
    }
    return try levels.map { level in
      if leaveOneOut, level != .window {
        return try Split.leaveOneOut(
          by: level, of: data.records, classes: data.classes, seed: seed,
          validationShare: validationShare)
      }
      return try Split.folds(
        folds, by: level, of: data.records, classes: data.classes, seed: seed,
        validationShare: validationShare)
    }
  }

  /// Throws unless the configuration can be carried out.
  func check() throws {
    guard !methods.isEmpty, Set(methods).count == methods.count,
      Set(levels).count == levels.count
    else {
      throw EvaluationError.configuration(
        "an evaluation needs at least one method, and every method and every split once")
    }
    guard wholeNetworkEpochs ?? 1 > 0 else {
      throw EvaluationError.configuration(
        "the epochs of the whole network must be at least 1, not \(wholeNetworkEpochs ?? 0)")
    }
    try labels.check()
    try corpus.check()
    try features.check(blocks: pretraining.trunk.blocks.count)
    guard resamples >= 0 else {
      throw EvaluationError.configuration(
        "the number of bootstrap resamples must be 0 (no intervals) or more, not \(resamples)")
    }
  }

  var bootstrap: Bootstrap { Bootstrap(resamples: resamples, seed: seed) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(recipe: try container.decode(PreprocessingRecipe.self, forKey: .recipe))
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.levels, into: &levels)
    try read(.folds, into: &folds)
    try read(.leaveOneOut, into: &leaveOneOut)
    try read(.methods, into: &methods)
    try read(.validationShare, into: &validationShare)
    try read(.refit, into: &refit)
    try read(.seed, into: &seed)
    try read(.pretraining, into: &pretraining)
    try read(.emotion, into: &emotion)
    try read(.wholeNetworkEpochs, into: &wholeNetworkEpochs)
    try read(.wholeNetworkBatchSize, into: &wholeNetworkBatchSize)
    try read(.wholeNetworkLearningRate, into: &wholeNetworkLearningRate)
    try read(.heartRateVariabilityPenalties, into: &heartRateVariabilityPenalties)
    try read(
      .heartRateVariabilityBalancesClasses, into: &heartRateVariabilityBalancesClasses)
    try read(.pretrainingIncludesTest, into: &pretrainingIncludesTest)
    try read(.labels, into: &labels)
    try read(.corpus, into: &corpus)
    try read(.features, into: &features)
    try read(.countsDistinctScores, into: &countsDistinctScores)
    try read(.resamples, into: &resamples)
    try read(.comparisons, into: &comparisons)
  }
}
