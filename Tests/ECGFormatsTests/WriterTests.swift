import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct WriterTests {
  private let samples: [Float] = (0..<500).map { $0 == 17 ? .nan : sin(Float($0) / 7) * 1.25 }

  @Test func delimitedTextReadsBackTheSameFloats() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "r.csv")
      try writeDelimitedRecording(
        to: url, channels: [("ECG, left", "mV", samples), ("Resp", "%", samples.map { $0 * 3 })],
        samplingRate: 256)
      let loaded = try readRecording(at: url)
      #expect(loaded.recording.samplingRate == 256)
      #expect(loaded.recording.unit == .millivolts)
      #expect(
        zip(loaded.recording.samples, samples).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      #expect(loaded.recording.samples.count == 500)
      #expect(loaded.channelNames == ["time [s]", "ECG, left [mV]", "Resp [%]"])
    }
  }

  @Test func recordsReadBackWithinHalfAStep() throws {
    try withTemporaryFolder { folder in
      try writeWFDBRecord(
        named: "p01_rest", in: folder,
        signals: [
          WFDBOutputSignal(name: "II", samples: samples),
          WFDBOutputSignal(name: "Resp", unit: "%", samples: samples, gain: 100),
        ],
        samplingRate: 250, comments: ["person: p01"])
      let loaded = try readRecording(at: folder.appending(path: "p01_rest.hea"))
      #expect(loaded.recording.lead == "II")
      #expect(loaded.recording.samplingRate == 250)
      #expect(loaded.warnings.isEmpty)
      for (read, written) in zip(loaded.recording.samples, samples) {
        #expect(written.isNaN ? read.isNaN : abs(read - written) <= 0.51 / 20_000)
      }
    }
  }

  @Test func arraysReadBackTheSameFloats() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "a.npy")
      try writeNPY(samples, shape: [50, 10], to: url)
      let file = try NPYFile(at: url)
      #expect(file.shape == [50, 10])
      #expect(file.floats(in: 0..<500).map(\.bitPattern) == samples.map(\.bitPattern))

      let rows = folder.appending(path: "rows.npy")
      let writer = try NPYWriter(to: rows, rowShape: [10])
      for row in 0..<50 { try writer.append(Array(samples[(row * 10)..<(row * 10 + 10)])) }
      #expect(!FileManager.default.fileExists(atPath: rows.path))
      try writer.finish()
      #expect(try Data(contentsOf: rows) == Data(contentsOf: url))
    }
  }

  @Test func columnMajorArraysComeOutRowMajor() throws {
    let rows = try NPYFile(at: golden.appending(path: "npy/rows.npy"))
    let fortran = try NPYFile(at: golden.appending(path: "npy/fortran.npy"))
    #expect(fortran.isColumnMajor)
    #expect(fortran.rowMajorFloats() == rows.rowMajorFloats())
  }

  @Test func aFolderThatIsNotThereIsSaidSo() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "no/such/a.npy")
      let error = #expect(throws: FormatError.self) { try writeNPY([1], shape: [1], to: url) }
      #expect(error?.kind == .access)
      #expect(error?.description.contains("to write the file") == true)
    }
  }
}
