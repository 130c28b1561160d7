import Foundation

/// What `doctor` found in a download: who is there, what is wrong, and what a preparation would make
/// of it.
public struct DatasetExamination: Codable, Hashable, Sendable {
  /// The data set.
  public var dataset: String
  /// What it is, in a line.
  public var title: String
  /// The folder or archive that was looked at.
  public var path: String
  /// What may be done with the data.
  public var licence: String
  /// Where they are had from.
  public var source: String
  /// The publication to cite.
  public var citation: String
  /// Whether everything is there and can be read.
  public var isComplete: Bool
  /// Whether signals were read; without, only names of files are told.
  public var readsSignals: Bool
  /// The persons, those that are missing as well.
  public var persons: [Person]
  /// What is wrong and belongs to nobody.
  public var problems: [String]
  /// Files that do not belong to the data set.
  public var unexpected: [String]
  /// The label columns of a preparation.
  public var labels: [String]
  /// Which lead is taken, and what else a reader of a result should know.
  public var notes: [String]

  /// How it stands with a person.
  public enum State: String, Codable, Sendable {
    /// Everything is there and can be read.
    case complete
    /// A part is missing or cannot be used.
    case incomplete
    /// A file is damaged.
    case damaged
    /// Nothing is there.
    case missing
  }

  /// A person's row.
  public struct Person: Codable, Hashable, Sendable {
    /// The person.
    public var name: String
    /// How it stands.
    public var state: State
    /// How many files there are.
    public var files: Int
    /// Their bytes, unpacked.
    public var bytes: Int
    /// How many recordings could be read.
    public var recordings: Int
    /// How many windows a preparation makes.
    public var windows: Int
    /// The minutes that they cover.
    public var minutes: Double
    /// How many windows have each value of each label.
    public var labels: [String: [String: Int]]
    /// What is wrong, in sentences.
    public var problems: [String]
  }

  /// How many windows a preparation makes.
  public var windows: Int { persons.reduce(0) { $0 + $1.windows } }
}

extension DatasetExamination {
  /// The examination as text.
  public var text: String {
    var text = "\(dataset): \(title)\n\(path)\n\n"
    var rows = [
      ["person", "state", "files", "size", "recordings", "windows", "minutes"]
    ]
    for person in persons where person.state != .missing {
      rows.append([
        person.name, person.state.rawValue, "\(person.files)", Self.size(person.bytes),
        readsSignals ? "\(person.recordings)" : "–", readsSignals ? "\(person.windows)" : "–",
        readsSignals ? TextColumns.oneDigit(person.minutes) : "–",
      ])
    }
    let present = persons.filter { $0.state != .missing }
    rows.append([
      "\(present.count) person\(present.count == 1 ? "" : "s")", "",
      "\(persons.reduce(0) { $0 + $1.files })", Self.size(persons.reduce(0) { $0 + $1.bytes }),
      readsSignals ? "\(persons.reduce(0) { $0 + $1.recordings })" : "–",
      readsSignals ? "\(windows)" : "–",
      readsSignals ? TextColumns.oneDigit(persons.reduce(0) { $0 + $1.minutes }) : "–",
    ])
    text += TextColumns.aligned(rows, right: [2, 3, 4, 5, 6])

    let missing = persons.filter { $0.state == .missing }
    if !missing.isEmpty {
      text += "\nMissing: " + missing.map(\.name).joined(separator: ", ") + "\n"
    }
    let wrong =
      problems + present.flatMap { person in person.problems.map { "\(person.name): \($0)" } }
    if !wrong.isEmpty { text += "\nTo look at:\n" + TextColumns.shortened(wrong) }
    if !unexpected.isEmpty {
      text += "\nNot of this data set, and passed over:\n" + TextColumns.shortened(unexpected)
    }
    text += "\nPreparation: \(plan)\n"
    if !notes.isEmpty { text += "\nNotes:\n" + TextColumns.shortened(notes) }
    text += "\nFrom      \(source)\nLicence   \(licence)\n"
    if !citation.isEmpty { text += "To cite   \(citation)\n" }
    text +=
      isComplete
      ? "\nComplete.\n"
      : "\nNot complete: `heartfelt prepare` takes what is there, says what is left out, and ends with "
        + "an error only with --strict.\n"
    return text
  }

  /// What `prepare` will do, in a sentence.
  private var plan: String {
    let columns =
      labels.isEmpty ? "no labels" : "the labels " + Self.joined(labels).joined(separator: ", ")
    guard readsSignals else {
      return
        "\(persons.count { $0.state != .missing }) persons with \(columns); leave --quick out to "
        + "count windows"
    }
    var sentence = "\(windows) windows with \(columns)"
    let few = labels.compactMap { label -> String? in
      var counts: [String: Int] = [:]
      for person in persons {
        for (value, count) in person.labels[label] ?? [:] { counts[value, default: 0] += count }
      }
      guard (2...5).contains(counts.count) else { return nil }
      return "\(label): "
        + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    if !few.isEmpty { sentence += "\n  " + few.prefix(8).joined(separator: "\n  ") }
    return sentence
  }

  /// Names, with `panas_1`, `panas_2` and so on to the last in a row as `panas_1 to panas_26`.
  private static func joined(_ names: [String]) -> [String] {
    var runs: [(first: String, last: String)] = []
    for name in names {
      if let run = runs.last, let next = following(run.last), next == name {
        runs[runs.count - 1].last = name
      } else {
        runs.append((name, name))
      }
    }
    return runs.flatMap { first, last in
      first == last ? [first] : following(first) == last ? [first, last] : ["\(first) to \(last)"]
    }
  }

  /// `panas_2` after `panas_1`; nil for a name without a number.
  private static func following(_ name: String) -> String? {
    guard let bar = name.lastIndex(of: "_"), let number = Int(name[name.index(after: bar)...])
    else { return nil }
    return name[...bar] + "\(number + 1)"
  }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000: "\(bytes) B"
    case ..<10_000_000: "\(bytes / 1000) kB"
    case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
    default: "\(bytes / 1_000_000_000) GB"
    }
  }
}
