import Foundation

/// The parts of a `multipart/form-data` body (RFC 7578): how a page or `curl -F` sends files.
struct MultipartForm {
  /// A part.
  struct Part {
    /// The field's name.
    var name: String
    /// The file's name, if it is a file.
    var fileName: String?
    /// Where its bytes lie in the body.
    var range: Range<Int>
  }

  /// The parts in order.
  private(set) var parts: [Part] = []

  /// More parts than a record has files.
  static let mostParts = 16

  /// The boundary in a content type; nil for another type or none.
  static func boundary(in contentType: String) -> String? {
    let pieces = contentType.split(separator: ";").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard pieces.first?.lowercased() == "multipart/form-data" else { return nil }
    for piece in pieces.dropFirst() where piece.lowercased().hasPrefix("boundary=") {
      let value = piece.dropFirst("boundary=".count).trimmingCharacters(
        in: CharacterSet(charactersIn: "\""))
      return (1...70).contains(value.utf8.count) ? value : nil
    }
    return nil
  }

  /// Takes a body apart.
  /// - Throws: `Refusal` for one that is damaged or has too many parts.
  init(_ body: Data, boundary: String) throws {
    let mark = Data("--\(boundary)".utf8)
    guard var place = body.range(of: mark)?.upperBound else {
      throw Self.damaged("its boundary does not occur")
    }
    let next = Data("\r\n--\(boundary)".utf8)
    while true {
      if body.dropFirst(place - body.startIndex).starts(with: Data("--".utf8)) { return }
      guard
        let lineEnd = body.range(of: Data("\r\n".utf8), in: place..<body.endIndex)?.upperBound,
        let headEnd = body.range(
          of: Data("\r\n\r\n".utf8), in: lineEnd - 2..<min(body.endIndex, lineEnd + 4096)),
        let end = body.range(of: next, in: headEnd.upperBound - 2..<body.endIndex)
      else { throw Self.damaged("a part has no end") }
      guard parts.count < Self.mostParts else {
        throw Refusal(.badRequest, "the form has more than \(Self.mostParts) parts")
      }
      let head = String(decoding: body[lineEnd..<headEnd.lowerBound], as: UTF8.self)
      let start = min(headEnd.upperBound, end.lowerBound)
      parts.append(
        Part(
          name: Self.value(of: "name", in: head) ?? "",
          fileName: Self.value(of: "filename", in: head), range: start..<end.lowerBound))
      place = end.upperBound
    }
  }

  /// A parameter of `Content-Disposition`.
  private static func value(of key: String, in head: String) -> String? {
    let line = head.split(whereSeparator: \.isNewline).first {
      $0.lowercased().hasPrefix("content-disposition:")
    }
    guard let line else { return nil }
    // `name=` is also the end of `filename=`.
    guard let start = line.range(of: "; \(key)=\"")?.upperBound,
      let end = line[start...].firstIndex(of: "\"")
    else { return nil }
    return String(line[start..<end])
  }

  private static func damaged(_ why: String) -> Refusal {
    Refusal(.badRequest, "the form cannot be read: \(why)")
  }
}
