import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// The real recordings' facts, and real ECG in containers of the affect data sets, where they are at
/// hand (`shared/realdata`, its MANIFEST).
@Suite struct RealDatasetsTests {
  /// A folder in a data set's layout made of files of other names, and a person read from it.
  private func person(
    _ name: String, of dataset: any Dataset, _ files: [String: String]
  ) throws -> PersonRecordings? {
    guard let real = realRecordings("containers") else { return nil }
    return try withTemporaryFolder { folder in
      for (from, to) in files {
        let place = folder.appending(path: to)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: real.appending(path: from), to: place)
      }
      let contents = try dataset.contents(of: folder)
      return try #require(contents.persons.first { $0.name == name }).read()
    }
  }

  /// Beats a minute over the stretches of half a minute with a signal: an electrode of drive05 was off for
  /// some.
  private func heartRate(of recording: ECGRecording) throws -> Double {
    let length = Int(30 * recording.samplingRate)
    var beats: [Double] = []
    for start in stride(from: 0, to: max(1, recording.samples.count - length), by: length) {
      let part = try ECGRecording(
        samples: Array(recording.samples[start..<min(start + length, recording.samples.count)]),
        samplingRate: recording.samplingRate, unit: recording.unit)
      guard SignalFindings(of: part).flat.isEmpty else { continue }
      beats += RRIntervals(of: part).withoutArtefacts().durations
    }
    return 60 * Double(beats.count) / beats.reduce(0, +)
  }

  @Test func theHeartBeatsFasterInArithmetic() throws {
    guard let folder = realRecordings("eegmat") else { return }
    var rises: [Double] = []
    for person in try EEGMATDataset().contents(of: folder).persons {
      let read = try person.read()
      #expect(read.leftOut.isEmpty)
      try #require(read.recordings.map(\.name) == ["rest", "arithmetic"])
      let seconds = read.recordings.map(\.recording.duration)
      let rest: Double = person.name == "Subject04" ? 170 : person.name == "Subject10" ? 188 : 182
      #expect(abs(seconds[0] - rest) < 2 && abs(seconds[1] - 62) < 2, "\(person.name)")
      #expect(read.recordings.allSatisfy { $0.recording.samplingRate == 500 })
      try rises.append(
        heartRate(of: read.recordings[1].recording)
          - heartRate(of: read.recordings[0].recording))
    }
    #expect(rises.count == 28)
    let mean = rises.reduce(0, +) / Double(rises.count)
    #expect(abs(mean - 13) < 3, "\(mean) per minute")
    #expect(rises.count { $0 > 0 } >= 25)
  }

  @Test func theHeartBeatsFasterInTheCity() throws {
    guard let folder = realRecordings("drivedb") else { return }
    let read = try #require(DriveDBDataset().contents(of: folder).persons.first).read()
    let rates = try read.recordings.map { try heartRate(of: $0.recording) }
    let expected = [65.0, 78.7, 74.4, 77.1, 72.2, 77.1, 65.0]
    try #require(rates.count == expected.count)
    for (rate, value) in zip(rates, expected) { #expect(abs(rate - value) < 2, "\(rates)") }
  }

  @Test(arguments: [
    ("wesad_like_py27_10s_p2.pkl", 3500, Float(-0.07528094)),
    ("wesad_like_py27_1s_p0.pkl", 350, -0.06796131), ("wesad_like_py3_1s_p4.pkl", 350, -0.06796131),
  ])
  func wesadPicklesOfEveryKindAreRead(file: String, count: Int, first: Float) throws {
    guard let read = try person("S2", of: WESADDataset(), [file: "S2/S2.pkl"]) else { return }
    #expect(read.recordings.map(\.name) == ["baseline", "stress"])
    #expect(read.recordings.map(\.recording.samples.count) == [count, count])
    #expect(abs(read.recordings[0].recording.samples[0] - first) < 1e-7)
    #expect(read.recordings[0].recording.unit == .millivolts)
  }

  @Test func theRecordersOwnFileHasThePhasesOfTheQuestionnaire() throws {
    guard let real = realRecordings("containers") else { return }
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        at: real.appending(path: "S99_respiban.txt"), to: folder.appending(path: "S2_respiban.txt"))
      let lines = [
        "# ORDER;Base;TSST", "# START;0.01;0.06", "# END;0.05;0.09", "# DIM;7;2", "# DIM;3;8",
      ]
      try Data(lines.joined(separator: "\n").utf8).write(
        to: folder.appending(path: "S2_quest.csv"))
      let contents = try WESADDataset().contents(of: folder)
      let read = try #require(contents.persons.first).read()
      #expect(read.leftOut.isEmpty, "\(read.leftOut)")
      #expect(read.recordings.map(\.name) == ["baseline", "stress"])
      #expect(read.recordings.map(\.start) == [1, 6])
      #expect(read.recordings.map(\.recording.samples.count) == [2800, 2100])
      #expect(read.recordings.map(\.recording.samplingRate) == [700, 700])
      #expect(read.recordings[1].labels["stress"] == "1")
      #expect(read.recordings[1].labels["arousal"] == "8")
      // The third value of the file, (31513 / 65536 − 0.5) · 3 mV, is 2 / 700 s after the start.
      let early = try WESADDataset(isFromRecorder: true).contents(of: folder)
      #expect(early.persons.count == 1)
    }
  }

  @Test func dreamerIsReadFromAGenuineWriter() throws {
    guard let read = try person("P01", of: DREAMERDataset(), ["dreamer_like_v7.mat": "DREAMER.mat"])
    else { return }
    #expect(read.recordings.map(\.recording.samples.count) == [5120, 5376, 5632])
    #expect(read.recordings.map { $0.labels["valence"] } == ["1", "2", "3"])
    #expect(read.recordings[0].recording.samples.prefix(2) == [2040.0741, 2011.3236])
    let left = try person(
      "P01", of: DREAMERDataset(lead: 2), ["dreamer_like_v7.mat": "DREAMER.mat"])
    #expect(left?.recordings[0].recording.samples.first == 1975.9556)
  }

  @Test func amigosMissingAndNotANumberTrialsAreLeftOut() throws {
    let file = "amigos_like_Data_Preprocessed_P24.mat"
    guard
      let read = try person(
        "P24", of: AMIGOSDataset(), [file: "Data_Preprocessed_P24/Data_Preprocessed_P24.mat"])
    else { return }
    #expect(
      read.leftOut.map(\.what) == ["video-19", "video-N1", "video-B1", "video-U1"],
      "\(read.leftOut)")
    #expect(read.recordings.count == 16)
    #expect(read.recordings[0].recording.samples.count == 5120 - 640)
    #expect(read.recordings.map { $0.labels["arousal"] }.prefix(3) == ["1", "2", "3"])
    #expect(read.recordings.allSatisfy { $0.windowLabels?(5, 15)?["external_valence"] != nil })
  }

  @Test func caseVideosHaveTheirRatings() throws {
    let files = [
      "case_like_sub_1.csv": "interpolated/physiological/sub_1.csv",
      "case_like_annotation_sub_1.csv": "interpolated/annotations/sub_1.csv",
    ]
    guard let read = try person("sub_1", of: CASEDataset(), files) else { return }
    #expect(read.recordings.map(\.name) == ["video-1"])
    #expect(read.recordings[0].recording.samplingRate == 1000)
    #expect(read.recordings[0].recording.samples.count == 5000)
    #expect(read.recordings[0].start == 5)
    #expect(read.recordings[0].windowLabels?(5, 10)?.keys.sorted() == ["arousal", "valence"])
  }

  @Test func mahnobSessionsHaveTheirRatings() throws {
    let files = [
      "mahnob_like_Part_1_S_Trial1_emotion.bdf": "Sessions/2/Part_1_S_Trial1_emotion.bdf",
      "mahnob_like_session.xml": "Sessions/2/session.xml",
    ]
    guard let read = try person("P1", of: MAHNOBDataset(), files) else { return }
    #expect(read.leftOut.isEmpty, "\(read.leftOut)")
    let recording = try #require(read.recordings.first)
    #expect(recording.recording.samplingRate == 256)
    #expect(recording.recording.unit == .millivolts)
    #expect(
      recording.labels == [
        "arousal": "6", "valence": "8", "control": "7", "predictability": "5", "emotion": "joy",
        "video": "69.avi",
      ])
  }

  @Test func popaneFilesHaveTheirRating() throws {
    guard
      let read = try person(
        "S1_P1", of: POPANEDataset(),
        ["popane_like_S1_P1_Baseline.csv": "Study1/S1_P1_Baseline.csv"])
    else { return }
    let recording = try #require(read.recordings.first)
    #expect(recording.recording.samplingRate == 1000)
    #expect(recording.recording.samples.count == 10_000)
    #expect(recording.recording.unit == .millivolts)
    #expect(recording.labels == ["stimulus": "baseline", "study": "S1"])
    #expect(recording.windowLabels?(0, 10) == ["affect": "5"])
  }

  @Test func aCollectionOfRealRecordsIsReadOrSaidToBeUnreadable() throws {
    guard let folder = realRecordings("wfdb") else { return }
    let contents = try WFDBDataset().contents(of: folder)
    var seconds: [String: Double] = [:]
    for person in contents.persons {
      let read = try person.read()
      #expect(!read.recordings.isEmpty || !read.leftOut.isEmpty, "\(person.name)")
      for recording in read.recordings { seconds[person.name] = recording.recording.duration }
    }
    #expect(abs((seconds["100"] ?? 0) - 1805.6) < 0.1)
    #expect(contents.persons.count >= 20)
  }
}
