import ECGDatasets
import ECGFormats
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct FolderDatasetTests {
  private func write(_ text: String, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// A recording of 0, 1, 2 … at 100 Hz, so that every sample tells its place.
  private func writeRamp(_ url: URL, seconds: Int = 30) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try writeDelimitedRecording(
      to: url, channels: [("ecg", "mV", (0..<seconds * 100).map { Float($0) })], samplingRate: 100)
  }

  @Test func labelsPersonsAndNamesComeFromTheTable() throws {
    try withTemporaryFolder { folder in
      for name in ["a.csv", "b.csv", "c.csv"] { try writeRamp(folder.appending(path: "x/" + name)) }
      try write(
        "File;Subject;recording;mood;effort\nx/a.csv;S1;first;good;3\nx/b.csv;S2;;bad;\nx/c.csv;S1;;;1\n",
        to: folder.appending(path: "labels.csv"))
      let contents = try FolderDataset(identity: "lab").contents(of: folder)
      #expect(contents.dataset == "lab")
      #expect(contents.labels == ["mood", "effort"])
      #expect(contents.persons.map(\.name) == ["S1", "S2"])
      let first = try contents.persons[0].read()
      #expect(first.recordings.map(\.name) == ["first", "c"])
      #expect(
        first.recordings.map(\.labels) == [["mood": "good", "effort": "3"], ["effort": "1"]])
      #expect(try contents.persons[1].read().recordings.map(\.labels) == [["mood": "bad"]])
    }
  }

  @Test(arguments: ["start_s,end_s", "onset,duration"])
  func stretchesAreCutAtTheirSeconds(columns: String) throws {
    try withTemporaryFolder { folder in
      try writeRamp(folder.appending(path: "a.csv"))
      let second = columns == "start_s,end_s" ? "15.5" : "5.25"
      try write(
        "file,person,\(columns),task\na.csv,p,0,10,rest\na.csv,p,10.25,\(second),work\n",
        to: folder.appending(path: "labels.csv"))
      let read = try FolderDataset().contents(of: folder).persons[0].read()
      #expect(read.recordings.map(\.start) == [0, 10.25])
      #expect(read.recordings.map(\.name) == ["a", "a"])
      #expect(read.recordings[0].recording.samples == (0..<1000).map { Float($0) })
      #expect(read.recordings[1].recording.samples == (1025..<1550).map { Float($0) })
      #expect(read.recordings[1].labels == ["task": "work"])
    }
  }

  @Test func whatCannotBeUsedIsListedAndTheRestIsRead() throws {
    try withTemporaryFolder { folder in
      try writeRamp(folder.appending(path: "good.csv"))
      try write("", to: folder.appending(path: "empty.csv"))
      try write(
        """
        file,person,start_s,end_s,task
        good.csv,p,,,rest
        gone.csv,p,,,rest
        empty.csv,p,,,rest
        good.csv,,,,rest
        good.csv,p,100,120,rest
        good.csv,p,20,120,rest
        """, to: folder.appending(path: "labels.csv"))
      let contents = try FolderDataset().contents(of: folder)
      #expect(contents.leftOut.map(\.reason) == [.incomplete])
      let read = try contents.persons[0].read()
      #expect(read.leftOut.map(\.reason) == [.missing, .damaged, .incomplete, .incomplete])
      #expect(read.leftOut[2].detail.contains("30 s"))
      #expect(read.recordings.map(\.recording.samples.count) == [3000, 1000])
    }
  }

  @Test func rateAndChannelComeFromTheTable() throws {
    try withTemporaryFolder { folder in
      try write(
        "left,right\n" + (0..<100).map { "\($0),\(-$0)\n" }.joined(),
        to: folder.appending(path: "a.csv"))
      try write(
        "file,person,rate,channel,unit\na.csv,p,50,right,uV\n",
        to: folder.appending(path: "labels.csv"))
      let read = try FolderDataset().contents(of: folder).persons[0].read()
      #expect(read.leftOut.isEmpty)
      let recording = try #require(read.recordings.first).recording
      #expect(recording.samplingRate == 50)
      #expect(recording.lead == "right")
      #expect(recording.samples[99] == -0.099)
    }
  }

  @Test(arguments: [
    ("person,task\np,rest\n", "“file”"),
    ("file,task\na.csv,rest\n", "“person”"),
    ("file,person,quality\na.csv,p,3\n", "“quality”"),
    ("file,person\n", "no recording"),
    ("file,person,rate\na.csv,p,fast\n", "row 2"),
    ("file,person,unit\na.csv,p,apples\n", "apples"),
    ("file,person,start_s,end_s\na.csv,p,9,3\n", "end after"),
  ])
  func aTableThatMeansNothingIsRefusedWithASentence(table: String, words: String) throws {
    try withTemporaryFolder { folder in
      try write(table, to: folder.appending(path: "labels.csv"))
      do {
        _ = try FolderDataset().contents(of: folder)
        Issue.record("the table was accepted")
      } catch {
        #expect("\(error)".contains(words))
        #expect("\(error)".contains("labels.csv"))
      }
    }
  }

  @Test func withoutATableAPersonIsASubfolderOrElseAFile() throws {
    try withTemporaryFolder { folder in
      try writeRamp(folder.appending(path: "anna/one.csv"))
      try writeRamp(folder.appending(path: "anna/two.csv"))
      try writeRamp(folder.appending(path: "ben/one.csv"))
      try write("nothing of interest", to: folder.appending(path: ".hidden/x.csv"))
      let contents = try FolderDataset().contents(of: folder)
      #expect(contents.persons.map(\.name) == ["anna", "ben"])
      #expect(try contents.persons[0].read().recordings.map(\.name) == ["one", "two"])
      #expect(contents.labels.isEmpty)
      #expect(contents.notes.count == 1)

      let flat = try FolderDataset().contents(of: folder.appending(path: "anna"))
      #expect(flat.persons.map(\.name) == ["one", "two"])
    }
  }

  @Test func aFolderOfNothingIsRefused() throws {
    try withTemporaryFolder { folder in
      #expect(throws: DatasetError.self) { try FolderDataset().contents(of: folder) }
      #expect(throws: DatasetError.self) {
        try FolderDataset().contents(of: folder.appending(path: "absent"))
      }
      let file = folder.appending(path: "file.csv")
      try writeRamp(file)
      #expect(throws: DatasetError.self) { try FolderDataset().contents(of: file) }
    }
  }
}
