import ECGFormats
import ECGSignal
import Foundation

/// CASE (Sharma and others, 2019): 30 persons, eight videos, ECG at 1000 Hz and ratings by joystick at
/// 20 Hz, in `interpolated/physiological/sub_N.csv` and `interpolated/annotations/sub_N.csv`.
///
/// A recording is a video. Labels: `arousal` and `valence` (0.5 to 9.5), the mean over a window; `emotion`,
/// what the video was chosen for (`amusing`, `boring`, `relaxing`, `scary`), and `video`, its number.
/// The screens between the videos are not used.
public struct CASEDataset: Dataset {
  public let name = "case"
  public let title = "CASE: eight videos with continuous ratings by joystick; ECG at 1000 Hz"
  public let citation =
    "Sharma K, Castellini C, van den Broek EL, Albu-Schaeffer A, Schwenker F. A dataset of continuous "
    + "affect annotations and physiological signals for emotion analysis. Scientific Data 6:196, 2019"
  public let licence = "Creative Commons BY 4.0: any use, with credit"
  public let source = "https://doi.org/10.6084/m9.figshare.c.4260668"
  public let companions = [
    "sub*.csv", "sub*.txt", "*.mat", "*.m", "*.py", "*.pdf", "*.txt", "*.xlsx", "*.csv", "*.md",
  ]

  /// How the data set is read; there is nothing to set.
  public init() {}

  private static let emotions = ["amusing", "boring", "relaxing", "scary"]

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(
      dataset: name, labels: ["arousal", "valence", "emotion", "video"], persons: [])
    contents.scales = ["arousal": [0.5, 9.5], "valence": [0.5, 9.5]]
    for number in 1...30 {
      let file = "sub_\(number).csv"
      let found = tree.all(named: file)
      // Both files have the same name; the folder tells them apart.
      let signals = found.first { $0.folder.lowercased().contains("physiolog") }
      let ratings = found.first { $0.folder.lowercased().contains("annotation") }
      guard let signals else {
        contents.leftOut.append(
          LeftOut(
            person: "sub_\(number)", what: "physiological/\(file)", reason: .missing,
            detail: "there is no such file"))
        continue
      }
      contents.persons.append(
        DatasetPerson(name: "sub_\(number)", files: [signals] + (ratings.map { [$0] } ?? [])) {
          Self.read("sub_\(number)", signals, ratings, in: tree)
        })
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as interpolated/physiological/sub_1.csv, from \(source)")
    }
    return contents
  }

  private static func read(
    _ person: String, _ signals: DataFile, _ ratings: DataFile?, in tree: DataTree
  ) -> PersonRecordings {
    var result = PersonRecordings()
    var annotations: [String: ContinuousAnnotation] = [:]
    do { annotations = try ratings.map { try Self.annotations($0, in: tree) } ?? [:] } catch {
      result.leaveOut(
        ratings?.name ?? "", of: person, .damaged,
        "\(error); the ratings of arousal and valence are not known")
    }
    if ratings == nil {
      result.leaveOut(
        "annotations/\(signals.name)", of: person, .missing,
        "there is no such file; the ratings of arousal and valence are not known")
    }
    var options = ReadingOptions()
    options.timeColumn = "daqtime"
    options.timeUnit = .milliseconds
    options.channel = "ecg"
    // Documented for the interpolated files; their columns have no units.
    options.unit = .millivolts
    let known = annotations
    do {
      let (loaded, videos) = try tree.withURL(of: signals) { url in
        let file = try openChannelFile(at: url, options: options)
        guard let videos = try file.values(named: "video") else {
          throw DatasetError.table(
            signals.path, row: 1, "a column “video” is needed to tell the videos apart")
        }
        return (try readRecording(at: url, options: options), videos)
      }
      result.notes.append(
        "Lead: ecg, the one ECG there is; unit mV by the data set's documentation")
      let rate = loaded.recording.samplingRate
      for run in LabelRuns(of: videos).runs where (1...8).contains(run.code) {
        result.recordings.append(
          LabelledRecording(
            name: "video-\(run.code)",
            recording: try ECGRecording(
              samples: Array(loaded.recording.samples[run.range]), samplingRate: rate,
              unit: .millivolts, lead: loaded.recording.lead),
            start: Double(run.range.lowerBound) / rate,
            labels: ["video": "\(run.code)", "emotion": emotions[(run.code - 1) / 2]]
          ) { start, end in
            known.compactMapValues { $0.mean(from: start, to: end) }
          })
      }
      if result.recordings.isEmpty {
        result.leaveOut(
          signals.name, of: person, .incomplete, "none of the videos 1 to 8 is in it")
      }
    } catch {
      result.leaveOut(signals.name, of: person, .damaged, "\(error)")
    }
    return result
  }

  private static func annotations(
    _ file: DataFile, in tree: DataTree
  ) throws -> [String: ContinuousAnnotation] {
    var options = ReadingOptions()
    options.timeColumn = "jstime"
    options.timeUnit = .milliseconds
    return try tree.withURL(of: file) { url in
      let table = try openChannelFile(at: url, options: options)
      guard let rate = table.channels.compactMap(\.samplingRate).first else {
        throw DatasetError.table(file.path, row: 1, "a column “jstime” is needed")
      }
      var annotations: [String: ContinuousAnnotation] = [:]
      for label in ["arousal", "valence"] {
        guard let values = try table.values(named: label) else {
          throw DatasetError.table(file.path, row: 1, "a column “\(label)” is needed")
        }
        annotations[label] = ContinuousAnnotation(
          times: values.indices.map { Double($0) / rate }, values: values)
      }
      return annotations
    }
  }
}
