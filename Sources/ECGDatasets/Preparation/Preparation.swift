import ECGSignal
import Foundation

/// Original files to window store, for any data set: reads each person's recordings, applies the
/// recipe, and writes the windows with their origin, quality and labels.
///
/// Persons are prepared in parallel, as many at a time as there are threads, and written in the data
/// set's order: the store is the same, byte for byte, for any number of threads, and memory holds a
/// few persons whatever the size of the data set.
///
/// ```swift
/// let report = try Preparation().run(FolderDataset(), at: folder, to: store)
/// print(report.table)
/// ```
public struct Preparation: Sendable {
  /// How recordings become windows.
  public var recipe = PreprocessingRecipe.standard
  /// The lowest `SignalQuality.score` that a window may have, in [0, 1].
  public var minimumQuality = 0.0
  /// How many persons to prepare at most, the first ones; nil for all.
  public var maximumPersons: Int?
  /// Whether anything that would be left out but for noise is an error instead.
  public var isStrict = false
  /// Whether a window store already at the destination may be replaced.
  public var replacesStore = false
  /// How many persons are prepared at a time; at least 1.
  public var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
  /// The program and version that the store names as its maker.
  public var tool = "heartfelt"

  /// A preparation by the published recipe that leaves nothing out for its quality.
  public init() {}

  /// How far a preparation has come.
  public struct Progress: Hashable, Sendable {
    /// Bytes of source files that are done with.
    public var bytes: Int
    /// Bytes of all source files.
    public var totalBytes: Int
    /// Persons that are done with.
    public var persons: Int
    /// All persons.
    public var totalPersons: Int
  }

  /// Prepares a data set.
  /// - Parameters:
  ///   - dataset: how to read it.
  ///   - folder: where it is.
  ///   - destination: the folder of the window store to make.
  ///   - progress: called after each person, by one thread at a time.
  /// - Returns: what became of each person.
  /// - Throws: `DatasetError` when the folder holds nothing of the data set, when no window comes of it,
  ///   when the store cannot be written, or, if strict, when anything had to be left out;
  ///   `SignalError` for a recipe that cannot be carried out; `CancellationError` when the surrounding
  ///   task is cancelled. No store is made then.
  public func run(
    _ dataset: any Dataset, at folder: URL, to destination: URL,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws -> PreparationReport {
    let contents = try dataset.contents(of: folder)
    let persons = Array(contents.persons.prefix(maximumPersons ?? contents.persons.count))
    let writer = try WindowStoreWriter(
      at: destination, recipe: recipe, labels: contents.labels, replacing: replacesStore)
    let meter = ProgressMeter(persons: persons, report: progress)
    var report = PreparationReport(
      dataset: contents.dataset, store: destination.path, labels: contents.labels)
    report.leftOut = contents.leftOut
    let hashes = SourceHashes()
    var sources: [SourceFile] = []
    var notes = NoteCounter(contents.notes)

    let width = max(1, threads)
    for first in stride(from: 0, to: persons.count, by: width) {
      try Task.checkCancellation()
      let group = Array(persons[first..<min(first + width, persons.count)])
      for outcome in Self.inParallel(
        group,
        { person in
          let prepared = Result {
            try PreparedPerson(
              person, of: contents.dataset, in: folder, recipe: recipe,
              minimumQuality: minimumQuality, hashes: hashes)
          }
          meter.finish(person)
          return prepared
        })
      {
        let person = try outcome.get()
        try writer.append(person.samples, person.records)
        report.add(person)
        // Recordings of several persons may lie in one file.
        sources += person.sources.filter { !sources.contains($0) }
        notes.add(person.notes)
      }
    }
    report.notes = notes.lines
    try checkStrictness(of: report)
    try writer.finish(
      StoreDescription(
        tool: tool, dataset: contents.dataset, recipe: recipe, minimumQuality: minimumQuality,
        scales: contents.scales, sources: sources, leftOut: report.leftOut, notes: report.notes))
    return report
  }

  private func checkStrictness(of report: PreparationReport) throws {
    let faults = report.leftOut.filter(\.reason.isFault)
    if isStrict, let first = faults.first {
      throw DatasetError.strict(count: faults.count, first: "\(first)")
    }
    if report.windows == 0 {
      let why = report.leftOut.first.map { "; the first part left out: \($0)" } ?? ""
      throw DatasetError.labels(
        "not a single window of \(recipe.windowLength) samples came of \(report.dataset)" + why)
    }
  }

  /// The results for some persons, worked out at the same time, in their order.
  private static func inParallel(
    _ persons: [DatasetPerson],
    _ body: @Sendable (DatasetPerson) -> Result<PreparedPerson, any Error>
  ) -> [Result<PreparedPerson, any Error>] {
    let slots = OutcomeSlots(count: persons.count)
    DispatchQueue.concurrentPerform(iterations: persons.count) { index in
      slots.fill(index, with: body(persons[index]))
    }
    return slots.outcomes
  }
}

/// Results that come from several threads.
private final class OutcomeSlots: @unchecked Sendable {
  private let lock = NSLock()
  private var filled: [Result<PreparedPerson, any Error>?]

  init(count: Int) { filled = Array(repeating: nil, count: count) }

  func fill(_ index: Int, with outcome: Result<PreparedPerson, any Error>) {
    lock.withLock { filled[index] = outcome }
  }

  var outcomes: [Result<PreparedPerson, any Error>] { lock.withLock { filled.compactMap { $0 } } }
}

/// Counts bytes and persons for whoever watches.
private final class ProgressMeter: @unchecked Sendable {
  private let lock = NSLock()
  private var state: Preparation.Progress
  private let report: @Sendable (Preparation.Progress) -> Void

  init(
    persons: [DatasetPerson], report: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.report = report
    let total = persons.reduce(0) { $0 + Self.bytes(of: $1) }
    state = Preparation.Progress(
      bytes: 0, totalBytes: total, persons: 0, totalPersons: persons.count)
  }

  func finish(_ person: DatasetPerson) {
    lock.withLock {
      state.bytes += Self.bytes(of: person)
      state.persons += 1
      report(state)
    }
  }

  private static func bytes(of person: DatasetPerson) -> Int {
    person.files.reduce(0) { sum, url in
      let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }
}

/// Sentences, each once, with how often it was said.
private struct NoteCounter {
  private var order: [String] = []
  private var counts: [String: Int] = [:]

  init(_ notes: [String]) { add(notes) }

  mutating func add(_ notes: [String]) {
    for note in notes {
      if counts[note] == nil { order.append(note) }
      counts[note, default: 0] += 1
    }
  }

  var lines: [String] {
    order.map { note in
      let count = counts[note] ?? 1
      return count == 1 ? note : "\(note) (\(count) times)"
    }
  }
}
