/// A figure with its words and the numbers behind it.
///
/// The drawing is laid out for the width it is shown at, so a page can hold one for a desk and one for
/// a phone, each with texts of a readable size.
public struct Figure: Sendable {
  /// How wide a figure is laid out.
  public enum Width: Sendable, CaseIterable {
    /// For a page on a desk or on paper: 760 units.
    case wide
    /// For a phone: 360 units.
    case narrow

    var units: Double {
      switch self {
      case .wide: 760
      case .narrow: 360
      }
    }
  }

  /// A short name for files and links, of lower-case letters, digits and hyphens.
  public let name: String
  /// What the figure shows, in a few words.
  public let title: String
  /// How to read it and whom it is about: split, persons, intervals.
  public let caption: String
  /// The numbers behind it as CSV with a heading.
  public let data: String

  private let layOut: @Sendable (inout Canvas) -> Void

  /// A figure that is drawn by `layOut`, which sets the canvas's height.
  package init(
    name: String, title: String, caption: String, data: String,
    layOut: @escaping @Sendable (inout Canvas) -> Void
  ) {
    self.name = Figure.slug(name)
    self.title = title
    self.caption = caption
    self.data = data
    self.layOut = layOut
  }

  /// The figure as an SVG file of its own, style sheet included; follows the reader's choice of light
  /// or dark where the program that shows it does.
  public var svg: String { standalone(.wide) }

  /// The figure as an SVG file of its own at a width.
  public func standalone(_ width: Width) -> String {
    let style = Markup.tag("style", [], [.verbatim("\n" + FigureStyle.sheet)])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + markup(width, extra: [style], attributes: [.of("xmlns", "http://www.w3.org/2000/svg")]).xml
      + "\n"
  }

  /// The drawing by itself, for tests of its layout.
  package func drawing(_ width: Width) -> Canvas {
    let suffix = width == .wide ? "w" : "n"
    var canvas = Canvas(
      width: width.units, height: 100, identifierPrefix: identity + suffix)
    layOut(&canvas)
    return canvas
  }

  /// The drawing for a page that has the style sheet.
  package func inline(_ width: Width) -> Markup { markup(width, extra: [], attributes: []) }

  private func markup(
    _ width: Width, extra: [Markup], attributes: [MarkupAttribute]
  ) -> Markup {
    let canvas = drawing(width)
    let (units, height) = (coordinateText(canvas.width), coordinateText(canvas.height))
    let ground = Markup.tag(
      "rect", [.class("bg"), .of("width", canvas.width), .of("height", canvas.height)])
    return .tag(
      "svg",
      attributes + [
        .class("hf"), .of("role", "img"), .of("aria-label", title),
        .of("viewBox", "0 0 \(units) \(height)"), .of("width", units), .of("height", height),
      ],
      [.tag("title", text: title), .tag("desc", text: caption)] + extra + [ground]
        + canvas.elements)
  }

  /// Letters that tell this figure's identifiers from another's in the same page.
  private var identity: String {
    // FNV-1a, 32 bits.
    let hash = (name + title + data).utf8.reduce(UInt32(2_166_136_261)) {
      ($0 ^ UInt32($1)) &* 16_777_619
    }
    return "f" + String(hash, radix: 36)
  }

  /// A text reduced to what is safe in file names and links.
  package static func slug(_ text: String) -> String {
    let kept = text.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    let words = String(kept).split(separator: "-").joined(separator: "-")
    return words.isEmpty ? "figure" : String(words.prefix(60))
  }
}
