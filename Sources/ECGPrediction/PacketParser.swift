import ECGSignal
import Foundation

/// Reads lines of samples as they come, without allocating for each.
///
/// A line is one of
/// ```text
/// 0.12                               a sample
/// 0.12, 0.13, 0.15                   samples one after the other
/// 17.30, 0.12, 0.13                  with `isTimed`: the time in s of the first, then samples
/// {"time": 17.3, "samples": [0.12]}  time in s of the first sample, if there is one
/// {"timestamp": 599…, "samples": […]}  as Polar sensors send: ns, of the last sample
/// ```
/// Commas, semicolons, tabs and blanks separate numbers; `nan` is a missing sample. Empty lines and
/// lines that begin with `#` say nothing.
package struct PacketParser: Sendable {
  /// Whether the first number of a plain line is a time.
  package let isTimed: Bool
  /// Samples per second, in Hz: what turns the time of a last sample into that of a first.
  package let samplingRate: Double
  /// What a sample is multiplied by to be in millivolts.
  package let scale: Float
  /// Lines that could not be read so far.
  package private(set) var unreadable = 0
  private var numbers: [Double] = []

  /// A parser of a stream's lines.
  package init(isTimed: Bool, samplingRate: Double, scale: Double) {
    self.isTimed = isTimed
    self.samplingRate = samplingRate
    self.scale = Float(scale)
    numbers.reserveCapacity(1024)
  }

  /// Reads a line into a packet that is used again and again; false when it holds no samples.
  package mutating func parse(
    _ line: UnsafeBufferPointer<UInt8>, into packet: inout SamplePacket
  ) -> Bool {
    packet.samples.removeAll(keepingCapacity: true)
    packet.time = nil
    guard let first = line.first(where: { !Self.isBlank($0) }), first != UInt8(ascii: "#") else {
      return false
    }
    let isRead =
      first == UInt8(ascii: "{") ? object(line, into: &packet) : plain(line, into: &packet)
    if !isRead { unreadable += 1 }
    return isRead && !packet.samples.isEmpty
  }

  private mutating func plain(
    _ line: UnsafeBufferPointer<UInt8>, into packet: inout SamplePacket
  ) -> Bool {
    guard read(line, 0, until: nil) != nil, !numbers.isEmpty else { return false }
    if isTimed {
      guard numbers.count > 1, numbers[0].isFinite else { return false }
      packet.time = numbers[0]
    }
    for number in numbers.dropFirst(isTimed ? 1 : 0) {
      packet.samples.append(Float(number) * scale)
    }
    return true
  }

  private mutating func object(
    _ line: UnsafeBufferPointer<UInt8>, into packet: inout SamplePacket
  ) -> Bool {
    guard let start = value(of: "samples", in: line), start < line.count,
      line[start] == UInt8(ascii: "["),
      read(line, start + 1, until: UInt8(ascii: "]")) != nil
    else { return false }
    for number in numbers { packet.samples.append(Float(number) * scale) }
    if let place = value(of: "time", in: line) {
      guard let (time, _) = Self.number(line, place), time.isFinite else { return false }
      packet.time = time
    } else if let place = value(of: "timestamp", in: line) {
      guard let (stamp, _) = Self.number(line, place), stamp.isFinite else { return false }
      packet.time = stamp / 1e9 - Double(numbers.count - 1) / samplingRate
    }
    return true
  }

  /// Where the value of a key begins.
  private func value(of key: StaticString, in line: UnsafeBufferPointer<UInt8>) -> Int? {
    let length = key.utf8CodeUnitCount
    guard line.count > length + 2 else { return nil }
    for start in 0..<line.count - length - 2
    where line[start] == UInt8(ascii: "\"") && line[start + length + 1] == UInt8(ascii: "\"") {
      let isKey = (0..<length).allSatisfy { line[start + 1 + $0] == key.utf8Start[$0] }
      guard isKey else { continue }
      var place = start + length + 2
      while place < line.count, Self.isBlank(line[place]) { place += 1 }
      guard place < line.count, line[place] == UInt8(ascii: ":") else { continue }
      place += 1
      while place < line.count, Self.isBlank(line[place]) { place += 1 }
      return place
    }
    return nil
  }

  /// Reads numbers up to a closing byte, or the end; nil for anything else on the way.
  private mutating func read(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int, until end: UInt8?
  ) -> Int? {
    numbers.removeAll(keepingCapacity: true)
    var place = start
    while place < line.count {
      let byte = line[place]
      if byte == end { return place + 1 }
      if Self.isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
        place += 1
        continue
      }
      guard let (number, next) = Self.number(line, place) else { return nil }
      numbers.append(number)
      place = next
    }
    return end == nil ? place : nil
  }

  /// A decimal number, `nan` or `null`; and where it ends.
  private static func number(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> (Double, Int)? {
    var place = start
    for word in [("nan" as StaticString), "NaN", "null"] {
      let length = word.utf8CodeUnitCount
      if start + length <= line.count,
        (0..<length).allSatisfy({ line[start + $0] == word.utf8Start[$0] })
      {
        return (.nan, start + length)
      }
    }
    var sign = 1.0
    if place < line.count, line[place] == UInt8(ascii: "-") || line[place] == UInt8(ascii: "+") {
      sign = line[place] == UInt8(ascii: "-") ? -1 : 1
      place += 1
    }
    var (mantissa, exponent, digits, isFraction) = (0.0, 0, 0, false)
    while place < line.count {
      let byte = line[place]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        mantissa = mantissa * 10 + Double(byte - UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
        digits += 1
      } else if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      place += 1
    }
    guard digits > 0 else { return nil }
    if place + 1 < line.count, line[place] | 0x20 == UInt8(ascii: "e") {
      var (power, powerSign, next) = (0, 1, place + 1)
      if line[next] == UInt8(ascii: "-") || line[next] == UInt8(ascii: "+") {
        powerSign = line[next] == UInt8(ascii: "-") ? -1 : 1
        next += 1
      }
      let first = next
      while next < line.count, line[next] >= UInt8(ascii: "0"), line[next] <= UInt8(ascii: "9") {
        power = min(power * 10 + Int(line[next] - UInt8(ascii: "0")), 9999)
        next += 1
      }
      guard next > first else { return nil }
      exponent += powerSign * power
      place = next
    }
    return (sign * mantissa * pow(10, Double(exponent)), place)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
