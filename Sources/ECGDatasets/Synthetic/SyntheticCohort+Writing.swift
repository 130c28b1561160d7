import ECGFormats
import ECGSignal
import Foundation

extension SyntheticCohort {
  /// Writes the cohort as ordinary files, which `prepare folder` reads like anybody's own.
  ///
  /// ```
  /// labels.csv                    file,person,recording,condition,stress,arousal,valence
  /// recordings/P01_stress.csv     every other person as CSV at 250 Hz …
  /// recordings/P02_stress.hea     … and the others as WFDB (format 16) at 256 Hz
  /// truth.json                    what each person is like, for checking
  /// README.txt                    that none of it is real
  /// ```
  /// - Parameters:
  ///   - folder: is made; what is in it already stays, so it has to be empty.
  ///   - progress: called with how many recordings of how many are written, by one thread at a time.
  /// - Throws: `DatasetError.file` when the folder is not empty or cannot be written, `SignalError` for
  ///   settings that make no signal.
  public func write(
    to folder: URL, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    guard persons > 0, sessions > 0, !conditions.isEmpty else {
      throw SignalError.recipe("a cohort needs at least one person, one session and one condition")
    }
    let recordings = folder.appending(path: "recordings")
    try prepare(folder, recordings)
    let takes = (0..<persons).flatMap { person in
      (0..<sessions).flatMap { session in
        conditions.map { Take(person: person, session: session, condition: $0) }
      }
    }
    let rows = CohortRows(total: takes.count, progress: progress)
    DispatchQueue.concurrentPerform(iterations: takes.count) { index in
      rows.fill(index, with: Result { try write(takes[index], in: recordings) })
    }
    let header = "file,person,recording,condition,stress,arousal,valence\n"
    let table = try rows.results.reduce(into: header) { $0 += try $1.get() }
    try save(Data(table.utf8), as: "labels.csv", in: folder)
    try save(truth(), as: "truth.json", in: folder)
    try save(Data(Self.readMe.utf8), as: "README.txt", in: folder)
  }

  private struct Take: Sendable {
    let person: Int
    let session: Int
    let condition: Condition
  }

  private func prepare(_ folder: URL, _ recordings: URL) throws {
    let present = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard present?.isEmpty ?? true else {
      throw DatasetError.file(
        folder.path, "is not empty; name another --output or remove what is there")
    }
    do {
      try FileManager.default.createDirectory(at: recordings, withIntermediateDirectories: true)
    } catch {
      throw DatasetError.file(folder.path, "cannot be made (\(error.localizedDescription))")
    }
  }

  /// Writes one recording and returns its row of the table.
  private func write(_ take: Take, in folder: URL) throws -> String {
    let isText = take.person.isMultiple(of: 2)
    let rate = isText ? 250.0 : 256.0
    let made = try recording(
      person: take.person, take.condition, session: take.session, samplingRate: rate)
    let stem = "\(made.person)_\(made.name)"
    // A recorder has steps; these are of a microvolt.
    let samples = made.recording.samples.map { ($0 * 1000).rounded() / 1000 }
    if isText {
      try writeDelimitedRecording(
        to: folder.appending(path: stem + ".csv"), channels: [("ecg", "mV", samples)],
        samplingRate: rate)
    } else {
      try writeWFDBRecord(
        named: stem, in: folder,
        signals: [WFDBOutputSignal(name: "ECG", samples: samples, gain: 1000)],
        samplingRate: rate, comments: ["synthetic, not a person"])
    }
    return Table.line([
      "recordings/\(stem).\(isText ? "csv" : "hea")", made.person, made.name,
      take.condition.rawValue, take.condition == .stress ? "1" : "0",
      "\(made.ratings.arousal)", "\(made.ratings.valence)",
    ])
  }

  /// The cohort's settings and what each person is like, as JSON.
  private func truth() throws -> Data {
    struct Truth: Encodable {
      let synthetic = true
      let cohort: SyntheticCohort
      let persons: [String: Traits]
    }
    let traits = (0..<persons).map { (Self.name(ofPerson: $0), self.traits(ofPerson: $0)) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(
      Truth(cohort: self, persons: Dictionary(uniqueKeysWithValues: traits)))
  }

  private func save(_ data: Data, as name: String, in folder: URL) throws {
    let url = folder.appending(path: name)
    do { try data.write(to: url, options: .atomic) } catch {
      throw DatasetError.file(url.path, "cannot be written (\(error.localizedDescription))")
    }
  }

  private static let readMe = """
    A synthetic cohort
    ==================

    Nobody was recorded. These electrocardiograms were computed from the model of McSharry,
    Clifford, Tarassenko and Smith (IEEE Transactions on Biomedical Engineering 50(3), 2003) with
    invented persons and invented reactions to invented conditions. They are for trying programs
    out; a score on them says nothing about people.

    labels.csv   a row a recording: file, person, recording, condition, stress (0, 1), arousal and
                 valence as the person rates them (1 to 9)
    recordings/  half of the persons as CSV (250 Hz), half as WFDB (256 Hz, format 16), in mV
    truth.json   the settings and what each person is like
    """ + "\n"
}

/// The rows of the table, from several threads.
private final class CohortRows: @unchecked Sendable {
  private let lock = NSLock()
  private var rows: [Result<String, any Error>?]
  private var done = 0
  private let progress: @Sendable (Int, Int) -> Void

  init(total: Int, progress: @escaping @Sendable (Int, Int) -> Void) {
    rows = Array(repeating: nil, count: total)
    self.progress = progress
  }

  func fill(_ index: Int, with row: Result<String, any Error>) {
    lock.withLock {
      rows[index] = row
      done += 1
      progress(done, rows.count)
    }
  }

  var results: [Result<String, any Error>] { lock.withLock { rows.compactMap { $0 } } }
}
