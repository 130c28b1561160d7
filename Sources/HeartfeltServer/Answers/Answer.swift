import ECGPrediction
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// What a request is answered with.
struct Answer: Sendable {
  var status: HTTPResponse.Status = .ok
  var headers = HTTPFields()
  var body: ResponseBody
  /// Whether the connection ends with it.
  var closes = false

  /// A text or file.
  init(_ text: String, type: String) {
    body = ResponseBody(byteBuffer: ByteBuffer(string: text))
    headers[.contentType] = type
  }

  /// A file.
  init(bytes: [UInt8], type: String) {
    body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    headers[.contentType] = type
  }

  /// A value as JSON.
  init(json value: some Encodable) throws {
    self.init(try JSONText.line(value) + "\n", type: "application/json")
  }

  /// A body that is written as it comes.
  init(
    stream type: String,
    _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
  ) {
    body = ResponseBody(write)
    headers[.contentType] = type
  }

  /// A refusal.
  init(_ refusal: Refusal) {
    // The two texts cannot fail to be written as JSON.
    self.init(
      ((try? JSONText.line(refusal.body)) ?? "{}") + "\n", type: "application/json")
    status = refusal.status
    for (name, value) in refusal.headers { headers[name] = value }
    closes = refusal.closes
  }

  /// The head and the body as they are sent.
  /// - Parameter isHead: whether only the head was asked for.
  func response(isHead: Bool) -> Response {
    var headers = headers
    headers[.server] = "heartfelt/\(heartfeltVersion)"
    headers[.date] = HTTPDate.now
    headers[.xContentTypeOptions] = "nosniff"
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    if closes { headers[.connection] = "close" }
    if let length = body.contentLength { headers[.contentLength] = String(length) }
    return Response(status: status, headers: headers, body: isHead ? ResponseBody() : body)
  }
}

/// The time as HTTP writes it, put together once a second.
enum HTTPDate {
  private static let last = Guarded<(second: Int, text: String)>((0, ""))

  static var now: String {
    let time = Date()
    let second = Int(time.timeIntervalSince1970)
    return last.withLock { last in
      if last.second != second {
        last = (second, Self.text(of: time))
      }
      return last.text
    }
  }

  private static func text(of time: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.string(from: time)
  }
}
