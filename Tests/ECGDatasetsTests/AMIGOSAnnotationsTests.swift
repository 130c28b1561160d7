import ECGDatasets
import ECGFormats
import Foundation
import TestSupport
import Testing

/// What others saw in AMIGOS's persons; that windows have it is tested in PreparedPersonsTests.
@Suite struct AMIGOSAnnotationsTests {
  private let folder = fixtures.appending(path: "ECGDatasets")

  /// A download as recorded, with a table of annotations of our own.
  private func contents(
    with table: String, _ body: (DatasetContents) throws -> Void
  ) throws {
    try withTemporaryFolder { place in
      let download = place.appending(path: "download")
      try DataTree(at: folder.appending(path: "persons/amigos-original.zip")).unpack(into: download)
      let annotations = download.appending(path: "External_Annotations.xlsx")
      try FileManager.default.removeItem(at: annotations)
      try FileManager.default.copyItem(
        at: folder.appending(path: "annotations/\(table).xlsx"), to: annotations)
      try body(try AMIGOSDataset().contents(of: download))
    }
  }

  @Test func columnsAreKnownByTheirHeadingsAndVideosByTheirNumber() throws {
    try contents(with: "numbers") { contents in
      #expect(contents.leftOut.allSatisfy { $0.reason == .missing })
      #expect(
        contents.notes.contains { $0.hasPrefix("External annotation: the mean of 2 annotators") })
      #expect(contents.notes.contains { $0.contains("1 rows without a segment") })
      let read = try contents.persons[0].read()
      let labels = try #require(read.recordings[0].windowLabels?(0, 1))
      // The first second lies in the first segment alone; the sheet's own mean does not count.
      #expect(labels == ["external_valence": "0.4", "external_arousal": "-0.1"])
      #expect(
        read.recordings[0].windowLabels?(20.5, 21) == [
          "external_valence": "-0.5", "external_arousal": "0.3",
        ])
      // The other video has no annotation, and its own answers all the same.
      #expect(read.recordings[1].windowLabels == nil)
      #expect(read.recordings[1].labels["arousal"] == "7.5")
    }
  }

  @Test func aTableWhoseColumnsCannotBeToldIsRefusedWithItsHeadings() throws {
    try contents(with: "headless") { contents in
      let problem = try #require(contents.leftOut.first { $0.what == "External_Annotations.xlsx" })
      #expect(problem.reason == .damaged)
      #expect(
        problem.detail.contains(
          "sheet “Ratings” has UserID, VideoID, Valence_Annotator_1, Arousal_Annotator_1"))
      let read = try contents.persons[0].read()
      #expect(read.recordings.count == 2)
      #expect(read.recordings.allSatisfy { $0.windowLabels == nil })
    }
  }

  @Test func aNumberOfSegmentsThatDoesNotFitTheTrialIsSaid() throws {
    // Trials of seven seconds with three segments.
    let contents = try AMIGOSDataset().contents(of: folder.appending(path: "amigos"))
    let read = try contents.persons[0].read()
    #expect(
      read.notes.contains {
        $0.hasPrefix("External annotation: a trial with 3 segments where its length makes 2")
      })
  }

  @Test func preparedFilesThatHoldAnotherMultipleThanTheTableAreSaid() throws {
    try withTemporaryFolder { place in
      try DataTree(at: folder.appending(path: "persons/amigos.zip")).unpack(into: place)
      try FileManager.default.copyItem(
        at: folder.appending(path: "annotations/doubled.xlsx"),
        to: place.appending(path: "External_Annotations.xlsx"))
      let read = try #require(try AMIGOSDataset().contents(of: place).persons.first).read()
      // One video's table holds twice the file's values, the other's the same.
      let notes = read.notes.filter { $0.contains("times the annotators' mean") }
      #expect(notes.count == 1)
      #expect(notes[0].contains("hold 0.5 times"))
      // The file's own values are taken.
      #expect(read.recordings[0].windowLabels?(0, 1)?["external_valence"] == "0.1")
    }
  }
}
