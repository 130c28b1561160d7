import ECGSignal
import Foundation

/// Looks through a download: what is complete, missing, damaged or unexpected, and what `Preparation`
/// would make of it. Nothing is written.
public struct Examiner: Sendable {
  /// How recordings would become windows.
  public var recipe = PreprocessingRecipe.standard
  /// Whether signals are read, which finds damage and counts windows; without, only names are looked at.
  public var readsSignals = true
  /// How many persons are read at a time; at least 1.
  public var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// An examination that reads everything.
  public init() {}

  /// Examines a download.
  /// - Throws: `DatasetError` when it holds nothing of the data set; `SignalError` for a recipe that
  ///   cannot be carried out.
  public func examine(
    _ dataset: any Dataset, at folder: URL,
    progress: @escaping @Sendable (Preparation.Progress) -> Void = { _ in }
  ) throws -> DatasetExamination {
    try recipe.validate()
    let tree = try DataTree(at: folder)
    let contents = try dataset.contents(of: tree)
    var notes = NoteCounter(contents.notes)
    let (rows, lines) = try persons(of: contents, progress)
    notes.add(lines)

    let missing = absent(from: contents)
    let nobodys = (tree.damaged + contents.leftOut).filter { leftOut in
      leftOut.person == nil
    }
    var persons = rows
    for leftOut in contents.leftOut where leftOut.reason.isFault {
      guard let place = persons.firstIndex(where: { $0.name == leftOut.person }) else { continue }
      persons[place].problems.append("\(leftOut.what): \(leftOut.detail)")
      persons[place].state = persons[place].state == .damaged ? .damaged : .incomplete
    }
    persons += missing.map { name in
      DatasetExamination.Person(
        name: name, state: .missing, files: 0, bytes: 0, recordings: 0, windows: 0, minutes: 0,
        labels: [:],
        problems: contents.leftOut.filter { $0.person == name }.map { "\($0.what): \($0.detail)" })
    }
    persons.sort { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
    return DatasetExamination(
      dataset: dataset.name, title: dataset.title, path: folder.path, licence: dataset.licence,
      source: dataset.source, citation: dataset.citation,
      isComplete: nobodys.allSatisfy { !$0.reason.isFault }
        && persons.allSatisfy { $0.state == .complete },
      readsSignals: readsSignals, persons: persons,
      problems: nobodys.map { "\($0)" } + Self.doubles(of: contents, in: tree),
      unexpected: Self.unexpected(dataset, contents, in: tree), labels: contents.labels,
      notes: notes.lines)
  }

  /// Persons of whom there is nothing at all.
  private func absent(from contents: DatasetContents) -> [String] {
    let present = Set(contents.persons.map(\.name))
    var names: [String] = []
    for leftOut in contents.leftOut {
      guard let name = leftOut.person, !present.contains(name), !names.contains(name) else {
        continue
      }
      names.append(name)
    }
    return names
  }

  /// The rows of the persons that are there, and their notes.
  private func persons(
    of contents: DatasetContents, _ progress: @escaping @Sendable (Preparation.Progress) -> Void
  ) throws -> ([DatasetExamination.Person], [String]) {
    guard readsSignals else { return (contents.persons.map { Self.row(of: $0, nil) }, []) }
    let meter = ProgressMeter(persons: contents.persons, report: progress)
    let queue = PartQueue(count: contents.persons.count)
    let rows = Rows(count: contents.persons.count)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, contents.persons.count))) { _ in
      while let number = queue.next() {
        let person = contents.persons[number]
        do {
          let prepared = try PreparedPerson(
            person, of: contents.dataset, recipe: recipe, minimumQuality: 0, hashes: nil)
          rows.fill(number, Self.row(of: person, prepared), prepared.notes)
          meter.finish(person)
        } catch { queue.fail(number, error) }
      }
    }
    try queue.rethrow()
    return rows.all
  }

  private static func row(
    of person: DatasetPerson, _ prepared: PreparedPerson?
  ) -> DatasetExamination.Person {
    let faults = (prepared?.leftOut ?? []).filter { $0.reason.isFault }
    var labels: [String: [String: Int]] = [:]
    for record in prepared?.records ?? [] {
      for (name, value) in record.labels { labels[name, default: [:]][value, default: 0] += 1 }
    }
    return DatasetExamination.Person(
      name: person.name,
      state: faults.contains { $0.reason == .damaged }
        ? .damaged : faults.isEmpty ? .complete : .incomplete,
      files: person.files.count, bytes: person.files.reduce(0) { $0 + $1.bytes },
      recordings: prepared?.recordings ?? 0, windows: prepared?.records.count ?? 0,
      minutes: prepared?.minutes ?? 0, labels: labels,
      problems: (prepared?.leftOut ?? []).map { "\($0.what): \($0.detail)" })
  }

  /// Files of a person that are there more than once: which is taken.
  private static func doubles(of contents: DatasetContents, in tree: DataTree) -> [String] {
    contents.persons.flatMap(\.files).compactMap { file in
      let same = tree.all(named: file.name).filter {
        $0.bytes == file.bytes && $0.path != file.path
      }
      return same.isEmpty
        ? nil : "\(file.path) is taken; the same is at \(same.map(\.path).joined(separator: ", "))"
    }
  }

  private static func unexpected(
    _ dataset: any Dataset, _ contents: DatasetContents, in tree: DataTree
  ) -> [String] {
    let patterns = dataset.companions
    if patterns.contains("*") { return [] }
    let used = Set((contents.persons.flatMap(\.files) + contents.tables).map(\.path))
    // An archive that was looked into counts by what is in it.
    var archives: Set<String> = []
    for file in tree.files {
      guard case .archive = file.place else { continue }
      var path = ""
      for part in file.path.split(separator: "/").dropLast() {
        path += (path.isEmpty ? "" : "/") + part
        archives.insert(path)
      }
    }
    let general = ["readme*", "license*", "sha256sums*", "md5sums*", "checksums*", "index.html"]
    return tree.files.filter { file in
      let name = file.name.lowercased()
      return !used.contains(file.path) && !archives.contains(file.path)
        && !(patterns + general).contains { NamePattern($0).matches(name) }
    }.map(\.path)
  }

  /// Rows that come from several threads.
  private final class Rows: @unchecked Sendable {
    private let lock = NSLock()
    private var filled: [(DatasetExamination.Person, [String])?]

    init(count: Int) { filled = Array(repeating: nil, count: count) }

    func fill(_ number: Int, _ row: DatasetExamination.Person, _ notes: [String]) {
      lock.withLock { filled[number] = (row, notes) }
    }

    var all: ([DatasetExamination.Person], [String]) {
      lock.withLock {
        (filled.compactMap { $0?.0 }, filled.flatMap { $0?.1 ?? [] })
      }
    }
  }
}

/// A name with `*` for any characters.
struct NamePattern {
  private let parts: [String]

  init(_ pattern: String) {
    parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  func matches(_ name: String) -> Bool {
    guard let first = parts.first, let last = parts.last else { return name.isEmpty }
    if parts.count == 1 { return name == first }
    guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count
    else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
