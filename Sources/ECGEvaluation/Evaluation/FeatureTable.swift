import Foundation

/// Features of windows, N × D, window after window.
package struct FeatureTable: Sendable {
  /// Features of a window, D.
  package let width: Int
  /// N × D; NaN where a window has none.
  package let values: [Float]

  /// Features of so many a window.
  package init(width: Int, values: [Float]) {
    self.width = width
    self.values = values
  }

  /// The rows of some windows, one after the other.
  func rows(_ windows: [Int]) -> [Float] {
    windows.flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// The features of both, side by side.
  package func joined(with other: FeatureTable) -> FeatureTable {
    guard width > 0 else { return other }
    guard other.width > 0 else { return self }
    var joined: [Float] = []
    joined.reserveCapacity(values.count + other.values.count)
    for window in 0..<values.count / width {
      joined += values[window * width..<(window + 1) * width]
      joined += other.values[window * other.width..<(window + 1) * other.width]
    }
    return FeatureTable(width: width + other.width, values: joined)
  }

  /// The features less their mean over the person's windows.
  ///
  /// It takes no label, but all of a person's windows: a new person must have been recorded for a
  /// while, in more than one state, before the first answer.
  /// - Parameter persons: the person of each window.
  package func centred(by persons: [String]) -> FeatureTable {
    var centred = values
    for windows in Dictionary(grouping: persons.indices, by: { persons[$0] }).values {
      for feature in 0..<width {
        let places = windows.map { $0 * width + feature }
        let known = places.map { Double(values[$0]) }.filter(\.isFinite)
        let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        for place in places { centred[place] = Float(Double(values[place]) - mean) }
      }
    }
    return FeatureTable(width: width, values: centred)
  }

  /// The features in units of their deviation over training windows; missing ones are the mean, 0.
  func standardised(by training: [Int]) -> FeatureTable {
    var standardised = values
    for feature in 0..<width {
      let known = training.map { Double(values[$0 * width + feature]) }.filter(\.isFinite)
      let count = Double(max(known.count, 1))
      let mean = known.reduce(0, +) / count
      let deviation = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      for window in 0..<values.count / width {
        let place = window * width + feature
        let value = Double(values[place])
        standardised[place] =
          value.isFinite && deviation > 0 ? Float((value - mean) / deviation) : 0
      }
    }
    return FeatureTable(width: width, values: standardised)
  }

  /// The table as the logistic regression takes it.
  var regressors: HeartRateVariabilityTable {
    HeartRateVariabilityTable(
      names: (0..<width).map { "feature \($0)" }, values: values.map(Double.init))
  }
}

extension HeartRateVariabilityTable {
  /// The measures as features.
  var features: FeatureTable {
    FeatureTable(width: names.count, values: values.map(Float.init))
  }
}
