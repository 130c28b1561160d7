/// All transformations there are. A new one is a file of its own and one line here.
public enum TransformationCatalogue {
  /// The types, in the order of the recognition heads. The first seven are the published ones.
  public static let all: [any SignalTransformation.Type] = [
    Original.self,
    AdditiveNoise.self,
    Scaling.self,
    Negation.self,
    TemporalInversion.self,
    Permutation.self,
    TimeWarp.self,
  ]

  /// The names, such as `noise`.
  public static var names: [String] { all.map { $0.name } }

  /// A transformation by name, with the published settings but for those given.
  /// - Throws: `PretextError` for a name or a setting that does not exist, or a value out of range.
  public static func transformation(
    named name: String, settings: [String: Double] = [:]
  ) throws -> any SignalTransformation {
    guard let type = all.first(where: { $0.name == name }) else {
      throw PretextError.unknownTransformation(name, known: names)
    }
    return try type.init(settings: settings)
  }
}
