import ECGSignal
import Foundation

/// Writes a window store, window after window, in memory that does not grow with it.
///
/// Everything goes into a folder beside the destination, which takes its name in the last moment: a
/// store is there as a whole or not at all. A writer that goes away unfinished removes what it wrote.
/// One thread at a time.
public final class WindowStoreWriter {
  private let destination: URL
  private let folder: URL
  private let recipe: PreprocessingRecipe
  private let labels: [String]
  private let samples: FileHandle
  private let table: FileHandle
  private var count = 0
  private var persons: Set<String> = []
  private var isFinished = false

  /// Begins a store.
  /// - Parameters:
  ///   - url: the folder to make.
  ///   - recipe: how the windows are made; its `windowLength` is what every window must have.
  ///   - labels: the label columns; none may be called as a column that every store has.
  ///   - replacing: whether a window store already at `url` may be replaced.
  /// - Throws: `DatasetError` when something else is at `url`, or when it cannot be written.
  public convenience init(
    at url: URL, recipe: PreprocessingRecipe, labels: [String], replacing: Bool = false
  ) throws {
    try self.init(
      at: url, recipe: recipe, labels: labels, replacing: replacing,
      in: url.deletingLastPathComponent().appending(
        path: ".\(url.lastPathComponent).partial-\(UUID().uuidString.prefix(8))"))
  }

  /// Begins a store that is written into a folder of the caller's choice, which must not be there.
  init(
    at url: URL, recipe: PreprocessingRecipe, labels: [String], replacing: Bool, in folder: URL
  ) throws {
    try Self.checkDestination(url, replacing: replacing)
    if let taken = labels.first(where: WindowStore.fixedColumns.contains) {
      throw DatasetError.labels(
        "a label cannot be called “\(taken)”: every window store has a column of that name")
    }
    destination = url
    self.folder = folder
    self.recipe = recipe
    self.labels = labels
    let names = (
      samples: folder.appending(path: "windows.npy"), table: folder.appending(path: "windows.csv")
    )
    (samples, table) = try writing(to: url) {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: names.samples)
      try Data().write(to: names.table)
      return (
        try FileHandle(forWritingTo: names.samples), try FileHandle(forWritingTo: names.table)
      )
    }
    try writing(to: destination) {
      try samples.write(
        contentsOf: WindowFile.header(count: 0, windowLength: recipe.windowLength))
      try table.write(
        contentsOf: Data(Table.line(WindowStore.fixedColumns + labels).utf8))
    }
  }

  deinit {
    try? samples.close()
    try? table.close()
    if !isFinished { try? FileManager.default.removeItem(at: folder) }
  }

  /// Appends windows.
  /// - Parameters:
  ///   - windows: n × T samples, window after window.
  ///   - records: where each of the n comes from; labels that are not columns of the store are refused.
  /// - Throws: `DatasetError.file` when the disk is full or cannot be written.
  public func append(_ windows: [Float], _ records: [WindowRecord]) throws {
    precondition(
      windows.count == records.count * recipe.windowLength,
      "every window needs \(recipe.windowLength) samples and a record")
    try writing(to: destination) {
      try windows.withUnsafeBytes { raw in try samples.write(contentsOf: Data(raw)) }
    }
    try append(records)
  }

  /// Appends windows whose samples are those of a file of float32, which is copied piece by piece.
  func append(contentsOf file: URL, _ records: [WindowRecord]) throws {
    try writing(to: destination) {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        try samples.write(contentsOf: piece)
      }
    }
    try append(records)
  }

  private func append(_ records: [WindowRecord]) throws {
    var text = ""
    for record in records {
      precondition(
        record.labels.keys.allSatisfy(labels.contains), "every label needs a column of its own")
      text += Table.line(
        [
          record.dataset, record.person, record.recording, Self.number(record.start),
          Self.number(record.quality),
        ] + labels.map { record.labels[$0] ?? "" })
      persons.insert(record.personIdentity)
    }
    try writing(to: destination) {
      try table.write(contentsOf: Data(text.utf8))
    }
    count += records.count
  }

  /// Completes the store and gives it its name.
  /// - Parameter description: what is known of it; the counts, the recipe and the labels are filled in.
  /// - Throws: `DatasetError.labels` when there is no window, `DatasetError.file` when it cannot be
  ///   written.
  public func finish(_ description: StoreDescription) throws {
    guard count > 0 else {
      throw DatasetError.labels("not a single window came of the data, so no store was made")
    }
    var description = description
    description.recipe = recipe
    description.windows = count
    description.persons = persons.count
    description.labels = labels
    try writing(to: destination) {
      try samples.seek(toOffset: 0)
      try samples.write(
        contentsOf: WindowFile.header(count: count, windowLength: recipe.windowLength))
      try samples.synchronize()
      try table.synchronize()
      try description.json().write(to: folder.appending(path: "recipe.json"))
      try takeName()
    }
    isFinished = true
  }

  /// What is replaced steps aside first, so that a store of this name is missing only for a moment.
  private func takeName() throws {
    let manager = FileManager.default
    let old = folder.appendingPathExtension("replaced")
    let isReplacing = manager.fileExists(atPath: destination.path)
    if isReplacing { try manager.moveItem(at: destination, to: old) }
    try manager.moveItem(at: folder, to: destination)
    if isReplacing { try? manager.removeItem(at: old) }
  }

  static func checkDestination(_ url: URL, replacing: Bool) throws {
    let manager = FileManager.default
    guard manager.fileExists(atPath: url.path) else { return }
    let contents = try? manager.contentsOfDirectory(atPath: url.path)
    if contents?.isEmpty == true { return }
    let isStore =
      contents?.contains("windows.npy") == true && contents?.contains("recipe.json") == true
    guard isStore, replacing else {
      throw DatasetError.file(
        url.path,
        isStore
          ? "there is a window store already; remove it or name another --output"
          : "something else is there already; name another --output")
    }
  }

  private static func number(_ value: Double) -> String {
    // Four digits are a tenth of a millisecond, and more than a quality means.
    let rounded = (value * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? String(Int(rounded)) : String(rounded)
  }
}

/// Runs a body that writes, and says where if it cannot.
private func writing<Result>(to url: URL, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as DatasetError { throw error } catch {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let reason = underlying?.localizedDescription ?? error.localizedDescription
    throw DatasetError.file(
      url.deletingLastPathComponent().path,
      "cannot be written (\(reason)); check the permissions and the space on the disk")
  }
}
