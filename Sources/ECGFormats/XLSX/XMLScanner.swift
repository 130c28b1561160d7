/// Reads XML element by element, as far as spreadsheets and session files need it.
///
/// There is no document type, no external entity, no entity but the five of XML and numbers: a text that
/// brings a `<!DOCTYPE` is refused, which rules out every expansion attack. Namespaces are cut off.
package struct XMLScanner {
  /// What comes next in a document.
  package enum Event: Equatable {
    case start(String, [String: String])
    case end(String)
    case text(String)
  }

  /// What is wrong with a document.
  package struct Damage: Error {
    package let what: String
    package let offset: Int
  }

  private let bytes: Bytes
  private(set) var offset = 0
  private var open: [String] = []
  private var pendingEnd: String?

  /// Elements nest no deeper in any document worth reading.
  private static let deepest = 256

  package init(_ bytes: Bytes) {
    self.bytes = bytes
    if bytes.hasPrefix([0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// The next event; nil at the end of the document.
  package mutating func next() throws -> Event? {
    if let name = pendingEnd {
      pendingEnd = nil
      return .end(name)
    }
    while offset < bytes.count {
      guard bytes[offset] == UInt8(ascii: "<") else {
        let end = bytes.first(UInt8(ascii: "<"), from: offset) ?? bytes.count
        let text = try decoded(offset..<end)
        offset = end
        if open.isEmpty { continue }
        return .text(text)
      }
      if starts("<!--") {
        offset = try after("-->")
      } else if starts("<![CDATA[") {
        let start = offset + 9
        offset = try after("]]>")
        return .text(bytes.slice(start..<(offset - 3)).text)
      } else if starts("<?") {
        offset = try after("?>")
      } else if starts("<!") {
        throw fail("a document type, which no spreadsheet has")
      } else if starts("</") {
        let start = offset + 2
        offset = try after(">")
        let name = localName(start..<(offset - 1))
        guard open.popLast() == name else { throw fail("the end of <\(name)>, which is not open") }
        return .end(name)
      } else {
        return try startTag()
      }
    }
    guard open.isEmpty else { throw fail("the end of the document inside <\(open.last ?? "")>") }
    return nil
  }

  private mutating func startTag() throws -> Event {
    var index = offset + 1
    let nameStart = index
    while index < bytes.count, !isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">"),
      bytes[index] != UInt8(ascii: "/")
    { index += 1 }
    let name = localName(nameStart..<index)
    guard !name.isEmpty else { throw fail("an element without a name") }
    var attributes: [String: String] = [:]
    while true {
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
      guard index < bytes.count else { throw fail("the end of the document inside a tag") }
      if bytes[index] == UInt8(ascii: ">") {
        guard open.count < Self.deepest else { throw fail("elements nested too deep") }
        open.append(name)
        offset = index + 1
        return .start(name, attributes)
      }
      if bytes[index] == UInt8(ascii: "/") {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ">") else {
          throw fail("a stray slash")
        }
        offset = index + 2
        pendingEnd = name
        return .start(name, attributes)
      }
      let keyStart = index
      while index < bytes.count, bytes[index] != UInt8(ascii: "="),
        bytes[index] != UInt8(ascii: ">")
      { index += 1 }
      let key = localName(keyStart..<index)
      index += 1
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
      guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27,
        let close = bytes.first(bytes[index], from: index + 1)
      else { throw fail("an attribute without a value in quotes") }
      attributes[key] = try decoded((index + 1)..<close)
      index = close + 1
    }
  }

  private func localName(_ range: Range<Int>) -> String {
    let name = bytes.slice(range).text.split(whereSeparator: \.isWhitespace).first ?? ""
    return String(name.split(separator: ":").last ?? name)
  }

  /// Text with its entities put in.
  private func decoded(_ range: Range<Int>) throws -> String {
    let text = bytes.slice(range).text
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      guard let end = rest[mark...].prefix(12).firstIndex(of: ";") else {
        throw fail("an entity without an end")
      }
      let name = rest[rest.index(after: mark)..<end]
      switch name {
      case "lt": result += "<"
      case "gt": result += ">"
      case "amp": result += "&"
      case "quot": result += "\""
      case "apos": result += "'"
      default:
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        guard name.first == "#",
          let code = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
          let scalar = Unicode.Scalar(code)
        else { throw fail("the entity &\(name);") }
        result.unicodeScalars.append(scalar)
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func starts(_ mark: String) -> Bool {
    guard let part = bytes.part(at: offset, count: mark.utf8.count) else { return false }
    return part.hasPrefix(mark)
  }

  /// The offset behind the next such mark.
  private func after(_ mark: String) throws -> Int {
    let letters = Array(mark.utf8)
    var index = offset
    while let found = bytes.first(letters[0], from: index) {
      if let part = bytes.part(at: found, count: letters.count), part.hasPrefix(letters) {
        return found + letters.count
      }
      index = found + 1
    }
    throw fail("no \(mark)")
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private func fail(_ what: String) -> Damage { Damage(what: what, offset: offset) }
}
