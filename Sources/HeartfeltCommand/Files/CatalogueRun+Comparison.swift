import ECGCatalogue
import ECGEvaluation
import Foundation

extension CatalogueRun {
  /// What is known of a run before it ran, by name.
  var facts: [String: String] {
    var facts = [
      "kind": kind, "version": version, "program": String(program.prefix(12)), "engine": engine,
      "seed": seed,
    ]
    for (number, source) in data.enumerated() {
      facts["data \(number + 1)"] = String(source.sha256.prefix(12))
    }
    if let place = cellPlace { (facts["split"], facts["method"]) = (place.split, place.method) }
    for (name, value) in settings { facts["configuration.\(name)"] = value }
    return facts
  }

  /// The settings by their paths: `pretraining.transformations.noise.signalToNoise`.
  var settings: [String: String] {
    var settings: [String: String] = [:]
    let tree = try? JSONDecoder().decode(SettingsTree.self, from: Data(configuration.utf8))
    Self.flatten(tree ?? .null, "", into: &settings)
    return settings
  }

  /// The figures by name; those of a cell without its split and method, so that cells of two methods
  /// can be compared.
  var values: [String: Value] {
    let place = cellPlace.map { "\($0.split)/\($0.method)/" } ?? ""
    return Dictionary(metrics.map { (String($0.name.dropFirst(place.count)), $0) }) { first, _ in
      first
    }
  }

  /// The split and the method of a cell of a study, which all its figures are of.
  private var cellPlace: (split: String, method: String)? {
    let names = metrics.map { $0.name.split(separator: "/", maxSplits: 2) }
    guard kind == "cell", let first = names.first, first.count == 3,
      names.allSatisfy({ $0.prefix(2) == first.prefix(2) })
    else { return nil }
    return (String(first[0]), String(first[1]))
  }

  /// Members of a list that have names stand under these.
  private static func flatten(
    _ tree: SettingsTree, _ path: String, into settings: inout [String: String]
  ) {
    func below(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
    switch tree {
    case .group(let entries):
      for (name, inner) in entries { flatten(inner, below(name), into: &settings) }
    case .list(let members):
      for (number, member) in members.enumerated() {
        guard case .group(var entries) = member else {
          settings[path] = members.map(text).joined(separator: ", ")
          return
        }
        let name = entries.removeValue(forKey: "name").map(text) ?? "\(number + 1)"
        if entries.isEmpty { settings[below(name)] = "present" }
        flatten(.group(entries), below(name), into: &settings)
      }
    default: settings[path] = text(tree)
    }
  }

  private static func text(_ tree: SettingsTree) -> String {
    switch tree {
    case .null: "none"
    case .flag(let value): value ? "yes" : "no"
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .text(let value): value
    case .list(let members): members.map(text).joined(separator: ", ")
    case .group: ""
    }
  }
}

extension CatalogueRun.Value {
  /// `0.612 [0.558, 0.667]`
  var figures: String {
    func digits(_ value: Double) -> String { String(format: "%.3f", value) }
    guard let low, let high else { return digits(value) }
    return "\(digits(value)) [\(digits(low)), \(digits(high))]"
  }
}
