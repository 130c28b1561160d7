import ECGSignal

/// A study: a grid of data × targets × factors × seeds × splits × methods, as its YAML file says.
public struct StudyDefinition: Codable, Hashable, Sendable {
  /// A short name, such as `label-fraction`.
  public var name: String
  /// What is asked, in a line.
  public var title = ""
  /// What the study is for and how to read it, in a few sentences.
  public var purpose = ""
  /// The data with their targets.
  public var data: [Data]
  /// The methods to compare.
  public var methods: [Method]
  /// The splits, side by side.
  public var splits: [Split.Level] = [.window, .person]
  /// Seeds of folds, weights and everything random; each is a repetition.
  public var seeds: [UInt64] = [1]
  /// What is varied besides, each with all values of the others.
  public var factors: [Factor] = []
  /// The metric that tables and tests are of.
  public var metric = Metric.balancedAccuracy
  /// The methods that others are tested against.
  public var references: [Method] = []
  /// Settings of all cells.
  public var settings: SettingsTree = .group([:])

  /// Labelled data with a target.
  public struct Data: Codable, Hashable, Sendable {
    /// A name for tables, such as `wesad`.
    public var name: String
    /// The window stores that have the labels.
    public var stores: [String]
    /// Window stores that only help to pre-train.
    public var unlabelled: [String] = []
    /// The label column.
    public var target: String
    /// How its values become classes, as `--classes` of `evaluate`.
    public var classes = "as-written"
    /// The classes to keep; empty for all.
    public var only: [String] = []
    /// Settings for these data, over those of the study.
    public var settings: SettingsTree = .group([:])

    /// Labelled data with a target.
    public init(name: String, stores: [String], target: String) {
      self.name = name
      self.stores = stores
      self.target = target
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      stores = try container.decode([String].self, forKey: .stores)
      target = try container.decode(String.self, forKey: .target)
      name = try container.decodeIfPresent(String.self, forKey: .name) ?? target
      unlabelled = try container.decodeIfPresent([String].self, forKey: .unlabelled) ?? []
      classes = try container.decodeIfPresent(String.self, forKey: .classes) ?? classes
      only = try container.decodeIfPresent([String].self, forKey: .only) ?? []
      settings = try container.decodeIfPresent(SettingsTree.self, forKey: .settings) ?? settings
    }
  }

  /// Something that is varied.
  public struct Factor: Codable, Hashable, Sendable {
    /// What is varied, such as `labels`.
    public var name: String
    /// The axis of its curve, with the unit; empty where values are no numbers.
    public var axis = ""
    /// Whether equal ratios take equal room on the axis.
    public var isLogarithmic = false
    /// Methods that it changes nothing of: these are computed once, for the first value. Empty where
    /// it changes all.
    public var appliesTo: [Method] = []
    /// The values.
    public var values: [Value]

    /// Something that is varied.
    public init(name: String, axis: String = "", values: [Value]) {
      self.name = name
      self.axis = axis
      self.values = values
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      axis = try container.decodeIfPresent(String.self, forKey: .axis) ?? ""
      isLogarithmic = try container.decodeIfPresent(Bool.self, forKey: .isLogarithmic) ?? false
      appliesTo = try container.decodeIfPresent([Method].self, forKey: .appliesTo) ?? []
      values = try container.decode([Value].self, forKey: .values)
    }
  }

  /// A value of a factor.
  public struct Value: Codable, Hashable, Sendable {
    /// The value in words, such as `10 %`.
    public var name: String
    /// Where it stands on the axis.
    public var x: Double?
    /// The panel of the figure it stands in, with the axis of its own; nil for the factor's.
    public var panel: String?
    /// The pretext task that it is about; nil where it is about none.
    public var task: String?
    /// What it sets.
    public var set: SettingsTree

    /// A value.
    public init(name: String, x: Double? = nil, set: SettingsTree) {
      self.name = name
      self.x = x
      self.set = set
    }
  }

  /// A study of data by methods.
  public init(name: String, data: [Data], methods: [Method]) {
    self.name = name
    self.data = data
    self.methods = methods
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    data = try container.decode([Data].self, forKey: .data)
    methods = try container.decode([Method].self, forKey: .methods)
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.title, &title)
    try read(.purpose, &purpose)
    try read(.splits, &splits)
    try read(.seeds, &seeds)
    try read(.factors, &factors)
    try read(.metric, &metric)
    try read(.references, &references)
    try read(.settings, &settings)
  }
}
