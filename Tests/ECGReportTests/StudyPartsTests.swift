import ECGReport
import Foundation
import Testing

/// What reports of studies need of tables, panels and proofs.
@Suite struct StudyPartsTests {
  private func html(_ blocks: [ReportBlock]) -> String {
    HTMLReport(title: "t", summary: "", sections: [.init("s", blocks)]).html
  }

  @Test func anIntervalMayStandBelowItsValueAndNeitherIsBroken() {
    var table = ReportTable(
      name: "scores", caption: "", columns: [.init("method"), .init("score", isNumber: true)],
      rows: [["a [b]", "0.61 [0.52, 0.70]"]])
    let page = html([.table(table)])
    #expect(page.contains("<span>0.61</span> <span class=\"interval\">[0.52, 0.70]</span>"))
    #expect(page.contains(">a [b]</th>"))
    #expect(page.contains("%5B0.52,%200.70%5D"), "the data are the cells")
    table.data = "value,lower95\n0.61,0.52\n"
    #expect(html([.table(table)]).contains("value,lower95%0A0.61,0.52"))
  }

  @Test(arguments: Figure.Width.allCases)
  func panelsWithAxesOfTheirOwnSpanTheirOwnValues(width: Figure.Width) throws {
    func group(_ title: String, _ label: String?, _ values: [Double]) -> CurvePanels.Group {
      .init(
        title: title, curves: [.init(name: "a", points: values.map { .init(x: $0, y: 0.5) })],
        reference: 0.25, xLabel: label)
    }
    func texts(_ label: String?) -> [String] {
      let panels = CurvePanels(
        name: "n", title: "t", caption: "c", xLabel: "parameter", yLabel: "F1",
        groups: [
          group("noise", label, [5, 15, 30]), group("stretch", label, [1.05, 1.25, 1.5]),
        ])
      let drawing = panels.figure.drawing(width)
      #expect(drawing.overlappingTexts.isEmpty)
      #expect(drawing.textsOutside.isEmpty)
      return drawing.texts.map(\.text)
    }
    let own = texts("dB")
    #expect(own.count { $0 == "dB" } == 2)
    #expect(!own.contains("parameter"))
    #expect(own.contains { $0.hasPrefix("1.") }, "ticks between 1.05 and 1.5")
    let shared = texts(nil)
    #expect(shared.contains("parameter"))
    #expect(!shared.contains { $0.hasPrefix("1.") })
  }

  @Test(arguments: Figure.Width.allCases) func fewPointsHaveTicksWhereTheyStand(
    width: Figure.Width
  ) {
    let groups = ["by person", "by window"].map { name in
      CurvePanels.Group(
        title: name,
        curves: [.init(name: "a", points: [10, 25, 50, 100].map { .init(x: $0, y: 0.5) })])
    }
    let panels = CurvePanels(
      name: "n", title: "t", caption: "c", xLabel: "share of labels (%)", yLabel: "F1",
      isLogarithmic: true, groups: groups)
    let drawing = panels.figure.drawing(width)
    #expect(drawing.overlappingTexts.isEmpty)
    for label in ["10", "25", "50", "100"] {
      #expect(drawing.texts.count { $0.text == label } == 2, "\(label) in both panels")
    }
  }

  @Test func aLetterDoesNotStandOnALineAlone() {
    let text = "pre-trained trunk, logistic regression: block 1"
    let width = TextMeasure.width(of: String(text.dropLast(2)), size: 12) + 1
    let lines = TextMeasure.lines(of: text, width: width, size: 12)
    #expect(lines == ["pre-trained trunk, logistic regression:", "block 1"])
  }

  @Test func personsOfASplitAreNamedWithoutWhatAllOfThemShare() {
    let persons = (1...4).map { "cohort/P\($0)" }
    let proof = SplitProof(
      split: .window,
      folds: [
        .init(
          training: persons, validation: ["cohort/P2", "cohort/P1"], test: ["cohort/P3"],
          trainingWindows: 9, testWindows: 3)
      ])
    let page = html(proof.blocks)
    #expect(page.contains("All names are of cohort."))
    #expect(page.contains(">all 4</td>"))
    #expect(page.contains(">P1, P2</td>"))
    #expect(page.contains(">P3</td>"))
    let mixed = SplitProof(
      split: .person,
      folds: [.init(training: ["a/P1"], test: ["b/P1"], trainingWindows: 1, testWindows: 1)])
    #expect(html(mixed.blocks).contains(">a/P1</td>"))
  }

  @Test func mapsWithoutAxesNameNone() {
    let points = (0..<6).map {
      EmbeddingMap.Point(
        x: Double($0), y: Double($0 % 3), person: "P\($0 % 2)", condition: "c\($0 % 3)")
    }
    let map = EmbeddingMap(
      method: "t-SNE", source: "Features", axes: nil, remark: "Only neighbours mean something.",
      points: points)
    #expect(map.figure.caption.contains("Only neighbours"))
    #expect(map.figure.data.hasPrefix("x,y,person,condition"))
    #expect(!map.figure.drawing(.wide).texts.contains { $0.text.contains("→") })
  }

  @Test func captionsPromiseNoPersonsThatAreNotDrawn() {
    func caption(_ persons: [PersonScore]) -> String {
      ComparisonTable(
        target: "stress", metric: "F1", chance: nil,
        methods: [
          .init(
            name: "a",
            scores: [
              .init(
                split: .person, persons: 3, value: 0.5, interval: .bounds(0.4, 0.6),
                perPerson: persons)
            ])
        ]
      ).figure.caption
    }
    #expect(!caption([]).contains("small dots"))
    #expect(caption([.init(person: "P1", value: 0.5)]).contains("small dots"))
  }
}
