import ECGFormats
import ECGSignal
import Foundation

/// DREAMER (Katsigiannis and Ramzan, 2018): 23 persons, 18 film clips, ECG at 256 Hz in `DREAMER.mat`.
///
/// A recording is what was recorded during a clip; the minute before each is not used. Labels:
/// `arousal`, `valence` and `dominance`, rated 1 to 5; `emotion`, what the clip was chosen for. The
/// samples have no documented unit.
public struct DREAMERDataset: Dataset {
  public let name = "dreamer"
  public let title = "DREAMER: 18 film clips with arousal, valence and dominance; ECG at 256 Hz"
  public let citation =
    "Katsigiannis S, Ramzan N. DREAMER: a database for emotion recognition through EEG and ECG "
    + "signals from wireless low-cost off-the-shelf devices. IEEE Journal of Biomedical and Health "
    + "Informatics 22(1):98-107, 2018"
  public let licence = "by signed agreement, for research"
  public let source = "https://zenodo.org/records/546113"
  /// Which of the two leads, 1 or 2.
  public let lead: Int

  /// How the data set is read.
  /// - Parameter lead: 1 or 2; the publication prefers neither.
  public init(lead: Int = 1) { self.lead = lead == 2 ? 2 : 1 }

  /// What each clip was chosen for, in the order of the clips (table I of the publication).
  private static let emotions = [
    "calmness", "surprise", "amusement", "fear", "excitement", "disgust", "happiness", "anger",
    "sadness", "disgust", "calmness", "amusement", "happiness", "anger", "fear", "excitement",
    "sadness", "surprise",
  ]
  private static let scores = [
    "arousal": "ScoreArousal", "valence": "ScoreValence", "dominance": "ScoreDominance",
  ]

  public func contents(of folder: URL) throws -> DatasetContents {
    let search = try FolderSearch(folder)
    guard let file = search.first(named: "DREAMER.mat") else {
      throw DatasetError.nothingFound(
        dataset: name, folder: folder.path, expected: "the file DREAMER.mat, from \(source)")
    }
    let head: MATLABFile
    do { head = try MATLABFile(at: file) { !$0.contains("EEG") && !$0.contains("ECG") } } catch {
      throw DatasetError.file(file.path, "\(error)")
    }
    guard let root = head["DREAMER"], let data = root["Data"] else {
      throw DatasetError.file(file.path, "has no DREAMER.Data; it is not the DREAMER data set")
    }
    guard let rate = root["ECG_SamplingRate"]?.number, rate.isFinite, rate > 0 else {
      throw DatasetError.file(file.path, "has no DREAMER.ECG_SamplingRate")
    }
    let count = data.elements.count
    var contents = DatasetContents(
      dataset: name, labels: ["arousal", "valence", "dominance", "emotion"],
      persons: (0..<count).map { index in
        let person = index < 9 ? "P0\(index + 1)" : "P\(index + 1)"
        return DatasetPerson(name: person, files: [file]) {
          read(person, index, of: count, in: file, rate)
        }
      })
    contents.scales = ["arousal": [1, 5], "valence": [1, 5], "dominance": [1, 5]]
    if count < 23 {
      contents.leftOut = [
        LeftOut(
          person: nil, what: file.lastPathComponent, reason: .missing,
          detail: "\(count) of the 23 persons are in it")
      ]
    }
    return contents
  }

  private func read(
    _ person: String, _ index: Int, of count: Int, in file: URL, _ rate: Double
  ) -> PersonRecordings {
    var result = PersonRecordings()
    func leaveOut(_ what: String, _ reason: LeftOut.Reason, _ detail: String) {
      result.leftOut.append(LeftOut(person: person, what: what, reason: reason, detail: detail))
    }
    let matlab: MATLABFile
    do {
      // Of everybody else, and of the EEG, nothing is held.
      matlab = try MATLABFile(at: file) { path in
        let isOthers =
          count > 1 && path.count >= 3 && path[1] == "Data" && path[2] != "\(index)"
        return !isOthers && !path.contains("EEG") && !path.contains("baseline")
      }
    } catch {
      leaveOut(file.lastPathComponent, .damaged, "\(error)")
      return result
    }
    let people = matlab["DREAMER"]?["Data"]?.elements ?? []
    guard people.indices.contains(index),
      let clips = people[index]["ECG"]?["stimuli"]?.elements
    else {
      leaveOut(file.lastPathComponent, .damaged, "there is no ECG.stimuli of this person")
      return result
    }
    let ratings = Self.scores.mapValues { people[index][$0]?.array }
    result.notes.append("Lead: column \(lead) of 2 of ECG")
    for (number, clip) in clips.enumerated() {
      let name = number < 9 ? "clip0\(number + 1)" : "clip\(number + 1)"
      guard let array = clip.array, array.columns >= lead, array.rows > 1 else {
        leaveOut(name, .incomplete, "there are no samples of lead \(lead)")
        continue
      }
      var labels: [String: String] = [:]
      if Self.emotions.indices.contains(number) { labels["emotion"] = Self.emotions[number] }
      for (label, scores) in ratings {
        guard let scores, number < scores.count, scores.element(number).isFinite else { continue }
        labels[label] = LabelRule.text(scores.element(number))
      }
      guard
        let recording = try? ECGRecording(
          samples: array.column(lead - 1).map { $0.isFinite ? Float($0) : .nan },
          samplingRate: rate, unit: .unknown, lead: "ECG \(lead)")
      else { continue }
      result.recordings.append(
        LabelledRecording(name: name, recording: recording, labels: labels))
    }
    return result
  }
}
