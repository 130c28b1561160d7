import ECGReport
import ECGSignal
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether a text is well-formed XML, and why not.
func xmlFault(_ text: String) -> String? {
  let parser = XMLParser(data: Data(text.utf8))
  return parser.parse() ? nil : "\(parser.parserError as (any Error)?) at line \(parser.lineNumber)"
}

struct FigureTests {
  @Test func everyFigureIsWellFormedAccessibleAndFinite() throws {
    for figure in try SampleFigures.all() {
      for width in Figure.Width.allCases {
        let svg = figure.standalone(width)
        #expect(xmlFault(svg) == nil, "\(figure.name)")
        #expect(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"))
        #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(figure.name)")
        #expect(!svg.contains("http") || svg.components(separatedBy: "http").count == 2)
      }
    }
  }

  @Test func textsNeverOverlapAndStayInside() throws {
    for figure in try SampleFigures.all() {
      for width in Figure.Width.allCases {
        let drawing = figure.drawing(width)
        let pairs = drawing.overlappingTexts.map { "\($0.0.text) / \($0.1.text)" }
        #expect(pairs.isEmpty, "\(figure.name) \(width): \(pairs)")
        #expect(
          drawing.textsOutside.isEmpty,
          "\(figure.name) \(width): \(drawing.textsOutside.map(\.text))")
      }
    }
  }

  @Test func longRecordingsMakeSmallFigures() throws {
    let figure = try SampleFigures.strip(seconds: 4 * 3600).figure
    #expect(figure.svg.utf8.count < 300_000)
    #expect(figure.data.utf8.count < 300_000)
    #expect(SampleFigures.timeline(windows: 50_000).figure.svg.utf8.count < 600_000)
  }

  @Test func dataBehindAFigureHasARowForEveryNumber() {
    let lines = SampleFigures.comparison.figure.data.split(separator: "\n")
    #expect(lines.count == 1 + 7 * 3 * 25)
    #expect(SampleFigures.labelFraction.figure.data.split(separator: "\n").count == 1 + 14 + 1)
  }

  /// Not a check: writes the gallery where HEARTFELT_FIGURES says, to be looked at.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["HEARTFELT_FIGURES"] != nil))
  func gallery() throws {
    let path = ProcessInfo.processInfo.environment["HEARTFELT_FIGURES"] ?? ""
    let folder = URL(filePath: path)
    let figures = try SampleFigures.all()
    for (index, figure) in figures.enumerated() {
      for width in Figure.Width.allCases {
        try figure.standalone(width).write(
          to: folder.appending(path: "\(index)-\(figure.name)-\(width).svg"), atomically: true,
          encoding: .utf8)
      }
    }
    try SampleReport.report.html.write(
      to: folder.appending(path: "report.html"), atomically: true, encoding: .utf8)
  }
}
