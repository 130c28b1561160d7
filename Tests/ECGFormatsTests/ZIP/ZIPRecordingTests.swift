import ECGFormats
import Foundation
import Testing

@Suite struct ZIPRecordingTests {
  private func sentence(_ name: String) -> String {
    do {
      _ = try readRecording(at: golden.appending(path: "zip/\(name)"))
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func theOnlyRecordingOfAnArchiveIsRead() throws {
    let description = try describeFile(at: golden.appending(path: "zip/csv.zip"))
    #expect(description.format == .delimitedText)
    #expect(
      description.details.contains(.init("entry of the archive", "data/ecg.csv")) == true)
  }

  @Test func severalRecordingsAreNotGuessedAmong() {
    #expect(sentence("two.zip").contains("found 2 files: one.csv, two.csv; unpack it and name one"))
  }

  @Test func aPackedNothingIsUnpackedAndRefused() {
    #expect(sentence("zeros.zip").contains("zeros.zip/ecg.csv: expected a recording"))
  }

  @Test func anEntryThatStatesMoreThanItCanHoldIsRefused() {
    #expect(sentence("lying.zip").contains("4294967294 bytes packed into"))
  }
}
