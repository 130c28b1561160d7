import ECGFormats
import ECGSignal
import Foundation

/// AMIGOS (Miranda-Correa and others, 2021): 40 persons, 16 short and 4 long videos; ECG at 128 Hz in
/// `Data_Preprocessed_Pxx.mat`, or as recorded at 256 Hz in `Data_Original_Pxx.mat`.
///
/// A recording is a video. Of the prepared files the five seconds before each are cut off. Labels, from
/// the self-assessment in the prepared files or in `SelfAsessment.xlsx`: `arousal`, `valence`,
/// `dominance`, `liking`, `familiarity` (1 to 9); the emotions `neutral` to `sadness` (0, 1); `length`
/// (`short`, `long`); and from others' annotations of each 20 s, in the prepared files or in
/// `External_Annotations.xlsx`, `external_valence` and `external_arousal` (−1 to 1), the mean over a
/// window. Trials without samples or without answers are left out, persons are not.
public struct AMIGOSDataset: Dataset {
  public let name = "amigos"
  public let title = "AMIGOS: 16 short and 4 long videos with self-assessment; ECG at 128 or 256 Hz"
  public let citation =
    "Miranda-Correa JA, Abadi MK, Sebe N, Patras I. AMIGOS: a dataset for affect, personality and "
    + "mood research on individuals and groups. IEEE Transactions on Affective Computing "
    + "12(2):479-493, 2021"
  public let licence = "by signed agreement: for research, not to be passed on"
  public let source = "https://www.eecs.qmul.ac.uk/mmv/datasets/amigos/"
  public let companions = [
    "*.xlsx", "*.pdf", "*.txt", "*.avi", "*.mp4", "*.mov", "data_preprocessed_p*.mat",
    "data_original_p*.mat", "matlab_code*", "*.m",
  ]
  /// Which of the two leads.
  public let lead: Lead
  /// Which of the two versions of the files; nil takes what is there, the prepared ones first.
  public let variant: Variant?
  /// Defects of the published code to repeat.
  public let asPublished: Set<PublishedDefect>

  /// A lead of the recorder.
  public enum Lead: Int, Codable, Sendable {
    /// Right arm, column 15 of the prepared data.
    case right = 14
    /// Left arm, column 16.
    case left = 15
  }

  /// A version of the files.
  public enum Variant: String, Codable, CaseIterable, Sendable {
    /// `Data_Preprocessed_Pxx.mat`, 128 Hz.
    case preprocessed
    /// `Data_Original_Pxx.mat`, 256 Hz.
    case original
  }

  /// How the data set is read.
  public init(
    lead: Lead = .right, variant: Variant? = nil, asPublished: Set<PublishedDefect> = []
  ) {
    self.lead = lead
    self.variant = variant
    self.asPublished = asPublished
  }

  public var settings: [String: String] {
    PublishedDefect.settings(asPublished)
      .merging(["lead": "\(lead)", "variant": variant?.rawValue ?? ""]) { $1 }
  }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(
      in: self, channel: true, variants: Variant.allCases.map(\.rawValue))
    let lead: Lead
    switch options.reading.channel?.lowercased() {
    case nil, "right", "ecg right": lead = .right
    case "left", "ecg left": lead = .left
    case .some(let other):
      throw DatasetError.labels("--channel must be right or left for amigos, not “\(other)”")
    }
    return AMIGOSDataset(
      lead: lead, variant: options.variant.flatMap(Variant.init), asPublished: options.asPublished)
  }

  static let labels = [
    "arousal", "valence", "dominance", "liking", "familiarity", "neutral", "disgust", "happiness",
    "surprise", "anger", "fear", "sadness",
  ]
  /// The videos by their numbers from 1; the last four are the long ones.
  static let catalogue = [
    "4", "5", "9", "10", "13", "18", "19", "20", "23", "30", "31", "34", "36", "58", "80", "138",
    "N1", "P1", "B1", "U1",
  ]
  private static let longVideos = Set(catalogue.suffix(4))
  /// Seconds of each prepared trial before the video begins.
  static let before = 5.0

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(
      dataset: name, labels: Self.labels + ["length"] + AMIGOSAnnotation.labels, persons: [])
    for label in Self.labels.prefix(5) { contents.scales[label] = [1, 9] }
    for label in AMIGOSAnnotation.labels { contents.scales[label] = [-1, 1] }
    contents.notes = PublishedDefect.notes(asPublished)
    // The official name lacks an s.
    let answers = table("SelfAsessment.xlsx", "SelfAssessment.xlsx", in: tree, &contents) {
      try AMIGOSAnswers($0, path: $1)
    }
    let annotations = table("External_Annotations.xlsx", in: tree, &contents) {
      try AMIGOSAnnotations($0, path: $1)
    }
    if let note = annotations?.note { contents.notes.append(note) }
    let wanted = variant.map { [$0] } ?? Variant.allCases
    for number in 1...40 {
      let person = number < 10 ? "P0\(number)" : "P\(number)"
      let names = wanted.map {
        (variant: $0, name: "Data_\($0.rawValue.capitalized)_\(person).mat")
      }
      let found = names.lazy.compactMap { variant, name in
        tree.first(named: name).map { (variant, $0) }
      }
      if let (variant, file) = found.first {
        contents.persons.append(
          DatasetPerson(name: person, files: [file]) {
            read(
              person, number, file, variant, answers ?? AMIGOSAnswers(),
              annotations ?? AMIGOSAnnotations(), in: tree)
          })
      } else {
        contents.leftOut.append(
          LeftOut(
            person: person, what: names[0].name, reason: .missing, detail: "there is no such file"))
      }
    }
    guard !contents.persons.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "files such as Data_Preprocessed_P01.mat or Data_Original_P01.mat, from \(source)"
      )
    }
    return contents
  }

  /// A workbook under one of its names; nil if it is not there, or cannot be used.
  private func table<Content>(
    _ names: String..., in tree: DataTree, _ contents: inout DatasetContents,
    _ read: (Workbook, _ path: String) throws -> Content
  ) -> Content? {
    guard let file = names.lazy.compactMap({ tree.first(named: $0) }).first else { return nil }
    contents.tables.append(file)
    do {
      return try tree.withURL(of: file) { try read(Workbook(at: $0), file.path) }
    } catch {
      contents.leftOut.append(
        LeftOut(person: nil, what: file.name, reason: .damaged, detail: "\(error)"))
      return nil
    }
  }

  private func read(
    _ person: String, _ number: Int, _ file: DataFile, _ variant: Variant,
    _ answers: AMIGOSAnswers, _ annotations: AMIGOSAnnotations, in tree: DataTree
  ) -> PersonRecordings {
    var result = PersonRecordings()
    let isOriginal = variant == .original
    // The order of the original's leads is that of most loaders; authors differ.
    let column = isOriginal ? (lead == .left ? 1 : 2) : lead.rawValue
    let trialsName = isOriginal ? "ECG_DATA" : "joined_data"
    let matlab: MATLABFile
    do {
      matlab = try tree.withURL(of: file) { url in
        try MATLABFile(at: url) {
          $0.first != "EEG_DATA" && $0.first != "GSR_DATA"
        } keeping: {
          path, value in
          guard path.first == trialsName, case .array(let array) = value else { return value }
          guard array.columns > column, array.rows > 1 else { return .skipped }
          return .array(
            MATLABArray(column: array.column(column).map { $0.isFinite ? Float($0) : .nan }))
        }
      }
    } catch {
      result.leaveOut(file.name, of: person, .damaged, "\(error)")
      return result
    }
    let trials = matlab[trialsName]?.elements ?? []
    let own = isOriginal ? [] : matlab["labels_selfassessment"]?.elements ?? []
    guard !trials.isEmpty, isOriginal || trials.count == own.count else {
      result.leaveOut(
        file.name, of: person, .damaged,
        isOriginal
          ? "there is no ECG_DATA"
          : "there are no joined_data and labels_selfassessment of equal length")
      return result
    }
    let external = matlab["labels_ext_annotation"]?.elements ?? []
    let videos = matlab["VideoIDs"]?.elements.map { $0.text.map(AMIGOSAnswers.video) } ?? []
    result.notes.append(
      "Lead: ECG \(lead), column \(column + 1) of \(trialsName)"
        + (isOriginal ? "; published loaders do not agree which of columns 2 and 3 is which" : ""))
    result.notes.append(
      "Unit: not documented; amplitudes are taken as they are. Rate: \(isOriginal ? 256 : 128) Hz by the data "
        + "set's documentation, since the files do not state it")
    for (index, trial) in trials.enumerated() {
      let video = videos.indices.contains(index) ? videos[index] : nil
      let name = "video-" + (video ?? "\(index + 1)")
      guard let samples = Self.samples(of: trial, cutting: isOriginal ? 0 : Self.before) else {
        result.leaveOut(name, of: person, .incomplete, "there are no samples")
        continue
      }
      guard samples.contains(where: \.isFinite) else {
        result.leaveOut(name, of: person, .incomplete, "none of its samples is a number")
        continue
      }
      let scores =
        own.indices.contains(index)
        ? Self.scores(own[index]) : video.flatMap { answers[number, $0] } ?? [:]
      var labels = scores.isEmpty ? video.flatMap { answers[number, $0] } ?? [:] : scores
      guard !labels.isEmpty else {
        result.leaveOut(name, of: person, .incomplete, "there is no self-assessment")
        continue
      }
      if asPublished.contains(.dominanceAsValence) { labels["valence"] = labels["dominance"] }
      labels["length"] = Self.longVideos.contains(video ?? "") ? "long" : "short"
      let start = isOriginal ? 0 : Self.before
      // The prepared files' own annotation comes first; it is that of the table.
      let inTable = video.flatMap { annotations[number, $0] }
      let inFile = external.indices.contains(index) ? AMIGOSAnnotation(external[index]) : nil
      let annotation = inFile ?? inTable
      if let inFile, let inTable, let multiple = inFile.multiple(of: inTable),
        abs(multiple - 1) > 0.02
      {
        result.notes.append(
          "External annotation: the prepared files hold \(LabelRule.text((multiple * 100).rounded() / 100)) "
            + "times the annotators' mean of External_Annotations.xlsx; their own values are taken")
      }
      guard
        let recording = try? ECGRecording(
          samples: samples, samplingRate: isOriginal ? 256 : 128, unit: .unknown,
          lead: "ECG \(lead)")
      else { continue }
      let length = start + recording.duration
      if let annotation, let problem = annotation.problem(in: length) {
        result.notes.append("External annotation: \(problem)")
      }
      result.recordings.append(
        LabelledRecording(
          name: name, recording: recording, start: start, labels: labels,
          windowLabels: annotation?.labels(in: length)))
    }
    return result
  }

  private static func samples(of trial: MATLABValue, cutting seconds: Double) -> [Float]? {
    guard let array = trial.array, array.rows > Int(seconds * 128) else { return nil }
    return array.column(0).dropFirst(Int(seconds * 128)).map { Float($0) }
  }

  private static func scores(_ answer: MATLABValue) -> [String: String] {
    guard let scores = answer.array, scores.count >= 2 else { return [:] }
    var labels: [String: String] = [:]
    for (number, label) in Self.labels.enumerated() where number < scores.count {
      let score = scores.element(number)
      if score.isFinite { labels[label] = LabelRule.text(score) }
    }
    return labels
  }
}
