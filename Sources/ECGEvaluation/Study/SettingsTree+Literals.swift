// Trees are written in code as they are in YAML.

extension SettingsTree: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, SettingsTree)...) {
    self = .group(Dictionary(elements) { _, last in last })
  }
}

extension SettingsTree: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: SettingsTree...) { self = .list(elements) }
}

extension SettingsTree: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}

extension SettingsTree: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
}

extension SettingsTree: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
}

extension SettingsTree: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .flag(value) }
}
