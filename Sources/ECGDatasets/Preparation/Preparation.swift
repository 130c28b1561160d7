import ECGSignal
import Foundation

/// Original files to window store, for any data set: reads each person's recordings, applies the
/// recipe, and writes the windows with their origin, quality and labels.
///
/// Persons are prepared in parallel, as many at a time as there are threads, and written in the data
/// set's order: the store is the same, byte for byte, for any number of threads, and memory holds a
/// few persons whatever the size of the data set. What is done is kept beside the destination until
/// the store is whole (`PreparationParts`), so that a preparation that was stopped or killed goes on
/// where it was, to the same bytes.
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
  /// Asked between persons whether to stop; what is done is kept for the next run.
  public var shouldStop: @Sendable () -> Bool = { false }
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
  ///   task is cancelled or `shouldStop` says so. No store is made then; what is done is kept when the
  ///   run was stopped or the disk was full.
  public func run(
    _ dataset: any Dataset, at folder: URL, to destination: URL,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws -> PreparationReport {
    try recipe.validate()
    try WindowStoreWriter.checkDestination(destination, replacing: replacesStore)
    let parts = try PreparationParts(for: destination)
    do {
      let report = try run(dataset, at: folder, to: destination, in: parts, progress)
      parts.remove()
      return report
    } catch {
      if !Self.leavesParts(error) { parts.remove() }
      throw error
    }
  }

  /// Whether the next run may go on with what is done.
  private static func leavesParts(_ error: any Error) -> Bool {
    if error is CancellationError { return true }
    if case DatasetError.file(_, let why) = error { return why.contains("cannot be written") }
    return false
  }

  private func run(
    _ dataset: any Dataset, at folder: URL, to destination: URL, in parts: PreparationParts,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws -> PreparationReport {
    let tree = try DataTree(at: folder, unpackingInto: parts.folder)
    var contents = try dataset.contents(of: tree)
    contents.leftOut = tree.damaged + contents.leftOut
    let persons = Array(contents.persons.prefix(maximumPersons ?? contents.persons.count))
    try parts.adopt(PreparationManifest(self, of: dataset, at: folder, contents, persons).json)

    let plan = Self.plan(persons.count)
    try prepare(persons, by: plan, of: contents.dataset, in: parts, progress)
    return try assemble(contents, plan.count, in: parts, to: destination)
  }

  /// Which persons make a part: one each, and several where there are thousands, so that a part is
  /// never much of the whole and there are never too many files.
  private static func plan(_ count: Int) -> [Range<Int>] {
    let size = max(1, (count + 511) / 512)
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Prepares the parts that are not there yet.
  private func prepare(
    _ persons: [DatasetPerson], by plan: [Range<Int>], of dataset: String,
    in parts: PreparationParts, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws {
    let meter = ProgressMeter(persons: persons, report: progress)
    let hashes = SourceHashes()
    let queue = PartQueue(count: plan.count)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, plan.count))) { _ in
      while let number = queue.next() {
        do {
          if parts.persons(number, windowLength: recipe.windowLength) == nil {
            let prepared = try plan[number].map { place in
              if shouldStop() || Task.isCancelled { throw CancellationError() }
              let person = try PreparedPerson(
                persons[place], of: dataset, recipe: recipe, minimumQuality: minimumQuality,
                hashes: hashes)
              meter.finish(persons[place])
              return person
            }
            try parts.write(prepared, as: number)
          } else {
            for place in plan[number] { meter.finish(persons[place]) }
          }
        } catch { queue.fail(number, error) }
      }
    }
    try queue.rethrow()
    try Task.checkCancellation()
  }

  /// Makes the store of the parts.
  private func assemble(
    _ contents: DatasetContents, _ count: Int, in parts: PreparationParts, to destination: URL
  ) throws -> PreparationReport {
    var report = PreparationReport(
      dataset: contents.dataset, store: destination.path, labels: contents.labels)
    report.leftOut = contents.leftOut
    let writer = try WindowStoreWriter(
      at: destination, recipe: recipe, labels: contents.labels, replacing: replacesStore,
      in: parts.folder.appending(path: "store"))
    var sources = SourceList()
    for table in contents.tables {
      sources.add(SourceHashes().source(of: table).map { [$0] } ?? [])
    }
    var notes = NoteCounter(contents.notes)
    for number in 0..<count {
      guard let persons = parts.persons(number, windowLength: recipe.windowLength) else {
        throw DatasetError.file(
          parts.folder.path, "part \(number) went away while the store was made; run it again")
      }
      for person in persons {
        report.add(person)
        // Recordings of several persons may lie in one file.
        sources.add(person.sources)
        notes.add(person.notes)
      }
      try writer.append(
        contentsOf: parts.samples(number), persons.flatMap(\.records))
    }
    report.notes = notes.lines
    try checkStrictness(of: report)
    try writer.finish(
      StoreDescription(
        tool: tool, dataset: contents.dataset, recipe: recipe, minimumQuality: minimumQuality,
        scales: contents.scales, sources: sources.files, leftOut: report.leftOut,
        notes: report.notes))
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
}

/// Source files, each once.
private struct SourceList {
  private(set) var files: [SourceFile] = []
  private var known: Set<String> = []

  mutating func add(_ more: [SourceFile]) {
    for file in more where known.insert(file.path).inserted { files.append(file) }
  }
}

/// Sentences, each once, with how often it was said.
struct NoteCounter {
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
