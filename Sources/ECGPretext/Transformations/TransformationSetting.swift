/// A number that adjusts a transformation: its name, meaning and range.
public struct TransformationSetting<Transformation: SignalTransformation>: Sendable {
  /// The name in configurations and on the command line, such as `pieces`.
  public let name: String
  /// What it is, with its unit, such as `signal-to-noise ratio in dB`.
  public let meaning: String
  /// The values it can take.
  public let range: ClosedRange<Double>
  /// Whether only whole numbers make sense.
  public let isWhole: Bool
  /// Reads the value from a transformation.
  let value: @Sendable (Transformation) -> Double
  /// Writes a value that is known to be in range.
  let adjust: @Sendable (inout Transformation, Double) -> Void

  /// A setting that takes any number in a range.
  public init(
    _ name: String, _ meaning: String, in range: ClosedRange<Double>,
    _ path: any WritableKeyPath<Transformation, Double> & Sendable
  ) {
    self.name = name
    self.meaning = meaning
    self.range = range
    isWhole = false
    value = { $0[keyPath: path] }
    adjust = { $0[keyPath: path] = $1 }
  }

  /// A setting that takes the whole numbers of a range.
  public init(
    _ name: String, _ meaning: String, in range: ClosedRange<Int>,
    _ path: any WritableKeyPath<Transformation, Int> & Sendable
  ) {
    self.name = name
    self.meaning = meaning
    self.range = Double(range.lowerBound)...Double(range.upperBound)
    isWhole = true
    value = { Double($0[keyPath: path]) }
    adjust = { $0[keyPath: path] = Int($1) }
  }

  /// Throws unless the value can be taken.
  func check(_ value: Double) throws {
    guard value.isFinite, range.contains(value), !isWhole || value == value.rounded() else {
      throw PretextError.setting(
        transformation: Transformation.name, name: name, found: value, range: range,
        isWhole: isWhole)
    }
  }
}

extension SignalTransformation {
  /// The transformation with the published settings, but for those given by name.
  /// - Throws: `PretextError` for a setting it does not have or a value out of range.
  public init(settings: [String: Double]) throws {
    self.init()
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let setting = Self.settings.first(where: { $0.name == name }) else {
        throw PretextError.unknownSetting(
          transformation: Self.name, name: name, known: Self.settings.map(\.name))
      }
      try setting.check(value)
      setting.adjust(&self, value)
    }
  }

  /// The settings' values by name.
  public var settingValues: [String: Double] {
    var values: [String: Double] = [:]
    for setting in Self.settings { values[setting.name] = setting.value(self) }
    return values
  }

  /// Each setting as `name: meaning, range, published value`, for help pages.
  public static var settingDescriptions: [String] {
    settings.map { setting in
      let kind = setting.isWhole ? "a whole number" : "a number"
      return "\(setting.name): \(setting.meaning), \(kind) from \(setting.range.lowerBound) to "
        + "\(setting.range.upperBound) (published: \(setting.value(Self())))"
    }
  }

  /// Throws unless every setting is in its range.
  func checkSettings() throws {
    for setting in Self.settings { try setting.check(setting.value(self)) }
  }
}
