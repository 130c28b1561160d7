import ECGFormats
import Foundation

extension PersonRecordings {
  /// Reads a file that holds one recording and takes what a body makes of it; a file that cannot be
  /// read is left out, with the reason.
  /// - Parameters:
  ///   - others: files that the reader needs beside it, such as a WFDB record's signals.
  ///   - lead: which lead was taken and why, where the data set decided and not the file's names.
  mutating func add(
    _ file: DataFile, with others: [DataFile] = [], of person: String, in tree: DataTree,
    options: ReadingOptions = ReadingOptions(), lead: String? = nil,
    _ body: (LoadedRecording) throws -> [LabelledRecording]
  ) {
    do {
      let loaded = try ([file] + others).withURLs(unpackingInto: tree.scratch) {
        try readRecording(at: $0[0], options: options)
      }
      notes.append("Lead: \(lead ?? "\(loaded.choice)")")
      notes += loaded.warnings.map { "Reading: \($0)" }
      recordings += try body(loaded)
    } catch {
      leaveOut(file.name, of: person, .damaged, "\(error)")
    }
  }

  /// Notes what could not be used.
  mutating func leaveOut(
    _ what: String, of person: String, _ reason: LeftOut.Reason, _ detail: String
  ) {
    leftOut.append(LeftOut(person: person, what: what, reason: reason, detail: detail))
  }
}
