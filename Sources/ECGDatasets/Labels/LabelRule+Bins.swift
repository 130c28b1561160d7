extension LabelRule.Coding {
  /// Several classes between thresholds, ascending: of t₁ < t₂ the first class holds what is at most t₁,
  /// the second what lies above t₁ and is at most t₂, the third the rest.
  static func classes(_ value: Double, between thresholds: [Double]) -> Int {
    thresholds.count { value > $0 }
  }

  /// The names of the classes between thresholds, such as `up to 3`, `3 to 6`, `above 6`.
  static func names(between thresholds: [Double]) -> [String] {
    let texts = thresholds.map(LabelRule.text)
    guard let first = texts.first, let last = texts.last else { return [] }
    return ["up to \(first)"] + zip(texts, texts.dropFirst()).map { "\($0) to \($1)" }
      + ["above \(last)"]
  }
}
