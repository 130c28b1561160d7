/// A report as one HTML file that needs nothing else: no network, no script, no outside font.
///
/// It reads on a phone and on a desk, in light and dark, and prints. Everything that comes from data
/// is escaped when the page is written; see `Markup` for why no template library does this: the one
/// tried (swift-mustache 2.1.1) escapes by grapheme, and lets a quote followed by a combining mark
/// through.
public struct HTMLReport: Sendable {
  /// A part of the report under a heading.
  public struct Section: Sendable {
    /// The heading.
    public var title: String
    /// What stands under it.
    public var blocks: [ReportBlock]

    /// A part of the report.
    public init(_ title: String, _ blocks: [ReportBlock]) {
      self.title = title
      self.blocks = blocks
    }
  }

  /// What a reader must know before the first number, whatever the report is about.
  public static let purpose =
    "For research into how emotion shows in the electrocardiogram. It says what a model took a signal "
    + "for, with what certainty, on the persons named here. It is not a medical device, makes no "
    + "diagnosis, and is no ground for a decision about a person."

  /// The title.
  public var title: String
  /// One or two sentences that say what came out.
  public var summary: String
  /// When, with what and from what it was made, in a line; empty to leave it out.
  public var origin: String
  /// The parts in order.
  public var sections: [Section]

  /// A report.
  public init(title: String, summary: String, origin: String = "", sections: [Section]) {
    self.title = title
    self.summary = summary
    self.origin = origin
    self.sections = sections
  }

  /// The page.
  public var html: String {
    let head = Markup.tag(
      "head", [],
      [
        .tag("meta", [.of("charset", "utf-8")]),
        .tag(
          "meta",
          [.of("name", "viewport"), .of("content", "width=device-width, initial-scale=1")]),
        .tag("meta", [.of("name", "color-scheme"), .of("content", "light dark")]),
        // Should anything slip through, the page may still load nothing and run nothing.
        .tag(
          "meta",
          [
            .of("http-equiv", "Content-Security-Policy"),
            .of("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
          ]),
        .tag("title", text: title),
        .tag("style", [], [.verbatim("\n" + FigureStyle.sheet + ReportStyle.sheet)]),
      ])
    let body = Markup.tag("body", [], [header, contents, .tag("main", [], parts), footer])
    let page = Markup.tag("html", [.of("lang", "en")], [head, body])
    return "<!DOCTYPE html>\n" + page.xml + "\n"
  }

  private var header: Markup {
    var pieces: [Markup] = [.tag("h1", text: title)]
    if !summary.isEmpty { pieces.append(.tag("p", [.class("summary")], text: summary)) }
    if !origin.isEmpty { pieces.append(.tag("p", [.class("origin")], text: origin)) }
    pieces.append(.tag("p", [.class("purpose")], text: HTMLReport.purpose))
    return .tag("header", [], pieces)
  }

  private var contents: Markup {
    guard sections.count > 2 else { return .sequence([]) }
    let links = sections.enumerated().map { index, section in
      Markup.tag(
        "li", [], [.tag("a", [.of("href", "#\(anchor(index))")], text: section.title)])
    }
    return .tag("nav", [.of("aria-label", "Contents")], [.tag("ol", [], links)])
  }

  private var parts: [Markup] {
    sections.enumerated().map { index, section in
      .tag(
        "section", [.of("id", anchor(index))],
        [.tag("h2", text: section.title)] + section.blocks.map(\.markup))
    }
  }

  private var footer: Markup {
    .tag("footer", [], [.tag("p", text: "Made by Heartfelt. " + origin)])
  }

  private func anchor(_ index: Int) -> String {
    "part-\(index + 1)-\(Figure.slug(sections[index].title))"
  }
}
