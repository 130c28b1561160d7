/// The classes of windows by one rule.
public struct Labelling: Hashable, Sendable {
  /// The label column.
  public let target: String
  /// The rule in words.
  public let rule: String
  /// The names of the K classes.
  public let classNames: [String]
  /// The class of each window, 0 ..< K; nil for a window that is excluded.
  public let classes: [Int?]
  /// How many windows have no value for the target.
  public let unlabelledCount: Int

  /// How many windows have no class, for want of a value or because the class is not kept.
  public var excludedCount: Int { classes.count { $0 == nil } }
  /// The numbers of the windows that have a class, ascending.
  public var labelled: [Int] { classes.indices.filter { classes[$0] != nil } }
  /// How many windows each class has, in the order of `classNames`.
  public var counts: [Int] {
    classes.reduce(into: [Int](repeating: 0, count: classNames.count)) { counts, value in
      if let value { counts[value] += 1 }
    }
  }
}
