import Foundation

/// Counts bytes and persons for whoever watches. A file of several persons counts in equal shares.
final class ProgressMeter: @unchecked Sendable {
  private let lock = NSLock()
  private var state: Preparation.Progress
  private let holders: [String: Int]
  private let report: @Sendable (Preparation.Progress) -> Void

  init(
    persons: [DatasetPerson], report: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.report = report
    let holders = persons.flatMap(\.files).reduce(into: [:]) { $0[$1.path, default: 0] += 1 }
    self.holders = holders
    state = Preparation.Progress(
      bytes: 0, totalBytes: persons.reduce(0) { $0 + Self.bytes(of: $1, holders) }, persons: 0,
      totalPersons: persons.count)
  }

  func finish(_ person: DatasetPerson) {
    let bytes = Self.bytes(of: person, holders)
    lock.withLock {
      state.bytes += bytes
      state.persons += 1
      report(state)
    }
  }

  private static func bytes(of person: DatasetPerson, _ holders: [String: Int]) -> Int {
    person.files.reduce(0) { $0 + $1.bytes / max(1, holders[$1.path] ?? 1) }
  }
}
