import ECGEvaluation
import ECGSignal
import Foundation
import Testing

@Suite struct EvaluationSettingsTests {
  private func answered(
    _ cohort: Cohort, _ change: (inout EvaluationConfiguration) -> Void
  ) throws -> NearestNeighbourTrainer {
    var configuration = testConfiguration()
    configuration.levels = [.person]
    configuration.methods = [.pretrainedFrozen]
    change(&configuration)
    let spy = NearestNeighbourTrainer()
    _ = try Evaluation(configuration: configuration, trainer: spy).run(on: try cohort.data())
    return spy
  }

  @Test(arguments: [Split.Level.person, .window])
  func smallerShareOfLabelsIsPartOfALargerOneAndPretrainingLosesNothing(unit: Split.Level) throws {
    let cohort = Cohort(persons: 20)
    let all = try answered(cohort) { _ in }
    var previous: [Set<Int>] = all.answered.map { Set($0.training) }
    for share in [0.5, 0.25, 0.05] {
      let spy = try answered(cohort) {
        $0.labels.share = share
        $0.labels.unit = unit
      }
      #expect(spy.pretrained == all.pretrained)
      let shown = spy.answered.map { Set($0.training) }
      for (smaller, larger) in zip(shown, previous) {
        #expect(smaller.isStrictSubset(of: larger))
        #expect(!smaller.isEmpty)
      }
      if unit == .person {
        let persons = spy.answered.map { task in
          Set(task.training.map { cohort.records[$0].person }).count
        }
        // 15 persons are not tested; 3 of them are set aside.
        #expect(persons.allSatisfy { $0 == max(1, Int((share * 12).rounded())) })
      } else {
        #expect(spy.answered.allSatisfy { Set($0.trainingClasses).count == 2 })
      }
      previous = shown
    }
  }

  @Test func fewerPretrainingWindowsArePartOfMore() throws {
    let cohort = Cohort(persons: 8)
    let many = try answered(cohort) { $0.corpus.windows = 20 }
    let few = try answered(cohort) { $0.corpus.windows = 5 }
    for (small, large) in zip(few.pretrained, many.pretrained) {
      #expect(small.count == 5 && large.count == 20)
      #expect(Set(small).isSubset(of: large))
    }
    #expect(throws: EvaluationError.self) {
      _ = try answered(cohort) { $0.corpus.source = .others }
    }
  }

  @Test func aLongerContextAveragesNeighboursOfTheSameRecording() throws {
    let cohort = Cohort(persons: 8, windows: 6)
    func probabilities(_ context: Int) throws -> [Double] {
      var configuration = testConfiguration()
      configuration.levels = [.person]
      configuration.methods = [.supervised]
      configuration.features.context = context
      let result = try Evaluation(
        configuration: configuration, trainer: NearestNeighbourTrainer()
      ).run(on: try cohort.data())
      return try #require(try result.predictions?.predictions(.person, .supervised)).probabilities
    }
    let (alone, whole) = (try probabilities(0), try probabilities(6))
    for first in stride(from: 0, to: cohort.records.count, by: 6) {
      let mean = (first..<first + 6).reduce(0) { $0 + alone[2 * $1] } / 6
      for window in first..<first + 6 { #expect(abs(whole[2 * window] - mean) < 1e-12) }
    }
    #expect(alone != whole)
  }

  @Test func centringTakesAPersonsMeanOffAndNoMore() {
    let table = FeatureTable(width: 2, values: [1, 10, 3, .nan, 5, 20, 7, 40])
    let centred = table.centred(by: ["a", "a", "b", "b"])
    #expect(centred.values[0] == -1 && centred.values[2] == 1)
    #expect(centred.values[4] == -1 && centred.values[6] == 1)
    #expect(centred.values[1] == 0 && centred.values[3].isNaN)
    #expect(centred.values[5] == -10 && centred.values[7] == 10)
    let joined = table.joined(with: FeatureTable(width: 1, values: [9, 8, 7, 6]))
    #expect(joined.width == 3)
    #expect(Array(joined.values[6..<9]) == [5, 20, 7])
  }
}
