import ECGRandom

extension RandomPurpose {
  fileprivate static let labelPermutation = RandomPurpose("evaluation.label-permutation")
}

/// A permutation test of predictions against chance: whether truth and prediction belong together
/// better than truth dealt out anew.
///
/// Labels are dealt out in the units that carry them, and only among units that could have been
/// exchanged: a window's neighbours share its label and its looks, so exchanging single windows would
/// call every drift a finding. The unit is the *stretch*: neighbouring windows of a recording with one
/// label, so a whole recording where it has one class; stretches are exchanged within their person.
/// With R random deals, p = (1 + deals at least as good) / (1 + R) (Phipson and Smyth, 2010), which is
/// never 0.
///
/// It does not hold its level where predictions drift over a recording whose short stretches come in
/// bunches (all of one class in its first half, say): then p is too small. Shifting a recording's labels in
/// a circle, and dealing out the order of its stretches, do worse in simulation; see
/// Documentation/Studies.md.
public struct ChanceTest: Codable, Hashable, Sendable {
  /// What is dealt out, and among whom.
  public enum Exchange: String, Codable, Sendable {
    /// The labels of whole recordings among the recordings of the same person.
    case recordingsWithinPersons
    /// The labels of stretches among the stretches of the same person, where recordings hold several
    /// classes.
    case stretchesWithinPersons
    /// The labels of persons among persons, where every person has one class.
    case persons

    /// The exchange in words.
    public var words: String {
      switch self {
      case .recordingsWithinPersons: "labels of recordings exchanged within persons"
      case .stretchesWithinPersons:
        "labels of stretches of one class within recordings exchanged within persons"
      case .persons: "labels of persons exchanged"
      }
    }
  }

  /// What is measured.
  public let metric: Metric
  /// Its value on the predictions.
  public let value: Double
  /// The mean over the deals: what chance gets here.
  public let chance: Double
  /// The one-sided probability of a value at least as good by chance.
  public let pValue: Double
  /// Deals drawn.
  public let permutations: Int
  /// What was dealt out.
  public let exchange: Exchange

  /// The test of predictions.
  /// - Parameters:
  ///   - metric: one that a confusion matrix gives: an accuracy or an F1.
  ///   - recordings: the recording of each window; the windows of a recording are in the order of
  ///     time.
  /// - Returns: nil where no exchange changes anything, or for a metric of probabilities.
  public init?(
    of metric: Metric, _ predictions: Predictions, recordings: [String], permutations: Int = 2000,
    seed: UInt64 = 1
  ) {
    guard recordings.count == predictions.count, permutations > 0 else { return nil }
    var units = ExchangeUnits(predictions, recordings: recordings)
    guard units.canExchange, let value = metric.value(of: units.confusion) else { return nil }
    var reached = 0
    var sum = 0.0
    for number in 0..<permutations {
      var stream = RandomStream(seed: seed, purpose: .labelPermutation, epoch: number)
      units.deal(&stream)
      guard let other = metric.value(of: units.confusion) else { return nil }
      sum += other
      if other >= value - 1e-12 { reached += 1 }
    }
    self.metric = metric
    self.value = value
    chance = sum / Double(permutations)
    pValue = Double(1 + reached) / Double(1 + permutations)
    self.permutations = permutations
    exchange = units.exchange
  }
}

/// Units with one label each, in groups within which labels may be exchanged.
private struct ExchangeUnits {
  let exchange: ChanceTest.Exchange
  private let classCount: Int
  /// Windows of each unit by predicted class.
  private var answers: [[Int]] = []
  /// The label that each unit has now.
  private var labels: [Int] = []
  /// The units of each group.
  private var groups: [[Int]] = []

  init(_ predictions: Predictions, recordings: [String]) {
    classCount = predictions.classCount
    let truth = predictions.truth
    let ofRecording = Dictionary(grouping: truth.indices) {
      predictions.persons[$0] + "\u{0}" + recordings[$0]
    }
    let ofPerson = Dictionary(grouping: truth.indices) { predictions.persons[$0] }
    func isPure(_ windows: [Int]) -> Bool { Set(windows.map { truth[$0] }).count == 1 }
    let units: [(group: String, windows: [Int])]
    if ofPerson.values.allSatisfy(isPure) {
      exchange = .persons
      units = ofPerson.sorted { $0.key < $1.key }.map { ("", $0.value) }
    } else {
      exchange =
        ofRecording.values.allSatisfy(isPure) ? .recordingsWithinPersons : .stretchesWithinPersons
      units = ofRecording.sorted { $0.key < $1.key }.flatMap { _, windows in
        Self.stretches(of: windows, truth)
          .map { (predictions.persons[windows[0]], $0) }
      }
    }
    var members: [String: [Int]] = [:]
    for (number, unit) in units.enumerated() {
      var counts = [Int](repeating: 0, count: classCount)
      for window in unit.windows { counts[predictions.predictedClass(window)] += 1 }
      answers.append(counts)
      labels.append(truth[unit.windows[0]])
      members[unit.group, default: []].append(number)
    }
    groups = members.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Neighbouring windows with one label.
  private static func stretches(of windows: [Int], _ truth: [Int]) -> [[Int]] {
    windows.reduce(into: []) { stretches, window in
      if let last = stretches.last?.last, truth[last] == truth[window] {
        stretches[stretches.count - 1].append(window)
      } else {
        stretches.append([window])
      }
    }
  }

  /// Whether some exchange changes a label.
  var canExchange: Bool { groups.contains { Set($0.map { labels[$0] }).count > 1 } }

  var confusion: ConfusionMatrix {
    var matrix = ConfusionMatrix(classCount: classCount)
    for (unit, label) in labels.enumerated() {
      for (predicted, count) in answers[unit].enumerated() where count > 0 {
        matrix.add(truth: label, predicted: predicted, count: count)
      }
    }
    return matrix
  }

  /// Deals the labels of every group out anew.
  mutating func deal(_ stream: inout RandomStream) {
    for group in groups {
      var dealt = group.map { labels[$0] }
      stream.shuffle(&dealt)
      for (unit, label) in zip(group, dealt) { labels[unit] = label }
    }
  }
}

extension Metric {
  /// The value of a metric that a confusion matrix gives; nil for one of probabilities.
  func value(of confusion: ConfusionMatrix) -> Double? {
    switch self {
    case .accuracy: confusion.accuracy
    case .balancedAccuracy: confusion.balancedAccuracy
    case .macroF1: confusion.macroF1
    case .publishedF1: confusion.publishedF1
    case .areaUnderROC, .pooledAreaUnderROC, .expectedCalibrationError: nil
    }
  }
}
