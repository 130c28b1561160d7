import Foundation
import TestSupport
import Testing

/// A file with a wave at 100 Hz and its times.
func recording(seconds: Int, to url: URL) throws {
  let rows = (0..<seconds * 100).map { index in
    let time = Double(index) / 100
    return "\(time),\(index % 80 == 0 ? 1.0 : 0.1 * Double(index % 7))"
  }
  try Data(("time_s,ecg_mV\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: url)
}

/// A folder with a small synthetic cohort in `cohort` and its windows in `store`.
func withStore<Result>(
  persons: Int, seconds: Int = 30, _ body: (URL) throws -> Result
) throws -> Result {
  try withTemporaryFolder { folder in
    let cohort = try CommandRun(
      [
        "synthesize", "--persons", "\(persons)", "--seconds", "\(seconds)", "--output", "cohort",
      ], in: folder)
    try #require(cohort.status == 0, "\(cohort.errors)")
    let store = try CommandRun(
      ["prepare", "folder", "cohort", "--output", "store"], in: folder)
    try #require(store.status == 0, "\(store.errors)")
    return try body(folder)
  }
}

/// A folder with a store and a network pre-trained on it for an epoch, in `run`.
func withTrainedModel<Result>(_ body: (URL) throws -> Result) throws -> Result {
  try withStore(persons: 2) { folder in
    let run = try CommandRun(
      ["pretrain", "store", "--output", "run", "--epochs", "1"], in: folder)
    try #require(run.status == 0, "\(run.errors)")
    return try body(folder)
  }
}
