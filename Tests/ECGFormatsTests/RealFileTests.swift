import ECGFormats
import Foundation
import TestSupport
import Testing

/// Facts of real recordings, found by wfdb and pyEDFlib; the recordings themselves may be absent.
@Suite struct RealFileTests {
  private static func facts() throws -> [String: [Expectation]] {
    let data = try Data(contentsOf: golden.appending(path: "real.json"))
    let entries = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    var facts: [String: [Expectation]] = [:]
    for (path, entry) in entries where entry is [Any] {
      facts[path] = try JSONDecoder().decode(
        [Expectation].self, from: JSONSerialization.data(withJSONObject: entry))
    }
    return facts
  }

  @Test(arguments: ["wfdb", "drivedb", "eegmat"])
  func everyChannelEqualsWhatAnIndependentReaderFinds(_ part: String) throws {
    guard let folder = realRecordings(part) else { return }
    let root = folder.deletingLastPathComponent()
    let facts = try Self.facts().filter { $0.key.hasPrefix(part + "/") }
    #expect(!facts.isEmpty)
    for (path, channels) in facts.sorted(by: { $0.key < $1.key }) {
      for (index, expected) in channels.enumerated() {
        // EDF facts are of the ECG alone, whatever its number.
        let choice = path.hasSuffix(".edf") ? nil : "\(index + 1)"
        let name = path.hasSuffix(".edf") ? path : path + ".hea"
        let loaded = try readRecording(
          at: root.appending(path: name),
          options: ReadingOptions(samplingRate: nil, channel: choice))
        expected.check(loaded.recording, "\(path) \(expected.name ?? "")")
        #expect(loaded.recording.lead == expected.name)
      }
    }
  }

  @Test func beatsOfRecord100AreAllRead() throws {
    guard let folder = realRecordings("wfdb") else { return }
    let marks = try readWFDBAnnotations(at: folder.appending(path: "100.atr")).annotations
    #expect(marks.count == 2274)
    #expect(marks.count { $0.symbol == "N" } == 2239)
    #expect(marks.count { $0.symbol == "A" } == 33)
    #expect(marks.reduce(0) { $0 + $1.sample } == 738_342_143)
  }

  @Test func missingSignalFilesOfDrivedbAreNamed() throws {
    guard let folder = realRecordings("drivedb") else { return }
    let error = #expect(throws: FormatError.self) {
      try readRecording(at: folder.appending(path: "drive06.hea"))
    }
    #expect(error?.kind == .missing)
    #expect(error?.description.contains("drive06.dat") == true)
  }

  @Test func checksumsOfUnalteredRecordsAgree() throws {
    guard let folder = realRecordings("wfdb") else { return }
    for name in [
      "100", "binformats", "flacformats", "mixedsignals", "s0010_re", "test01_00s",
      "test01_00s_frame", "v102s",
    ] {
      for channel in 1...2 {
        let loaded = try readRecording(
          at: folder.appending(path: name + ".hea"),
          options: ReadingOptions(samplingRate: nil, channel: "\(channel)"))
        #expect(!loaded.warnings.contains { $0.contains("checksum") }, "\(loaded.warnings)")
      }
    }
  }

  @Test(arguments: [
    ("neurokit/bio_eventrelated_100hz.csv", 100.0, 15_000), ("misc/heartpy_e0103.csv", 250, 30_000),
    ("misc/biosppy_ecg.txt", 1000, 15_000),
  ])
  func textRecordingsAreRead(_ path: String, _ rate: Double, _ count: Int) throws {
    guard let folder = realRecordings(path.split(separator: "/")[0].description) else { return }
    let url = folder.deletingLastPathComponent().appending(path: path)
    let loaded = try readRecording(at: url, options: ReadingOptions(samplingRate: rate))
    #expect(loaded.recording.samplingRate == rate)
    #expect(loaded.recording.samples.count == count)
    #expect(!loaded.recording.samples.contains { !$0.isFinite })
  }
}
