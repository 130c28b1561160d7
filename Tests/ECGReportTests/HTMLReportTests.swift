import ECGReport
import ECGSignal
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct HTMLReportTests {
  /// Names as an attacker would give them to a file, a person or a class.
  static let hostile = [
    "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onload='alert(1)",
    "\"\u{301} onmouseover=alert(1) x=\"\u{301}", "]]><!--", "a&b;&lt;", "\u{0}\u{8}\u{1B}[31m",
    "\u{202E}fdp.exe", "=HYPERLINK(\"x\")", "",
  ]

  /// The page as XML, which it is but for its first line and the style sheet.
  private func fault(_ html: String) -> String? {
    let body = html.replacing("<!DOCTYPE html>\n", with: "")
    return xmlFault(body)
  }

  @Test func pageIsWellFormedAndLoadsNothing() throws {
    let html = try SampleReport.report.html
    #expect(fault(html) == nil)
    #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("src="))
    #expect(!html.contains("@import") && !html.contains("url(http"))
    #expect(html.contains(HTMLReport.purpose.escapedForMarkup))
    #expect(html.utf8.count < 3_000_000)
  }

  @Test(arguments: hostile)
  func hostileNamesStayText(name: String) throws {
    let score = MethodScores(
      split: .person, persons: 2, value: 0.5, interval: .missing(because: name),
      perPerson: [.init(person: name, value: 0.4)])
    let table = ComparisonTable(
      target: name, metric: name, chance: 0.5, methods: [.init(name: name, scores: [score])])
    let confusion = ConfusionChart(
      target: name, method: name, classes: [name, "b"], counts: [[1, 2], [3, 4]], metric: name,
      score: score)
    let timeline = EmotionTimelineChart(
      recording: name, classes: [name, "b"],
      windows: [.init(start: 0, end: 10, quality: 0.9, probabilities: [0.5, 0.5])],
      leastQuality: 0.5)
    let report = HTMLReport(
      title: name, summary: name, origin: name,
      sections: [
        .comparison(table), .init(name, [.figure(confusion.figure), .figure(timeline.figure)]),
        .splitProofs([
          SplitProof(
            split: .person,
            folds: [.init(training: [name], test: [name], trainingWindows: 1, testWindows: 1)])
        ]),
        .init(
          name,
          [
            .code(name), .notice(name), .list([name]), .facts([.init(name, name)]),
            .details(summary: name, [.paragraph(name)]),
          ]),
      ])
    let html = report.html
    #expect(fault(html) == nil)
    #expect(!html.contains("<script>alert") && !html.contains("\u{1B}"))
    let names = AttributeNames()
    let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>\n", with: "").utf8))
    parser.delegate = names
    #expect(parser.parse())
    #expect(names.all.filter { $0.hasPrefix("on") }.isEmpty, "an attribute that runs code")
    for figure in [table.figure, confusion.figure, timeline.figure] {
      #expect(xmlFault(figure.svg) == nil)
    }
  }

  @Test func personSplitThatSharesPersonsSaysSo() {
    let honest = SampleReport.proof(.person)
    #expect(honest.sentence.contains("no person stands on both sides"))
    var broken = honest
    broken.folds[2].training.append(broken.folds[2].test[0])
    #expect(broken.sentence.contains("not about unseen persons"))
    #expect(SampleReport.proof(.window).sentence.contains("24 of 24 persons also"))
  }

  @Test func downloadedDataIsWhatTheFigureHolds() throws {
    let figure = SampleFigures.reliability.figure
    let html = HTMLReport(
      title: "t", summary: "", sections: [.init("s", [.figure(figure)])]
    ).html
    let start = try #require(html.range(of: "data:text/csv;charset=utf-8,"))
    let encoded = html[start.upperBound...].prefix { $0 != "\"" }
    #expect(String(encoded).removingPercentEncoding == figure.data)
  }

  @Test func methodsParagraphNamesRecipeSplitsAndSeed() throws {
    var recipe = PreprocessingRecipe()
    recipe.mainsNotch = 50
    recipe.windowStride = 1280
    let text = MethodsText(
      data: "d", persons: 1, windows: 20_000, recipe: recipe, pretraining: nil, training: "t.",
      splits: [.person], folds: 5,
      selection: "Epochs were chosen on persons set aside, never on test.", bootstrapSamples: 1000,
      seed: 42, version: "1"
    ).paragraph
    for part in [
      "0.8 Hz", "50 Hz", "256 Hz", "10 s", "every 5 s", "person split", "seed 42", "1 person.",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }
}

/// The names of all attributes of a document.
private final class AttributeNames: NSObject, XMLParserDelegate {
  var all: Set<String> = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    all.formUnion(attributes.keys)
  }
}
