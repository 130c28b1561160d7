import ECGRandom
import ECGSignal

/// Windows of stores with what is known of them.
package struct StoredWindows {
  package let windows: any WindowSource
  package let records: [WindowRecord]
  package let recipe: PreprocessingRecipe
  package let scales: [String: [Double]]

  /// Windows with their records, one each.
  package init(
    windows: any WindowSource, records: [WindowRecord], recipe: PreprocessingRecipe,
    scales: [String: [Double]]
  ) {
    self.windows = windows
    self.records = records
    self.recipe = recipe
    self.scales = scales
  }

  /// The persons, as `dataset/person`, sorted.
  package var persons: [String] { Set(records.map(\.personIdentity)).sorted() }

  /// The first window of good quality, to show transformations on.
  package var example: PretrainingReport.Example? {
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
  package func of(persons: Set<String>) -> StoredWindows {
    at(records.indices.filter { persons.contains(records[$0].personIdentity) })
  }

  /// Those at some indices only.
  package func at(_ indices: [Int]) -> StoredWindows {
    StoredWindows(
      windows: WindowSubset(of: windows, at: indices), records: indices.map { records[$0] },
      recipe: recipe, scales: scales)
  }

  /// Sets a share of the persons aside, at least one when the share is not 0 and there are two.
  package func settingAside(share: Double, seed: UInt64) -> (
    kept: StoredWindows, aside: StoredWindows
  ) {
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
