import ECGDatasets
import Foundation

/// A progress bar over bytes and persons that is moved from several threads, one at a time.
package final class SharedProgressBar: @unchecked Sendable {
  private let lock = NSLock()
  private let title: String
  private var bar: ProgressBar?

  package init(_ title: String) { self.title = title }

  package func update(_ progress: Preparation.Progress) {
    lock.withLock {
      var bar = bar ?? ProgressBar(title, total: progress.totalBytes, unit: "bytes")
      bar.update(progress.bytes, "\(progress.persons) of \(progress.totalPersons) persons")
      self.bar = bar
    }
  }

  package func finish() { lock.withLock { bar?.finish() } }
}
