/// How much room a text takes, without a font at hand.
///
/// The widths are those of a wide common sans-serif (DejaVu Sans), rounded up, in parts of the font
/// size, so that what is laid out with them does not overlap in the narrower fonts most systems use.
package enum TextMeasure {
  /// The width of a text in user units at a font size.
  package static func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * size
  }

  /// The text, cut with an ellipsis where it would be wider than `width`; empty where not one letter
  /// has room.
  package static func fitted(_ text: String, to width: Double, size: Double) -> String {
    guard self.width(of: text, size: size) > width else { return text }
    let room = width - self.width(of: "…", size: size)
    var used = 0.0
    var output = ""
    for character in text {
      let more = self.width(of: String(character), size: size)
      if used + more > room { break }
      used += more
      output.append(character)
    }
    while output.last == " " { output.removeLast() }
    return output.isEmpty ? "" : output + "…"
  }

  /// The text in lines no wider than `width`, broken at spaces.
  package static func lines(of text: String, width: Double, size: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if self.width(of: longer, size: size) > width, !line.isEmpty {
        lines.append(line)
        line = String(word)
      } else {
        line = longer
      }
    }
    if !line.isEmpty { lines.append(line) }
    // A last word of a letter or two, as in "block 1", takes the one before it along.
    if lines.count > 1, lines[lines.count - 1].count <= 2,
      let space = lines[lines.count - 2].lastIndex(of: " ")
    {
      let before = lines[lines.count - 2]
      lines[lines.count - 1] = before[before.index(after: space)...] + " " + lines[lines.count - 1]
      lines[lines.count - 2] = String(before[..<space])
    }
    return lines.map { fitted($0, to: width, size: size) }
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "|", "'", ".", ",", ":", ";", "!", " ", "\u{202F}", "\u{A0}": 0.34
    case "f", "t", "r", "(", ")", "[", "]", "-", "/": 0.42
    case "m", "w", "M", "W", "@", "%", "…", "−", "+", "=", "×", "<", ">": 0.9
    case "A"..."Z": 0.72
    case "0"..."9": 0.64
    case "\u{300}"..."\u{36F}": 0
    case "\u{20}"..."\u{7E}": 0.63
    case "\u{1100}"..."\u{11FF}", "\u{2E80}"..."\u{A4CF}", "\u{AC00}"..."\u{D7A3}",
      "\u{F900}"..."\u{FAFF}", "\u{FE30}"..."\u{FE6F}", "\u{FF00}"..."\u{FF60}",
      "\u{1F000}"..."\u{3FFFD}":
      1.2
    default: 0.72
    }
  }
}
