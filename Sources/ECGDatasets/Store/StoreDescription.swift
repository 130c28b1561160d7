import ECGSignal
import Foundation

/// What `recipe.json` of a window store says: how the windows were made, from what, and what was left
/// out.
public struct StoreDescription: Codable, Hashable, Sendable {
  /// The version of the store's layout.
  public var version = StoreDescription.currentVersion
  /// The program that made it, with its version.
  public var tool: String
  /// The data set.
  public var dataset: String
  /// How recordings became windows.
  public var recipe: PreprocessingRecipe
  /// The lowest quality that a window may have, in [0, 1].
  public var minimumQuality: Double
  /// How many windows there are, N.
  public var windows: Int
  /// How many persons they come from.
  public var persons: Int
  /// The label columns.
  public var labels: [String]
  /// The ends of the scales of numeric labels, where the data set documents them.
  public var scales: [String: [Double]]
  /// The files that the windows were made from.
  public var sources: [SourceFile]
  /// What was left out and why.
  public var leftOut: [LeftOut]
  /// What a reader of a result should know about the data.
  public var notes: [String]

  /// The version that this program writes and reads.
  public static let currentVersion = 1

  /// The description of a store. What a writer counts by itself need not be given.
  public init(
    tool: String, dataset: String, recipe: PreprocessingRecipe, minimumQuality: Double = 0,
    scales: [String: [Double]] = [:], sources: [SourceFile] = [], leftOut: [LeftOut] = [],
    notes: [String] = []
  ) {
    self.tool = tool
    self.dataset = dataset
    self.recipe = recipe
    self.minimumQuality = minimumQuality
    windows = 0
    persons = 0
    labels = []
    self.scales = scales
    self.sources = sources
    self.leftOut = leftOut
    self.notes = notes
  }
}

/// A file that windows were made from.
public struct SourceFile: Codable, Hashable, Sendable {
  /// The path below the data set's folder.
  public var path: String
  /// The length in bytes.
  public var bytes: Int
  /// The SHA-256 of the bytes, in 64 hexadecimal digits.
  public var sha256: String

  /// A file and its hash.
  public init(path: String, bytes: Int, sha256: String) {
    self.path = path
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// A part of the data that did not become windows.
public struct LeftOut: Codable, Hashable, Sendable {
  /// Why in one word, for counting.
  public enum Reason: String, Codable, CaseIterable, Sendable {
    /// A file that should be there and is not.
    case missing
    /// A file or a part of it that cannot be read.
    case damaged
    /// A recording without what makes it usable, such as its label or its person.
    case incomplete
    /// A recording shorter than a window.
    case tooShort
    /// Windows with missing samples.
    case missingSamples
    /// Windows without any signal.
    case flat
    /// Windows below the minimum quality.
    case lowQuality
    /// Windows that the data set gives no label, such as those between two conditions.
    case unlabelled

    /// Whether `--strict` objects: to data that are not as they should be, not to noise in them.
    public var isFault: Bool {
      switch self {
      case .missing, .damaged, .incomplete, .tooShort, .missingSamples: true
      case .flat, .lowQuality, .unlabelled: false
      }
    }

    /// The reason in words.
    public var words: String {
      switch self {
      case .missing: "missing"
      case .damaged: "damaged"
      case .incomplete: "incomplete"
      case .tooShort: "too short"
      case .missingSamples: "missing samples"
      case .flat: "flat"
      case .lowQuality: "low quality"
      case .unlabelled: "unlabelled"
      }
    }
  }

  /// The person, if it is known whose it is.
  public var person: String?
  /// The file, recording or trial.
  public var what: String
  /// Why in one word.
  public var reason: Reason
  /// Why in a sentence.
  public var detail: String
  /// How many windows, where windows were counted; 0 for whole files and recordings.
  public var windows: Int

  /// A part that was left out.
  public init(
    person: String?, what: String, reason: Reason, detail: String, windows: Int = 0
  ) {
    self.person = person
    self.what = what
    self.reason = reason
    self.detail = detail
    self.windows = windows
  }
}

extension LeftOut: CustomStringConvertible {
  public var description: String {
    (person.map { $0 + ": " } ?? "") + "\(what): \(detail)"
  }
}
