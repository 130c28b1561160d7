import ECGFormats
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct WrongInputTests {
  private func sentence(_ url: URL, _ options: ReadingOptions = ReadingOptions()) -> String {
    do {
      _ = try readRecording(at: url, options: options)
      return "read"
    } catch {
      return "\(error)"
    }
  }

  @Test func aMissingFileIsSaidToBeMissing() throws {
    try withTemporaryFolder { folder in
      #expect(
        sentence(folder.appending(path: "no.csv")).hasSuffix("found nothing there; check the path"))
    }
  }

  @Test func aFolderIsNotARecording() throws {
    try withTemporaryFolder { folder in
      #expect(sentence(folder).contains("found a folder"))
    }
  }

  @Test func anEmptyFileIsSaidToBeEmpty() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "empty.csv")
      try Data().write(to: url)
      #expect(sentence(url).contains("found an empty file"))
      try Data("\n\n  \n".utf8).write(to: url)
      #expect(sentence(url).contains("no row of data"))
    }
  }

  @Test func aFileWithoutPermissionIsNamed() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "secret.csv")
      try Data("1\n2\n".utf8).write(to: url)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: url.path)
      // The superuser may read everything.
      let mayReadAll = FileManager.default.isReadableFile(atPath: url.path)
      #expect(sentence(url).contains(mayReadAll ? "--rate" : "no permission to read it"))
    }
  }

  @Test func textUnderTheNameOfAnArrayIsRefused() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "ecg.npy")
      try Data("0.1\n0.2\n".utf8).write(to: url)
      #expect(
        sentence(url)
          == "\(url.path): expected a NumPy array, as its name says, found text; rename it "
          + "to .csv if it holds columns of numbers")
    }
  }

  @Test func aRateIsNeverGuessed() throws {
    let bare = golden.appending(path: "text/bare.txt")
    #expect(sentence(bare).hasSuffix("found none in the file; give it with --rate, in Hz"))
    #expect(sentence(bare, ReadingOptions(samplingRate: 0)).contains("at most a million, not 0"))
    #expect(sentence(bare, ReadingOptions(samplingRate: .nan)).contains("greater than 0 Hz"))
    #expect(sentence(bare, ReadingOptions(samplingRate: 1e300)).contains("at most a million"))
    #expect(
      sentence(golden.appending(path: "edf/plain.edf"), ReadingOptions(samplingRate: 256))
        .contains("found 200.0 Hz in the file"))
  }

  @Test func aChannelThatIsNotThereListsThoseThatAre() {
    let answer = sentence(
      golden.appending(path: "edf/plain.edf"), ReadingOptions(samplingRate: nil, channel: "V9"))
    #expect(answer.contains("found \"ECG II\", \"Resp\"; give --channel"))
  }

  @Test func severalNamelessColumnsAreNotGuessedAmong() {
    let answer = sentence(
      golden.appending(path: "text/blanks.txt"), ReadingOptions(samplingRate: 250))
    #expect(answer.contains("--channel"))
  }

  @Test func aWordAmongNumbersIsNamedWithItsLine() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "word.csv")
      try Data("ecg\n1\n2\nthree\n4\n".utf8).write(to: url)
      #expect(
        sentence(url, ReadingOptions(samplingRate: 100))
          == "\(url.path), line 4: expected a number in column \"ecg\", found \"three\"; correct the "
          + "cell, or leave it empty if the sample is missing")
    }
  }

  @Test func objectArraysAreRefused() {
    #expect(sentence(golden.appending(path: "npy/objects.npy")).contains("elements of type '|O'"))
  }

  @Test func unknownBytesAreSaidToBeUnknown() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "noise.bin")
      try Data([1, 2, 3, 0, 5]).write(to: url)
      #expect(sentence(url).contains("found bytes that begin 01 02 03 00 05"))
    }
  }

  @Test func aCutRecordIsSaidToBeCut() throws {
    try withTemporaryFolder { folder in
      for name in ["format212.hea", "format212.dat"] {
        let data = try Data(contentsOf: golden.appending(path: "wfdb/\(name)"))
        try data.prefix(name.hasSuffix("dat") ? 100 : data.count).write(
          to: folder.appending(path: name))
      }
      #expect(sentence(folder.appending(path: "format212")).contains("the file is cut short"))
    }
  }

  @Test func aChangedSampleShowsInTheChecksum() throws {
    try withTemporaryFolder { folder in
      var data = try Data(contentsOf: golden.appending(path: "wfdb/format16.dat"))
      data[40] ^= 1
      try data.write(to: folder.appending(path: "format16.dat"))
      try FileManager.default.copyItem(
        at: golden.appending(path: "wfdb/format16.hea"), to: folder.appending(path: "format16.hea"))
      let loaded = try readRecording(at: folder.appending(path: "format16.hea"))
      #expect(loaded.warnings.contains { $0.contains("checksum") })
    }
  }

  @Test func headersCannotReachOutOfTheirFolder() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "out.hea")
      try Data("out 1 250 10\n../../etc/passwd 16 200 16 0 0 0 0 II\n".utf8).write(to: url)
      #expect(try detectFormat(of: url) == .delimitedText)
    }
  }
}
