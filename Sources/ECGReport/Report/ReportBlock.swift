/// A piece of a report's section.
public indirect enum ReportBlock: Sendable {
  /// A paragraph of text.
  case paragraph(String)
  /// A heading within a section.
  case subheading(String)
  /// A paragraph that must not be overlooked.
  case notice(String)
  /// A list of short texts.
  case list([String])
  /// Names with values, in order.
  case facts([Fact])
  /// A figure with its caption and its data.
  case figure(Figure)
  /// A table with its data.
  case table(ReportTable)
  /// Text as it is, such as a configuration file.
  case code(String)
  /// More for who wants it: closed on a screen until it is opened.
  case details(summary: String, [ReportBlock])

  /// A name with its value.
  public struct Fact: Sendable {
    let name: String
    let value: String

    /// A name with its value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

extension ReportBlock {
  var markup: Markup {
    switch self {
    case .paragraph(let text): .tag("p", text: text)
    case .subheading(let text): .tag("h3", text: text)
    case .notice(let text): .tag("p", [.class("notice")], text: text)
    case .list(let items): .tag("ul", [], items.map { .tag("li", text: $0) })
    case .facts(let facts):
      .tag(
        "dl", [],
        facts.map { fact in
          .tag("div", [], [.tag("dt", text: fact.name), .tag("dd", text: fact.value)])
        })
    case .figure(let figure): figure.block
    case .table(let table):
      .sequence([table.markup, download(table.csv, name: Figure.slug(table.name))])
    case .code(let text): .tag("pre", [], [.tag("code", text: text)])
    case .details(let summary, let blocks):
      .tag("details", [], [.tag("summary", text: summary)] + blocks.map(\.markup))
    }
  }
}

extension Figure {
  fileprivate var block: Markup {
    .tag(
      "figure", [.of("id", "figure-\(name)")],
      [
        .tag("div", [.class("wide")], [inline(.wide)]),
        .tag("div", [.class("narrow")], [inline(.narrow)]),
        .tag(
          "figcaption", [],
          [.tag("strong", text: title + "."), .text(" " + caption), .text(" "), link]),
      ])
  }

  private var link: Markup { dataLink(data, name: name) }
}

/// A paragraph with a link to data held in the page itself.
private func download(_ csv: String, name: String) -> Markup {
  .tag("p", [.class("data")], [dataLink(csv, name: name)])
}

private func dataLink(_ csv: String, name: String) -> Markup {
  .tag(
    "a",
    [
      .class("data"), .of("download", "\(name).csv"),
      .of("href", "data:text/csv;charset=utf-8," + csv.percentEncoded),
    ], text: "Data (CSV)")
}

extension String {
  /// The UTF-8 bytes with all but letters, digits and a few signs as `%XX`.
  package var percentEncoded: String {
    var output: [UInt8] = []
    output.reserveCapacity(utf8.count * 5 / 4)
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ","):
        output.append(byte)
      default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
