import ECGEvaluation
import Foundation
import TestSupport
import Testing

/// Predictions and scikit-learn's figures of them; see Fixtures/ECGEvaluation/make_golden.py.
struct MetricCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let classCount: Int
  let truth: [Int]
  let probabilities: [Double]
  let persons: [String]
  let confusion: [Int]
  let accuracy: Double
  let balancedAccuracy: Double
  let macroF1: Double
  let publishedF1: Double
  let areaUnderROC: Double?
  let expectedCalibrationError: Double

  var testDescription: String { name }

  static func all() throws -> [MetricCase] {
    let file = fixtures.appending(path: "ECGEvaluation/metrics.json")
    return try JSONDecoder().decode([MetricCase].self, from: Data(contentsOf: file))
  }

  func predictions() throws -> Predictions {
    try Predictions(
      classCount: classCount, truth: truth, probabilities: probabilities, persons: persons)
  }
}

@Suite struct MetricTests {
  @Test(arguments: try MetricCase.all())
  func metricsEqualScikitLearn(golden: MetricCase) throws {
    let predictions = try golden.predictions()
    #expect(ConfusionMatrix(predictions).counts == golden.confusion)
    let expected: [(Metric, Double?)] = [
      (.accuracy, golden.accuracy), (.balancedAccuracy, golden.balancedAccuracy),
      (.macroF1, golden.macroF1), (.publishedF1, golden.publishedF1),
      (.areaUnderROC, golden.areaUnderROC),
      (.expectedCalibrationError, golden.expectedCalibrationError),
    ]
    for (metric, value) in expected {
      let found = metric.value(of: predictions)
      guard let value else {
        #expect(found == nil)
        continue
      }
      #expect(abs((found ?? .nan) - value) < 1e-12, "\(metric.displayName)")
    }
  }

  @Test func thePublishedF1IsNeverLowerThanMacroF1() throws {
    for golden in try MetricCase.all() {
      let matrix = ConfusionMatrix(try golden.predictions())
      #expect(matrix.publishedF1 >= matrix.macroF1 - 1e-12)
    }
  }

  @Test func theAreaNeedsBothClasses() throws {
    let predictions = try Predictions(
      classCount: 2, truth: [1, 1], probabilities: [0.2, 0.8, 0.5, 0.5], persons: ["a", "b"])
    #expect(Metric.areaUnderROC.value(of: predictions) == nil)
    #expect(!Metric.defined(forClasses: 3).contains(.areaUnderROC))
  }

  @Test func aDivergedPredictionIsRefused() {
    #expect(throws: EvaluationError.self) {
      try Predictions(classCount: 2, truth: [1], probabilities: [.nan, 1], persons: ["a"])
    }
    #expect(throws: EvaluationError.self) {
      try Predictions(classCount: 2, truth: [2], probabilities: [0, 1], persons: ["a"])
    }
    #expect(throws: EvaluationError.self) {
      try Predictions(classCount: 2, truth: [1], probabilities: [1], persons: ["a"])
    }
  }
}
