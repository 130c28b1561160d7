import ECGFormats
import ECGSignal
import Foundation

/// DREAMER (Katsigiannis and Ramzan, 2018): 23 persons, 18 film clips, ECG at 256 Hz in `DREAMER.mat`.
///
/// A recording is what was recorded during a clip; the minute before each is not used. Labels:
/// `arousal`, `valence` and `dominance`, rated 1 to 5; `emotion`, what the clip was chosen for. The
/// samples have no documented unit.
///
/// The file is one packed value of some gigabytes, so it is unpacked once for all persons, and of it
/// only the chosen lead is held, some 90 MB.
public struct DREAMERDataset: Dataset {
  public let name = "dreamer"
  public let title = "DREAMER: 18 film clips with arousal, valence and dominance; ECG at 256 Hz"
  public let citation =
    "Katsigiannis S, Ramzan N. DREAMER: a database for emotion recognition through EEG and ECG "
    + "signals from wireless low-cost off-the-shelf devices. IEEE Journal of Biomedical and Health "
    + "Informatics 22(1):98-107, 2018"
  public let licence = "by signed agreement, for research"
  public let source = "https://zenodo.org/records/546113"
  public let companions = ["*.pdf", "*.txt", "*.docx"]
  /// Which of the two leads, 1 or 2.
  public let lead: Int
  /// Defects of the published code to repeat.
  public let asPublished: Set<PublishedDefect>

  /// How the data set is read.
  /// - Parameter lead: 1 or 2; the publication prefers neither.
  public init(lead: Int = 1, asPublished: Set<PublishedDefect> = []) {
    self.lead = lead == 2 ? 2 : 1
    self.asPublished = asPublished
  }

  public var settings: [String: String] {
    PublishedDefect.settings(asPublished).merging(["lead": "\(lead)"]) { $1 }
  }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, channel: true)
    let channel = options.reading.channel ?? "1"
    guard let lead = Int(channel), (1...2).contains(lead) else {
      throw DatasetError.labels("--channel must be 1 or 2 for dreamer, not “\(channel)”")
    }
    return DREAMERDataset(lead: lead, asPublished: options.asPublished)
  }

  /// What each clip was chosen for, in the order of the clips (table I of the publication).
  private static let emotions = [
    "calmness", "surprise", "amusement", "fear", "excitement", "disgust", "happiness", "anger",
    "sadness", "disgust", "calmness", "amusement", "happiness", "anger", "fear", "excitement",
    "sadness", "surprise",
  ]
  private static let scores = [
    "arousal": "ScoreArousal", "valence": "ScoreValence", "dominance": "ScoreDominance",
  ]

  public func contents(of tree: DataTree) throws -> DatasetContents {
    guard let file = tree.first(named: "DREAMER.mat") else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path, expected: "the file DREAMER.mat, from \(source)")
    }
    let matlab: MATLABFile
    do { matlab = try tree.withURL(of: file) { try parse($0) } } catch let error as FormatError {
      throw DatasetError.file(file.container.path, "\(error)")
    }
    guard let root = matlab["DREAMER"], let data = root["Data"] else {
      throw DatasetError.file(
        file.container.path, "has no DREAMER.Data; it is not the DREAMER data set")
    }
    guard let rate = root["ECG_SamplingRate"]?.number, rate.isFinite, rate > 0 else {
      throw DatasetError.file(file.container.path, "has no DREAMER.ECG_SamplingRate")
    }
    let people = data.elements
    var contents = DatasetContents(
      dataset: name, labels: ["arousal", "valence", "dominance", "emotion"],
      persons: people.enumerated().map { index, value in
        let person = index < 9 ? "P0\(index + 1)" : "P\(index + 1)"
        return DatasetPerson(name: person, files: [file]) {
          recordings(of: person, in: value, rate, file)
        }
      })
    contents.scales = ["arousal": [1, 5], "valence": [1, 5], "dominance": [1, 5]]
    contents.notes = PublishedDefect.notes(asPublished)
    contents.leftOut = (people.count..<max(23, people.count)).map { index in
      LeftOut(
        person: index < 9 ? "P0\(index + 1)" : "P\(index + 1)", what: file.name, reason: .missing,
        detail: "\(people.count) of the 23 persons are in it")
    }
    return contents
  }

  /// All but the EEG and what was recorded before the clips, and of the ECG one lead.
  private func parse(_ url: URL) throws -> MATLABFile {
    try MATLABFile(at: url) { path in
      !path.contains("EEG") && !path.contains("baseline")
    } keeping: { path, value in
      guard path.contains("stimuli"), case .array(let array) = value else { return value }
      guard array.columns >= lead, array.rows > 1 else { return .skipped }
      return .array(
        MATLABArray(column: array.column(lead - 1).map { $0.isFinite ? Float($0) : .nan }))
    }
  }

  private func recordings(
    of person: String, in value: MATLABValue, _ rate: Double, _ file: DataFile
  ) -> PersonRecordings {
    var result = PersonRecordings()
    guard let clips = value["ECG"]?["stimuli"]?.elements else {
      result.leaveOut(
        file.name, of: person, .damaged, "there is no ECG.stimuli of this person")
      return result
    }
    var ratings = Self.scores.mapValues { value[$0]?.array }
    if asPublished.contains(.dominanceAsValence) { ratings["valence"] = ratings["dominance"] }
    result.notes.append("Lead: column \(lead) of 2 of ECG; the publication prefers neither")
    result.notes.append("Unit: not documented; amplitudes are taken as they are")
    for (number, clip) in clips.enumerated() {
      let name = number < 9 ? "clip0\(number + 1)" : "clip\(number + 1)"
      guard let array = clip.array, array.rows > 1 else {
        result.leaveOut(name, of: person, .incomplete, "there are no samples of lead \(lead)")
        continue
      }
      var labels: [String: String] = [:]
      if Self.emotions.indices.contains(number) { labels["emotion"] = Self.emotions[number] }
      for (label, scores) in ratings {
        guard let scores, number < scores.count, scores.element(number).isFinite else { continue }
        labels[label] = LabelRule.text(scores.element(number))
      }
      let samples = array.column(0).map { Float($0) }
      guard samples.contains(where: \.isFinite) else {
        result.leaveOut(name, of: person, .incomplete, "none of its samples is a number")
        continue
      }
      guard
        let recording = try? ECGRecording(
          samples: samples, samplingRate: rate, unit: .unknown, lead: "ECG \(lead)")
      else { continue }
      result.recordings.append(
        LabelledRecording(name: name, recording: recording, labels: labels))
    }
    return result
  }
}
