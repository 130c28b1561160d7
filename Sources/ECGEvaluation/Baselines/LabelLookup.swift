/// A baseline that knows only which group a window is of: it answers with the group's most frequent
/// training label, and with the most frequent label of all for a group it has never seen.
///
/// With persons as groups it measures how much of a score is recognising the person; with
/// recordings, the clip. With no groups at all it is the majority baseline. Of equally frequent
/// labels the lowest is taken.
public struct LabelLookup: Hashable, Sendable {
  private let answers: [String: Int]
  private let fallback: Int
  private let classCount: Int

  /// Learns from the groups and classes of training windows.
  /// - Parameters:
  ///   - groups: the group of each window, such as its person.
  ///   - classes: the class of each, 0 ..< `classCount`.
  public init(groups: [String], classes: [Int], classCount: Int) {
    var counts: [String: [Int]] = [:]
    var all = [Int](repeating: 0, count: classCount)
    for (group, number) in zip(groups, classes) {
      counts[group, default: [Int](repeating: 0, count: classCount)][number] += 1
      all[number] += 1
    }
    answers = counts.mapValues(Self.mostFrequent)
    fallback = Self.mostFrequent(all)
    self.classCount = classCount
  }

  /// The majority baseline: the most frequent training label for everyone.
  public static func majority(of classes: [Int], classCount: Int) -> LabelLookup {
    LabelLookup(
      groups: [String](repeating: "", count: classes.count), classes: classes,
      classCount: classCount)
  }

  /// The class for a window of a group.
  public func predict(_ group: String) -> Int { answers[group] ?? fallback }

  /// Probabilities, N × K: 1 for the answer, 0 for the rest.
  public func probabilities(of groups: [String]) -> [Double] {
    groups.flatMap { group in
      let answer = predict(group)
      return (0..<classCount).map { $0 == answer ? 1.0 : 0.0 }
    }
  }

  private static func mostFrequent(_ counts: [Int]) -> Int {
    var best = 0
    for (number, count) in counts.enumerated() where count > counts[best] { best = number }
    return best
  }
}
