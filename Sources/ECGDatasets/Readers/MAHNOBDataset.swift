import ECGFormats
import ECGSignal
import Foundation

/// MAHNOB-HCI (Soleymani and others, 2012): 27 persons, 20 videos, BDF files with `session.xml` beside
/// them, `Sessions/<n>/Part_<p>_S_Trial<t>_emotion.bdf`.
///
/// A recording is a video, told from the thirty seconds before and after it by the pulses of the channel
/// `Status`. The lead is the difference of two chest electrodes, EXG2 − EXG1 unless another pair is
/// asked for. Labels: `arousal`, `valence`, `control`, `predictability` (1 to 9), `emotion` (by name) and
/// `video`. Sessions without ratings are not used.
public struct MAHNOBDataset: Dataset {
  public let name = "mahnob"
  public let title = "MAHNOB-HCI: 20 videos with felt emotions; ECG at 256 Hz"
  public let citation =
    "Soleymani M, Lichtenauer J, Pun T, Pantic M. A multimodal database for affect recognition and "
    + "implicit tagging. IEEE Transactions on Affective Computing 3(1):42-55, 2012"
  public let licence = "by signed agreement, for research"
  public let source = "https://mahnob-db.eu/hci-tagging/"
  public let companions = [
    "session.xml", "*.bdf", "*.avi", "*.wmv", "*.mp4", "*.wav", "*.tsv", "*.pdf", "*.txt",
    "*.aud", "*.png", "*.jpg",
  ]
  /// The electrodes whose difference is taken, first minus second; a second one of nil takes the first
  /// as it is.
  public let electrodes: Electrodes

  /// A pair of electrodes, or one.
  public struct Electrodes: Sendable, Hashable {
    /// The electrode that counts positive.
    public var positive: String
    /// The one that is taken away, if any.
    public var negative: String?
    /// EXG2 minus EXG1: lead I if they sat on the left and the right collar bone, which nothing confirms.
    public static let standard = Electrodes(positive: "EXG2", negative: "EXG1")
  }

  /// How the data set is read.
  public init(electrodes: Electrodes = .standard) { self.electrodes = electrodes }

  public var settings: [String: String] { ["lead": "\(electrodes)"] }

  public func reading(by options: DatasetOptions) throws -> any Dataset {
    try options.allow(in: self, channel: true)
    guard let channel = options.reading.channel else { return self }
    let parts = channel.uppercased().split(separator: "-").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard (1...2).contains(parts.count) else {
      throw DatasetError.labels(
        "--channel must be one electrode or a difference such as EXG2-EXG1 for mahnob, not "
          + "“\(channel)”")
    }
    return MAHNOBDataset(
      electrodes: Electrodes(positive: parts[0], negative: parts.count == 2 ? parts[1] : nil))
  }

  private static let emotions = [
    "0": "neutral", "1": "anger", "2": "disgust", "3": "fear", "4": "joy", "5": "sadness",
    "6": "surprise", "11": "amusement", "12": "anxiety",
  ]
  private static let ratings = [
    "arousal": "feltArsl", "valence": "feltVlnc", "control": "feltCtrl",
    "predictability": "feltPred",
  ]
  /// Persons whose signals are in the data set, by its publication.
  private static let published = 27
  /// Seconds recorded before and after each video.
  private static let around = 30.0

  private struct Session: Sendable {
    let name: String
    let bdf: DataFile
    let attributes: [String: String]
  }

  public func contents(of tree: DataTree) throws -> DatasetContents {
    var contents = DatasetContents(
      dataset: name,
      labels: ["arousal", "valence", "control", "predictability", "emotion", "video"], persons: [])
    for label in Self.ratings.keys { contents.scales[label] = [1, 9] }
    let descriptions = tree.all(named: "session.xml")
    guard !descriptions.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "folders with a session.xml and a .bdf, such as Sessions/2, from \(source)")
    }
    let signals = Dictionary(
      grouping: tree.files.filter { $0.name.lowercased().hasSuffix(".bdf") }, by: \.folder)
    var persons: [Int: [Session]] = [:]
    for file in descriptions {
      let folder = file.folder
      let session = folder.split(separator: "/").last.map(String.init) ?? "session"
      do {
        let (attributes, person) = try tree.withURL(of: file) { try Self.session(at: $0) }
        guard attributes["isStim"] != "0" else { continue }
        guard let bdf = signals[folder]?.first else {
          contents.leftOut.append(
            LeftOut(
              person: "P\(person)", what: "\(folder)/*.bdf", reason: .missing,
              detail: "there is no such file"))
          continue
        }
        persons[person, default: []].append(
          Session(name: session, bdf: bdf, attributes: attributes))
      } catch {
        contents.leftOut.append(
          LeftOut(person: nil, what: file.path, reason: .damaged, detail: "\(error)"))
      }
    }
    contents.tables = descriptions
    if persons.count < Self.published {
      contents.notes.append(
        "Persons: \(persons.count) of the \(Self.published) that were published; names of files do not "
          + "tell which others there should be")
    }
    contents.persons = persons.sorted { $0.key < $1.key }.map { number, sessions in
      let ordered = sessions.sorted {
        $0.name.compare($1.name, options: .numeric) == .orderedAscending
      }
      return DatasetPerson(name: "P\(number)", files: ordered.map(\.bdf)) {
        var result = PersonRecordings()
        for session in ordered { read(session, of: "P\(number)", in: tree, &result) }
        return result
      }
    }
    return contents
  }

  private func read(
    _ session: Session, of person: String, in tree: DataTree, _ result: inout PersonRecordings
  ) {
    do {
      let (recording, status) = try tree.withURL(of: session.bdf) { url in
        let file = try openChannelFile(at: url)
        return (try lead(in: file, session.bdf.path), try file.values(named: "status"))
      }
      let bounds = Self.video(status, recording)
      result.notes.append(
        "Lead: \(recording.lead ?? ""), "
          + (electrodes == .standard
            ? "lead I if the electrodes sat on the collar bones" : "as asked for"))
      result.notes.append(
        bounds.isMarked
          ? "Video: between the pulses of Status"
          : "Video: without thirty seconds at either end, since Status has no two pulses")
      guard let part = recording.part(from: bounds.start, to: bounds.end) else {
        result.leaveOut(
          session.bdf.name, of: person, .incomplete, "nothing of a video is in it")
        return
      }
      var labels = Self.ratings.compactMapValues { session.attributes[$0] }
      labels["emotion"] = session.attributes["feltEmo"].flatMap { Self.emotions[$0] }
      labels["video"] = session.attributes["mediaFile"]
      result.recordings.append(
        LabelledRecording(
          name: "session-\(session.name)", recording: part, start: bounds.start, labels: labels))
    } catch {
      result.leaveOut(session.bdf.path, of: person, .damaged, "\(error)")
    }
  }

  private func lead(in file: any ChannelFile, _ path: String) throws -> ECGRecording {
    func electrode(_ name: String) throws -> (samples: [Float], ChannelDescription) {
      guard let index = file.channels.firstIndex(where: { $0.name.uppercased() == name }) else {
        throw DatasetError.file(
          path,
          "has no channel \(name); it has \(file.channels.map(\.name).joined(separator: ", "))")
      }
      let channel = file.channels[index]
      guard let unit = channel.unit.flatMap(VoltageUnit.init(named:)) else {
        throw DatasetError.file(path, "\(name) has no unit of voltage")
      }
      return (try file.samples(of: index, scaledBy: unit.millivolts).values, channel)
    }
    let (positive, channel) = try electrode(electrodes.positive)
    guard let rate = channel.samplingRate else {
      throw DatasetError.file(path, "the rate is not stated")
    }
    var samples = positive
    var name = electrodes.positive
    if let other = electrodes.negative {
      let (negative, _) = try electrode(other)
      guard negative.count == positive.count else {
        throw DatasetError.file(path, "\(other) has another rate than \(electrodes.positive)")
      }
      samples = zip(positive, negative).map { $0 - $1 }
      name += " − \(other)"
    }
    return try ECGRecording(samples: samples, samplingRate: rate, unit: .millivolts, lead: name)
  }

  /// Where the video is: between the first and the last rise of the low 16 bits of Status to 16.
  private static func video(
    _ status: [Float]?, _ recording: ECGRecording
  ) -> (start: Double, end: Double, isMarked: Bool) {
    var pulses: [Int] = []
    var last = 0
    for (index, value) in (status ?? []).enumerated() {
      let code = value.isFinite ? (Int(exactly: value.rounded()) ?? 0) & 0xFFFF : 0
      if code == 16, last != 16 { pulses.append(index) }
      last = code
    }
    if let first = pulses.first, let end = pulses.last, end > first {
      return (
        Double(first) / recording.samplingRate, Double(end) / recording.samplingRate, true
      )
    }
    return (around, recording.duration - around, false)
  }

  /// The attributes of the session, and the person's number.
  private static func session(at url: URL) throws -> ([String: String], Int) {
    var scanner = XMLScanner(try openBytes(at: url))
    var attributes: [String: String] = [:]
    var person: Int?
    do {
      while let event = try scanner.next() {
        guard case .start(let name, let values) = event else { continue }
        if name == "session" { attributes = values }
        if name == "subject" { person = values["id"].flatMap { Int($0) } }
      }
    } catch let damage as XMLScanner.Damage {
      throw DatasetError.file(url.path, "is no sound XML: \(damage.what)")
    }
    guard let person, !attributes.isEmpty else {
      throw DatasetError.file(url.path, "names no session and subject")
    }
    return (attributes, person)
  }
}
