import ECGSignal
import Foundation

/// The cells of a study in the order they are computed.
public struct StudyPlan: Sendable {
  /// The study.
  public let definition: StudyDefinition
  /// Every cell once.
  public let cells: [StudyCell]

  /// Lays out a study.
  /// - Parameter checksums: the content of each data entry's stores, in the order of `data`.
  /// - Throws: `EvaluationError.configuration` for a grid that is empty, has something twice, or
  ///   settings that cannot be read.
  public init(_ definition: StudyDefinition, checksums: [String]) throws {
    try Self.check(definition)
    var cells: [StudyCell] = []
    var seen: Set<String> = []
    for (number, data) in definition.data.enumerated() {
      for seed in definition.seeds {
        for choice in Self.choices(definition.factors) {
          for level in definition.splits {
            for method in definition.methods {
              let values = Self.effective(choice, of: definition.factors, for: method)
              let tree = zip(definition.factors, values).reduce(
                definition.settings.overlaid(by: data.settings)
              ) { $0.overlaid(by: $1.0.values[$1.1].set) }
              let cell = try StudyCell(
                data: data, dataIndex: number, checksum: checksums[number], seed: seed,
                values: zip(definition.factors, values).map { $0.values[$1].name },
                level: level, method: method, settings: StudySettings(tree))
              if seen.insert(cell.key + cell.values.joined(separator: "\u{0}")).inserted {
                cells.append(cell)
              }
            }
          }
        }
      }
    }
    self.definition = definition
    self.cells = cells
  }

  /// The cells of one of several shares of the work. Cells that need the same trunks stay together.
  /// - Parameters:
  ///   - number: from 1.
  ///   - count: shares in all.
  public func shard(_ number: Int, of count: Int) -> [StudyCell] {
    var order: [String: Int] = [:]
    return cells.filter { cell in
      let place = order[cell.trunkGroup] ?? order.count
      order[cell.trunkGroup] = place
      return place % count == number - 1
    }
  }

  /// Every combination of values, as their numbers.
  private static func choices(_ factors: [StudyDefinition.Factor]) -> [[Int]] {
    factors.reduce([[]]) { choices, factor in
      choices.flatMap { choice in factor.values.indices.map { choice + [$0] } }
    }
  }

  /// The choice with the first value of every factor that does not concern the method.
  private static func effective(
    _ choice: [Int], of factors: [StudyDefinition.Factor], for method: Method
  ) -> [Int] {
    zip(choice, factors).map { value, factor in
      factor.appliesTo.isEmpty || factor.appliesTo.contains(method) ? value : 0
    }
  }

  private static func check(_ definition: StudyDefinition) throws {
    func require(_ holds: Bool, _ sentence: String) throws {
      if !holds {
        throw EvaluationError.configuration("the study '\(definition.name)' \(sentence)")
      }
    }
    func distinct<Value: Hashable>(_ values: [Value]) -> Bool { Set(values).count == values.count }
    try require(!definition.data.isEmpty, "needs at least one entry under 'data'")
    try require(
      distinct(definition.data.map(\.name)), "has two entries of one name under 'data'")
    try require(
      !definition.methods.isEmpty && distinct(definition.methods),
      "needs at least one method, and every method once")
    try require(
      !definition.splits.isEmpty && distinct(definition.splits),
      "needs at least one split, and every split once")
    try require(
      !definition.seeds.isEmpty && distinct(definition.seeds),
      "needs at least one seed, and every seed once")
    for factor in definition.factors {
      try require(
        !factor.values.isEmpty && distinct(factor.values.map(\.name)),
        "needs distinct values of the factor '\(factor.name)'")
    }
  }
}

/// One evaluation of a study: one method under one split on one target, with one seed and one choice
/// of what is varied.
public struct StudyCell: Hashable, Sendable {
  /// The data.
  public let data: StudyDefinition.Data
  /// Their number in the study.
  public let dataIndex: Int
  /// The content of the data's stores.
  public let checksum: String
  /// The seed.
  public let seed: UInt64
  /// The factors' values by name, in the order of the factors.
  public let values: [String]
  /// The split.
  public let level: Split.Level
  /// The method.
  public let method: Method
  /// The resolved settings.
  public let settings: StudySettings
  /// The name of the cell's content: all that its result depends on, and nothing else.
  public let key: String
  /// Cells of one group share their trunks.
  let trunkGroup: String

  init(
    data: StudyDefinition.Data, dataIndex: Int, checksum: String, seed: UInt64, values: [String],
    level: Split.Level, method: Method, settings: StudySettings
  ) throws {
    self.data = data
    self.dataIndex = dataIndex
    self.checksum = checksum
    self.seed = seed
    self.values = values
    self.level = level
    self.method = method
    self.settings = settings
    let target = [data.target, data.classes, data.only.joined(separator: "\u{1}")]
    key = Self.key(
      [checksum] + target + [String(seed), level.rawValue, method.rawValue],
      settings: try SettingsTree(of: settings))
    let split = [
      String(settings.folds), String(settings.leaveOneOut), String(settings.validationShare),
    ]
    func text(_ value: some Encodable) throws -> String {
      try SettingsTree(of: value).departures(from: [:])
    }
    trunkGroup = contentKey(
      [checksum] + target + split + [
        String(seed), level.rawValue, try text(settings.pretraining), try text(settings.corpus),
        String(settings.asPublished.contains(.testRowsInTraining)),
      ])
  }

  /// The name of a cell's content.
  ///
  /// The number counts changes of what the settings mean, or of what else goes into a name: with
  /// another one nothing that was computed before is taken for the same.
  package static func key(
    _ content: [String], settings: SettingsTree, original: SettingsTree = StudySettings.original
  ) -> String {
    contentKey(["cell 2"] + content + [settings.departures(from: original)])
  }
}
