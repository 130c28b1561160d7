import ECGFormats
import ECGSignal
import Foundation

/// AMIGOS (Miranda-Correa and others, 2021): 40 persons, 16 short and 4 long videos, ECG at 128 Hz in
/// `Data_Preprocessed_Pxx.mat`.
///
/// A recording is a video; the five seconds before each begins are cut off. Labels, from the
/// self-assessment: `arousal`, `valence`, `dominance`, `liking`, `familiarity` (1 to 9); the emotions
/// `neutral` to `sadness` (0, 1); and `length` (`short`, `long`). Trials without samples or without
/// answers are left out, persons are not.
public struct AMIGOSDataset: Dataset {
  public let name = "amigos"
  public let title = "AMIGOS: 16 short and 4 long videos with self-assessment; ECG at 128 Hz"
  public let citation =
    "Miranda-Correa JA, Abadi MK, Sebe N, Patras I. AMIGOS: a dataset for affect, personality and "
    + "mood research on individuals and groups. IEEE Transactions on Affective Computing "
    + "12(2):479-493, 2021"
  public let licence = "by signed agreement, for research"
  public let source = "https://www.eecs.qmul.ac.uk/mmv/datasets/amigos/"
  /// Which of the two leads.
  public let lead: Lead

  /// A lead of the recorder.
  public enum Lead: Int, Codable, Sendable {
    /// Right arm, column 15 of the prepared data.
    case right = 14
    /// Left arm, column 16.
    case left = 15
  }

  /// How the data set is read.
  public init(lead: Lead = .right) { self.lead = lead }

  private static let samplingRate = 128.0
  /// Seconds of each trial before the video begins.
  private static let before = 5.0
  private static let labels = [
    "arousal", "valence", "dominance", "liking", "familiarity", "neutral", "disgust", "happiness",
    "surprise", "anger", "fear", "sadness",
  ]
  private static let longVideos: Set<String> = ["N1", "P1", "B1", "U1"]

  public func contents(of folder: URL) throws -> DatasetContents {
    let files = try FolderSearch(folder)
    var contents = DatasetContents(dataset: name, labels: Self.labels + ["length"], persons: [])
    for label in Self.labels.prefix(5) { contents.scales[label] = [1, 9] }
    for number in 1...40 {
      let person = number < 10 ? "P0\(number)" : "P\(number)"
      let wanted = "Data_Preprocessed_\(person).mat"
      if let file = files.first(named: wanted) {
        contents.persons.append(
          DatasetPerson(name: person, files: [file]) { read(person, file) })
      } else {
        contents.leftOut.append(
          LeftOut(person: person, what: wanted, reason: .missing, detail: "there is no such file"))
      }
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: folder.path,
        expected: "files such as Data_Preprocessed_P01.mat (unpacked), from \(source)")
    }
    return contents
  }

  private func read(_ person: String, _ file: URL) -> PersonRecordings {
    var result = PersonRecordings()
    func leaveOut(_ what: String, _ reason: LeftOut.Reason, _ detail: String) {
      result.leftOut.append(LeftOut(person: person, what: what, reason: reason, detail: detail))
    }
    let matlab: MATLABFile
    do {
      matlab = try MATLABFile(at: file) { $0.first != "labels_ext_annotation" }
    } catch {
      leaveOut(file.lastPathComponent, .damaged, "\(error)")
      return result
    }
    guard let trials = matlab["joined_data"]?.elements,
      let answers = matlab["labels_selfassessment"]?.elements, trials.count == answers.count
    else {
      leaveOut(
        file.lastPathComponent, .damaged,
        "there are no joined_data and labels_selfassessment of equal length")
      return result
    }
    let videos = matlab["VideoIDs"]?.elements.map(\.text) ?? []
    result.notes.append("Lead: ECG \(lead), column \(lead.rawValue + 1) of joined_data")
    for (index, (trial, answer)) in zip(trials, answers).enumerated() {
      let video = videos.indices.contains(index) ? videos[index] : nil
      let name = "video-" + (video ?? "\(index + 1)")
      guard let array = trial.array, array.columns > lead.rawValue, array.rows > 1 else {
        leaveOut(name, .incomplete, "there are no samples")
        continue
      }
      guard let scores = answer.array, scores.count >= 2 else {
        leaveOut(name, .incomplete, "there is no self-assessment")
        continue
      }
      let skipped = Int(Self.before * Self.samplingRate)
      let samples = array.column(lead.rawValue).dropFirst(skipped)
      guard samples.contains(where: \.isFinite) else {
        leaveOut(name, .incomplete, "none of its samples is a number")
        continue
      }
      var labels = ["length": Self.longVideos.contains(video ?? "") ? "long" : "short"]
      for (number, label) in Self.labels.enumerated() where number < scores.count {
        let score = scores.element(number)
        if score.isFinite { labels[label] = LabelRule.text(score) }
      }
      guard
        let recording = try? ECGRecording(
          samples: samples.map { $0.isFinite ? Float($0) : .nan },
          samplingRate: Self.samplingRate, unit: .unknown, lead: "ECG \(lead)")
      else { continue }
      result.recordings.append(
        LabelledRecording(name: name, recording: recording, start: Self.before, labels: labels))
    }
    return result
  }
}
