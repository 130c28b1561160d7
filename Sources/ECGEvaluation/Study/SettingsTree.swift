/// Settings as they are written: what YAML and JSON have in common. Trees are laid over one another,
/// the upper one's leaves in place of the lower one's, and then read as typed settings.
public enum SettingsTree: Codable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([SettingsTree])
  case group([String: SettingsTree])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([SettingsTree].self) {
      self = .list(value)
    } else {
      self = .group(try container.decode([String: SettingsTree].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    // A whole number is written as one, so that it can be read as one.
    case .number(let value):
      if value == value.rounded(), abs(value) < 1e15 {
        try container.encode(Int(value))
      } else {
        try container.encode(value)
      }
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .group(let value): try container.encode(value)
    }
  }

  /// This tree with another laid over it: groups are joined, everything else is replaced.
  public func overlaid(by upper: SettingsTree) -> SettingsTree {
    guard case .group(let below) = self, case .group(let above) = upper else { return upper }
    return .group(below.merging(above) { $0.overlaid(by: $1) })
  }

  /// The first path of this tree that another one, written from the settings that were read, does not
  /// have: a setting that nobody knows.
  package func unknownPath(in known: SettingsTree, below path: String = "") -> String? {
    guard case .group(let entries) = self else { return nil }
    guard case .group(let knownEntries) = known else { return path.isEmpty ? nil : path }
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      let place = path.isEmpty ? key : path + "." + key
      guard let other = knownEntries[key] else { return value == .null ? nil : place }
      if let unknown = value.unknownPath(in: other, below: place) { return unknown }
    }
    return nil
  }
}
