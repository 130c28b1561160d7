import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a server sent back.
struct Reply: Sendable {
  var status = 0
  var headers: [String: String] = [:]
  var body = Data()

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The sentence of an error.
  var message: String {
    ((json["error"] as? [String: Any])?["message"] as? String) ?? ""
  }

  var json: [String: Any] {
    ((try? JSONSerialization.jsonObject(with: body)) as? [String: Any]) ?? [:]
  }
}

/// A connection over which a test says exactly what it wants, proper HTTP or not.
///
/// It blocks; the server is a process of its own.
final class RawClient {
  private let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Connects and does something.
  @discardableResult
  static func with<Result>(
    _ port: Int, _ body: (RawClient) throws -> Result
  ) throws -> Result {
    try body(RawClient(try connected(port)))
  }

  /// Does something while so many more connections are open, each of which has been heard.
  func holding<Result>(_ count: Int, _ port: Int, _ body: () throws -> Result) throws -> Result {
    let others = try (0..<count).map { _ in RawClient(try Self.connected(port)) }
    for client in others + [self] {
      try client.send("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
      _ = try client.reply()
    }
    return try withExtendedLifetime(others, body)
  }

  /// A whole request and its reply.
  static func request(
    _ port: Int, _ method: String, _ path: String, headers: [String: String] = [:],
    body: Data? = nil
  ) throws -> Reply {
    try with(port) { client in
      var head = "\(method) \(path) HTTP/1.1\r\n"
      let all = ["Host": "localhost", "Connection": "close"].merging(headers) { $1 }
      for (name, value) in all { head += "\(name): \(value)\r\n" }
      if let body, headers["Transfer-Encoding"] == nil {
        head += "Content-Length: \(body.count)\r\n"
      }
      try client.send(Data((head + "\r\n").utf8) + (body ?? Data()))
      return try client.reply(isHead: method == "HEAD")
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static func connected(_ port: Int) throws -> Int32 {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw Failure(description: "no connection: \(String(cString: strerror(errno)))")
    }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    return descriptor
  }

  /// Sends bytes; a server that has hung up is not an error here.
  func send(_ data: Data) throws {
    data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count, let base = bytes.baseAddress {
        #if canImport(Darwin)
          let count = Darwin.send(descriptor, base + sent, bytes.count - sent, 0)
        #elseif canImport(Glibc)
          let count = Glibc.send(
            descriptor, base + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        #elseif canImport(Musl)
          let count = Musl.send(descriptor, base + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        #endif
        if count <= 0 { return }
        sent += count
      }
    }
  }

  func send(_ text: String) throws {
    try send(Data(text.utf8))
  }

  /// Says that nothing more will be sent.
  func endSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Hangs up at once, with whatever is under way lost.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger,
      socklen_t(MemoryLayout.size(ofValue: linger)))
  }

  /// Some bytes; nil at the end.
  func receive() throws -> Data? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 {
      if errno == ECONNRESET { return nil }
      throw Failure(description: "nothing came: \(String(cString: strerror(errno)))")
    }
    return count == 0 ? nil : Data(buffer[..<count])
  }

  /// Reads a reply to its end.
  func reply(isHead: Bool = false) throws -> Reply {
    var data = Data()
    var reply = Reply()
    while true {
      guard let end = data.range(of: Data("\r\n\r\n".utf8)) else {
        guard let more = try receive() else {
          throw Failure(description: "no reply but '\(String(decoding: data, as: UTF8.self))'")
        }
        data += more
        continue
      }
      let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).split(
        separator: "\r\n")
      reply.status = Int(lines[0].split(separator: " ")[1]) ?? 0
      data = Data(data[end.upperBound...])
      if reply.status == 100 { continue }
      for line in lines.dropFirst() {
        let halves = line.split(separator: ":", maxSplits: 1)
        reply.headers[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
      }
      break
    }
    let length = isHead ? 0 : reply.headers["content-length"].flatMap { Int($0) }
    while length == nil || data.count < length ?? 0 {
      guard let more = try receive() else { break }
      data += more
    }
    reply.body = data
    return reply
  }
}

/// Something done meanwhile, on a thread of its own.
final class Meanwhile<Value: Sendable>: @unchecked Sendable {
  private var result: Result<Value, any Error>?
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () throws -> Value) {
    Thread.detachNewThread { [self] in
      result = Result { try body() }
      done.signal()
    }
  }

  /// What came of it.
  func value() throws -> Value {
    done.wait()
    defer { done.signal() }
    guard let result else { throw RawClient.Failure(description: "nothing came of it") }
    return try result.get()
  }
}
