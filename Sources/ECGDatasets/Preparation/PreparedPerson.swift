import ECGSignal
import Foundation

/// What became of one person: windows with their records, and what was left out.
struct PreparedPerson: Sendable {
  let name: String
  /// n × T samples.
  private(set) var samples: [Float] = []
  private(set) var records: [WindowRecord] = []
  private(set) var leftOut: [LeftOut] = []
  private(set) var sources: [SourceFile] = []
  private(set) var notes: [String] = []
  private(set) var recordings = 0
  /// Seconds at the ends of recordings that do not fill a window.
  private(set) var tail = 0.0
  /// The time that windows cover, overlaps counted once.
  private(set) var minutes = 0.0

  /// Reads a person's recordings and makes windows of them.
  init(
    _ person: DatasetPerson, of dataset: String, in folder: URL, recipe: PreprocessingRecipe,
    minimumQuality: Double, hashes: SourceHashes
  ) throws {
    name = person.name
    let read = try person.read()
    leftOut = read.leftOut
    notes = read.notes
    recordings = read.recordings.count
    for file in person.files where FileManager.default.fileExists(atPath: file.path) {
      guard let hash = try? hashes.hash(of: file) else { continue }
      sources.append(
        SourceFile(
          path: Self.path(of: file, below: folder), bytes: hash.bytes, sha256: hash.digest))
    }
    let prepared: PreparedWindows
    do {
      prepared = try recipe.windows(of: read.recordings.map(\.recording))
    } catch let error as SignalError {
      // A wrong recipe is everybody's; a recording that it does not fit is this person's alone.
      if case .recipe = error { throw error }
      leftOut.append(
        LeftOut(person: name, what: "all recordings", reason: .damaged, detail: "\(error)"))
      return
    }
    keep(prepared, of: read.recordings, in: dataset, recipe, minimumQuality)
    let step = min(recipe.windowStride, recipe.windowLength)
    minutes = Double(records.count * step) / recipe.samplingRate / 60
    count(prepared.leftOut, of: read.recordings, recipe)
  }

  private mutating func keep(
    _ prepared: PreparedWindows, of recordings: [LabelledRecording], in dataset: String,
    _ recipe: PreprocessingRecipe, _ minimumQuality: Double
  ) {
    var poor = [Int](repeating: 0, count: recordings.count)
    samples.reserveCapacity(prepared.windows.count * recipe.windowLength)
    for window in prepared.windows {
      let recording = recordings[window.recording]
      guard window.quality.score >= minimumQuality else {
        poor[window.recording] += 1
        continue
      }
      samples += window.samples
      records.append(
        WindowRecord(
          dataset: dataset, person: name, recording: recording.name,
          start: recording.start + window.start, quality: window.quality.score,
          labels: recording.labels))
    }
    for (recording, count) in zip(recordings, poor) where count > 0 {
      leftOut.append(
        LeftOut(
          person: name, what: recording.name, reason: .lowQuality,
          detail: "\(Self.windows(count)) below the quality of \(LabelRule.text(minimumQuality))",
          windows: count))
    }
  }

  private mutating func count(
    _ stretches: [LeftOutStretch], of recordings: [LabelledRecording],
    _ recipe: PreprocessingRecipe
  ) {
    var missing = [Int](repeating: 0, count: recordings.count)
    var flat = missing
    for stretch in stretches {
      switch stretch.reason {
      case .missingSamples: missing[stretch.recording] += 1
      case .flat: flat[stretch.recording] += 1
      case .tail: tail += stretch.stretch.end - stretch.stretch.start
      case .shorterThanWindow:
        let length = recordings[stretch.recording].recording.duration
        leftOut.append(
          LeftOut(
            person: name, what: recordings[stretch.recording].name, reason: .tooShort,
            detail: "\(LabelRule.text((length * 100).rounded() / 100)) s, less than a window of "
              + "\(LabelRule.text(Double(recipe.windowLength) / recipe.samplingRate)) s"))
      }
    }
    for (number, recording) in recordings.enumerated() {
      for (count, reason, words) in [
        (missing[number], LeftOut.Reason.missingSamples, "with missing samples"),
        (flat[number], .flat, "without any signal"),
      ] where count > 0 {
        leftOut.append(
          LeftOut(
            person: name, what: recording.name, reason: reason,
            detail: "\(Self.windows(count)) \(words)", windows: count))
      }
    }
  }

  private static func windows(_ count: Int) -> String {
    count == 1 ? "1 window" : "\(count) windows"
  }

  private static func path(of file: URL, below folder: URL) -> String {
    let (file, folder) = (file.standardizedFileURL.path, folder.standardizedFileURL.path)
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file
  }
}

/// The hashes of source files, each worked out once: some data sets keep all persons in one file.
final class SourceHashes: @unchecked Sendable {
  private let lock = NSLock()
  private var known: [URL: (digest: String, bytes: Int)] = [:]

  func hash(of url: URL) throws -> (digest: String, bytes: Int) {
    if let hash = lock.withLock({ known[url] }) { return hash }
    let hash = try SHA256.hash(ofFile: url)
    lock.withLock { known[url] = hash }
    return hash
  }
}
