/// The surface a figure is drawn on: shapes in user units (1/96 inch at full size), y downwards.
///
/// It remembers the box of every text, so that a test can prove that no two overlap.
package struct Canvas: Sendable {
  /// Where a text stands relative to its point.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// The role of a text, which sets its size.
  package enum TextRole: Sendable {
    case tick, label, heading, value

    var size: Double {
      switch self {
      case .tick, .value: 11
      case .label: 12
      case .heading: 12.5
      }
    }

    /// The size to measure with: bold letters are a tenth wider.
    var measure: Double { self == .heading ? size * 1.1 : size }

    var styleClass: String {
      switch self {
      case .tick: "tk"
      case .label: "lb"
      case .heading: "hd"
      case .value: "vl"
      }
    }
  }

  /// The width in user units.
  package let width: Double
  /// The height in user units; grown by the layout before anything is drawn below it.
  package var height: Double
  /// What is drawn, first to last.
  package private(set) var elements: [Markup] = []
  /// The boxes of the texts.
  package private(set) var texts: [TextBox] = []
  /// What identifiers in this drawing begin with, so that two drawings fit one page.
  let identifierPrefix: String

  package init(width: Double, height: Double, identifierPrefix: String = "f") {
    self.width = width
    self.height = height
    self.identifierPrefix = identifierPrefix
  }

  /// Adds any markup.
  mutating func add(_ markup: Markup) { elements.append(markup) }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    add(
      .tag(
        "line",
        [.class(style), .of("x1", x1), .of("y1", y1), .of("x2", x2), .of("y2", y2)]))
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String,
    opacity: Double? = nil, radius: Double = 0, tip: String? = nil
  ) {
    var attributes: [MarkupAttribute] = [
      .class(style), .of("x", x), .of("y", y), .of("width", max(0, width)),
      .of("height", max(0, height)),
    ]
    if radius > 0 { attributes.append(.of("rx", radius)) }
    if let opacity { attributes.append(.of("fill-opacity", opacity)) }
    add(.tag("rect", attributes, Canvas.tip(tip)))
  }

  mutating func circle(
    x: Double, y: Double, radius: Double, _ style: String, tip: String? = nil
  ) {
    add(
      .tag(
        "circle", [.class(style), .of("cx", x), .of("cy", y), .of("r", radius)], Canvas.tip(tip)))
  }

  mutating func path(_ data: String, _ style: String, clip: String? = nil) {
    guard !data.isEmpty else { return }
    var attributes: [MarkupAttribute] = [.class(style), .of("d", data)]
    if let clip { attributes.append(.of("clip-path", "url(#\(clip))")) }
    add(.tag("path", attributes))
  }

  /// An empty group of shapes that share a tip; drawn on like a canvas, then added.
  func group(tip: String) -> Canvas {
    var group = Canvas(width: width, height: height, identifierPrefix: identifierPrefix)
    group.add(.tag("title", text: tip))
    return group
  }

  /// Adds a group made by `group`.
  mutating func add(_ group: Canvas) {
    texts += group.texts
    add(.tag("g", [], group.elements))
  }

  /// A clip region; returns its identifier.
  mutating func clip(x: Double, y: Double, width: Double, height: Double) -> String {
    let identifier = "\(identifierPrefix)c\(elements.count)"
    let region = Markup.tag(
      "rect",
      [
        .of("x", x), .of("y", y), .of("width", max(0, width)), .of("height", max(0, height)),
      ])
    add(.tag("clipPath", [.of("id", identifier)], [region]))
    return identifier
  }

  /// A pattern of slanted lines; returns the identifier to fill with.
  mutating func hatch(_ style: String) -> String {
    let identifier = "\(identifierPrefix)h\(elements.count)"
    let stroke = Markup.tag(
      "line", [.class(style), .of("x1", 0), .of("y1", 0), .of("x2", 0), .of("y2", 6)])
    add(
      .tag(
        "pattern",
        [
          .of("id", identifier), .of("width", 6), .of("height", 6),
          .of("patternUnits", "userSpaceOnUse"), .of("patternTransform", "rotate(45)"),
        ], [stroke]))
    return identifier
  }

  /// A rectangle filled with a pattern made by `hatch`.
  mutating func hatched(
    x: Double, y: Double, width: Double, height: Double, pattern: String, tip: String? = nil
  ) {
    add(
      .tag(
        "rect",
        [
          .of("x", x), .of("y", y), .of("width", max(0, width)), .of("height", max(0, height)),
          .of("fill", "url(#\(pattern))"),
        ], Canvas.tip(tip)))
  }

  /// A text whose baseline is at y. `room` cuts it with an ellipsis; the whole text is then its tip.
  mutating func text(
    _ text: String, x: Double, y: Double, _ role: TextRole, anchor: Anchor = .start,
    room: Double? = nil, style: String = ""
  ) {
    let size = role.size
    let shown = room.map { TextMeasure.fitted(text, to: $0, size: role.measure) } ?? text
    guard !shown.isEmpty else { return }
    let width = TextMeasure.width(of: shown, size: role.measure)
    let left =
      switch anchor {
      case .start: x
      case .middle: x - width / 2
      case .end: x - width
      }
    texts.append(
      TextBox(text: shown, x: left, y: y - size * 0.8, width: width, height: size))
    var attributes: [MarkupAttribute] = [
      .class(style.isEmpty ? role.styleClass : role.styleClass + " " + style), .of("x", x),
      .of("y", y),
    ]
    if anchor != .start { attributes.append(.of("text-anchor", anchor.rawValue)) }
    add(.tag("text", attributes, Canvas.tip(shown == text ? nil : text) + [.text(shown)]))
  }

  private static func tip(_ text: String?) -> [Markup] {
    text.map { [.tag("title", text: $0)] } ?? []
  }
}

/// Where a text stands in a drawing, in user units.
package struct TextBox: Sendable {
  package let text: String
  package let x: Double
  package let y: Double
  package let width: Double
  package let height: Double

  /// Whether two boxes share more than half a unit in both directions.
  package func overlaps(_ other: TextBox) -> Bool {
    min(x + width, other.x + other.width) - max(x, other.x) > 0.5
      && min(y + height, other.y + other.height) - max(y, other.y) > 0.5
  }
}

extension Canvas {
  /// Pairs of texts that stand on one another; a good figure has none.
  package var overlappingTexts: [(TextBox, TextBox)] {
    texts.indices.flatMap { first in
      texts.indices.dropFirst(first + 1).compactMap { second in
        texts[first].overlaps(texts[second]) ? (texts[first], texts[second]) : nil
      }
    }
  }

  /// Texts that stand outside the drawing.
  package var textsOutside: [TextBox] {
    texts.filter {
      $0.x < -0.5 || $0.y < -0.5 || $0.x + $0.width > width + 0.5 || $0.y + $0.height > height + 0.5
    }
  }
}
