import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// A person of each data set, from the layout of the download to windows, against an independent
/// pipeline (Fixtures/ECGDatasets/make_persons.py: SciPy, pandas, pyEDFlib, wfdb).
@Suite struct PreparedPersonsTests {
  private let folder = fixtures.appending(path: "ECGDatasets/persons")
  static let names = [
    "wesad", "dreamer", "amigos", "amigos-original", "swell", "eegmat", "drivedb", "case", "mahnob",
    "popane", "clas", "wfdb",
  ]

  private struct Golden: Decodable {
    let kept: [Int]
    let windows: [Window]
    struct Window: Decodable {
      let recording: String
      let start: Double
      let labels: [String: String]
    }
  }

  private func dataset(_ name: String) throws -> any Dataset {
    try Datasets.named(String(name.prefix { $0 != "-" }))
  }

  @Test(arguments: Self.names) func windowsEqualAnIndependentPipeline(name: String) throws {
    let all = try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: folder.appending(path: "golden.json")))
    let golden = try #require(all[name])
    try withTemporaryFolder { place in
      let url = place.appending(path: "store")
      let report = try Preparation().run(
        try dataset(name), at: folder.appending(path: "\(name).zip"), to: url)
      let store = try WindowStore(at: url)
      try #require(store.count == golden.windows.count, "\(report.table)")
      for (record, expected) in zip(store.records, golden.windows) {
        #expect(record.recording == expected.recording)
        // Written in steps of a tenth of a millisecond.
        #expect(abs(record.start - expected.start) < 1e-4)
        for (label, value) in expected.labels {
          let found = try #require(record.labels[label], "\(label) of \(record.recording)")
          if value.hasPrefix("~") {
            let (a, b) = (Double(found) ?? .nan, Double(value.dropFirst()) ?? .nan)
            #expect(abs(a - b) < 2e-6)
          } else {
            #expect(found == value, "\(label) of \(record.recording)")
          }
        }
      }
      let expected = try floats(in: folder.appending(path: "\(name).npy"))
      try #require(expected.count == golden.kept.count * 2560)
      var worst: Float = 0
      for (row, index) in golden.kept.enumerated() {
        let window = store.window(index)
        for sample in 0..<2560 {
          worst = max(worst, abs(window[sample] - expected[row * 2560 + sample]))
        }
      }
      #expect(worst < 1e-3, "\(name): \(worst) of a standard deviation")
    }
  }

  /// The float32 values behind a NumPy header.
  private func floats(in file: URL) throws -> [Float] {
    let data = try Data(contentsOf: file)
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    return data.dropFirst(start).withUnsafeBytes { raw in
      (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  @Test(arguments: Self.names) func packedOrUnpackedMakesNoDifference(name: String) throws {
    try withTemporaryFolder { place in
      let archive = folder.appending(path: "\(name).zip")
      let unpacked = place.appending(path: name == "wfdb" ? "wfdb" : "download")
      try DataTree(at: archive).unpack(into: unpacked)
      let (one, other) = (place.appending(path: "one"), place.appending(path: "other"))
      let packed = try Preparation().run(try dataset(name), at: archive, to: one)
      let plain = try Preparation().run(try dataset(name), at: unpacked, to: other)
      for file in ["windows.npy", "windows.csv"] {
        let same =
          try Data(contentsOf: one.appending(path: file))
          == Data(contentsOf: other.appending(path: file))
        #expect(same, "\(file) differs")
      }
      // A file has the same hash in an archive and out of it.
      let sources = try [one, other].map {
        try Set(WindowStore(at: $0).description.sources.map(\.sha256))
      }
      #expect(sources[0] == sources[1])
      #expect(packed.leftOut.map(\.reason) == plain.leftOut.map(\.reason))
    }
  }

  @Test(arguments: Self.names) func theDoctorCountsTheWindowsThatPrepareMakes(name: String) throws {
    let archive = folder.appending(path: "\(name).zip")
    let examination = try Examiner().examine(try dataset(name), at: archive)
    try withTemporaryFolder { place in
      let report = try Preparation().run(
        try dataset(name), at: archive, to: place.appending(path: "store"))
      #expect(examination.windows == report.windows)
      #expect(examination.unexpected.isEmpty, "\(examination.unexpected)")
      let made = report.persons.filter { $0.windows > 0 }.map(\.name)
      #expect(examination.persons.filter { $0.windows > 0 }.map(\.name) == made)
    }
  }

  @Test func theLeadOfBestQualityIsTaken() throws {
    let contents = try SWELLDataset().contents(of: folder.appending(path: "swell.zip"))
    let read = try #require(contents.persons.first).read()
    // HeartPre comes first in the file but holds noise.
    #expect(read.recordings.map(\.recording.lead) == ["ECG", "ECG"])
    #expect(read.notes.contains { $0.contains("“HeartPre” has 0.") })
    let asked = try SWELLDataset(channel: "HeartPre").contents(
      of: folder.appending(path: "swell.zip"))
    #expect(
      try asked.persons[0].read().recordings.map(\.recording.lead) == ["HeartPre", "HeartPre"])
  }

  @Test func theOverviewDecidesTheCondition() throws {
    let contents = try SWELLDataset().contents(of: folder.appending(path: "swell.zip"))
    #expect(contents.notes.contains { $0.contains("PP6, block 3: I in the overview, T in") })
    #expect(contents.leftOut.contains { $0.person == "PP6" && $0.what == "block 2" })
  }

  @Test func aMAHNOBSessionWithoutSignalsIsMissingAndOneWithoutRatingsIsNot() throws {
    let contents = try MAHNOBDataset().contents(of: folder.appending(path: "mahnob.zip"))
    #expect(contents.leftOut.count == 1)
    #expect(contents.leftOut[0].what.hasSuffix("Sessions/4/*.bdf"))
    let other = try MAHNOBDataset().reading(by: options { $0.reading.channel = "EXG3-EXG1" })
    let read = try other.contents(of: folder.appending(path: "mahnob.zip")).persons[0].read()
    #expect(read.recordings[0].recording.lead == "EXG3 − EXG1")
    #expect(read.recordings[0].recording.unit == .millivolts)
  }

  @Test func recordsThatAListNamesButAreNotThereAreMissing() throws {
    let contents = try WFDBDataset().contents(of: folder.appending(path: "wfdb.zip"))
    #expect(contents.persons.map(\.name) == ["p00001"])
    #expect(contents.leftOut.map(\.person) == ["p00002"])
    #expect(contents.leftOut.map(\.reason) == [.missing])
  }

  private func options(_ set: (inout DatasetOptions) -> Void) -> DatasetOptions {
    var options = DatasetOptions()
    set(&options)
    return options
  }
}
