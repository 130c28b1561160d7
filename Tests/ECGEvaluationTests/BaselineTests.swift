import ECGEvaluation
import Foundation
import TestSupport
import Testing

/// A fit and scikit-learn's probabilities; see Fixtures/ECGEvaluation/make_golden.py.
struct RegressionCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let featureCount: Int
  let classCount: Int
  let l2: Double
  let balancesClasses: Bool
  let features: [Double]
  let classes: [Int]
  let testFeatures: [Double]
  let probabilities: [Double]

  var testDescription: String { name }

  static func all() throws -> [RegressionCase] {
    let file = fixtures.appending(path: "ECGEvaluation/logistic-regression.json")
    return try JSONDecoder().decode([RegressionCase].self, from: Data(contentsOf: file))
  }
}

@Suite struct LogisticRegressionTests {
  @Test(arguments: try RegressionCase.all())
  func probabilitiesEqualScikitLearn(golden: RegressionCase) throws {
    let model = try LogisticRegression(
      features: golden.features, featureCount: golden.featureCount, classes: golden.classes,
      classCount: golden.classCount, l2: golden.l2, balancesClasses: golden.balancesClasses)
    let found = model.probabilities(of: golden.testFeatures)
    #expect(found.count == golden.probabilities.count)
    for (one, other) in zip(found, golden.probabilities) { #expect(abs(one - other) < 1e-6) }
  }

  @Test func separableClassesStayFinite() throws {
    let model = try LogisticRegression(
      features: [-2, -1, 1, 2], featureCount: 1, classes: [0, 0, 1, 1], classCount: 2, l2: 1e-6)
    let found = model.probabilities(of: [-1.5, 1.5])
    #expect(found.allSatisfy { $0.isFinite })
    #expect(found[0] > 0.99 && found[3] > 0.99)
  }

  @Test func missingAndConstantFeaturesDoNoHarm() throws {
    let model = try LogisticRegression(
      features: [-1, 5, .nan, -2, 5, .nan, 1, 5, .nan, 2, 5, .nan], featureCount: 3,
      classes: [0, 0, 1, 1], classCount: 2)
    let found = model.probabilities(of: [-3, 5, 1, 3, .nan, .infinity, .nan, 5, 0])
    #expect(found.allSatisfy { $0.isFinite })
    #expect(found[0] > 0.5 && found[3] > 0.5)
    #expect(abs(found[4] - 0.5) < 1e-9, "nothing known, so even odds")
  }

  @Test func aClassNotSeenInTrainingGetsNothing() throws {
    let two = try LogisticRegression(
      features: [-1, 0, 1, 2], featureCount: 1, classes: [0, 0, 2, 2], classCount: 3)
    let found = two.probabilities(of: [0.3])
    #expect(found[1] == 0)
    #expect(abs(found[0] + found[2] - 1) < 1e-12)
    let one = try LogisticRegression(
      features: [1, 2], featureCount: 1, classes: [1, 1], classCount: 3)
    #expect(one.probabilities(of: [7]) == [0, 1, 0])
  }

  @Test func partsThatDoNotFitAreRefused() {
    #expect(throws: EvaluationError.self) {
      try LogisticRegression(features: [1], featureCount: 2, classes: [0], classCount: 2)
    }
    #expect(throws: EvaluationError.noWindows) {
      try LogisticRegression(features: [], featureCount: 2, classes: [], classCount: 2)
    }
    #expect(throws: EvaluationError.self) {
      try LogisticRegression(
        features: [1, 2], featureCount: 1, classes: [0, 1], classCount: 2, l2: 0)
    }
  }
}

@Suite struct LabelLookupTests {
  @Test func aKnownGroupGetsItsMostFrequentLabelAndANewOneTheMajority() {
    let lookup = LabelLookup(
      groups: ["a", "a", "a", "b", "c", "c"], classes: [1, 1, 0, 0, 2, 2], classCount: 3)
    #expect(lookup.predict("a") == 1)
    #expect(lookup.predict("b") == 0)
    #expect(lookup.predict("c") == 2)
    #expect(lookup.predict("new") == 0, "0, 1 and 2 come twice each: the lowest")
    #expect(lookup.probabilities(of: ["a", "new"]) == [0, 1, 0, 1, 0, 0])
  }

  @Test func theMajorityAnswersTheSameForEverybody() {
    let majority = LabelLookup.majority(of: [1, 1, 0, 2, 2, 2], classCount: 3)
    #expect(majority.predict("a") == 2 && majority.predict("b") == 2)
  }
}
