import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct TextExportTests {
  @Test(arguments: [
    ("apple_en.csv", FileFormat.appleHealth), ("apple_de.csv", .appleHealth),
    ("opensignals.txt", .openSignals), ("biosppy.txt", .bioSPPy), ("movesense.json", .movesense),
    ("polar.txt", .delimitedText), ("shimmer.csv", .delimitedText), ("popane.csv", .delimitedText),
  ])
  func exportsAreToldByContent(_ name: String, _ format: FileFormat) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "export.dat")
      try FileManager.default.copyItem(at: golden.appending(path: "exports/\(name)"), to: url)
      #expect(try detectFormat(of: url) == format)
    }
  }

  @Test func startOfAnAppleExportIsKeptAndTheNameIsNot() throws {
    let loaded = try readRecording(at: golden.appending(path: "exports/apple_en.csv"))
    #expect(loaded.recording.start == Date(timeIntervalSince1970: 1_614_586_530))
    #expect(!"\(loaded)".contains("Some Body"))
    #expect(
      !"\(try describeFile(at: golden.appending(path: "exports/apple_en.csv")))".contains("1990"))
  }

  @Test(arguments: ["rr.txt", "e4_ibi.csv"])
  func intervalsComeInSeconds(_ name: String) throws {
    let entries = try JSONSerialization.jsonObject(
      with: Data(contentsOf: golden.appending(path: "expected.json")))
    let expected = try #require((entries as? [String: Any])?["intervals"] as? [Double])
    let found = try readBeatIntervals(at: golden.appending(path: "exports/\(name)"))
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func aRecordingIsNoListOfIntervals() {
    #expect(throws: FormatError.self) {
      try readBeatIntervals(at: golden.appending(path: "text/bare.txt"))
    }
  }

  @Test func containersAndRealExportsAreRead() throws {
    guard let folder = realRecordings("containers") else { return }
    let root = folder.deletingLastPathComponent()
    let facts: [(path: String, rate: Double, unit: String)] = [
      ("containers/apple_ecg_en.csv", 512, "mV"),
      ("containers/polar_sensor_logger_ECG.txt", 130, "mV"),
      ("containers/popane_like_S1_P1_Baseline.csv", 1000, "mV"),
      ("containers/shimmer_like_consensys.csv", 512, "mV"),
      ("containers/S99_respiban.txt", 700, "mV"),
      ("containers/mahnob_like_Part_1_S_Trial1_emotion.bdf", 256, "mV"),
      ("containers/swell_like_pp1_18-9-2012_c1.S00", 2048, "mV"),
      ("opensignals/ecg_sample.txt", 200, "mV"), ("opensignals/pyhrv_SampleECG.txt", 1000, "mV"),
      ("misc/biosppy_ecg.txt", 1000, "unknown"),
    ]
    for fact in facts {
      let loaded = try readRecording(at: root.appending(path: fact.path))
      // The Polar file's clock ticks every 7,685,804 ns, which makes 130.11 Hz.
      #expect(abs(loaded.recording.samplingRate - fact.rate) < 1e-3 * fact.rate, "\(fact.path)")
      #expect(loaded.recording.unit.rawValue == fact.unit, "\(fact.path)")
      #expect(!loaded.recording.samples.isEmpty)
      if fact.unit == "mV" {
        let sorted = loaded.recording.samples.filter(\.isFinite).sorted()
        let spread = sorted[sorted.count * 99 / 100] - sorted[sorted.count / 100]
        #expect(spread > 0.05 && spread < 10, "\(fact.path): \(spread) mV")
      }
    }
    let ventilator = try describeFile(
      at: root.appending(path: "poly5/vent_data_synth_quiet_breathing.Poly5"))
    #expect(ventilator.format == .poly5)
    #expect(ventilator.channels.map(\.samplingRate).allSatisfy { $0 == 100 })
    #expect(ventilator.channels.first?.sampleCount == 42_000)
    let interbeat = try readBeatIntervals(
      at: root.appending(path: "opensignals/pyhrv_SampleNNISeriesLong.npy"))
    #expect(interbeat.count > 1000)
    let scipy = try readRecording(
      at: root.appending(path: "misc/scipy_ecg.dat"), options: ReadingOptions(samplingRate: 360))
    #expect(scipy.recording.samples.count == 108_000)
  }
}
