import ECGEvaluation
import ECGRandom
import ECGSignal

/// A cohort of windows for tests: every person has a recording a class, of a few windows.
struct Cohort {
  var records: [WindowRecord] = []
  var classes: [Int] = []

  init(persons: Int, classes classCount: Int = 2, windows: Int = 4) {
    for person in 0..<persons {
      for number in 0..<classCount {
        for window in 0..<windows {
          records.append(
            WindowRecord(
              dataset: "cohort", person: "P\(person)", recording: "class\(number)",
              start: Double(window) * 10, quality: 1))
          classes.append(number)
        }
      }
    }
  }
}

extension Cohort {
  /// Windows that tell the person and nothing else: a person's own random pattern with a little
  /// noise. The first sample is the window's number.
  func personWindows(length: Int = 9, seed: UInt64 = 1) -> WindowArray {
    let names = Set(records.map(\.personIdentity)).sorted()
    let patterns = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { number, name in
        var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.person"), index: number)
        return (name, (1..<length).map { _ in Float(stream.normal()) })
      })
    var samples: [Float] = []
    for (index, record) in records.enumerated() {
      var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.noise"), index: index)
      samples.append(Float(index))
      samples += (patterns[record.personIdentity] ?? []).map { $0 + 0.01 * Float(stream.normal()) }
    }
    return WindowArray(samples: samples, windowLength: length)
  }

  /// The cohort's data with person windows.
  func data(unlabelled: UnlabelledWindows? = nil) throws -> EvaluationData {
    try EvaluationData(
      windows: personWindows(), records: records, classes: classes,
      classNames: (0...(classes.max() ?? 0)).map { "class \($0)" }, unlabelled: unlabelled)
  }
}

/// A configuration for person windows: everything but heart-rate variability, which needs beats.
func testConfiguration() -> EvaluationConfiguration {
  var configuration = EvaluationConfiguration(recipe: .standard)
  configuration.folds = 4
  configuration.methods = Method.standard.filter { $0 != .heartRateVariability }
  configuration.resamples = 300
  return configuration
}
