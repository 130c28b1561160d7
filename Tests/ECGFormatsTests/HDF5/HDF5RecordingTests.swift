import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct HDF5RecordingTests {
  @Test func matlab73HoldsWhatMATLAB5Holds() throws {
    let new = try MATLABFile(at: golden.appending(path: "hdf5/matlab73.mat"))
    #expect(new["ECG"]?.array?.shape == [400, 2])
    #expect(new["fs"]?.number == 256)
    #expect(new["scores"]?.array?.column(3) == [9])
    #expect(new["name"]?.text == "Größe µV")
    let cells = try #require(new["cells"]?.elements)
    #expect(cells.count == 3)
    #expect(cells[0].array?.shape == [5, 1])
    #expect(cells[1].array?.count == 0)
    #expect(cells[2].text == "N1")
    let nested = try #require(new["nested"])
    #expect(nested["Age"]?.text == "22")
    #expect(nested["Data"]?["Gender"]?.text == "male")
    #expect(nested["Data"]?["ECG"]?.array?.shape == [7, 2])
    #expect(nested["flag"]?.array?.column(0) == [1])
    #expect(nested["big"]?.array?.element(0) == 0x1p40)
    #expect(nested["big"]?.array?.element(1) == -5)
  }

  @Test func whatIsNotWantedOfMATLAB73IsNotRead() throws {
    let file = try MATLABFile(at: golden.appending(path: "hdf5/matlab73.mat")) { path in
      path != ["ECG"] && path != ["nested", "Data", "0", "ECG"]
    }
    guard case .skipped = file["ECG"], case .skipped = file["nested"]?["Data"]?["ECG"] else {
      Issue.record("held although not wanted")
      return
    }
    #expect(file["nested"]?["Data"]?["Gender"]?.text == "male")
  }

  @Test func openSignalsGivesItsLabelsUnitAndStart() throws {
    let description = try describeFile(at: golden.appending(path: "hdf5/opensignals.h5"))
    #expect(description.channels.map(\.name) == ["CH1 (ECG)", "CH2 (EDA)", "nSeq"])
    #expect(description.channels.map(\.unit) == ["mV", nil, nil])
    #expect(description.channels.map(\.role) == [.signal, .signal, .time])
    #expect(description.start == Date(timeIntervalSince1970: 1_614_590_130.25))
  }

  @Test func aStatedTerabyteIsRefused() {
    let error = #expect(throws: FormatError.self) {
      try readRecording(at: golden.appending(path: "hdf5/huge.h5"))
    }
    #expect(error?.description.contains("137438953472 elements") == true)
  }

  @Test func attributesInAHeapAreReadAsThoseInAHeader() throws {
    let loaded = try readRecording(at: golden.appending(path: "structures/device.h5"))
    #expect(loaded.recording.samplingRate == 500)
    #expect(loaded.recording.lead == "Größe (ECG)")
    #expect(loaded.recording.unit == .millivolts)
    #expect(loaded.recording.start == Date(timeIntervalSince1970: 1_614_590_130.25))
    let codes = (0..<100).map { Double($0 * 500) }
    #expect(loaded.recording.samples == codes.map { Float(($0 / 65536 - 0.5) * 3) })
    let description = try describeFile(at: golden.appending(path: "structures/device.h5"))
    #expect(description.details.contains { $0.value == "gerät" })
  }

  @Test func fileCutShortIsRefused() throws {
    try withTemporaryFolder { folder in
      let data = try Data(contentsOf: golden.appending(path: "hdf5/plain.h5"))
      let url = folder.appending(path: "cut.h5")
      for length in stride(from: 1, to: data.count, by: 97) {
        try HostileReading.put(Array(data.prefix(length)), at: url)
        #expect(throws: FormatError.self) {
          try readRecording(at: url, options: ReadingOptions(samplingRate: 256, channel: "ecg 2"))
        }
      }
    }
  }

  @Test func realOpenSignalsFilesEqualTheirTextExports() throws {
    guard let folder = realRecordings("opensignals") else { return }
    let binary = try readRecording(at: folder.appending(path: "ecg_sample.h5"))
    let text = try readRecording(at: folder.appending(path: "ecg_sample.txt"))
    #expect(binary.recording.samplingRate == 200)
    #expect(binary.recording.unit == .millivolts)
    #expect(binary.recording.samples == text.recording.samples)
    let second = try readRecording(at: folder.appending(path: "ecg_20_sec_1000_Hz.h5"))
    #expect(second.recording.samplingRate == 1000)
    #expect(second.recording.samples.count == 20_400)
  }
}
