import ECGNetwork
import ECGSignal

/// What a person's own labelled minutes are worth: accuracy on windows of persons the model has never
/// met, against the minutes of them that it was given first.
///
/// Each person is left out in turn: dense layers are trained on the others, then trained on with the
/// first m minutes of the left-out person's windows, taken from every class alike and in time. All points of
/// a person's curve are scored on the same windows: those after the longest m, none of which is ever
/// learned from. Windows must not overlap.
public struct PersonalisationCurve: Codable, Hashable, Sendable {
  /// A person's balanced accuracy at each of the minutes.
  public struct Person: Codable, Hashable, Sendable {
    /// The person, as `dataset/person`.
    public var person: String
    /// Windows scored on.
    public var testWindows: Int
    /// The mean recall over the person's classes, a value for each of `minutes`.
    public var balancedAccuracy: [Double]
  }

  /// The minutes given, from 0.
  public var minutes: [Double]
  /// The persons that have windows enough, sorted.
  public var persons: [Person]
  /// Persons left out of the curve, for too few windows of two classes.
  public var skipped: [String]

  /// The mean over persons at each of `minutes`; each person counts alike.
  public var means: [Double] {
    minutes.indices.map { index in
      persons.reduce(0) { $0 + $1.balancedAccuracy[index] } / Double(max(1, persons.count))
    }
  }

  /// Measures the curve.
  /// - Parameters:
  ///   - features: N × C of the frozen trunk, and the classes.
  ///   - records: where each window comes from, in the order of the features.
  ///   - windowSeconds: the length of a window in s.
  ///   - minutes: ascending, the first 0.
  ///   - training: how the dense layers are trained on the others.
  ///   - progress: told of each person; may throw to stop.
  /// - Throws: `EmotionError` for windows or settings that cannot be learned from.
  public init(
    features: LabelledFeatures, records: [WindowRecord], classCount: Int, windowSeconds: Double,
    minutes: [Double], training: EmotionTraining,
    personalisation: PersonalisationConfiguration = .init(),
    progress: ((_ done: Int, _ count: Int) throws -> Void)? = nil
  ) throws {
    guard records.count == features.classes.count else {
      throw EmotionError.classCount(windows: records.count, classes: features.classes.count)
    }
    guard let longest = minutes.last, minutes.first == 0, minutes == minutes.sorted() else {
      throw EmotionError.configuration("the minutes of a curve must ascend from 0, not \(minutes)")
    }
    self.minutes = minutes
    persons = []
    skipped = []
    let names = Set(records.map(\.personIdentity)).sorted()
    for (number, name) in names.enumerated() {
      try progress?(number, names.count)
      let own = records.indices.filter { records[$0].personIdentity == name }
      let others = records.indices.filter { records[$0].personIdentity != name }
      let queue = CalibrationQueue(
        own, records: records, classes: features.classes)
      let most = Int((longest * 60 / windowSeconds).rounded())
      let test = queue.rest(after: most)
      guard Set(test.map { features.classes[$0] }).count > 1 else {
        skipped.append(name)
        continue
      }
      let general = try training.train(on: features.at(others), classCount: classCount)
      let scores = try minutes.map { minutes in
        let given = queue.first(Int((minutes * 60 / windowSeconds).rounded()))
        let network =
          given.isEmpty
          ? general
          : try general.personalised(
            on: features.at(given), configuration: personalisation, engine: training.engine)
        let found = try network.probabilities(
          ofFeatures: features.at(test).values, engine: training.engine)
        return balancedAccuracy(found, test.map { features.classes[$0] })
      }
      persons.append(Person(person: name, testWindows: test.count, balancedAccuracy: scores))
    }
  }
}

/// A person's windows in the order in which they are given: class after class in turn, each in time.
private struct CalibrationQueue {
  private let order: [Int]

  init(_ windows: [Int], records: [WindowRecord], classes: [Int]) {
    let inTime = windows.sorted {
      (records[$0].recording, records[$0].start) < (records[$1].recording, records[$1].start)
    }
    var queues = Set(inTime.map { classes[$0] }).sorted().map { number in
      inTime.filter { classes[$0] == number }[...]
    }
    var order: [Int] = []
    while order.count < windows.count {
      for index in queues.indices {
        if let next = queues[index].popFirst() { order.append(next) }
      }
    }
    self.order = order
  }

  func first(_ count: Int) -> [Int] { Array(order.prefix(count)) }
  func rest(after count: Int) -> [Int] { Array(order.dropFirst(count)) }
}

extension LabelledFeatures {
  /// Those of some windows.
  fileprivate func at(_ indices: [Int]) -> LabelledFeatures {
    let width = values.count / max(1, classes.count)
    return LabelledFeatures(
      values: indices.flatMap { values[$0 * width..<($0 + 1) * width] },
      classes: indices.map { classes[$0] })
  }
}

/// The mean recall over the classes that occur.
private func balancedAccuracy(_ probabilities: [[Float]], _ classes: [Int]) -> Double {
  var (right, all): ([Int: Int], [Int: Int]) = ([:], [:])
  for (row, truth) in zip(probabilities, classes) {
    let best = row.indices.max { row[$0] < row[$1] } ?? 0
    all[truth, default: 0] += 1
    if best == truth { right[truth, default: 0] += 1 }
  }
  let recalls = all.map { Double(right[$0.key, default: 0]) / Double($0.value) }.sorted()
  return recalls.isEmpty ? 0 : recalls.reduce(0, +) / Double(recalls.count)
}
