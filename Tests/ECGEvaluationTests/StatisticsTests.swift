import ECGEvaluation
import ECGRandom
import ECGSignal
import Foundation
import TestSupport
import Testing

/// SciPy's and statsmodels' figures; see Fixtures/ECGEvaluation/make_golden.py.
struct GoldenStatistics: Decodable, Sendable {
  struct SignedRank: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let differences: [Double]
    let exact: Double?
    let normal: Double
    let positiveRankSum: Double
    let rankBiserial: Double
    let mean: Double
    let cohensD: Double
    var testDescription: String { name }
  }
  struct CorrectedT: Decodable, Sendable {
    let differences: [Double]
    let testShare: Double
    let t: Double
    let pValue: Double
  }
  struct Holm: Decodable, Sendable {
    let pValues: [Double]
    let corrected: [Double]
  }
  struct Exchange: Decodable, Sendable {
    let counts: [[Int]]
    let right: [[Int]]
    let value: Double
    let chance: Double
    let pValue: Double
  }
  struct Area: Decodable, Sendable {
    let truth: [Int]
    let score: [Double]
    let folds: [Int]
    let within: Double
    let pooled: Double
  }

  let signedRanks: [SignedRank]
  let correctedT: [CorrectedT]
  let holm: [Holm]
  let exchange: Exchange
  let area: Area

  static func read() throws -> GoldenStatistics {
    let file = fixtures.appending(path: "ECGEvaluation/statistics.json")
    return try JSONDecoder().decode(GoldenStatistics.self, from: Data(contentsOf: file))
  }
}

@Suite struct StatisticsTests {
  @Test(arguments: try GoldenStatistics.read().signedRanks)
  func signedRanksEqualSciPy(golden: GoldenStatistics.SignedRank) throws {
    let normal = try #require(SignedRankTest(of: golden.differences, form: .normal))
    #expect(abs(normal.pValue - golden.normal) < 1e-12)
    #expect(abs(normal.positiveRankSum - golden.positiveRankSum) < 1e-9)
    #expect(abs(normal.rankBiserial - golden.rankBiserial) < 1e-12)
    if let exact = golden.exact {
      let found = try #require(SignedRankTest(of: golden.differences, form: .exact))
      #expect(abs(found.pValue - exact) < 1e-10)
    }
    let chosen = try #require(SignedRankTest(of: golden.differences))
    #expect(chosen.form == (chosen.pairs <= 50 ? .exact : .normal))
    let effect = try #require(PairedEffect(of: golden.differences))
    #expect(abs(effect.mean - golden.mean) < 1e-12)
    #expect(abs((effect.cohensD ?? .nan) - golden.cohensD) < 1e-12)
    #expect(abs((effect.rankBiserial ?? .nan) - golden.rankBiserial) < 1e-12)
  }

  @Test func correctedTEqualsSciPy() throws {
    for golden in try GoldenStatistics.read().correctedT {
      let test = try #require(CorrectedTTest(of: golden.differences, testShare: golden.testShare))
      #expect(abs(test.t - golden.t) < 1e-9 * max(1, abs(golden.t)))
      #expect(abs(test.pValue - golden.pValue) < 1e-9 * golden.pValue)
    }
  }

  @Test func holmEqualsStatsmodels() throws {
    for golden in try GoldenStatistics.read().holm {
      for (found, expected) in zip(holmCorrected(golden.pValues), golden.corrected) {
        #expect(abs(found - expected) < 1e-12)
      }
    }
    #expect(holmCorrected([]).isEmpty)
  }

  @Test func areasWithinFoldsAndPooledEqualScikitLearn() throws {
    let golden = try GoldenStatistics.read().area
    let predictions = try Predictions(
      classCount: 2, truth: golden.truth, probabilities: golden.score.flatMap { [1 - $0, $0] },
      persons: golden.folds.map { "P\($0)" }, folds: golden.folds)
    #expect(abs((Metric.areaUnderROC.value(of: predictions) ?? 0) - golden.within) < 1e-12)
    #expect(abs((Metric.pooledAreaUnderROC.value(of: predictions) ?? 0) - golden.pooled) < 1e-12)
    #expect(abs(golden.within - golden.pooled) > 0.03, "models that lean change the pooled area")
  }

  /// Two recordings a person, as the exchange case of the golden file has them.
  private func exchangePredictions(
    _ golden: GoldenStatistics.Exchange
  ) throws -> (Predictions, [String]) {
    var truth: [Int] = []
    var answers: [Int] = []
    var persons: [String] = []
    var recordings: [String] = []
    for (person, counts) in golden.counts.enumerated() {
      for (recording, count) in counts.enumerated() {
        for window in 0..<count {
          truth.append(recording)
          answers.append(window < golden.right[person][recording] ? recording : 1 - recording)
          persons.append("P\(person)")
          recordings.append("P\(person)/\(recording)")
        }
      }
    }
    let predictions = try Predictions(
      classCount: 2, truth: truth, probabilities: answers.flatMap { [Double(1 - $0), Double($0)] },
      persons: persons)
    return (predictions, recordings)
  }

  @Test func theChanceTestApproachesTheCountOfAllDeals() throws {
    let golden = try GoldenStatistics.read().exchange
    let (predictions, recordings) = try exchangePredictions(golden)
    let test = try #require(
      ChanceTest(
        of: .balancedAccuracy, predictions, recordings: recordings, permutations: 20_000))
    #expect(test.exchange == .recordingsWithinPersons)
    #expect(abs(test.value - golden.value) < 1e-12)
    #expect(abs(test.chance - golden.chance) < 0.005)
    let error = (golden.pValue * (1 - golden.pValue) / 20_000).squareRoot()
    #expect(abs(test.pValue - golden.pValue) < 5 * error + 1e-4)
    let again = ChanceTest(
      of: .balancedAccuracy, predictions, recordings: recordings, permutations: 20_000)
    #expect(again == test)
  }

  @Test func labelsAreExchangedOnlyAmongWhatCouldHaveBeenExchanged() throws {
    func test(_ truth: [Int], persons: [String], recordings: [String]) throws -> ChanceTest? {
      let predictions = try Predictions(
        classCount: 2, truth: truth, probabilities: truth.flatMap { [Double(1 - $0), Double($0)] },
        persons: persons)
      return ChanceTest(
        of: .accuracy, predictions, recordings: recordings, permutations: 99)
    }
    let persons = ["a", "a", "b", "b"]
    #expect(
      try test([0, 0, 1, 1], persons: persons, recordings: ["1", "2", "1", "2"])?.exchange
        == .persons)
    #expect(
      try test([0, 1, 0, 1], persons: persons, recordings: ["1", "2", "1", "2"])?.exchange
        == .recordingsWithinPersons)
    #expect(
      try test([0, 1, 0, 1], persons: persons, recordings: ["1", "1", "1", "1"])?.exchange
        == .stretchesWithinPersons)
    #expect(try test([1, 1, 1, 1], persons: persons, recordings: persons) == nil)
  }

  /// Predictions that drift from recording to recording and know nothing of the labels: exchanging
  /// single windows would find something in half of them, exchanging recordings in 5 of 100.
  @Test func theChanceTestHoldsItsLevelOnPredictionsThatDrift() throws {
    var found = 0
    let repetitions = 300
    for repetition in 0..<repetitions {
      var stream = RandomStream(
        seed: 9, purpose: RandomPurpose("test.drift"), epoch: repetition)
      let golden = GoldenStatistics.Exchange(
        counts: (0..<12).map { _ in [6, 6] },
        right: (0..<12).map { _ in
          // Both recordings of a person lean to the same or to other classes, all six windows alike.
          [stream.integer(below: 2) * 6, stream.integer(below: 2) * 6]
        }, value: 0, chance: 0, pValue: 0)
      let (predictions, recordings) = try exchangePredictions(golden)
      let test = try #require(
        ChanceTest(
          of: .balancedAccuracy, predictions, recordings: recordings, permutations: 199,
          seed: UInt64(repetition)))
      if test.pValue <= 0.05 { found += 1 }
    }
    // Binomial with 300 draws at 0.05: 15 expected, 28 is beyond 3.4 standard deviations.
    #expect(found <= 28)
  }

  /// One recording a person with four stretches of two classes: predictions that follow the stretches
  /// and know nothing of the labels.
  @Test func theChanceTestHoldsItsLevelWhereRecordingsHoldSeveralClasses() throws {
    var found = 0
    for repetition in 0..<300 {
      var stream = RandomStream(seed: 11, purpose: RandomPurpose("test.drift"), epoch: repetition)
      var (truth, answers): ([Int], [Int]) = ([], [])
      var persons: [String] = []
      for person in 0..<12 {
        for stretch in 0..<4 {
          let length = 4 + stream.integer(below: 4)
          let answer = stream.integer(below: 2)
          truth += [Int](repeating: stretch % 2, count: length)
          answers += [Int](repeating: answer, count: length)
          persons += [String](repeating: "P\(person)", count: length)
        }
      }
      let predictions = try Predictions(
        classCount: 2, truth: truth,
        probabilities: answers.flatMap { [Double(1 - $0), Double($0)] },
        persons: persons)
      let test = try #require(
        ChanceTest(
          of: .balancedAccuracy, predictions, recordings: persons, permutations: 199,
          seed: UInt64(repetition)))
      #expect(test.exchange == .stretchesWithinPersons)
      if test.pValue <= 0.05 { found += 1 }
    }
    // As above; exchanging single windows finds something in three of ten.
    #expect(found <= 28)
  }

  @Test func noDifferenceGivesNoTest() {
    #expect(SignedRankTest(of: [0, 0, 0]) == nil)
    #expect(SignedRankTest(of: []) == nil)
    #expect(CorrectedTTest(of: [0.1, 0.1, 0.1], testShare: 0.1) == nil)
    #expect(CorrectedTTest(of: [0.1], testShare: 0.1) == nil)
    #expect(PairedEffect(of: [.nan]) == nil)
    #expect(PairedEffect(of: [0.2, 0.2])?.cohensD == nil)
  }

  @Test func sharesThatDifferInTheLastBitAreTies() throws {
    let tied = try #require(
      SignedRankTest(of: [0.6 - 0.5, 0.5 - 0.4, -(0.3 - 0.2)], form: .normal))
    let exact = try #require(SignedRankTest(of: [0.1, 0.1, -0.1], form: .normal))
    #expect(tied == exact)
  }
}
