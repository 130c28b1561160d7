import ECGFormats

/// Wishes about how a data set is read.
public struct DatasetOptions: Sendable, Hashable {
  /// What is known of the files; for the published data sets only the channel counts: the lead by its
  /// name or number.
  public var reading = ReadingOptions()
  /// Which version of the files to take where there are several, such as AMIGOS's `original`.
  public var variant: String?
  /// Defects of the published code to repeat, in order to measure what they change.
  public var asPublished: Set<PublishedDefect> = []

  /// No wishes.
  public init() {}

  /// Refuses wishes that a data set does not know.
  /// - Parameters:
  ///   - channel: whether it has leads to choose from.
  ///   - variants: the versions of its files.
  func allow(
    in dataset: any Dataset, channel: Bool = false, variants: [String] = []
  ) throws {
    if let defect = asPublished.sorted().first(where: { !$0.datasets.contains(dataset.name) }) {
      throw DatasetError.labels(
        "the published code has no “\(defect.rawValue)” for \(dataset.name), only for "
          + defect.datasets.joined(separator: ", "))
    }
    if let variant, !variants.contains(variant) {
      throw DatasetError.labels(
        variants.isEmpty
          ? "\(dataset.name) has only one version of its files; leave --variant out"
          : "\(dataset.name) has no “\(variant)”; it has \(variants.joined(separator: ", "))")
    }
    if reading.channel != nil, !channel {
      throw DatasetError.labels(
        "\(dataset.name) has one lead; there is nothing to choose with --channel")
    }
    var others = reading
    others.channel = nil
    guard others == ReadingOptions() else {
      throw DatasetError.labels(
        "the files of \(dataset.name) say their rate, unit and layout themselves; of the options for "
          + "files only --channel may be given")
    }
  }
}

/// A defect of the published code that `prepare --as-published` repeats, so that its effect can be
/// measured.
public enum PublishedDefect: String, CaseIterable, Codable, Hashable, Comparable, Sendable {
  /// A WESAD window has the largest of the codes in it, so that windows across a change of condition
  /// have a wrong one.
  case largestCode = "largest-code"
  /// The column of dominance is read as valence.
  case dominanceAsValence = "dominance-as-valence"
  /// The number of the block is taken for stress.
  case blockAsStress = "block-as-stress"
  /// Mean and deviation of a person come from that person's last recording.
  case lastRecording = "last-recording"

  /// The data sets in whose reading the published code has it.
  public var datasets: [String] {
    switch self {
    case .largestCode: ["wesad"]
    case .dominanceAsValence: ["amigos", "dreamer"]
    case .blockAsStress: ["swell"]
    case .lastRecording: ["swell", "amigos", "dreamer"]
    }
  }

  /// What is done, in a sentence.
  public var sentence: String {
    switch self {
    case .largestCode: "a window has the largest code in it"
    case .dominanceAsValence: "valence is the column of dominance"
    case .blockAsStress: "stress is the number of the block"
    case .lastRecording: "the person's mean and deviation are those of the last recording"
    }
  }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The defects that words separated by commas name.
  /// - Throws: `DatasetError.labels` for an unknown one, with those that there are.
  public static func parse(_ text: String) throws -> Set<Self> {
    try Set(
      text.split(separator: ",").map { part in
        let word = part.filter { !$0.isWhitespace }
        guard let defect = Self(rawValue: word) else {
          throw DatasetError.labels(
            "“\(word)” is no defect of the published code; there are "
              + allCases.map { "\($0.rawValue) (\($0.datasets.joined(separator: ", ")))" }
              .joined(separator: ", "))
        }
        return defect
      })
  }

  /// Notes that stand beside the windows.
  static func notes(_ defects: Set<Self>) -> [String] {
    defects.sorted().map { "As published: \($0.sentence) (--as-published \($0.rawValue))" }
  }

  /// Settings that tell preparations apart.
  static func settings(_ defects: Set<Self>) -> [String: String] {
    defects.isEmpty
      ? [:] : ["as published": defects.sorted().map(\.rawValue).joined(separator: ",")]
  }
}
