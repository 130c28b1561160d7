/// How many of the labels a fold may learn from; the windows without stay for pre-training.
public struct LabelBudget: Codable, Hashable, Sendable {
  /// The share of the units whose labels are known, in (0, 1].
  public var share = 1.0
  /// What the labels are given by: `person` (some persons with all their labels) or `window` (some
  /// windows of each class). Smaller shares are parts of larger ones.
  public var unit = Split.Level.person

  /// All labels.
  public init() {}

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    share = try container.decodeIfPresent(Double.self, forKey: .share) ?? share
    unit = try container.decodeIfPresent(Split.Level.self, forKey: .unit) ?? unit
  }

  func check() throws {
    guard share > 0, share <= 1 else {
      throw EvaluationError.configuration(
        "the share of labels must be more than 0 and at most 1, not \(share)")
    }
  }
}

/// What a fold's trunk is pre-trained on.
public struct PretrainingCorpus: Codable, Hashable, Sendable {
  /// Whose windows.
  public enum Source: String, Codable, CaseIterable, Sendable {
    /// The labelled stores' training windows only.
    case own
    /// Those and all unlabelled windows.
    case all
    /// The unlabelled windows only: nothing of the data sets that are tested.
    case others
  }

  /// Whose windows.
  public var source = Source.all
  /// At most so many windows, drawn at random; 0 for all. Smaller draws are parts of larger ones.
  public var windows = 0

  /// All windows.
  public init() {}

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    source = try container.decodeIfPresent(Source.self, forKey: .source) ?? source
    windows = try container.decodeIfPresent(Int.self, forKey: .windows) ?? windows
  }

  func check() throws {
    guard windows >= 0 else {
      throw EvaluationError.configuration(
        "the pre-training windows must be 0 (all) or more, not \(windows)")
    }
  }
}

/// How features become those that are learned from, and answers those that are scored.
public struct FeatureSettings: Codable, Hashable, Sendable {
  /// The trunk's blocks, from 1, whose features are taken, side by side; empty for the last one.
  public var blocks: [Int] = []
  /// Whether a person's mean over all their windows is taken off every feature, heart-rate
  /// variability among them. It needs no label, but a recording of the new person in several states;
  /// it has no effect where the whole network is trained.
  public var centresPersons = false
  /// So many tested windows before and after of the same recording are averaged into an answer: a
  /// longer context. 0 for the window alone.
  public var context = 0

  /// The published system's.
  public init() {}

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    blocks = try container.decodeIfPresent([Int].self, forKey: .blocks) ?? blocks
    centresPersons =
      try container.decodeIfPresent(Bool.self, forKey: .centresPersons) ?? centresPersons
    context = try container.decodeIfPresent(Int.self, forKey: .context) ?? context
  }

  func check(blocks count: Int) throws {
    guard blocks.allSatisfy((1...max(count, 1)).contains), Set(blocks).count == blocks.count else {
      throw EvaluationError.configuration(
        "the blocks to take features from must be among 1 to \(count), each once, not \(blocks)")
    }
    guard context >= 0 else {
      throw EvaluationError.configuration("the context must be 0 windows or more, not \(context)")
    }
  }
}
