import ECGDatasets
import Foundation
import TestSupport
import Testing

/// What SWELL-KW's tables say, in the forms in which repositories hand them out.
@Suite struct SWELLConditionsTests {
  private let swell = fixtures.appending(path: "ECGDatasets/persons/swell.zip")

  /// The blocks 1 and 3 of PP6 with tables of our own in place of the workbooks.
  private func contents(
    with tables: [String: String], keeping: [String] = [],
    _ body: (DatasetContents) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      try DataTree(at: swell).unpack(into: folder)
      for name in [
        "Behavioral-features - per minute.xlsx", "SWELL-KW - overview available data.xlsx",
      ] where !keeping.contains(name) {
        try FileManager.default.removeItem(at: folder.appending(path: name))
      }
      for (name, text) in tables { try Data(text.utf8).write(to: folder.appending(path: name)) }
      try body(try SWELLDataset().contents(of: folder))
    }
  }

  private func labels(_ contents: DatasetContents) throws -> [[String: String]] {
    try #require(contents.persons.first).read().recordings.map(\.labels)
  }

  @Test func conditionsAreToldByWhatColumnsHoldWhereNoHeadingSaysIt() throws {
    // The archive's form: tabs, numbers in quotation marks, headings that nobody documents, remarks.
    let overview = """
      "nr"\t"when"\t"what"\t"uLog"\t"HR"\r
      "6"\t"1"\t"T"\t"yes"\t"yes"\r
      "6"\t"2"\t"N"\t"yes"\t"no*"\r
      "6"\t"3"\t"I"\t"yes**"\t"yes"\r
      "7"\t"1"\t"N"\t""\t"yes"\r
      ""\t""\t""\t"* no valid HR extracted"\t""\r

      """
    try contents(with: ["SWELL-KW - overview available data.tab": overview]) { contents in
      let found = try labels(contents)
      #expect(found.map { $0["condition"] } == ["T", "I"])
      let note = try #require(contents.notes.first { $0.hasPrefix("Conditions: ") })
      #expect(note.contains("columns A, B, C") && note.contains("available data.tab"))
      #expect(contents.tables.count == 1)
    }
  }

  @Test func headingsCountBeforeWhatColumnsHold() throws {
    let overview =
      "nr,which,old,pp,block,condition\n"
      + [1, 2, 3].map { "6,\($0),N,6,\($0),T" }
      .joined(separator: "\n")
    try contents(with: ["overview.csv": overview]) { contents in
      let found = try labels(contents)
      #expect(found.map { $0["condition"] } == ["T", "T"])
      #expect(contents.notes.contains { $0.hasPrefix("Conditions: by the headings of sheet") })
    }
  }

  @Test(arguments: ["a,b,c\n1,2,3\n", "6,1,N\n6,1,T\n6,2,I\n6,3,I\n", "6,1,N\n6,2,T\n"])
  func anOverviewThatSaysNoConditionsIsSaidNotGuessed(overview: String) throws {
    let kept = ["Behavioral-features - per minute.xlsx"]
    try contents(with: ["overview of data.csv": overview], keeping: kept) { contents in
      let problem = try #require(contents.leftOut.first { $0.what == "overview of data.csv" })
      #expect(problem.reason == .incomplete)
      #expect(problem.detail.contains("conditions are those of the answers"))
      let found = try labels(contents)
      #expect(found.map { $0["condition"] } == ["N", "T"])
    }
  }

  @Test func answersAreReadFromTextWithTabsAsFromAWorkbook() throws {
    let answers = """
      "PP"\t"Blok"\t"Condition"\t"timestamp"\t"Valence_rc"\t"Stress"\t"HR"
      "PP6"\t1\t"R"\t"20120918T130000000"\t\t\t999
      "PP6"\t1\t"N"\t"20120918T131600000"\t6\t1.5\t"#VALUE!"
      "PP6"\t3\t"I"\t"20120918T151600000"\t#VALUE!\t8\t70

      """
    try contents(with: ["Behavioral-features - per minute.tab": answers]) { contents in
      let found = try labels(contents)
      #expect(
        found == [
          ["condition": "N", "valence": "6", "stress": "1.5", "block": "1"],
          ["condition": "I", "stress": "8", "block": "3"],
        ])
    }
  }

  @Test func aReverseCodedColumnCountsWhateverFileComesLast() throws {
    let coded = "PP,Blok,Valence_rc,Stress\n6,1,7,2\n"
    let raw = "PP,Blok,Valence,Stress\n6,1,3,4\n6,3,2,5\n"
    for (first, second) in [(coded, raw), (raw, coded)] {
      try contents(with: ["a.csv": first, "b.csv": second]) { contents in
        let found = try labels(contents)
        #expect(found.map { $0["valence"] } == ["7", "2"])
        #expect(found[0]["stress"] == (first == coded ? "4" : "2"))
        // Block 3 has the plain column alone, which may run the other way.
        #expect(contents.notes.contains { $0.hasPrefix("Scale of valence: ") })
      }
    }
  }

  @Test func windowsInTheRelaxationHaveItsConditionAndNoAnswers() throws {
    // The recorder's clock says 13:16:00 for the first sample of both blocks.
    let answers = """
      PP,Blok,Condition,timestamp,Stress
      6,1,R,20120918T131600000,
      6,1,N,20120918T131610000,1.5
      6,3,I,20120918T131610000,8
      """
    try contents(with: ["answers.csv": answers]) { contents in
      let read = try #require(contents.persons.first).read()
      let first = try #require(read.recordings.first)
      #expect(first.windowLabels?(0, 10) == ["condition": "R"])
      #expect(
        first.windowLabels?(10, 20) == ["condition": "N", "stress": "1.5", "block": "1"])
      #expect(read.notes.contains { $0.hasPrefix("Relaxation: told from the block") })
      // Without minutes of relaxation the whole recording is the block.
      #expect(read.recordings[1].windowLabels == nil)
      #expect(read.recordings[1].labels["stress"] == "8")
    }
  }

  @Test func withoutAnyTableBlocksHaveNoAnswersAndThatIsSaid() throws {
    try contents(with: ["pp6_signals.csv": "time,ecg\n0,1\n"]) { contents in
      #expect(contents.leftOut.contains { $0.what == "the label workbook" })
      #expect(contents.tables.isEmpty)
      let found = try labels(contents)
      #expect(found == [["block": "1"], ["block": "3"]])
    }
  }
}
