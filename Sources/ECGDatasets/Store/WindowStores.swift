import ECGSignal
import Foundation

/// Several window stores as one, in the order given.
public struct WindowStores: WindowSource {
  /// The stores.
  public let stores: [WindowStore]
  /// The records of all windows.
  public let records: [WindowRecord]
  /// The number of the first window of each store.
  private let starts: [Int]

  /// Puts stores together.
  /// - Throws: `DatasetError.stores` when there is none, when they were made by different recipes, or
  ///   when a recording is in two of them.
  public init(_ stores: [WindowStore]) throws {
    guard let first = stores.first else {
      throw DatasetError.stores("none was given; name at least one")
    }
    for store in stores.dropFirst() where store.recipe != first.recipe {
      throw DatasetError.stores(
        "\(first.url.path) and \(store.url.path) were made by different recipes ("
          + Self.difference(first.recipe, store.recipe)
          + "); prepare one of them again with the other's settings")
    }
    var owner: [String: Int] = [:]
    for (number, store) in stores.enumerated() {
      for identity in Set(store.records.map(\.recordingIdentity)) {
        if let other = owner.updateValue(number, forKey: identity) {
          throw DatasetError.stores(
            "the recording \(identity) is in \(stores[other].url.path) and in \(store.url.path); "
              + "its windows would count twice")
        }
      }
    }
    self.stores = stores
    records = stores.flatMap(\.records)
    starts = stores.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  /// Opens stores and puts them together.
  public init(at urls: [URL]) throws { try self.init(urls.map { try WindowStore(at: $0) }) }

  public var count: Int { records.count }
  public var windowLength: Int { stores[0].windowLength }
  /// The recipe that all have in common.
  public var recipe: PreprocessingRecipe { stores[0].recipe }
  /// The label columns of any of them, in order of appearance.
  public var labelNames: [String] {
    stores.flatMap(\.labelNames).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  public func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    precondition(index >= 0 && index < count, "there is no window \(index) among \(count)")
    // A handful of stores: walking them costs nothing beside copying a window.
    let store = starts.lastIndex { $0 <= index } ?? 0
    stores[store].copyWindow(index - starts[store], into: destination)
  }

  /// The settings in which two recipes differ, in words.
  private static func difference(_ a: PreprocessingRecipe, _ b: PreprocessingRecipe) -> String {
    func settings(_ recipe: PreprocessingRecipe) -> [String: String] {
      guard let data = try? JSONEncoder().encode(recipe),
        let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
      else { return [:] }
      return object.mapValues { "\($0)" }
    }
    let (first, second) = (settings(a), settings(b))
    return Set(first.keys).union(second.keys).sorted().filter { first[$0] != second[$0] }
      .map { "\($0) \(first[$0] ?? "none") and \(second[$0] ?? "none")" }.joined(separator: ", ")
  }
}
