import ArgumentParser
import ECGDatasets
import ECGRandom
import ECGSignal
import Foundation

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

/// Windows of stores with what is known of them.
struct StoredWindows {
  let windows: any WindowSource
  let records: [WindowRecord]
  let recipe: PreprocessingRecipe
  let scales: [String: [Double]]

  /// The persons, as `dataset/person`, sorted.
  var persons: [String] { Set(records.map(\.personIdentity)).sorted() }

  /// The first window of good quality, to show transformations on.
  var example: PretrainingReport.Example? {
    let good = records.indices.first { records[$0].quality >= 0.8 } ?? records.indices.first
    return good.map { index in
      let record = records[index]
      return PretrainingReport.Example(
        window: windows.window(index),
        source: "Person \(record.person), \(record.recording), from \(Int(record.start)) s",
        samplingRate: recipe.samplingRate)
    }
  }

  /// Those of some persons only.
  func of(persons: Set<String>) -> StoredWindows {
    at(records.indices.filter { persons.contains(records[$0].personIdentity) })
  }

  /// Those at some indices only.
  func at(_ indices: [Int]) -> StoredWindows {
    StoredWindows(
      windows: WindowSubset(of: windows, at: indices), records: indices.map { records[$0] },
      recipe: recipe, scales: scales)
  }

  /// Sets a share of the persons aside, at least one when the share is not 0 and there are two.
  func settingAside(share: Double, seed: UInt64) -> (kept: StoredWindows, aside: StoredWindows) {
    let persons = persons
    var random = RandomStream(seed: seed, purpose: .personsSetAside)
    let wanted = Int((Double(persons.count) * share).rounded())
    let count = share > 0 && persons.count > 1 ? min(max(wanted, 1), persons.count - 1) : 0
    let aside = Set(random.permutation(of: persons.count).prefix(count).map { persons[$0] })
    return (of(persons: Set(persons).subtracting(aside)), of(persons: aside))
  }
}

extension RandomPurpose {
  /// Which persons are set aside to be scored on while a model is trained.
  fileprivate static let personsSetAside = RandomPurpose("command.persons-set-aside")
}

extension WindowRecord {
  /// Whether the window is of a person, given as `person` or `dataset/person`.
  func isOf(person name: String) -> Bool { person == name || personIdentity == name }
}
