/// The transformations that a network learns to tell apart, in the order of its heads.
///
/// In JSON and YAML a list, each entry a name and the settings that differ from the published ones:
///
/// ```yaml
/// transformations:
///   - name: original
///   - name: permutation
///     pieces: 10
/// ```
public struct TransformationSet: Sendable {
  /// The transformations; their names are distinct and their settings in range.
  public let members: [any SignalTransformation]

  /// The seven of the paper, *original* among them, with the published settings.
  public static let standard = TransformationSet(
    unchecked: [
      Original(), AdditiveNoise(), Scaling(), Negation(), TemporalInversion(), Permutation(),
      TimeWarp(),
    ])

  /// A set of transformations.
  /// - Throws: `PretextError` when there are none, when two have the same name, or when a setting is
  ///   out of range.
  public init(_ members: [any SignalTransformation]) throws {
    guard !members.isEmpty else { throw PretextError.noTransformations }
    for (index, member) in members.enumerated() {
      try member.checkSettings()
      if members[..<index].contains(where: { $0.name == member.name }) {
        throw PretextError.repeatedTransformation(member.name)
      }
    }
    self.init(unchecked: members)
  }

  private init(unchecked members: [any SignalTransformation]) {
    self.members = members
  }

  /// How many there are, J.
  public var count: Int { members.count }
  /// The names, in order.
  public var names: [String] { members.map { $0.name } }

  /// The transformation of a name, if it is in the set.
  public subscript(name: String) -> (any SignalTransformation)? {
    members.first { $0.name == name }
  }

  /// The set with one transformation put in the place of that of the same name, or added.
  /// - Throws: `PretextError` when a setting is out of range.
  public func with(_ transformation: any SignalTransformation) throws -> TransformationSet {
    var members = members
    if let index = members.firstIndex(where: { $0.name == transformation.name }) {
      members[index] = transformation
    } else {
      members.append(transformation)
    }
    return try TransformationSet(members)
  }

  /// The set without some of its transformations.
  /// - Throws: `PretextError` when a name is not in the set, or none is left.
  public func without(_ names: String...) throws -> TransformationSet {
    for name in names where self[name] == nil {
      throw PretextError.unknownTransformation(name, known: self.names)
    }
    return try TransformationSet(members.filter { !names.contains($0.name) })
  }
}

extension TransformationSet: Hashable {
  public static func == (one: TransformationSet, other: TransformationSet) -> Bool {
    one.names == other.names
      && zip(one.members, other.members).allSatisfy { $0.settingValues == $1.settingValues }
  }

  public func hash(into hasher: inout Hasher) {
    for member in members {
      hasher.combine(member.name)
      hasher.combine(member.settingValues)
    }
  }
}

extension TransformationSet: Codable {
  public init(from decoder: any Decoder) throws {
    let entries = try decoder.singleValueContainer().decode([Entry].self)
    try self.init(entries.map(\.transformation))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(members.map { Entry(transformation: $0) })
  }

  /// A name and settings, side by side in one object.
  private struct Entry: Codable {
    let transformation: any SignalTransformation

    init(transformation: any SignalTransformation) {
      self.transformation = transformation
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var settings: [String: Double] = [:]
      for key in container.allKeys where key != .name {
        settings[key.stringValue] = try container.decode(Double.self, forKey: key)
      }
      transformation = try TransformationCatalogue.transformation(
        named: container.decode(String.self, forKey: .name), settings: settings)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(transformation.name, forKey: .name)
      for (name, value) in transformation.settingValues.sorted(by: { $0.key < $1.key }) {
        try container.encode(value, forKey: Key(stringValue: name))
      }
    }
  }

  private struct Key: CodingKey, Equatable {
    static let name = Key(stringValue: "name")

    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
