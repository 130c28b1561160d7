import ECGDatasets
import Foundation
import TestSupport
import Testing

/// CLAS's blocks; that their windows are right is tested in PreparedPersonsTests.
@Suite struct CLASDatasetTests {
  private let clas = fixtures.appending(path: "ECGDatasets/persons/clas.zip")

  /// Part9 with another table of blocks.
  private func read(
    _ details: String? = nil, by dataset: CLASDataset = CLASDataset(),
    _ body: (DatasetContents, PersonRecordings) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      try DataTree(at: clas).unpack(into: folder)
      if let details {
        try Data(details.utf8).write(
          to: folder.appending(path: "CLAS/Block_details/Part9_Block_Details.csv"))
      }
      let contents = try dataset.contents(of: folder)
      try body(contents, try #require(contents.persons.first).read())
    }
  }

  @Test func theLeadIsThatOfPublishedLoadersUnlessAskedFor() throws {
    try read { _, read in
      #expect(read.recordings.map(\.recording.lead) == ["ecg2", "ecg2", "ecg2"])
      #expect(read.notes.contains { $0.hasPrefix("Lead: ecg2, of the two the one that published") })
    }
    try read(by: CLASDataset(channel: "ecg1")) { _, read in
      #expect(read.recordings.map(\.recording.lead) == ["ecg1", "ecg1", "ecg1"])
      #expect(!read.notes.contains { $0.contains("published") })
    }
  }

  @Test func whatTheDetailsSayOfABlockIsPassedOn() throws {
    try read { contents, read in
      // The files' own times say 256 Hz.
      #expect(!read.notes.contains { $0.hasPrefix("Rate: ") })
      #expect(read.notes.count { $0.hasPrefix("Quality: the data set's own") } == 1)
      #expect(
        contents.notes == ["“Part9 - Copy” is a copy that came with the data set, and not read"])
      #expect(contents.persons.map(\.name) == ["Part9"])
      #expect(
        read.recordings.map { $0.labels["block"] } == [
          "Baseline", "Math Test", "Math Test Response",
        ])
      #expect(read.recordings.map { $0.labels["stress"] } == ["0", "1", nil])
    }
  }

  @Test func theDocumentedRateIsHeldAgainstTheStatedLength() throws {
    try withTemporaryFolder { folder in
      let block = folder.appending(path: "Participants/Part3/by_block")
      try FileManager.default.createDirectory(at: block, withIntermediateDirectories: true)
      let samples = (0..<2560).map { "\(sin(Double($0) / 9)),\(cos(Double($0) / 9))" }
      for number in 1...2 {
        try Data(("ecg1,ecg2\n" + samples.joined(separator: "\n") + "\n").utf8).write(
          to: block.appending(path: "\(number)_ecg_.csv"))
      }
      try Data("Block ,Block Type,Length(s)\n1,Baseline,10.2\n2,Neutral,20\n".utf8).write(
        to: folder.appending(path: "Part3_Block_Details.csv"))
      let read = try #require(try CLASDataset().contents(of: folder).persons.first).read()
      #expect(read.recordings.map(\.recording.samplingRate) == [256, 256])
      #expect(read.notes.contains { $0.contains("which fits the length") })
      #expect(
        read.notes.contains {
          $0.contains("2_ecg_ then lasts 10 s where Block_Details states 20 s")
        })
    }
  }

  @Test func detailsWithoutTheColumnsAreSaidAndFilesNameTheirBlocks() throws {
    try read("one,two\n1,2\n") { _, read in
      let problem = try #require(read.leftOut.first)
      #expect(problem.reason == .damaged)
      #expect(problem.detail.contains("there are one, two"))
      #expect(read.recordings.map { $0.labels["block"] } == [nil, "mathtest", "mathtest"])
      #expect(read.recordings.map { $0.labels["stress"] } == [nil, "1", "1"])
    }
  }

  @Test func wordsAmongTheSamplesAreMissingSamples() throws {
    try withTemporaryFolder { folder in
      try DataTree(at: clas).unpack(into: folder)
      let file = folder.appending(path: "CLAS/Participants/Part9/by_block/1_ecg_.csv")
      var lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).components(
        separatedBy: "\n")
      lines[3000] =
        lines[3000].components(separatedBy: ",").dropLast().joined(separator: ",") + ",start"
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      let read = try #require(try CLASDataset().contents(of: folder).persons.first).read()
      #expect(read.leftOut.isEmpty)
      let first = try #require(read.recordings.first { $0.name == "1_ecg_" }).recording
      #expect(first.samples.count == 21 * 256)
      #expect(first.samples.indices.filter { first.samples[$0].isNaN } == [2999])
      #expect(first.samplingRate == 256)
      #expect(
        read.notes.contains { $0.hasPrefix("Reading: 1_ecg_.csv: 1 cell of ecg2 is no number and") }
      )
    }
  }
}
