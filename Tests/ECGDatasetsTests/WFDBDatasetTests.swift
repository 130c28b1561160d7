import ECGDatasets
import Foundation
import TestSupport
import Testing

/// Collections of WFDB records: which there are, and whose.
@Suite struct WFDBDatasetTests {
  private let records = fixtures.appending(path: "ECGDatasets/persons/wfdb.zip")

  /// A folder with copies of one record under other names.
  private func collection(
    _ names: [String], _ others: [String: String], _ body: (URL) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "source")
      try DataTree(at: records).unpack(into: source)
      let place = folder.appending(path: "collection")
      for name in names {
        let target = place.appending(path: name)
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        for suffix in ["hea", "dat"] {
          var content = try Data(
            contentsOf: source.appending(path: "p00/p00001/p00001_s00.\(suffix)"))
          if suffix == "hea" {
            let text = String(decoding: content, as: UTF8.self)
            content = Data(text.replacing("p00001_s00", with: target.lastPathComponent).utf8)
          }
          try content.write(to: target.appendingPathExtension(suffix))
        }
      }
      for (name, text) in others {
        let file = place.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      try body(place)
    }
  }

  @Test func recordsOfPTBXLCountOnceAndBelongToTheirPatients() throws {
    let names = [
      "records100/00000/00001_lr", "records100/00000/00002_lr", "records100/00000/00003_lr",
      "records500/00000/00001_hr", "records500/00000/00002_hr",
    ]
    let table = """
      ecg_id,patient_id,age,report
      1,15709.0,56,"sinusrhythmus, peripher
      niederspannung"
      2,15709.0,57,ok
      3,22,19,ok
      """
    let others = [
      "RECORDS": names.joined(separator: "\n"), "ptbxl_database.csv": table, "LICENSE.txt": "",
    ]
    try collection(names, others) { folder in
      let contents = try WFDBDataset().contents(of: folder)
      #expect(contents.persons.map(\.name) == ["patient22", "patient15709"])
      let read = try contents.persons.map { try $0.read().recordings.map(\.name) }
      #expect(
        read == [
          // The record that is there at the lower rate alone.
          ["records100/00000/00003_lr"],
          ["records500/00000/00001_hr", "records500/00000/00002_hr"],
        ])
      #expect(contents.leftOut.isEmpty)
      #expect(contents.notes == ["Persons: by patient_id in ptbxl_database.csv"])
    }
  }

  @Test func listsMayNameListsAndFoldersArePersons() throws {
    let names = ["p00/p00000/p00000_s00", "p00/p00000/p00000_s01", "p01/p01001/p01001_s00"]
    let others = [
      "RECORDS": "p00/\np01/\n", "p00/RECORDS": "p00000/p00000_s00\np00000/p00000_s01\n",
      "p01/RECORDS": "p01001/p01001_s00\np01001/p01001_s01\n",
    ]
    try collection(names, others) { folder in
      let contents = try WFDBDataset().contents(of: folder)
      #expect(contents.persons.map(\.name) == ["p00000", "p01001"])
      #expect(contents.persons.map(\.files.count) == [4, 2])
      #expect(contents.leftOut.map(\.person) == ["p01001"])
      #expect(contents.leftOut.map(\.reason) == [.missing])
    }
  }

  @Test func withoutAListEveryRecordCountsAndIsAPersonOfItsOwn() throws {
    try collection(["100", "101"], [:]) { folder in
      let contents = try WFDBDataset().contents(of: folder)
      #expect(contents.persons.map(\.name) == ["100", "101"])
      #expect(contents.notes.contains { $0.hasPrefix("Persons: by the folders and names") })
    }
  }
}
