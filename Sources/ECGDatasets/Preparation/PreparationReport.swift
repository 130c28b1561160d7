import ECGSignal
import Foundation

/// What came of a preparation: a row for each person, and everything that was left out.
public struct PreparationReport: Codable, Hashable, Sendable {
  /// The data set.
  public var dataset: String
  /// The window store.
  public var store: String
  /// The label columns, in the order of the store.
  public var labels: [String] = []
  /// The persons, in the order of the store; those without a window as well.
  public var persons: [Person] = []
  /// What was left out and why.
  public var leftOut: [LeftOut] = []
  /// What a reader of a result should know about the data.
  public var notes: [String] = []

  /// A person's row.
  public struct Person: Codable, Hashable, Sendable {
    /// The person.
    public var name: String
    /// How many recordings could be read.
    public var recordings: Int
    /// How many windows there are.
    public var windows: Int
    /// The time that the windows cover in minutes; the tails that fill no window are not in it.
    public var minutes: Double
    /// Seconds at the ends of recordings that do not fill a window.
    public var tailSeconds: Double
    /// How many windows have each value of each label.
    public var labels: [String: [String: Int]]
    /// How many windows, or recordings where no window was cut, were left out for each reason.
    public var leftOut: [String: Int]
  }

  /// A report that knows of no person yet.
  init(dataset: String, store: String, labels: [String]) {
    self.dataset = dataset
    self.store = store
    self.labels = labels
  }

  /// How many windows the store has.
  public var windows: Int { persons.reduce(0) { $0 + $1.windows } }

  mutating func add(_ person: PreparedPerson) {
    var labels: [String: [String: Int]] = [:]
    for record in person.records {
      for (name, value) in record.labels { labels[name, default: [:]][value, default: 0] += 1 }
    }
    persons.append(
      Person(
        name: person.name, recordings: person.recordings, windows: person.records.count,
        minutes: person.minutes, tailSeconds: person.tail, labels: labels,
        leftOut: person.leftOut.reduce(into: [:]) {
          $0[$1.reason.words, default: 0] += max(1, $1.windows)
        }))
    leftOut += person.leftOut
  }
}

extension PreparationReport {
  /// The report as text: a row a person, the sum, what was left out, the notes.
  public var table: String {
    var rows = [["person", "windows", "minutes", "labels", "left out"]]
    for person in persons {
      rows.append([
        person.name, "\(person.windows)", TextColumns.oneDigit(person.minutes),
        labels(of: person), Self.reasons(person.leftOut),
      ])
    }
    let used = persons.count { $0.windows > 0 }
    rows.append([
      "\(used) person\(used == 1 ? "" : "s")", "\(windows)",
      TextColumns.oneDigit(persons.reduce(0) { $0 + $1.minutes }), "",
      leftOut.isEmpty ? "nothing" : "",
    ])
    var text = TextColumns.aligned(rows, right: [1, 2])
    if !leftOut.isEmpty {
      text += "\nLeft out:\n" + TextColumns.shortened(leftOutLines, Self.rest)
    }
    if !notes.isEmpty { text += "\nNotes:\n" + TextColumns.shortened(notes, Self.rest) }
    return text
  }

  /// What was left out, with persons of whom there is nothing in one line.
  private var leftOutLines: [String] {
    let present = Set(persons.map(\.name))
    var absent: [String] = []
    var lines: [String] = []
    for part in leftOut {
      if part.reason == .missing, let person = part.person, !present.contains(person) {
        if !absent.contains(person) { absent.append(person) }
      } else {
        lines.append("\(part)")
      }
    }
    return absent.isEmpty
      ? lines : ["missing altogether: " + absent.joined(separator: ", ")] + lines
  }

  /// All lines stand in the store.
  private static let rest = "listed in the store's recipe.json"

  /// Values and counts of the first label that has few enough of them to be read.
  private func labels(of person: Person) -> String {
    let known = labels.filter { person.labels[$0] != nil }
    let readable = known.first { (2...5).contains(person.labels[$0]?.count ?? 0) } ?? known.first
    guard let name = readable, let values = person.labels[name] else { return "none" }
    let shown = values.sorted { $0.key < $1.key }.prefix(5).map { "\($0.key) \($0.value)" }
    return "\(name): " + shown.joined(separator: ", ") + (values.count > 5 ? ", …" : "")
  }

  private static func reasons(_ counts: [String: Int]) -> String {
    counts.isEmpty
      ? "–"
      : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}
