import ECGFormats
import Foundation
import Testing

@Suite struct GoldenFileTests {
  private static let all: [String: Expectation] = {
    guard let data = try? Data(contentsOf: golden.appending(path: "expected.json")),
      let entries = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return entries.compactMapValues { entry in
      guard (entry as? [String: Any])?["rate"] != nil,
        let part = try? JSONSerialization.data(withJSONObject: entry)
      else { return nil }
      return try? JSONDecoder().decode(Expectation.self, from: part)
    }
  }()
  static let paths = all.keys.sorted()

  @Test func goldenFilesAreThere() {
    #expect(Self.paths.count > 70)
  }

  @Test(arguments: paths) func samplesEqualWhatTheWriterWrote(_ path: String) throws {
    let expectation = try #require(Self.all[path])
    let loaded = try readRecording(
      at: golden.appending(path: path), options: expectation.readingOptions)
    expectation.check(loaded.recording, path)
    #expect(!loaded.warnings.contains { $0.contains("checksum") }, "\(loaded.warnings)")
  }

  @Test(arguments: paths) func descriptionAgreesWithTheRecording(_ path: String) throws {
    let expectation = try #require(Self.all[path])
    let url = golden.appending(path: path)
    let description = try describeFile(at: url, options: expectation.readingOptions)
    let chosen = try #require(description.chosen)
    #expect(description.channels[chosen].sampleCount == expectation.count)
    if let rate = description.channels[chosen].samplingRate {
      #expect(rate == expectation.rate)
    } else {
      #expect(expectation.options?.samplingRate != nil)
    }
  }

  @Test func annotationsEqualWhatTheWriterWrote() throws {
    struct Marks: Decodable {
      var samples: [Int]
      var symbols: [String]
      var notes: [String]
      var channels: [Int]
    }
    let entries = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: golden.appending(path: "expected.json"))) as? [String: Any])
    let part = try JSONSerialization.data(withJSONObject: try #require(entries["wfdb/written.atr"]))
    let expected = try JSONDecoder().decode(Marks.self, from: part)
    let found = try readWFDBAnnotations(at: golden.appending(path: "wfdb/written.atr"))
    #expect(found.annotations.map(\.sample) == expected.samples)
    #expect(found.annotations.map(\.symbol) == expected.symbols)
    #expect(found.annotations.map(\.note) == expected.notes)
    #expect(found.annotations.map(\.channel) == expected.channels)
    #expect(found.samplingRate == 360)
    #expect(found.annotations.map(\.isBeat) == [true, true, false, true, false])
  }

  @Test(arguments: ["edf/plus.edf", "edf/plus.bdf"])
  func edfPlusGivesPersonStartAndTexts(_ path: String) throws {
    let loaded = try readRecording(at: golden.appending(path: path))
    #expect(loaded.person == "P007")
    #expect(loaded.recording.start == Date(timeIntervalSince1970: 1_614_834_367))
    #expect(
      loaded.annotations == [
        RecordingAnnotation(time: 1.5, label: "stress begins"),
        RecordingAnnotation(time: 3, duration: 2, label: "talk"),
      ])
    #expect(loaded.choice == "channel 1 of 2, \"ECG II\": the only one named as an ECG")
  }

  @Test func namesOfPersonsNeverLeaveAnEDF() throws {
    let loaded = try readRecording(at: golden.appending(path: "edf/plus.edf"))
    let description = try describeFile(at: golden.appending(path: "edf/plus.edf"))
    #expect(!"\(loaded)".contains("Nobody"))
    #expect(!"\(description)".contains("Nobody"))
  }
}
