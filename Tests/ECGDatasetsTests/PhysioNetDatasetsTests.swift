import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct PhysioNetDatasetsTests {
  @Test func markerPulsesAreFoundAndRepetitionsJoined() throws {
    var samples = (0..<9000).map { 12 + 0.5 * Float(sin(Double($0))) }
    // A real pulse given twice, a touch too small to be one, and another real one.
    for (second, height) in [(60.0, Float(5)), (68, 6), (200, 3), (400, -30)] {
      for index in Int(second * 15)..<Int(second * 15) + 8 { samples[index] += height }
    }
    let marker = try ECGRecording(samples: samples, samplingRate: 15, unit: .unknown)
    #expect(MarkerPulses(in: marker).times == [60, 400])
  }

  @Test func aConstantOrMissingMarkerHasNoPulses() throws {
    for value in [Float(1), .nan] {
      let marker = try ECGRecording(
        samples: [Float](repeating: value, count: 500), samplingRate: 15, unit: .unknown)
      #expect(MarkerPulses(in: marker).times.isEmpty)
    }
  }

  @Test func eegmatRestAndArithmeticAreRead() throws {
    guard let folder = realRecordings("eegmat") else { return }
    let contents = try EEGMATDataset().contents(of: folder)
    #expect(contents.persons.count == 28)
    #expect(contents.persons.first?.name == "Subject00")
    #expect(contents.leftOut.count == 8)
    #expect(contents.leftOut.allSatisfy { $0.reason == .missing })
    let read = try contents.persons[4].read()
    #expect(read.leftOut.isEmpty)
    #expect(read.recordings.map(\.name) == ["rest", "arithmetic"])
    #expect(read.recordings.map(\.recording.samplingRate) == [500, 500])
    #expect(read.recordings.map(\.recording.unit) == [.millivolts, .millivolts])
    #expect(abs(read.recordings[0].recording.duration - 170) < 2)
    #expect(abs(read.recordings[1].recording.duration - 62) < 2)
    #expect(read.recordings[1].labels == ["task": "arithmetic", "stress": "1"])
  }

  @Test func drivedbHasSevenSegmentsAtTheStatedSeconds() throws {
    guard let folder = realRecordings("drivedb") else { return }
    let contents = try DriveDBDataset().contents(of: folder)
    #expect(contents.persons.map(\.name) == ["drive05"])
    #expect(contents.leftOut.count == 17)
    let read = try contents.persons[0].read()
    #expect(read.leftOut.isEmpty)
    let table = try Table(at: folder.appending(path: "segments.csv"))
    #expect(read.recordings.count == table.rows.count)
    for (recording, row) in zip(read.recordings, table.rows) {
      let (start, end) = (Double(row.cells[2]) ?? 0, Double(row.cells[3]) ?? 0)
      // The table was written to a tenth of a minute of the drive log.
      #expect(abs(recording.start - start) < 6)
      #expect(abs(recording.start + recording.recording.duration - end) < 6)
      #expect(recording.labels["stress"] == row.cells[4])
      #expect(recording.recording.samplingRate == 496)
    }
  }

  @Test func anEmptyFolderIsAnsweredWithWhatWasExpected() throws {
    try withTemporaryFolder { folder in
      for dataset in Datasets.all where dataset.name != "folder" {
        do {
          _ = try dataset.contents(of: folder)
          Issue.record("\(dataset.name) was found in an empty folder")
        } catch { #expect("\(error)".contains("expected")) }
      }
    }
  }

  @Test func dataSetsAreFoundByName() throws {
    #expect(try Datasets.named("EEGMAT").name == "eegmat")
    do {
      _ = try Datasets.named("deap")
      Issue.record("an unknown data set was found")
    } catch { #expect("\(error)".contains("eegmat")) }
    #expect(Set(Datasets.all.map(\.name)).count == Datasets.all.count)
  }
}
