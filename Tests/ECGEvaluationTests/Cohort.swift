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
