import ArgumentParser
import ECGDatasets
import ECGSignal
import Foundation
import HeartfeltWork

/// Window stores, and persons of theirs to be left out or set aside.
struct StoreArguments: ParsableArguments {
  @Argument(help: "One or more window stores that 'prepare' made.")
  var stores: [URL]

  @Option(
    help: """
      A person to leave out altogether, as NAME or DATASET/NAME; may be repeated.
      """)
  var exclude: [String] = []

  @Option(help: "Leave out windows of a quality below this, in [0, 1].")
  var minimumQuality = 0.0

  mutating func validate() throws {
    guard !stores.isEmpty else { throw ValidationError("name at least one window store") }
    guard (0...1).contains(minimumQuality) else {
      throw ValidationError("--minimum-quality must lie in [0, 1], not \(minimumQuality)")
    }
  }

  /// The windows that are left, with their records.
  /// - Throws: when a store cannot be read, a person to be left out is not there, or nothing is left.
  func windows() throws -> StoredWindows {
    let all = try WindowStores(at: stores)
    for name in exclude where !all.records.contains(where: { $0.isOf(person: name) }) {
      let persons = Set(all.records.map(\.person)).sorted()
      throw CommandError(
        "there is no person '\(name)' to leave out; there are \(persons.joined(separator: ", "))")
    }
    let kept = all.records.indices.filter { index in
      let record = all.records[index]
      return record.quality >= minimumQuality && !exclude.contains { record.isOf(person: $0) }
    }
    guard !kept.isEmpty else {
      throw CommandError(
        "no window is left of \(all.count); lower --minimum-quality or leave out fewer persons")
    }
    return StoredWindows(
      windows: WindowSubset(of: all, at: kept), records: kept.map { all.records[$0] },
      recipe: all.recipe,
      scales: all.stores.reduce(into: [:]) {
        $0.merge($1.description.scales) { first, _ in first }
      })
  }
}

extension WindowRecord {
  /// Whether the window is of a person, given as `person` or `dataset/person`.
  func isOf(person name: String) -> Bool { person == name || personIdentity == name }
}
