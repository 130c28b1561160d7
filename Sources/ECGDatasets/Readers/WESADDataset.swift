import ECGFormats
import ECGSignal
import Foundation

/// WESAD (Schmidt and others, ICMI 2018): 15 persons, chest ECG at 700 Hz in `SX/SX.pkl`.
///
/// A recording is an uninterrupted run of one protocol label: baseline (1), stress (2), amusement (3),
/// meditation (4, twice); transients and other codes are not used, and no window reaches across a
/// change of label. Labels: `condition`; `stress` (1 for stress, 0 for baseline and amusement, unknown
/// for meditation, as in the data set's own two-class task); and from `SX_quest.csv`, where it is
/// there, `arousal` and `valence` (1 to 9) and the items `panas_1` …, `stai_1` …, `sssq_1` … in the
/// order of the file.
///
/// Where only the recorder's own file `SX_respiban.txt` is there, or with the variant `respiban`, the
/// phases are those whose times `SX_quest.csv` states.
public struct WESADDataset: Dataset {
  public let name = "wesad"
  public let title = "WESAD: baseline, stress, amusement, meditation; chest ECG at 700 Hz"
  public let citation =
    "Schmidt P, Reiss A, Duerichen R, Marberger C, Van Laerhoven K. Introducing WESAD, a multimodal "
    + "dataset for wearable stress and affect detection. ICMI 2018"
  public let licence = "for research, not commercial; see the data set's readme"
  public let source =
    "https://archive.ics.uci.edu/dataset/465/wesad+wearable+stress+and+affect+detection"
  public let companions = [
    "*.pdf", "*_readme.txt", "*_e4_data.zip", "*_respiban.txt", "*_quest.csv", "*.pkl", "acc.csv",
    "bvp.csv", "eda.csv", "temp.csv", "hr.csv", "ibi.csv", "tags.csv", "info.txt",
  ]
  /// Whether to read the recorder's own files even where there are pickles.
  public let isFromRecorder: Bool
  /// Defects of the published code to repeat.
  public let asPublished: Set<PublishedDefect>

  /// How the data set is read.
  public init(isFromRecorder: Bool = false, asPublished: Set<PublishedDefect> = []) {
    self.isFromRecorder = isFromRecorder
    self.asPublished = asPublished
  }

  public var settings: [String: String] {
    PublishedDefect.settings(asPublished)
      .merging(isFromRecorder ? ["variant": "respiban"] : [:]) { $1 }
  }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, variants: ["pickle", "respiban"])
    let isFromRecorder = options.variant == "respiban"
    if isFromRecorder, options.asPublished.contains(.largestCode) {
      throw DatasetError.labels(
        "the recorder's own files hold no codes; leave --variant respiban or largest-code out")
    }
    return WESADDataset(isFromRecorder: isFromRecorder, asPublished: options.asPublished)
  }

  /// The persons that were published; S1 and S12 never were.
  private static let persons = ([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17]).map {
    "S\($0)"
  }
  /// Of the chest device, by the data set's readme.
  private static let samplingRate = 700.0
  private static let conditions = [1: "baseline", 2: "stress", 3: "amusement", 4: "meditation"]

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(
      dataset: name, labels: ["condition", "stress"] + WESADQuestionnaire.labels, persons: [])
    contents.scales = WESADQuestionnaire.scales
    contents.notes = PublishedDefect.notes(asPublished)
    for person in Self.persons {
      let ratings = tree.first(named: "\(person)_quest.csv")
      let pickle = isFromRecorder ? nil : tree.first(named: "\(person).pkl")
      let recorder = tree.first(named: "\(person)_respiban.txt")
      if let pickle {
        contents.persons.append(
          DatasetPerson(name: person, files: [pickle] + (ratings.map { [$0] } ?? [])) {
            read(person, pickle, ratings, in: tree)
          })
      } else if let recorder, let ratings {
        contents.persons.append(
          DatasetPerson(name: person, files: [recorder, ratings]) {
            Self.readRecorder(person, recorder, ratings, in: tree)
          })
      } else {
        contents.leftOut.append(
          LeftOut(
            person: person, what: isFromRecorder ? "\(person)_respiban.txt" : "\(person).pkl",
            reason: .missing, detail: "there is no such file"))
      }
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: (isFromRecorder
          ? "files such as S2/S2_respiban.txt with S2_quest.csv" : "files such as S2/S2.pkl")
          + ", from \(source)")
    }
    return contents
  }

  private func read(
    _ person: String, _ signals: DataFile, _ ratings: DataFile?, in tree: DataTree
  ) -> PersonRecordings {
    var result = PersonRecordings()
    let answers = Self.answers(of: person, ratings, in: tree, &result).mapValues(\.labels)
    do {
      let (samples, codes) = try tree.withURL(of: signals) { url in
        let root = try PickleTree(at: url).root
        guard let ecg = root["signal"]?["chest"]?["ECG"]?.array, let codes = root["label"]?.array,
          ecg.columns >= 1, codes.columns == 1
        else {
          throw DatasetError.file(
            signals.path, "there is no signal.chest.ECG with its label in it")
        }
        guard ecg.rows == codes.rows else {
          throw DatasetError.file(
            signals.path, "\(ecg.rows) samples of ECG, but \(codes.rows) of label")
        }
        return (
          try ecg.column(0, scaledBy: 1, path: signals.path),
          try codes.column(0, scaledBy: 1, path: signals.path)
        )
      }
      result.notes.append(
        "Lead: signal.chest.ECG, the one ECG there is; mV and 700 Hz by the data set's documentation, since "
          + "a pickle states neither")
      if asPublished.contains(.largestCode) {
        result.recordings = [try Self.session(samples, codes)]
      } else {
        result.recordings = try Self.runs(samples, codes, answers)
      }
      if result.recordings.isEmpty {
        result.leaveOut(
          signals.name, of: person, .incomplete, "none of its labels is a condition (1 to 4)")
      }
    } catch {
      result.leaveOut(signals.name, of: person, .damaged, "\(error)")
    }
    return result
  }

  /// The uninterrupted runs of the conditions.
  private static func runs(
    _ samples: [Float], _ codes: [Float], _ answers: [String: [String: String]]
  ) throws -> [LabelledRecording] {
    var meditations = 0
    return try LabelRuns(of: codes).runs.compactMap { run in
      guard let condition = conditions[run.code] else { return nil }
      var name = condition
      if condition == "meditation" {
        meditations += 1
        name += "-\(meditations)"
      }
      return LabelledRecording(
        name: name,
        recording: try ECGRecording(
          samples: Array(samples[run.range]), samplingRate: samplingRate, unit: .millivolts,
          lead: "chest"),
        start: Double(run.range.lowerBound) / samplingRate,
        labels: labels(of: condition).merging(answers[name] ?? [:]) { $1 })
    }
  }

  private static func labels(of condition: String) -> [String: String] {
    var labels = ["condition": condition]
    if condition != "meditation" { labels["stress"] = condition == "stress" ? "1" : "0" }
    return labels
  }

  /// As published: one recording, and each window has the largest code in it.
  private static func session(_ samples: [Float], _ codes: [Float]) throws -> LabelledRecording {
    LabelledRecording(
      name: "session",
      recording: try ECGRecording(
        samples: samples, samplingRate: samplingRate, unit: .millivolts, lead: "chest"),
      labels: [:]
    ) { start, end in
      let first = min(codes.count, Int((start * samplingRate).rounded()))
      let last = min(codes.count, Int((end * samplingRate).rounded()))
      let largest = codes[first..<max(first, last)].max() ?? 0
      return Int(exactly: largest.rounded()).flatMap { conditions[$0] }.map(labels)
    }
  }

  private static func answers(
    of person: String, _ ratings: DataFile?, in tree: DataTree, _ result: inout PersonRecordings
  ) -> [String: WESADQuestionnaire.Phase] {
    guard let ratings else {
      result.leaveOut(
        "\(person)_quest.csv", of: person, .missing,
        "there is no such file; the answers to the questionnaires are not known")
      return [:]
    }
    do {
      let questionnaire = try tree.withURL(of: ratings) {
        try WESADQuestionnaire(at: $0)
      }
      for problem in questionnaire.problems {
        result.leaveOut(ratings.name, of: person, .damaged, problem)
      }
      return questionnaire.phases
    } catch {
      result.leaveOut(
        ratings.name, of: person, .damaged,
        "\(error); the answers to the questionnaires are not known")
      return [:]
    }
  }

  /// The phases of the recorder's own file, by the times in the questionnaire.
  private static func readRecorder(
    _ person: String, _ signals: DataFile, _ ratings: DataFile, in tree: DataTree
  ) -> PersonRecordings {
    var result = PersonRecordings()
    let phases = answers(of: person, ratings, in: tree, &result)
    result.notes.append(
      "Phases: by the times in SX_quest.csv, since the recorder's own file holds no labels")
    result.add(signals, of: person, in: tree) { loaded in
      phases.sorted { ($0.value.start ?? 0) < ($1.value.start ?? 0) }.compactMap { name, phase in
        guard let start = phase.start, let end = phase.end,
          let part = loaded.recording.part(from: start, to: end)
        else { return nil }
        let condition = String(name.prefix { $0 != "-" })
        return LabelledRecording(
          name: name, recording: part, start: start,
          labels: labels(of: condition).merging(phase.labels) { $1 })
      }
    }
    if result.recordings.isEmpty, result.leftOut.isEmpty {
      result.leaveOut(
        signals.name, of: person, .incomplete, "no phase of \(ratings.name) lies in it")
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
