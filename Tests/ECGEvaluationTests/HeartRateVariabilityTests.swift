import ECGEvaluation
import ECGSignal
import Foundation
import Testing

@Suite struct HeartRateVariabilityTests {
  /// Ten seconds of narrow beats at a rate, as a z-scored window would hold.
  func beats(perMinute rate: Double, offset: Double) -> [Float] {
    (0..<2560).map { sample in
      let time = Double(sample) / 256 + offset
      let period = 60 / rate
      let phase = time - (time / period).rounded() * period
      return Float(6 * exp(-phase * phase / (2 * 0.012 * 0.012)) - 0.3)
    }
  }

  @Test func theHeartRateOfAWindowIsItsHeartRate() throws {
    let windows = WindowArray(
      samples: beats(perMinute: 60, offset: 0.1) + beats(perMinute: 100, offset: 0.2)
        + [Float](repeating: 0, count: 2560), windowLength: 2560)
    let table = try HeartRateVariabilityTable(of: windows, samplingRate: 256)
    let rate = try #require(table.names.firstIndex(of: "meanHeartRate"))
    #expect(abs(table.values[rate] - 60) < 1)
    #expect(abs(table.values[table.names.count + rate] - 100) < 1)
    #expect(table.values[2 * table.names.count + rate].isNaN, "a flat window has no beats")
  }

  @Test func aClassWithAFasterHeartIsFoundInNewPersons() throws {
    let cohort = Cohort(persons: 8)
    var samples: [Float] = []
    for (index, record) in cohort.records.enumerated() {
      let person = Double(record.person.dropFirst()) ?? 0
      let rate = 60 + person + (cohort.classes[index] == 1 ? 25 : 0)
      samples += beats(perMinute: rate, offset: 0.07 * Double(index % 5))
    }
    let data = try EvaluationData(
      windows: WindowArray(samples: samples, windowLength: 2560), records: cohort.records,
      classes: cohort.classes, classNames: ["rest", "stress"])
    var configuration = testConfiguration()
    configuration.methods = [.heartRateVariability, .majority]
    configuration.levels = [.person]
    let result = try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
      .run(on: data)
    let score = try #require(result.score(.accuracy, .heartRateVariability, .person))
    #expect(score.value > 0.95)
    let choices = try #require(result[.person]?[.heartRateVariability]).choices
    #expect(choices.count == 4 && choices.allSatisfy { $0.l2 != nil })
  }

  /// In the validation windows the measure goes the other way than in training, so the less the
  /// model believes it the better.
  @Test func thePenaltyIsChosenOnValidationWindows() throws {
    let table = HeartRateVariabilityTable(
      names: ["meanHeartRate"], values: [60, 61, 80, 81, 60, 61, 80, 81])
    func task(validationClasses: [Int]) -> FoldTask {
      FoldTask(
        windows: WindowArray(samples: [Float](repeating: 0, count: 8), windowLength: 1),
        classCount: 2, training: [0, 1, 2, 3], trainingClasses: [0, 0, 1, 1],
        validation: [4, 5, 6, 7], validationClasses: validationClasses, test: [], seed: 1)
    }
    for (classes, expected) in [([1, 1, 0, 0], 100.0), ([0, 0, 1, 1], 0.01)] {
      let classifier = try HeartRateVariabilityClassifier(
        table: table, task: task(validationClasses: classes), penalties: [1, 0.01, 100],
        balancesClasses: true)
      #expect(classifier.l2 == expected)
    }
  }
}
