/// The header of a NumPy array file, versions 1 to 3.
///
/// Format: NumPy Enhancement Proposal 1.
struct NPYHeader: Sendable, Hashable {
  /// What one element is.
  enum Element: String, Sendable {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case bool = "b1"

    /// Bytes of one element.
    var size: Int { Int(rawValue.dropFirst()) ?? 1 }

    /// How it stands in memory.
    var number: StoredNumber {
      switch self {
      case .float16: .float16
      case .float32: .float32
      case .float64: .float64
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .uint8, .bool: .uint8
      case .uint16: .uint16
      case .uint32: .uint32
      case .uint64: .uint64
      }
    }
  }

  var element: Element
  var isBigEndian: Bool
  /// Column-major order.
  var isFortran: Bool
  var shape: [Int]
  var dataOffset: Int
  /// The number of elements; never overflows, since it was checked against the file's size.
  var count: Int

  /// A header for data that stand alone and were checked to be `count` elements.
  init(element: Element, isBigEndian: Bool, isFortran: Bool, shape: [Int], count: Int) {
    self.element = element
    self.isBigEndian = isBigEndian
    self.isFortran = isFortran
    self.shape = shape
    self.count = count
    dataOffset = 0
  }

  /// Reads a header and checks that the data it announces are there.
  init(_ bytes: Bytes, path: String) throws {
    guard bytes.hasPrefix([0x93] + Array("NUMPY".utf8)), bytes.count >= 10 else {
      throw FormatError(
        path: path, expected: "a NumPy array (it begins with \\x93NUMPY)",
        found: "bytes that begin \(bytes.hexadecimal(6))", advice: "save it with numpy.save")
    }
    let version = bytes[6]
    let start = version == 1 ? 10 : 12
    guard (1...3).contains(version), bytes.count >= start else {
      throw FormatError(
        .unsupported, path: path, at: .byte(6), expected: "version 1, 2 or 3 of the npy format",
        found: "\(version)")
    }
    let length =
      version == 1 ? Int(bytes.little(UInt16.self, at: 8)) : Int(bytes.little(UInt32.self, at: 8))
    guard let text = bytes.part(at: start, count: length)?.latin1 else {
      throw FormatError(
        path: path, at: .byte(8), expected: "a header of \(length) bytes",
        found: "the end of the file", advice: "the file is cut short; write it again")
    }
    dataOffset = start + length

    guard let descr = Self.value(of: "descr", in: text),
      let fortran = Self.value(of: "fortran_order", in: text),
      let shapeText = Self.value(of: "shape", in: text)
    else {
      throw FormatError(
        path: path, at: .byte(start), expected: "the keys descr, fortran_order and shape",
        found: "\"\(text.prefix(80))\"")
    }
    let type = descr.filter { $0 != "'" && $0 != "\"" }
    guard let order = type.first, let element = Element(rawValue: String(type.dropFirst())),
      order == "<" || order == ">" || order == "|" || order == "="
    else {
      throw FormatError(
        .unsupported, path: path, at: .key("descr"), expected: "an array of numbers",
        found: "elements of type \(descr.prefix(60))",
        advice: "convert it with numpy's astype('<f4')")
    }
    self.element = element
    isBigEndian = order == ">"
    isFortran = fortran == "True"
    shape = []
    var product = 1
    for word in shapeText.dropFirst().dropLast().split(separator: ",") {
      let digits = word.filter { !$0.isWhitespace }.prefix { $0 != "L" }
      guard let size = Int(digits), size >= 0 else {
        throw FormatError(
          path: path, at: .key("shape"), expected: "whole numbers", found: "\(shapeText.prefix(60))"
        )
      }
      shape.append(size)
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      product = overflow ? Int.max : next
    }
    count = product
    let held = (bytes.count - dataOffset) / element.size
    guard shapeText.hasPrefix("("), count <= held else {
      throw FormatError(
        path: path, expected: "\(count) elements for the shape \(shapeText.prefix(60))",
        found: "\(held)", advice: "the file is cut short; write it again")
    }
  }

  /// The text of a value in `{'key': value, …}`: up to the comma that follows it, brackets observed.
  private static func value(of key: String, in text: String) -> String? {
    guard let found = text.firstRange(of: "'\(key)':") else { return nil }
    var depth = 0
    var value = ""
    for character in text[found.upperBound...] {
      if "([{".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if depth <= 0, character == "}" { break }
      if character == "}" { depth -= 1 }
      if character == ",", depth == 0 { break }
      value.append(character)
    }
    let trimmed = value.drop { $0 == " " }
    return String(trimmed.reversed().drop { $0 == " " }.reversed())
  }
}
