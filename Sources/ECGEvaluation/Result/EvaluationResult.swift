import ECGSignal

/// What an evaluation found: for each split and method the scores with their intervals, and what is
/// needed to check and draw them. Written to `results.json`.
public struct EvaluationResult: Codable, Sendable {
  /// What was compared, and how.
  public let configuration: EvaluationConfiguration
  /// What computed the networks.
  public let engine: String
  /// The names of the K classes.
  public let classNames: [String]
  /// Windows of each class.
  public let classCounts: [Int]
  /// Where the trunk of the pre-trained methods comes from.
  public let trunk: TrunkOrigin
  /// Split after split.
  public let splits: [SplitResult]
  /// How much better methods look under the window split than under the person split.
  public let leakGaps: [LeakGap]
  /// Every window's prediction. It is written to `predictions.csv`, not to `results.json`, and so
  /// is nil in a result that was read.
  public let predictions: EvaluationPredictions?

  private enum CodingKeys: String, CodingKey {
    case configuration, engine, classNames, classCounts, trunk, splits, leakGaps
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    configuration = try container.decode(EvaluationConfiguration.self, forKey: .configuration)
    engine = try container.decode(String.self, forKey: .engine)
    classNames = try container.decode([String].self, forKey: .classNames)
    classCounts = try container.decode([Int].self, forKey: .classCounts)
    trunk = try container.decode(TrunkOrigin.self, forKey: .trunk)
    splits = try container.decode([SplitResult].self, forKey: .splits)
    leakGaps = try container.decode([LeakGap].self, forKey: .leakGaps)
    predictions = nil
  }
}

/// Where the trunk of the pre-trained methods comes from.
public struct TrunkOrigin: Codable, Hashable, Sendable {
  /// Whether it was pre-trained afresh in each fold without what the fold tests.
  public let isPretrainedInEachFold: Bool
  /// How many of the tested persons an existing trunk was trained on; nil for a fresh one.
  public let personsSeen: Int?
  /// Unlabelled windows that could join the pre-training.
  public let unlabelledWindows: Int
}

/// What all methods scored under one split.
public struct SplitResult: Codable, Hashable, Sendable {
  /// The split's level.
  public let level: Split.Level
  /// Whether each fold tested one unit.
  public let isLeaveOneOut: Bool
  /// Which persons and recordings stood where.
  public let proof: SplitProof
  /// Persons tested.
  public let persons: Int
  /// Windows tested.
  public let windows: Int
  /// Method after method.
  public let methods: [MethodResult]

  /// The result of a method, if it was run.
  public subscript(method: Method) -> MethodResult? { methods.first { $0.method == method } }
}

/// What a method scored under a split.
public struct MethodResult: Codable, Hashable, Sendable {
  /// The method.
  public let method: Method
  /// Metric after metric, as far as defined.
  public let scores: [Score]
  /// Windows by true and predicted class.
  public let confusion: ConfusionMatrix
  /// Person after person, sorted by name.
  public let persons: [PersonScore]
  /// How much better it is than others on the same windows.
  public let differences: [MethodDifference]
  /// What was chosen in each fold.
  public let choices: [FoldChoice]

  /// The score of a metric, if it is defined.
  public subscript(metric: Metric) -> Score? { scores.first { $0.metric == metric } }
}

/// How a method did on one person's windows.
public struct PersonScore: Codable, Hashable, Sendable {
  /// The person, `dataset/person`.
  public let person: String
  /// The person's windows.
  public let windows: Int
  /// The share that was right.
  public let accuracy: Double
  /// The recall averaged over the classes the person has.
  public let balancedAccuracy: Double
}

/// How much better a method is than another.
public struct MethodDifference: Codable, Hashable, Sendable {
  /// The other method.
  public let from: Method
  /// This method's score less the other's.
  public let difference: ScoreDifference
}

/// How much better a method looks when windows of the tested persons are among those it learned
/// from: its score under the window split less that under the person split.
public struct LeakGap: Codable, Hashable, Sendable {
  /// The method.
  public let method: Method
  /// The gap, with its interval over persons.
  public let difference: ScoreDifference
}

extension EvaluationResult {
  /// The result of a split, if it was run.
  public subscript(level: Split.Level) -> SplitResult? { splits.first { $0.level == level } }

  /// The score of a method under a split, if there is one.
  public func score(_ metric: Metric, _ method: Method, _ level: Split.Level) -> Score? {
    self[level]?[method]?[metric]
  }
}
