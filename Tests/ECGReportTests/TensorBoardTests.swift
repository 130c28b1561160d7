import ECGReport
import Foundation
import TestSupport
import Testing

struct TensorBoardTests {
  @Test func checksumIsThatOfRFC3720() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.checksum([]) == 0)
  }

  /// Written by tensorboard's own writer; see the script beside the file.
  @Test func fileEqualsThatOfTensorBoardItself() throws {
    let golden = try Data(contentsOf: fixtures.appending(path: "ECGReport/scalars.tfevents"))
    let events = [
      TensorBoardEvent(time: 1_700_000_000.25, step: 0, content: .fileVersion),
      TensorBoardEvent(time: 1_700_000_001.5, step: 3, content: .sessionStart),
      TensorBoardEvent(
        time: 1_700_000_002.75, step: 300, content: .scalar("pretext/f1/noise", 0.8125)),
      TensorBoardEvent(
        time: 1_700_000_003, step: 5_000_000_000, content: .scalar("Lërm 心電図", -1.5e-30)),
    ]
    #expect(Data(events.flatMap(\.record)) == golden)
  }

  @Test func writerAppendsRecordsAndNeverOverwrites() throws {
    try withTemporaryFolder { folder in
      let clock = { Date(timeIntervalSince1970: 1_700_000_000) }
      let first = try TensorBoardWriter(folder: folder, now: clock)
      let second = try TensorBoardWriter(folder: folder, startingAt: 7, now: clock)
      #expect(first.file.lastPathComponent == "events.out.tfevents.1700000000.heartfelt")
      #expect(second.file != first.file)
      try first.add(scalar: "loss", 0.5, step: 1)
      try first.add(scalar: "loss", .nan, step: 2)
      try first.close()
      let expected = [
        TensorBoardEvent(time: 1_700_000_000, step: 0, content: .fileVersion),
        TensorBoardEvent(time: 1_700_000_000, step: 0, content: .sessionStart),
        TensorBoardEvent(time: 1_700_000_000, step: 1, content: .scalar("loss", 0.5)),
        TensorBoardEvent(time: 1_700_000_000, step: 2, content: .scalar("loss", .nan)),
      ]
      #expect(try Data(contentsOf: first.file) == Data(expected.flatMap(\.record)))
    }
  }

  @Test func unwritablePlacesGiveOneSentence() throws {
    let nowhere = URL(filePath: "/nonexistent-folder/run")
    #expect {
      _ = try TensorBoardWriter(folder: nowhere)
    } throws: { "\($0)".contains("cannot write /nonexistent-folder/run/events") }
    #expect {
      try SampleFigures.reliability.figure.write(to: nowhere.appending(path: "a.svg"))
    } throws: { "\($0)".contains("/nonexistent-folder/run/a.svg: no such") }
  }
}
