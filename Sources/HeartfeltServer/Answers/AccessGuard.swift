import HTTPTypes
import HummingbirdCore

/// Who is served: whoever shows the token; without one, programs and pages of this machine.
struct AccessGuard: Sendable {
  private let token: [UInt8]?

  init(_ settings: ServerSettings) {
    token = settings.token.map { Array($0.utf8) }
  }

  /// - Throws: `Refusal` with 401 or 403.
  func check(_ request: Request, _ route: Route) throws {
    // A page of another site may send requests here too; its browser says so.
    if let origin = request.headers[.origin], !Self.isSame(origin, request.head.authority) {
      throw Refusal(
        .forbidden, "pages of \(origin) may not use this server", closes: true)
    }
    guard let token else {
      // A site whose name was made to point to this machine would look like the same origin.
      guard let host = request.head.authority, Self.isLocal(host) else {
        throw Refusal(
          .forbidden,
          "without a token the server answers to localhost and 127.0.0.1 only, not to "
            + "'\(request.head.authority ?? "")'", closes: true)
      }
      return
    }
    if route.isOpen { return }
    let challenge = [(HTTPField.Name.wwwAuthenticate, "Bearer")]
    guard let shown = request.headers[.authorization] else {
      throw Refusal(
        .unauthorized, "show the server's token: Authorization: Bearer …", headers: challenge)
    }
    let words = shown.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer",
      Self.isEqual(Array(words[1].utf8), token)
    else {
      throw Refusal(.unauthorized, "this is not the server's token", headers: challenge)
    }
  }

  /// Compares all bytes, however early they differ, so that the time taken tells nothing.
  private static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    var difference = UInt8(one.count == other.count ? 0 : 1)
    for (place, byte) in other.enumerated() {
      difference |= byte ^ (place < one.count ? one[place] : 0)
    }
    return difference == 0
  }

  private static func isSame(_ origin: String, _ host: String?) -> Bool {
    guard let host, let scheme = origin.range(of: "://") else { return false }
    return origin[scheme.upperBound...].lowercased() == host.lowercased()
  }

  private static func isLocal(_ host: String) -> Bool {
    let bare: Substring
    if host.hasPrefix("[") {
      bare = host.dropFirst().prefix { $0 != "]" }
    } else {
      bare = host.prefix { $0 != ":" }
    }
    return bare == "::1" || bare.lowercased() == "localhost"
      || bare.hasPrefix("127.")
        && bare.split(separator: ".").count == 4 && bare.allSatisfy { $0 == "." || $0.isNumber }
  }
}
