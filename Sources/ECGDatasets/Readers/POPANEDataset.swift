import ECGFormats
import ECGSignal
import Foundation

/// POPANE (Behnke and others, 2022): seven studies with 1157 persons, ECG at 1000 Hz, a file for each
/// person and stimulus, `S1_P1_Baseline.csv`.
///
/// A recording is a file. `S1_P1_All.csv` holds the same samples as the person's other files, and those
/// between them, so it is not read. Labels: `stimulus`, what the file's name says, without a number at its end;
/// `affect`, the rating by joystick (0 to 10), the mean over a window; `study`.
public struct POPANEDataset: Dataset {
  public let name = "popane"
  public let title = "POPANE: seven studies of emotions with continuous ratings; ECG at 1000 Hz"
  public let citation =
    "Behnke M, Buchwald M, Bykowski A, Kupinski S, Kaczmarek LD. Psychophysiology of positive and "
    + "negative emotions, dataset of 1157 cases and 8 biosignals. Scientific Data 9:10, 2022"
  public let licence = "Creative Commons BY 4.0: any use, with credit"
  public let source = "https://doi.org/10.17605/OSF.IO/94BPX"
  public let companions = [
    "*_all.csv", "*.xlsx", "*.pdf", "*.txt", "*.py", "*.md", "*metadata*.csv",
  ]

  /// How the data set is read; there is nothing to set.
  public init() {}

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(
      dataset: name, labels: ["stimulus", "affect", "study"], persons: [])
    contents.scales = ["affect": [0, 10]]
    let all = tree.files { Self.Place(fileName: $0) != nil }.compactMap { file in
      Place(fileName: file.name).map { (place: $0, file: file) }
    }
    let named = all.filter { !$0.place.isWholeSession }
    let whole = all.filter(\.place.isWholeSession)
    guard !all.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as S1_P1_Baseline.csv, from \(source)")
    }
    let persons = Dictionary(grouping: named, by: \.place.person)
      .sorted { $0.key.compare($1.key, options: .numeric) == .orderedAscending }
    contents.persons = persons.map { person, files in
      DatasetPerson(name: person, files: files.map(\.file)) {
        var result = PersonRecordings()
        for (place, file) in files { Self.read(place, file, in: tree, &result) }
        return result
      }
    }
    let present = Set(persons.map(\.key))
    contents.leftOut = whole.filter { !present.contains($0.place.person) }.map { place, file in
      LeftOut(
        person: place.person, what: file.name, reason: .incomplete,
        detail: "the whole session alone is there; the stimuli's own files, such as "
          + "\(place.person)_Baseline.csv, are missing")
    }
    if !whole.isEmpty {
      contents.notes.append(
        "Whole sessions (*_All.csv) repeat the samples of the stimuli's files and are not read; there "
          + "\(whole.count == 1 ? "is 1" : "are \(whole.count)")")
    }
    if present.count < Self.published {
      contents.notes.append(
        "Persons: \(present.count) of the \(Self.published) that were published; names of files do not "
          + "tell which others there should be")
    }
    return contents
  }

  /// Persons in all seven studies.
  private static let published = 1157

  /// Study, person and stimulus in the name of a file.
  struct Place {
    let person: String
    let study: String
    let stimulus: String

    /// Whether it is the file of all stimuli together.
    var isWholeSession: Bool { stimulus.lowercased() == "all" }

    init?(fileName: String) {
      guard fileName.lowercased().hasSuffix(".csv") else { return nil }
      let parts = fileName.dropLast(4).split(separator: "_", maxSplits: 2).map(String.init)
      func isNumbered(_ part: String, _ letter: String) -> Bool {
        part.uppercased().hasPrefix(letter) && part.count > 1
          && part.dropFirst().allSatisfy(\.isNumber)
      }
      guard parts.count == 3, isNumbered(parts[0], "S"), isNumbered(parts[1], "P") else {
        return nil
      }
      study = parts[0].uppercased()
      person = study + "_" + parts[1].uppercased()
      stimulus = parts[2]
    }
  }

  private static func read(
    _ place: Place, _ file: DataFile, in tree: DataTree, _ result: inout PersonRecordings
  ) {
    do {
      let (loaded, ratings) = try tree.withURL(of: file) { url in
        (
          try readRecording(at: url, options: ReadingOptions(samplingRate: nil, channel: "ECG")),
          try openChannelFile(at: url).values(named: "affect")
        )
      }
      result.notes.append("Lead: ECG, the one ECG there is")
      result.notes += loaded.warnings.map { "Reading: \($0)" }
      let rate = loaded.recording.samplingRate
      let kind = place.stimulus.replacing(/[0-9]+$/, with: "")
      var recording = LabelledRecording(
        name: place.stimulus, recording: loaded.recording,
        labels: [
          "stimulus": (kind.isEmpty ? place.stimulus : kind).lowercased(), "study": place.study,
        ])
      if let ratings {
        let affect = ContinuousAnnotation(
          times: ratings.indices.map { Double($0) / rate }, values: ratings)
        recording.windowLabels = { start, end in
          affect.mean(from: start, to: end).map { ["affect": $0] } ?? [:]
        }
      }
      result.recordings.append(recording)
    } catch {
      result.leaveOut(file.name, of: place.person, .damaged, "\(error)")
    }
  }
}
