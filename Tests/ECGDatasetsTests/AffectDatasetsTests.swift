import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// The four data sets of the papers, on small files in their layouts (Fixtures/ECGDatasets).
@Suite struct AffectDatasetsTests {
  private let folder = fixtures.appending(path: "ECGDatasets")

  private func only(_ contents: DatasetContents, _ name: String) throws -> PersonRecordings {
    try #require(contents.persons.first { $0.name == name }).read()
  }

  @Test func wesadIsCutIntoRunsOfOneLabel() throws {
    let contents = try WESADDataset().contents(of: folder.appending(path: "wesad"))
    #expect(contents.persons.map(\.name) == ["S2"])
    #expect(contents.leftOut.count == 14)
    let read = try only(contents, "S2")
    #expect(read.leftOut.isEmpty)
    #expect(
      read.recordings.map(\.name) == [
        "baseline", "stress", "meditation-1", "amusement", "meditation-2",
      ])
    #expect(read.recordings.map(\.recording.samples.count) == [700, 350, 140, 210, 140])
    // Each run begins at its own sample, and samples count upwards in µV.
    #expect(read.recordings.map { $0.recording.samples.first } == [0.07, 0.84, 1.225, 1.365, 1.61])
    #expect(read.recordings.map(\.start) == [70, 840, 1225, 1365, 1610].map { $0 / 700 })
    #expect(read.recordings.map(\.recording.samplingRate) == Array(repeating: 700, count: 5))
    #expect(read.recordings.map { $0.labels["stress"] } == ["0", "1", nil, "0", nil])
    #expect(read.recordings.map { $0.labels["condition"] }.last == "meditation")
    // DIM holds valence first, then arousal, in the order of the phases.
    #expect(read.recordings.map { $0.labels["valence"] } == ["6", "3", "7", "8", "7"])
    #expect(read.recordings.map { $0.labels["arousal"] } == ["2", "8", "1", "5", "2"])
    #expect(read.recordings.map { $0.labels["panas_1"] } == ["1", "5", "1", "1", "1"])
    #expect(read.recordings.map { $0.labels["stai_6"] } == ["1", "1", "4", "4", "3"])
    #expect(read.recordings.map { $0.labels["sssq_2"] } == [nil, "4", nil, nil, nil])
  }

  @Test func wesadWithoutAQuestionnaireHasItsConditionsAndSaysSo() throws {
    try withTemporaryFolder { place in
      try FileManager.default.copyItem(
        at: folder.appending(path: "wesad/S2/S2.pkl"), to: place.appending(path: "S2.pkl"))
      let read = try only(try WESADDataset().contents(of: place), "S2")
      #expect(read.leftOut.map(\.reason) == [.missing])
      #expect(read.recordings.count == 5)
      #expect(read.recordings[1].labels == ["condition": "stress", "stress": "1"])
    }
  }

  @Test func aDamagedWESADPersonIsLeftOut() throws {
    try withTemporaryFolder { place in
      let whole = try Data(contentsOf: folder.appending(path: "wesad/S2/S2.pkl"))
      try whole.prefix(whole.count / 2).write(to: place.appending(path: "S2.pkl"))
      let read = try only(try WESADDataset().contents(of: place), "S2")
      #expect(read.recordings.isEmpty)
      #expect(read.leftOut.contains { $0.what == "S2.pkl" && $0.reason == .damaged })
    }
  }

  @Test(arguments: [1, 2]) func dreamerClipsHaveTheirOwnScores(lead: Int) throws {
    let contents = try DREAMERDataset(lead: lead).contents(of: folder.appending(path: "dreamer"))
    #expect(contents.persons.map(\.name) == ["P01", "P02"])
    #expect(contents.leftOut.map(\.person).first == "P03")
    #expect(contents.leftOut.count == 21)
    let read = try only(contents, "P02")
    #expect(read.leftOut.isEmpty)
    #expect(read.recordings.map(\.name) == ["clip01", "clip02", "clip03"])
    #expect(read.recordings.map(\.recording.samples.count) == [300, 300, 300])
    #expect(read.recordings.map(\.recording.samplingRate) == [256, 256, 256])
    let first = read.recordings.map { $0.recording.samples[1] }
    #expect(first == (lead == 1 ? [10001, 11001, 12001] : [-1, -1, -1]))
    #expect(
      read.recordings.map(\.labels) == [
        ["arousal": "1", "valence": "4", "dominance": "2", "emotion": "calmness"],
        ["arousal": "2", "valence": "3", "emotion": "surprise"],
        ["arousal": "4", "valence": "5", "dominance": "1", "emotion": "amusement"],
      ])
  }

  @Test func amigosTrialsWithoutSamplesOrAnswersAreLeftOutAndThePersonIsNot() throws {
    let contents = try AMIGOSDataset().contents(of: folder.appending(path: "amigos"))
    #expect(contents.persons.map(\.name) == ["P01"])
    #expect(contents.leftOut.count == 39)
    let read = try only(contents, "P01")
    #expect(read.leftOut.map(\.what) == ["video-13", "video-18", "video-N1"])
    #expect(read.recordings.map(\.name) == ["video-10", "video-138", "video-P1"])
    // Five seconds at 128 Hz come before the video.
    #expect(read.recordings.map { $0.recording.samples.first } == [640, 20640, 50640])
    #expect(read.recordings.map(\.recording.samples.count) == [260, 260, 260])
    #expect(read.recordings[1].recording.samples[60].isNaN)
    // Arousal comes first in the self-assessment, then valence, then dominance.
    #expect(read.recordings.map { $0.labels["arousal"] } == ["4.5", "6.5", "9.5"])
    #expect(read.recordings.map { $0.labels["valence"] } == ["3.25", "3.25", "3.25"])
    #expect(read.recordings.map { $0.labels["dominance"] } == ["5", "5", "5"])
    #expect(read.recordings.map { $0.labels["length"] } == ["short", "short", "long"])
    #expect(read.recordings[0].labels["happiness"] == "1")
    let left = try only(
      try AMIGOSDataset(lead: .left).contents(of: folder.appending(path: "amigos")), "P01")
    #expect(left.recordings[0].recording.samples.first == -640)
  }

  @Test(arguments: [
    ("pp1_18-9-2012_c1.S00", 1, 1, "block1"), ("pp10_8-10-2012-c2.S00", 10, 2, "block2"),
    ("PP23_1-1-2012_C2_cont.s00", 23, 2, "block2-cont"),
    ("pp3_1-1-2012_c3.S01", 3, 3, "block3-s01"),
  ])
  func swellFileNamesAreUnderstood(name: String, person: Int, number: Int, recording: String) throws
  {
    let block = try #require(SWELLBlock(fileName: name))
    #expect(block.person == person)
    #expect(block.number == number)
    #expect(block.name == recording)
  }

  @Test(arguments: ["notes.txt", "pp_c1.S00", "pp1_18-9-2012.S00", "pp1_c4.S00", "ppx_c1.S00"])
  func otherFileNamesAreNot(name: String) { #expect(SWELLBlock(fileName: name) == nil) }

  @Test func swellAnswersAreTheLastNumbersOfABlock() throws {
    let answers = try SWELLAnswers(
      workbook: folder.appending(path: "swell/behavioral-labels.xlsx"))
    #expect(
      answers[1, 1] == [
        "condition": "N", "valence": "4", "arousal": "6", "dominance": "5", "stress": "2.5",
        "effort": "1.5",
      ])
    #expect(
      answers[1, 2] == ["condition": "T", "arousal": "7", "stress": "8", "effort": "6"])
    #expect(answers[2, 1]["condition"] == "I")
    #expect(answers[3, 1].isEmpty)
  }

  @Test func swellBlocksAreReadWithTheirAnswers() throws {
    guard let real = realRecordings("containers") else { return }
    try withTemporaryFolder { place in
      for (from, to) in [
        ("swell_like_pp1_18-9-2012_c1.S00", "pp1_18-9-2012_c1.S00"),
        ("swell_like_behavioral-labels.xlsx", "behavioral-labels.xlsx"),
      ] {
        try FileManager.default.copyItem(
          at: real.appending(path: from), to: place.appending(path: to))
      }
      let read = try only(try SWELLDataset().contents(of: place), "PP1")
      #expect(read.leftOut.isEmpty)
      #expect(read.recordings.map(\.name) == ["block1"])
      #expect(read.recordings[0].recording.samplingRate == 2048)
      #expect(read.recordings[0].labels["block"] == "1")
      #expect(read.recordings[0].labels["condition"] != nil)
    }
  }
}
