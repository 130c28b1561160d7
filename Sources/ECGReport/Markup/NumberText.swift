import Foundation

/// A coordinate in user units with at most two decimals, as short as it can be.
///
/// Drawing code keeps to finite numbers; one that is not finite is written as 0 and one beyond
/// ±10⁷ is clamped, so that a drawing is well formed whatever it was given.
package func coordinateText(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let hundredths = Int((min(max(value, -1e7), 1e7) * 100).rounded())
  let magnitude = abs(hundredths)
  var text = hundredths < 0 ? "-" : ""
  text += String(magnitude / 100)
  let fraction = magnitude % 100
  if fraction > 0 {
    text +=
      fraction % 10 == 0 ? ".\(fraction / 10)" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
  }
  return text
}

/// A number with a fixed count of decimals, with a true minus sign; "–" when there is no number.
package func fixedText(_ value: Double, decimals: Int) -> String {
  guard value.isFinite else { return "–" }
  guard abs(value) < 1e15 else { return scientificText(value) }
  let text = String(format: "%.\(max(0, min(decimals, 12)))f", value)
  // A value that rounds to nothing has no sign.
  let isZero = !text.contains { $0 >= "1" && $0 <= "9" }
  guard text.hasPrefix("-") else { return text }
  return (isZero ? "" : "−") + text.dropFirst()
}

/// A score in [0, 1] or a difference of two: two decimals.
package func scoreText(_ value: Double) -> String { fixedText(value, decimals: 2) }

/// A difference of scores with its sign: `+0.21`, `−0.03`.
package func signedScoreText(_ value: Double) -> String {
  let text = scoreText(value)
  return value.isFinite && !text.hasPrefix("−") ? "+" + text : text
}

/// A share in [0, 1] as whole per cents.
package func percentText(_ share: Double) -> String {
  share.isFinite ? fixedText(share * 100, decimals: 0) + " %" : "–"
}

/// A count with thin spaces between thousands.
package func countText(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var output = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index).isMultiple(of: 3), digits.count > 4 {
      output += "\u{202F}"
    }
    output.append(digit)
  }
  return (count < 0 ? "−" : "") + output
}

/// A very large or very small number: `3.2e18`.
package func scientificText(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let parts = String(format: "%.2g", value).split(separator: "e")
  guard parts.count == 2, let exponent = Int(parts[1]) else {
    return String(format: "%.2g", value).replacing("-", with: "−")
  }
  return "\(parts[0])e\(exponent)".replacing("-", with: "−")
}

/// A moment or a length of time in seconds as people write it: `12 s`, `3:05`, `1:03:05`.
package func clockText(_ seconds: Double) -> String {
  guard seconds.isFinite, abs(seconds) < 1e9 else { return "–" }
  let whole = Int(abs(seconds).rounded())
  let sign = seconds < 0 && whole > 0 ? "−" : ""
  let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return hours > 0
    ? "\(sign)\(hours):\(two(minutes)):\(two(rest))" : "\(sign)\(minutes):\(two(rest))"
}

/// A number for a data file: as many digits as it needs, a point, empty when it is not finite.
package func dataText(_ value: Double) -> String {
  guard value.isFinite else { return "" }
  if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
  return String(format: "%.6g", value)
}
