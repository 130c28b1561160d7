/// What a cell of text holds.
enum CellValue: Equatable {
  case number(Double)
  /// Nothing, or a word for nothing (`NaN`, `NA`, `null` …).
  case missing
  case text
}

extension Bytes {
  /// The number in a range of text, rounded as exactly as `Double.init` rounds.
  ///
  /// Numbers of up to 19 digits with small exponents, which is to say nearly all, take a path of exact
  /// integer arithmetic and one rounding (W. D. Clinger, PLDI 1990); others go through `Double.init`.
  func cell(_ range: Range<Int>, decimalComma: Bool) -> CellValue {
    withUnsafeBytes { raw in
      precondition(range.lowerBound >= 0 && range.upperBound <= raw.count)
      return Self.parse(raw, range.lowerBound, range.upperBound, decimalComma)
    }
  }

  private static func parse(
    _ raw: UnsafeRawBufferPointer, _ from: Int, _ to: Int, _ decimalComma: Bool
  ) -> CellValue {
    var start = from
    var end = to
    while start < end, isBlank(raw[start]) { start += 1 }
    while end > start, isBlank(raw[end - 1]) { end -= 1 }
    guard start < end else { return .missing }

    var index = start
    let negative = raw[index] == UInt8(ascii: "-")
    if negative || raw[index] == UInt8(ascii: "+") { index += 1 }
    let point = decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    var mantissa: UInt64 = 0
    var digits = 0
    var significant = 0
    var decimals = 0
    var seenPoint = false
    while index < end {
      let byte = raw[index]
      if byte >= 0x30, byte <= 0x39 {
        digits += 1
        if significant > 0 || byte != 0x30 { significant += 1 }
        if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(byte & 0x0F) }
        if seenPoint { decimals += 1 }
      } else if byte == point, !seenPoint {
        seenPoint = true
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return word(raw, start, end) }
    var exponent = 0
    if index < end, raw[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      var negativeExponent = false
      if index < end, raw[index] == UInt8(ascii: "-") || raw[index] == UInt8(ascii: "+") {
        negativeExponent = raw[index] == UInt8(ascii: "-")
        index += 1
      }
      guard index < end else { return .text }
      while index < end, raw[index] >= 0x30, raw[index] <= 0x39 {
        if exponent < 100_000 { exponent = exponent * 10 + Int(raw[index] & 0x0F) }
        index += 1
      }
      if negativeExponent { exponent = -exponent }
    }
    guard index == end else { return .text }

    let power = exponent - decimals
    if significant <= 19, mantissa <= 1 << 53, abs(power) <= 22 {
      let magnitude =
        power < 0
        ? Double(mantissa) / powersOfTen[-power] : Double(mantissa) * powersOfTen[power]
      return .number(negative ? -magnitude : magnitude)
    }
    var characters = Array(raw[start..<end])
    if decimalComma {
      for place in characters.indices where characters[place] == UInt8(ascii: ",") {
        characters[place] = UInt8(ascii: ".")
      }
    }
    return Double(String(decoding: characters, as: UTF8.self)).map(CellValue.number) ?? .text
  }

  private static func word(_ raw: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> CellValue {
    guard end - start <= 8 else { return .text }
    switch String(decoding: raw[start..<end], as: UTF8.self).lowercased() {
    case "nan", "-nan", "+nan", "na", "n/a", "#n/a", "null", "none", "nil", "-", "--", "?",
      "#value!", "inf", "-inf", "+inf", "infinity", "missing", "nat":
      return .missing
    default: return .text
    }
  }

  @inline(__always)
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// All the powers of ten that a double holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
