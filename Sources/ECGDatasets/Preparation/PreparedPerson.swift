import ECGSignal
import Foundation

/// What became of one person: windows with their records, and what was left out. All but the samples
/// can be kept as JSON.
struct PreparedPerson: Codable, Sendable {
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

  private enum CodingKeys: CodingKey {
    case name, records, leftOut, sources, notes, recordings, tail, minutes
  }

  /// Reads a person's recordings and makes windows of them.
  init(
    _ person: DatasetPerson, of dataset: String, recipe: PreprocessingRecipe,
    minimumQuality: Double, hashes: SourceHashes?
  ) throws {
    name = person.name
    let read = try person.read()
    leftOut = read.leftOut
    notes = read.notes
    recordings = read.recordings.count
    if let hashes { sources = person.files.compactMap(hashes.source) }
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
    var unlabelled = poor
    let length = Double(recipe.windowLength) / recipe.samplingRate
    samples.reserveCapacity(prepared.windows.count * recipe.windowLength)
    for window in prepared.windows {
      let recording = recordings[window.recording]
      guard window.quality.score >= minimumQuality else {
        poor[window.recording] += 1
        continue
      }
      let start = recording.start + window.start
      var labels = recording.labels
      if let windowLabels = recording.windowLabels {
        guard let changing = windowLabels(start, start + length) else {
          unlabelled[window.recording] += 1
          continue
        }
        labels.merge(changing) { $1 }
      }
      samples += window.samples
      records.append(
        WindowRecord(
          dataset: dataset, person: name, recording: recording.name, start: start,
          quality: window.quality.score, labels: labels))
    }
    for (recording, counts) in zip(recordings, zip(poor, unlabelled)) {
      for (count, reason, words) in [
        (
          counts.0, LeftOut.Reason.lowQuality,
          "below the quality of \(LabelRule.text(minimumQuality))"
        ),
        (counts.1, .unlabelled, "without a label"),
      ] where count > 0 {
        leftOut.append(
          LeftOut(
            person: name, what: recording.name, reason: reason,
            detail: "\(Self.windows(count)) \(words)", windows: count))
      }
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
}
