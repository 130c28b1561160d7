import ECGEvaluation
import HeartfeltWork

extension StudyDefinition {
  /// Varies the protocol: as the study has it, with each of some defects of the published code alone,
  /// and with all of them together. It takes the place of a factor `protocol` that is there.
  /// - Parameter names: defects separated by commas, or `all`.
  /// - Throws: `CommandError` for a name that is none.
  mutating func switchOn(_ names: String) throws {
    let defects = try defects(names)
    func value(_ name: String, _ defects: [PublishedDefect]) -> Value {
      Value(
        name: name, set: ["asPublished": .list(defects.map { .text($0.rawValue) })])
    }
    var values = [value("as it should be", [])]
    values += defects.map { value($0.words, [$0]) }
    if defects.count > 1 { values.append(value("all of these", defects)) }
    let factor = Factor(name: "protocol", values: values)
    if let place = factors.firstIndex(where: { $0.name == factor.name }) {
      factors[place] = factor
    } else {
      factors.append(factor)
    }
  }

  private func defects(_ names: String) throws -> [PublishedDefect] {
    if names == "all" {
      guard !hasNumberedClasses else { return PublishedDefect.allCases }
      Console.note("distinctScores is left out: it needs classes that are numbers")
      return PublishedDefect.allCases.filter { $0 != .distinctScores }
    }
    return try names.split(separator: ",").map { name in
      guard let defect = PublishedDefect(rawValue: String(name)) else {
        throw CommandError(
          "--as-published knows all, "
            + PublishedDefect.allCases.map(\.rawValue).joined(separator: ", ")
            + ", but not '\(name)'; the defects of the data are switched on in prepare")
      }
      return defect
    }
  }

  private var hasNumberedClasses: Bool {
    let stores = StudyData()
    return data.enumerated().contains { number, entry in
      let names = try? stores.data(entry, index: number).0.classNames
      return names.map { $0.allSatisfy { Int($0) != nil } } ?? false
    }
  }
}

extension PublishedDefect {
  /// The defect as a choice in tables.
  var words: String {
    switch self {
    case .testRowsInTraining: "test rows in pre-training"
    case .distinctScores: "as many classes as scores"
    case .noValidation: "nothing set aside"
    }
  }
}
