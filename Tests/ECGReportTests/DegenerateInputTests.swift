import ECGReport
import ECGSignal
import Foundation
import Testing

/// Figures of values that real runs should not give and sometimes do.
struct DegenerateInputTests {
  static let awkward: [[Double]] = [
    [], [0.5], [.nan], [.nan, 0.3, .nan], [0.7, 0.7, 0.7], [1e308, -1e308, 0], [.infinity, 1],
    [1e-300, 2e-300], [0, 0], [1e15, 1e15 + 1], [-5, 12],
  ]

  private func check(_ figure: Figure, _ note: String) {
    for width in Figure.Width.allCases {
      let svg = figure.standalone(width)
      #expect(xmlFault(svg) == nil, "\(note)")
      #expect(
        svg.range(of: "\"[^\"]*(nan|inf)[^\"]*\"", options: .regularExpression) == nil, "\(note)")
      let drawing = figure.drawing(width)
      #expect(
        drawing.overlappingTexts.isEmpty,
        "\(figure.name) \(note): \(drawing.overlappingTexts.map { ($0.0.text, $0.1.text) })")
      #expect(
        drawing.textsOutside.isEmpty, "\(figure.name) \(note): \(drawing.textsOutside.map(\.text))")
    }
  }

  @Test(arguments: awkward)
  func curvesAndComparisonsDrawAnything(values: [Double]) {
    let task = EpochCurves.Task(
      name: "a", training: values, heldOut: values,
      heldOutIntervals: values.map { .bounds($0, -$0) }, constantAnswer: values.first)
    let epochs = EpochCurves(
      epochs: [], trainingPersons: 1, heldOutPersons: 0, loss: [task], f1: [task, task])
    check(epochs.lossFigure, "\(values)")
    check(epochs.f1Figure, "\(values)")
    let methods = values.enumerated().map { index, value in
      ComparisonTable.Method(
        name: "a rather long name of a method that must be cut somewhere \(index)",
        scores: ReportedSplit.allCases.map {
          MethodScores(
            split: $0, persons: 1, value: value, interval: .bounds(value, value * 2),
            perPerson: [.init(person: "x", value: -value)])
        })
    }
    let table = ComparisonTable(target: "", metric: "m", chance: values.last, methods: methods)
    check(table.figure, "\(values)")
    check(LeakGapChart(table).figure, "\(values)")
    #expect(!table.textTable.text.isEmpty)
    let panels = CurvePanels(
      name: "", title: "", caption: "", xLabel: "x", yLabel: "y", isLogarithmic: true,
      groups: [
        .init(title: "", curves: [.init(name: "c", points: values.map { .init(x: $0, y: $0) })])
      ])
    check(panels.figure, "\(values)")
  }

  @Test(arguments: awkward)
  func signalsDrawAnything(values: [Double]) throws {
    let samples = values.map(Float.init)
    for rate in [0.001, 256, 1e6] {
      let strip = ECGStripChart(
        name: "", recording: try ECGRecording(samples: samples, samplingRate: rate, unit: .unknown),
        peaks: [-1, 0, 1, 99], quality: [.init(start: 0, end: .infinity, quality: .nan)],
        leastQuality: 0.5, findings: [.init(kind: "", start: -1, end: .nan)])
      check(strip.figure, "\(values) at \(rate)")
    }
    let transformations = TransformationChart(
      source: "", samplingRate: values.first ?? .nan, unit: "",
      versions: [
        .init(name: "a", setting: "", samples: samples), .init(name: "b", setting: "", samples: []),
      ])
    check(transformations.figure, "\(values)")
  }

  @Test(arguments: awkward)
  func predictionsDrawAnything(values: [Double]) {
    let timeline = EmotionTimelineChart(
      recording: "r", classes: ["a", "b", "c"],
      windows: values.enumerated().map { index, value in
        .init(
          start: value, end: value + 10, quality: value, probabilities: index == 1 ? nil : values)
      }, leastQuality: .nan)
    check(timeline.figure, "\(values)")
    let score = MethodScores(
      split: .window, persons: 0, value: .nan, interval: .bounds(.nan, 1))
    let reliability = ReliabilityChart(
      target: "t", method: "m",
      bins: values.map {
        .init(lower: $0, upper: $0, confidence: $0, accuracy: $0, count: 1)
      }, metric: "e", score: score)
    check(reliability.figure, "\(values)")
    #expect(score.sentence(metric: "m").contains("no interval"))
  }

  @Test(arguments: [0, 1, 2, 3, 12, 40])
  func confusionMatricesDrawAnyNumberOfClasses(count: Int) {
    let score = MethodScores(split: .person, persons: 3, value: 0.2, interval: .bounds(0.1, 0.3))
    let names = (0..<count).map { "class number \($0)" }
    for counts in [
      [], [[1]], [[Int]](repeating: [Int](repeating: .max, count: count), count: count),
    ] {
      let chart = ConfusionChart(
        target: "t", method: "m", classes: names, counts: counts, metric: "f", score: score)
      check(chart.figure, "\(count) classes")
    }
  }
}
