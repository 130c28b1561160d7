import ECGFormats
import ECGSignal
import Foundation

/// WESAD (Schmidt and others, ICMI 2018): 15 persons, chest ECG at 700 Hz in `SX/SX.pkl`.
///
/// A recording is an uninterrupted run of one protocol label: baseline (1), stress (2), amusement (3),
/// meditation (4, twice); transients and other codes are not used, and no window reaches across a
/// change of label. Labels: `condition`; `stress` (1 for stress, 0 for baseline and amusement, unknown
/// for meditation, as in the data set's own two-class task); `arousal` and `valence`, the ratings from
/// 1 to 9 in `SX_quest.csv` where it is there.
public struct WESADDataset: Dataset {
  public let name = "wesad"
  public let title = "WESAD: baseline, stress, amusement, meditation; chest ECG at 700 Hz"
  public let citation =
    "Schmidt P, Reiss A, Duerichen R, Marberger C, Van Laerhoven K. Introducing WESAD, a multimodal "
    + "dataset for wearable stress and affect detection. ICMI 2018"
  public let licence = "for research, not commercial; see the data set's readme"
  public let source =
    "https://archive.ics.uci.edu/dataset/465/wesad+wearable+stress+and+affect+detection"

  /// How the data set is read; there is nothing to set.
  public init() {}

  /// The persons that were published; S1 and S12 never were.
  private static let persons = ([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17]).map {
    "S\($0)"
  }
  /// Of the chest device, by the data set's readme.
  private static let samplingRate = 700.0
  private static let conditions = [1: "baseline", 2: "stress", 3: "amusement", 4: "meditation"]

  public func contents(of folder: URL) throws -> DatasetContents {
    let files = try FolderSearch(folder)
    var contents = DatasetContents(
      dataset: name, labels: ["condition", "stress", "arousal", "valence"], persons: [])
    contents.scales = ["arousal": [1, 9], "valence": [1, 9]]
    var absent: [String] = []
    for person in Self.persons {
      guard let signals = files.first(named: "\(person).pkl") else {
        absent.append(person)
        continue
      }
      let ratings = files.first(named: "\(person)_quest.csv")
      contents.persons.append(
        DatasetPerson(name: person, files: [signals] + (ratings.map { [$0] } ?? [])) {
          Self.read(person, signals, ratings)
        })
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: folder.path, expected: "files such as S2/S2.pkl, from \(source)")
    }
    contents.leftOut = absent.map {
      LeftOut(person: $0, what: "\($0).pkl", reason: .missing, detail: "there is no such file")
    }
    return contents
  }

  private static func read(_ person: String, _ signals: URL, _ ratings: URL?) -> PersonRecordings {
    var result = PersonRecordings()
    func leaveOut(_ what: URL, _ reason: LeftOut.Reason, _ detail: String) {
      result.leftOut.append(
        LeftOut(person: person, what: what.lastPathComponent, reason: reason, detail: detail))
    }
    var answers: [String: WESADQuestionnaire.Rating] = [:]
    if let ratings {
      do { answers = try WESADQuestionnaire(at: ratings).ratings } catch {
        leaveOut(ratings, .damaged, "\(error); the ratings of arousal and valence are not known")
      }
    } else {
      result.leftOut.append(
        LeftOut(
          person: person, what: "\(person)_quest.csv", reason: .missing,
          detail: "there is no such file; the ratings of arousal and valence are not known"))
    }
    do {
      let root = try PickleTree(at: signals).root
      guard let ecg = root["signal"]?["chest"]?["ECG"]?.array, let codes = root["label"]?.array,
        ecg.columns >= 1, codes.columns == 1
      else {
        leaveOut(signals, .damaged, "there is no signal.chest.ECG with its label in it")
        return result
      }
      guard ecg.rows == codes.rows else {
        leaveOut(
          signals, .damaged, "\(ecg.rows) samples of ECG, but \(codes.rows) of label")
        return result
      }
      let samples = try ecg.column(0, scaledBy: 1, path: signals.path)
      let runs = LabelRuns(of: try codes.column(0, scaledBy: 1, path: signals.path))
      result.notes.append("Lead: signal.chest.ECG, the one ECG there is")
      var meditations = 0
      for run in runs.runs {
        guard let condition = conditions[run.code] else { continue }
        var name = condition
        if condition == "meditation" {
          meditations += 1
          name += "-\(meditations)"
        }
        var labels = ["condition": condition]
        if condition != "meditation" { labels["stress"] = condition == "stress" ? "1" : "0" }
        if let rating = answers[name] {
          labels["arousal"] = rating.arousal
          labels["valence"] = rating.valence
        }
        result.recordings.append(
          LabelledRecording(
            name: name,
            recording: try ECGRecording(
              samples: Array(samples[run.range]), samplingRate: samplingRate, unit: .millivolts,
              lead: "chest"),
            start: Double(run.range.lowerBound) / samplingRate, labels: labels))
      }
      if result.recordings.isEmpty {
        leaveOut(signals, .incomplete, "none of its labels is a condition (1 to 4)")
      }
    } catch {
      leaveOut(signals, .damaged, "\(error)")
    }
    return result
  }
}

/// Uninterrupted runs of equal codes.
struct LabelRuns {
  struct Run {
    let code: Int
    let range: Range<Int>
  }
  private(set) var runs: [Run] = []

  init(of codes: [Float]) {
    var start = 0
    for index in codes.indices where index + 1 == codes.count || codes[index + 1] != codes[index] {
      // A code that is no number belongs to no condition.
      let code = codes[index].isFinite ? Int(exactly: codes[index].rounded()) ?? 0 : 0
      runs.append(Run(code: code, range: start..<index + 1))
      start = index + 1
    }
  }
}

/// The self-assessments in `SX_quest.csv`: lines that begin with `# ORDER` (the phases) and `# DIM`
/// (valence and arousal after each of them, in that order).
struct WESADQuestionnaire {
  struct Rating: Sendable {
    let valence: String
    let arousal: String
  }
  /// By the recording's name.
  private(set) var ratings: [String: Rating] = [:]

  init(at url: URL) throws {
    let text: String
    do { text = String(decoding: try Data(contentsOf: url), as: UTF8.self) } catch {
      throw DatasetError.file(url.path, "cannot be read")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ";", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    func rows(_ key: String) -> [[String]] {
      lines.filter { $0.first?.uppercased() == "# \(key)" }.map { Array($0.dropFirst()) }
    }
    guard let order = rows("ORDER").first else {
      throw DatasetError.table(url.path, row: nil, "there is no line “# ORDER”")
    }
    // Reading aloud before and after is in the order, but nothing was asked about it.
    let phases = order.compactMap(Self.recording)
    let answers = rows("DIM").map { $0.filter { !$0.isEmpty } }
    guard answers.count == phases.count, answers.allSatisfy({ $0.count == 2 }) else {
      throw DatasetError.table(
        url.path, row: nil,
        "\(phases.count) pairs of ratings were expected in lines “# DIM”, \(answers.count) were found"
      )
    }
    for (phase, answer) in zip(phases, answers) {
      ratings[phase] = Rating(valence: answer[0], arousal: answer[1])
    }
  }

  private static func recording(_ phase: String) -> String? {
    switch phase.lowercased() {
    case "base": "baseline"
    case "tsst": "stress"
    case "fun": "amusement"
    case "medi 1": "meditation-1"
    case "medi 2": "meditation-2"
    default: nil
    }
  }
}
