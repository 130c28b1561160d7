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

  @Test func aSignalFileIsReadByTheHeaderThatNamesIt() throws {
    guard let folder = realRecordings("wfdb") else { return }
    let loaded = try readRecording(at: folder.appending(path: "mixedsignals_p.dat"))
    #expect(loaded.channelNames == ["II", "III", "V", "ABP", "Pleth", "Resp"])
  }

  @Test func aSequenceNumberThatStartsAgainIsNoLoss() throws {
    guard let folder = realRecordings("containers") else { return }
    // Seven thousand samples, numbered up to 4095 twice.
    let loaded = try readRecording(at: folder.appending(path: "S99_respiban.txt"))
    #expect(loaded.warnings.isEmpty, "\(loaded.warnings)")
  }

  @Test func everyKindOfSignalOfAMATLABFileHasItsOwnRate() throws {
    guard let folder = realRecordings("containers") else { return }
    let file = try describeFile(at: folder.appending(path: "dreamer_like_v7.mat"))
    let rates = Dictionary(grouping: file.channels) { $0.name.contains(".EEG.") ? "EEG" : "ECG" }
      .mapValues { Set($0.map(\.samplingRate)) }
    #expect(rates == ["EEG": [128], "ECG": [256]])
  }

  @Test func aVolumeNamedVIsNoLead() throws {
    guard let folder = realRecordings("poly5") else { return }
    let file = folder.appending(path: "vent_data_synth_quiet_breathing.Poly5")
    let error = #expect(throws: FormatError.self) { try readRecording(at: file) }
    #expect(error?.found == "\"P\", \"F\", \"V\"")
    let volume = try readRecording(
      at: file, options: ReadingOptions(samplingRate: nil, channel: "V"))
    #expect(volume.recording.samples.count == 42_000)
  }

  @Test func peaksOfTheGlasgowDatabaseLieInTheirTwoMinutes() throws {
    guard let folder = realRecordings("gudb_rpeaks") else { return }
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var files = 0
    for case let url as URL in try #require(all) where url.pathExtension == "tsv" {
      let peaks = try readRecording(
        at: url, options: ReadingOptions(samplingRate: 250)
      ).recording.samples
      #expect(zip(peaks, peaks.dropFirst()).allSatisfy { $0 < $1 }, "\(url.path)")
      #expect(peaks.allSatisfy { (0..<30_000).contains($0) }, "\(url.path)")
      #expect((55...160).contains(Double(peaks.count) / 2), "\(url.path): \(peaks.count)")
      files += 1
    }
    #expect(files == 136)
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
