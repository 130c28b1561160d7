import ECGFormats
import Foundation
import TestSupport
import Testing

/// Tables as pandas, R and spreadsheets write them, where a guess can go wrong.
@Suite struct DelimitedRecordingTests {
  /// The channels of a text by their names.
  private func channels(_ text: String) throws -> [String: [Float]] {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "table.csv")
      try Data(text.utf8).write(to: url)
      let file = try openChannelFile(at: url)
      var channels: [String: [Float]] = [:]
      for (index, channel) in file.channels.enumerated() where channel.role == .signal {
        channels[channel.name] = try file.samples(of: index, scaledBy: 1).values
      }
      return channels
    }
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
}
