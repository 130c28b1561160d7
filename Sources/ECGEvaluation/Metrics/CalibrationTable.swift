/// Confidence and accuracy by bins of confidence, for the expected calibration error.
///
/// The confidence of a window is the probability of its predicted class; bin b of B holds
/// confidences in (b/B, (b+1)/B]. With n_b windows of N in a bin (Guo, Pleiss, Sun and Weinberger,
/// ICML 2017, equation 3):
/// ```
/// error = Σ_b n_b/N · |accuracy_b − confidence_b|
/// ```
struct CalibrationTable {
  /// Bins; 15 is the usual choice (Guo et al.).
  static let bins = 15

  /// By person and bin: windows, windows that are right, sum of confidences.
  private var windows: [Double]
  private var right: [Double]
  private var confidence: [Double]

  init(_ predictions: Predictions, persons: [Int], personCount: Int) {
    let zeros = [Double](repeating: 0, count: personCount * Self.bins)
    (windows, right, confidence) = (zeros, zeros, zeros)
    for (window, person) in persons.enumerated() {
      let predicted = predictions.predictedClass(window)
      let sureness = predictions[window, predicted]
      let scaled = (min(max(sureness, 0), 1) * Double(Self.bins)).rounded(.up)
      let cell = person * Self.bins + min(max(Int(scaled) - 1, 0), Self.bins - 1)
      windows[cell] += 1
      confidence[cell] += sureness
      if predicted == predictions.truth[window] { right[cell] += 1 }
    }
  }

  /// The error with every person's windows counted a number of times; nil if there are none.
  func error(weights: [Int]) -> Double? {
    var total = 0.0
    var gaps = 0.0
    for bin in 0..<Self.bins {
      var gap = 0.0
      for (person, weight) in weights.enumerated() where weight > 0 {
        let cell = person * Self.bins + bin
        gap += Double(weight) * (right[cell] - confidence[cell])
        total += Double(weight) * windows[cell]
      }
      gaps += abs(gap)
    }
    return total > 0 ? gaps / total : nil
  }
}
