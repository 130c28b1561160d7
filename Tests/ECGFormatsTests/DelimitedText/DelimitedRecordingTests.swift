import ECGFormats
import Foundation
import TestSupport
import Testing

/// Tables as pandas, R and spreadsheets write them, where a guess can go wrong.
@Suite struct DelimitedRecordingTests {
  /// The file that a text is.
  private func file(_ text: String) throws -> any ChannelFile {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "table.csv")
      try Data(text.utf8).write(to: url)
      return try openChannelFile(at: url)
    }
  }

  /// The channels of a text by their names.
  private func channels(_ text: String) throws -> [String: [Float]] {
    let file = try file(text)
    var channels: [String: [Float]] = [:]
    for (index, channel) in file.channels.enumerated() where channel.role == .signal {
      channels[channel.name] = try file.samples(of: index, scaledBy: 1).values
    }
    return channels
  }

  @Test(arguments: [";", "\t", "|", ","])
  func quotesAroundEveryCellSeparateNothing(_ delimiter: String) throws {
    let rows = [
      ["ECG", "RESP", "note"], ["0.5", "1", "rest"], ["0.25", "2", ""], ["-1", "3", "task"],
    ]
    let text = rows.map { $0.map { "\"\($0)\"" }.joined(separator: delimiter) + "\r\n" }.joined()
    #expect(try channels(text) == ["ECG": [0.5, 0.25, -1], "RESP": [1, 2, 3]])
  }

  @Test func quotedDecimalCommasAreRead() throws {
    let text = "\"ECG\";\"note\"\n\"0,5\";\"rest\"\n\"-0,25\";\"rest\"\n\"1,5\";\"task x\"\n"
    #expect(try channels(text) == ["ECG": [0.5, -0.25, 1.5]])
  }

  @Test(arguments: ["rest", "\"task x\"", ""])
  func firstRowOfNumbersAndWordsIsNoHeader(_ word: String) throws {
    let text = "0.5,1,rest\n0.25,2,\(word)\n-1,3,rest\n"
    #expect(try channels(text) == ["column 1": [0.5, 0.25, -1], "column 2": [1, 2, 3]])
  }

  @Test func namesThatAreNumbersBesideWordsAreAHeader() throws {
    let text = "ecg,2\n0.5,1\n0.25,2\n"
    #expect(try channels(text) == ["ecg": [0.5, 0.25], "2": [1, 2]])
  }

  @Test func anEmptyCellInQuotesIsAMissingSample() throws {
    let values = try #require(try channels("ECG\n1\n\"\"\n3\n\n")["ECG"])
    #expect(values.count == 3)
    #expect(values[0] == 1 && values[1].isNaN && values[2] == 3)
  }

  @Test func whatRdsampPrintsHasItsRateAndUnits() throws {
    let texts = [
      "'Elapsed time','MLII','V5'\n'hh:mm:ss.mmm','mV','mV'\n"
        + "'0:00.000',-0.1,0.5\n'0:00.004',-0.2,0.6\n'0:00.008',-0.3,0.7\n",
      "   Elapsed time     MLII       V5\n   hh:mm:ss.mmm     (mV)     (mV)\n"
        + "    0:00.000   -0.1   0.5\n    0:00.004   -0.2   0.6\n    0:00.008   -0.3   0.7\n",
    ]
    for text in texts {
      let file = try file(text)
      #expect(file.channels.map(\.name) == ["Elapsed time", "MLII", "V5"])
      #expect(file.channels.map(\.samplingRate) == [250, 250, 250])
      #expect(file.channels.dropFirst().map(\.unit) == ["mV", "mV"])
      #expect(try channels(text) == ["MLII": [-0.1, -0.2, -0.3], "V5": [0.5, 0.6, 0.7]])
    }
  }

  @Test func namesOfMoreWordsThanColumnsStandOverNone() throws {
    let text = "heart beat II V5\n1 2\n3 5\n"
    #expect(try channels(text) == ["column 1": [1, 3], "column 2": [2, 5]])
  }

  @Test func rNamesNoColumnOfRowNames() throws {
    let text = "\"time\" \"ecg\"\n" + (1...4).map { "\"\($0)\" \(Double($0) / 100) 0.5\n" }.joined()
    let file = try file(text)
    #expect(file.channels.map(\.name) == ["row", "time", "ecg"])
    #expect(file.channels.last?.samplingRate == 100)
    #expect(try channels(text) == ["ecg": [0.5, 0.5, 0.5, 0.5]])
  }

  @Test func aCellMoreThanTheHeaderMovesNoName() throws {
    let text = "time,ecg\n0.0,0.5,start\n0.01,0.6\n0.02,0.7\n0.03,0.8\n"
    #expect(try channels(text) == ["ecg": [0.5, 0.6, 0.7, 0.8]])
  }

  @Test func aColumnOfTimesOfDayNeedsNoName() throws {
    let text =
      ",ecg\n" + (0..<4).map { "2021-03-01 23:59:59.\($0)00,\($0)\n" }.joined()
      + "2021-03-02 00:00:00.000,10\n"
    let file = try file(text)
    // Half a second is missing before the last row.
    #expect(file.channels.last?.samplingRate == 10)
    #expect(file.channels.last?.sampleCount == 11)
    #expect(file.channels.first?.role == .time)
  }
}
