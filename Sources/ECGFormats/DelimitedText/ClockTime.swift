/// Times of day written as text.
enum ClockTime {
  /// The seconds meant by `2021-03-01T09:15:00.250`, `2021/03/01 09:15:00,250`, `09:15:00.250` or `15:00.250`:
  /// since 1970 in UTC where there is a date (an offset at the end is subtracted), else since midnight.
  static func seconds(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    // The shortest is 0:00:00.
    guard bytes.count >= 7, bytes.count <= 40 else { return nil }
    var index = 0
    func isDigit(_ place: Int) -> Bool {
      place < bytes.count && bytes[place] >= 0x30 && bytes[place] <= 0x39
    }
    func number(_ most: Int) -> Int? {
      var value = 0
      let start = index
      while isDigit(index), index - start < most {
        value = value * 10 + Int(bytes[index] & 0x0F)
        index += 1
      }
      return index > start ? value : nil
    }
    func skip(_ allowed: String) -> Bool {
      guard index < bytes.count, allowed.utf8.contains(bytes[index]) else { return false }
      index += 1
      return true
    }

    var days = 0
    if bytes.count > 10, isDigit(3), bytes[4] == UInt8(ascii: "-") || bytes[4] == UInt8(ascii: "/")
    {
      guard let year = number(4), skip("-/"), let month = number(2), skip("-/"),
        let day = number(2), skip("T "), (1...12).contains(month), (1...31).contains(day)
      else { return nil }
      days = daysSince1970(year, month, day)
    }
    guard let first = number(2), skip(":"), let next = number(2) else { return nil }
    var (hour, minute, second) = (first, next, 0)
    if skip(":") {
      guard let last = number(2) else { return nil }
      second = last
    } else {
      // Minutes and seconds have a fraction; without it they would be hours and minutes.
      guard days == 0, index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return nil }
      (hour, minute, second) = (0, first, next)
    }
    guard hour < 25, minute < 60, second < 62 else { return nil }
    var fraction = 0.0
    if skip(".,") {
      let start = index
      guard let digits = number(9) else { return nil }
      var scale = 1.0
      for _ in start..<index { scale *= 10 }
      fraction = Double(digits) / scale
      while isDigit(index) { index += 1 }
    }
    var offset = 0
    _ = skip(" ")
    if !skip("Zz"), index < bytes.count {
      let sign = bytes[index] == UInt8(ascii: "-") ? -1 : 1
      guard skip("+-"), let hours = number(2) else { return nil }
      _ = skip(":")
      offset = sign * (hours * 3600 + (number(2) ?? 0) * 60)
    }
    guard index == bytes.count else { return nil }
    return Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
  }

  /// Days from 1 January 1970 in the Gregorian calendar (H. Hinnant's days_from_civil).
  static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
