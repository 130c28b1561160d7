import ECGNetwork
import Foundation

/// Whether a model's confidence means what it says, before and after its temperature, on persons that
/// the temperature was not fitted to.
///
/// Each person set aside is scored with a temperature fitted to the other persons set aside. The model
/// itself carries the temperature fitted to all of them.
public struct CalibrationRecord: Codable, Hashable, Sendable {
  /// Windows whose confidence lies within a range.
  public struct Bin: Codable, Hashable, Sendable {
    /// The range of the confidence, within [0, 1].
    public var lower, upper: Double
    /// The windows' mean confidence, and the share of them that were right; 0 without windows.
    public var confidence, accuracy: Double
    /// How many windows.
    public var count: Int
  }

  /// Confidence held against the truth.
  public struct Reliability: Codable, Hashable, Sendable {
    /// Ten ranges of the confidence, from low to high.
    public var bins: [Bin]
    /// Σ (n_b / n) · |accuracy_b − confidence_b| over the bins (Guo et al., ICML 2017, equation 5).
    public var expectedCalibrationError: Double
    /// The mean of −log p[truth].
    public var logLoss: Double
    /// The share of windows whose likeliest class is the true one.
    public var accuracy: Double

    /// The reliability of probabilities.
    /// - Parameters:
    ///   - probabilities: N rows of K.
    ///   - classes: the true class of each row.
    public init(probabilities: [[Float]], classes: [Int]) {
      var sums = [(confidence: Double, right: Double, count: Int)](
        repeating: (0, 0, 0), count: 10)
      var loss = 0.0
      for (row, truth) in zip(probabilities, classes) {
        let best = row.indices.max { row[$0] < row[$1] } ?? 0
        let confidence = Double(row[best])
        let bin = min(9, Int(confidence * 10))
        sums[bin].confidence += confidence
        sums[bin].right += best == truth ? 1 : 0
        sums[bin].count += 1
        loss -= log(max(Double(row[truth]), 1e-30))
      }
      let total = Double(max(1, classes.count))
      bins = sums.enumerated().map { index, sum in
        let count = Double(max(1, sum.count))
        return Bin(
          lower: Double(index) / 10, upper: Double(index + 1) / 10,
          confidence: sum.confidence / count, accuracy: sum.right / count, count: sum.count)
      }
      expectedCalibrationError =
        sums.reduce(0) { $0 + abs($1.right - $1.confidence) } / total
      logLoss = loss / total
      accuracy = sums.reduce(0) { $0 + $1.right } / total
    }
  }

  /// Persons and windows set aside.
  public var persons: Int
  public var windows: Int
  /// With temperature 1.
  public var before: Reliability
  /// With the temperature of the other persons; nil with fewer than two persons.
  public var after: Reliability?

  /// Scores windows of persons set aside.
  /// - Parameters:
  ///   - logits: N rows of K, of windows that were not learned from.
  ///   - classes: the true class of each row.
  ///   - persons: the person of each row.
  ///   - head: the head that gave the logits.
  public init(
    logits: [[Float]], classes: [Int], persons: [String], head: NetworkArchitecture.Head
  ) {
    precondition(
      logits.count == classes.count && logits.count == persons.count,
      "each row of logits needs its class and its person")
    let names = Set(persons).sorted()
    self.persons = names.count
    windows = logits.count
    before = Reliability(
      probabilities: logits.map { head.probabilities(of: $0) }, classes: classes)
    guard names.count > 1 else { return }
    var temperatures: [String: Double] = [:]
    for name in names {
      let others = persons.indices.filter { persons[$0] != name }
      temperatures[name] = Calibration.temperature(
        logits: others.map { logits[$0] }, classes: others.map { classes[$0] }, head: head)
    }
    after = Reliability(
      probabilities: zip(logits, persons).map {
        head.probabilities(of: $0, temperature: temperatures[$1] ?? 1)
      }, classes: classes)
  }
}

extension CalibrationRecord: CustomStringConvertible {
  public var description: String {
    func text(_ value: Double) -> String { String(format: "%.3f", value) }
    let people = "\(windows) windows of \(persons) person\(persons == 1 ? "" : "s") set aside"
    guard let after else {
      return "expected calibration error \(text(before.expectedCalibrationError)) before "
        + "calibration (\(people); what calibration changes takes two persons to say)"
    }
    return "expected calibration error \(text(before.expectedCalibrationError)) before, "
      + "\(text(after.expectedCalibrationError)) after calibration on the other persons (\(people))"
  }
}
