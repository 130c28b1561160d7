/// Text exports that bear a mark of their own among their first lines.
enum TextExport {
  /// The export a text is; nil if it bears no mark.
  static func format(of head: Bytes) -> FileFormat? {
    let lines = head.text.split(
      maxSplits: 60, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let first = lines.first.map({ $0.drop { $0 == "\u{FEFF}" } }) else { return nil }
    if first.hasPrefix("# OpenSignals Text File Format") { return .openSignals }
    if lines.prefix(8).contains(where: { $0.hasPrefix("# Sampling Rate (Hz):=") }) {
      return .bioSPPy
    }
    if let mark = first.first(where: { !$0.isWhitespace }), mark == "{" || mark == "[" {
      return .movesense
    }
    return AppleHealthHeader(lines.prefix(40).map(String.init)) == nil ? nil : .appleHealth
  }
}
