import ECGReport
import Foundation
import Testing

@Suite struct UsingAModelFigureTests {
  private func explanation(samples: Int) -> ExplanationChart {
    ExplanationChart(
      name: "P01 at 20.0 s", className: "stress", probability: 0.8,
      samples: (0..<samples).map { Float(sin(Double($0) / 20)) }, samplingRate: 256,
      peaks: [1, 2, 99], attributions: (0..<samples).map { Float(cos(Double($0) / 50)) },
      beats: [.init(start: 0, end: 1.5, value: 2), .init(start: 1.5, end: 3, value: -1)],
      occlusions: (0..<8).map {
        .init(start: Double($0) / 4, end: Double($0) / 4 + 0.5, value: .nan)
      })
  }

  @Test(arguments: [0, 1, 2, 2560], Figure.Width.allCases)
  func anExplanationIsDrawnWithoutTextsOnEachOther(samples: Int, width: Figure.Width) {
    let drawing = explanation(samples: samples).figure.drawing(width)
    #expect(drawing.overlappingTexts.isEmpty && drawing.textsOutside.isEmpty)
  }

  @Test func theCurveOfRiskIsTheOneCountedByHand() {
    let curve = RiskCoverage(
      ordering: "confidence", values: [0.9, 0.8, 0.8, 0.6], isRight: [true, true, false, false])
    #expect(
      curve.points == [
        .init(coverage: 0.25, accuracy: 1, threshold: 0.9),
        .init(coverage: 0.75, accuracy: 2.0 / 3, threshold: 0.8),
        .init(coverage: 1, accuracy: 0.5, threshold: 0.6),
      ])
    #expect(curve.point(accuracy: 0.6)?.threshold == 0.8)
    #expect(RiskCoverage(ordering: "quality", values: [], isRight: []).points.isEmpty)
  }

  @Test(arguments: Figure.Width.allCases)
  func riskCurvesAreDrawnWithoutTextsOnEachOther(width: Figure.Width) {
    let values = (0..<500).map { Double($0) / 500 }
    let curves = ["confidence", "quality"].map {
      RiskCoverage(ordering: $0, values: values, isRight: values.map { $0 > 0.3 })
    }
    let drawing = RiskCoverage.figure(curves, target: "stress", whose: "person split, 5 persons")
      .drawing(width)
    #expect(drawing.overlappingTexts.isEmpty && drawing.textsOutside.isEmpty)
  }
}
