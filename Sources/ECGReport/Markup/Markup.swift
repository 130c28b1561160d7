/// A piece of an HTML page or an SVG drawing, as a tree.
///
/// Text and attribute values are escaped here, when the tree becomes a string, and nowhere else, so
/// a name that comes from a file cannot become markup. Only `verbatim` passes through as it is; it is
/// for the module's own style sheets.
package indirect enum Markup: Sendable {
  /// An element with its attributes in order and its content.
  case element(String, [MarkupAttribute], [Markup])
  /// Text, to be escaped.
  case text(String)
  /// Several pieces one after the other.
  case sequence([Markup])
  /// Our own characters that must not be escaped.
  case verbatim(String)

  /// An element.
  package static func tag(
    _ name: String, _ attributes: [MarkupAttribute] = [], _ content: [Markup] = []
  ) -> Markup {
    .element(name, attributes, content)
  }

  /// An element that holds text only.
  package static func tag(
    _ name: String, _ attributes: [MarkupAttribute] = [], text: String
  ) -> Markup {
    .element(name, attributes, [.text(text)])
  }

  /// The XML of the piece; also valid HTML for the elements this module uses.
  package var xml: String {
    var output = ""
    write(to: &output)
    return output
  }

  private func write(to output: inout String) {
    switch self {
    case .text(let text): output += text.escapedForMarkup
    case .verbatim(let text): output += text
    case .sequence(let pieces): for piece in pieces { piece.write(to: &output) }
    case .element(let name, let attributes, let content):
      output += "<\(name)"
      for attribute in attributes {
        output += " \(attribute.name)=\"\(attribute.value.escapedForMarkup)\""
      }
      // HTML reads `<div/>` as an opening tag, so only its void elements and SVG's shapes close
      // themselves.
      if content.isEmpty, Markup.selfClosing.contains(name) {
        output += "/>"
        return
      }
      output += ">"
      for piece in content { piece.write(to: &output) }
      output += "</\(name)>"
    }
  }

  private static let selfClosing: Set<String> = [
    "br", "hr", "meta", "link", "col", "rect", "line", "path", "circle", "polygon", "use",
  ]
}

/// An attribute of an element.
package struct MarkupAttribute: Sendable {
  let name: String
  let value: String

  /// An attribute with text.
  package static func of(_ name: String, _ value: String) -> MarkupAttribute {
    MarkupAttribute(name: name, value: value)
  }

  /// An attribute with a coordinate or a length in user units.
  package static func of(_ name: String, _ value: Double) -> MarkupAttribute {
    MarkupAttribute(name: name, value: coordinateText(value))
  }

  /// The class attribute.
  package static func `class`(_ value: String) -> MarkupAttribute { .of("class", value) }
}

extension String {
  /// The string with what has a meaning in XML and HTML replaced by character references, and with
  /// the characters XML 1.0 forbids replaced by U+FFFD.
  package var escapedForMarkup: String {
    var output = ""
    output.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      case "'": output += "&#39;"
      case "\t", "\n", "\r": output.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
        output += "\u{FFFD}"
      // Directional overrides would let a name reorder the text around it.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": output += "\u{FFFD}"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
