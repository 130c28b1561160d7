import ECGDatasets
import Foundation

/// A progress bar over bytes and persons that is moved from several threads, one at a time.
final class SharedProgressBar: @unchecked Sendable {
  private let lock = NSLock()
  private let title: String
  private var bar: ProgressBar?

  init(_ title: String) { self.title = title }

  func update(_ progress: Preparation.Progress) {
    lock.withLock {
      var bar = bar ?? ProgressBar(title, total: progress.totalBytes, unit: "bytes")
      bar.update(progress.bytes, "\(progress.persons) of \(progress.totalPersons) persons")
      self.bar = bar
    }
  }

  func finish() { lock.withLock { bar?.finish() } }
}
