import ECGFormats
import ECGSignal
import Foundation

/// A file, or a stretch of one, that a folder's table names.
struct FolderEntry: Sendable {
  let person: String
  let recording: String
  /// As the table writes it.
  let path: String
  let url: URL
  let options: ReadingOptions
  /// The stretch; nil for the whole file.
  let interval: Interval?
  let labels: [String: String]

  /// A stretch in seconds; no end is the file's end.
  struct Interval: Sendable {
    var start: Double
    var end: Double?
  }

  /// A person with these entries. Each file is read once, however many stretches are taken from it.
  static func person(_ name: String, _ entries: [FolderEntry], in folder: URL) -> DatasetPerson {
    var files: [URL] = []
    for entry in entries {
      for file in filesBehind(entry.url) where !files.contains(file) { files.append(file) }
    }
    let data = files.map { DataFile($0, path: path(of: $0, below: folder)) }
    return DatasetPerson(name: name, files: data) {
      var result = PersonRecordings()
      var loaded: (key: Key, recording: LoadedRecording?)?
      for entry in entries {
        let key = Key(url: entry.url, options: entry.options)
        if loaded?.key != key { loaded = (key, entry.load(&result)) }
        guard let recording = loaded?.recording else { continue }
        entry.take(from: recording.recording, into: &result)
      }
      return result
    }
  }

  private struct Key: Equatable {
    let url: URL
    let options: ReadingOptions
  }

  /// A WFDB header's signal file counts as well; anything else stands for itself.
  static func filesBehind(_ url: URL) -> [URL] {
    let manager = FileManager.default
    let bare = url.deletingPathExtension()
    guard ["hea", ""].contains(url.pathExtension.lowercased()) else { return [url] }
    let stem = url.pathExtension.isEmpty ? url : bare
    let parts = ["hea", "dat"].map { stem.appendingPathExtension($0) }
    let present = parts.filter { manager.fileExists(atPath: $0.path) }
    return present.isEmpty ? [url] : present
  }

  private static func path(of file: URL, below folder: URL) -> String {
    let (file, folder) = (file.standardizedFileURL.path, folder.standardizedFileURL.path)
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file
  }

  private func load(_ result: inout PersonRecordings) -> LoadedRecording? {
    do {
      let loaded = try readRecording(at: url, options: options)
      result.notes.append("Lead: \(loaded.choice)")
      result.notes += loaded.warnings.map { "Reading: \($0)" }
      return loaded
    } catch {
      let isThere = Self.filesBehind(url).contains {
        FileManager.default.fileExists(atPath: $0.path)
      }
      result.leftOut.append(
        LeftOut(
          person: person, what: path, reason: isThere ? .damaged : .missing,
          detail: isThere ? "\(error)" : "there is no such file"))
      return nil
    }
  }

  private func take(from recording: ECGRecording, into result: inout PersonRecordings) {
    guard let interval else {
      result.recordings.append(
        LabelledRecording(name: self.recording, recording: recording, labels: labels))
      return
    }
    let end = min(interval.end ?? recording.duration, recording.duration)
    let stretch = "\(LabelRule.text(interval.start)) to \(LabelRule.text(interval.end ?? end)) s"
    guard interval.start < end, let part = recording.part(from: interval.start, to: end) else {
      result.leftOut.append(
        LeftOut(
          person: person, what: "\(path), \(stretch)", reason: .incomplete,
          detail: "the recording is only \(LabelRule.text(recording.duration)) s long"))
      return
    }
    if let wanted = interval.end, wanted > recording.duration + 1 {
      result.leftOut.append(
        LeftOut(
          person: person, what: "\(path), \(stretch)", reason: .incomplete,
          detail:
            "used only up to \(LabelRule.text(recording.duration)) s, where the recording ends"))
    }
    result.recordings.append(
      LabelledRecording(
        name: self.recording, recording: part, start: interval.start, labels: labels))
  }
}

extension ECGRecording {
  /// The samples of a stretch in seconds, clipped to the recording; nil if none is in it.
  func part(from start: Double, to end: Double) -> ECGRecording? {
    let first = max(0, Int((start * samplingRate).rounded()))
    let last = min(samples.count, Int((min(end, duration) * samplingRate).rounded()))
    guard first < last else { return nil }
    return try? ECGRecording(
      samples: Array(samples[first..<last]), samplingRate: samplingRate, unit: unit, lead: lead,
      start: self.start?.addingTimeInterval(start))
  }
}
