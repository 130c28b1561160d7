import Foundation

/// Where a server listens, and how much it takes on.
package struct ServerSettings: Sendable {
  /// The address, by number or name.
  package var host = "127.0.0.1"
  /// The port; 0 for any that is free.
  package var port = 8080
  /// What clients show in `Authorization: Bearer …`; nil for none, on loopback only.
  package var token: String?
  /// The largest request body, in bytes; also what a packed file may come to, eightfold.
  package var largestBody = 64 << 20
  /// How long a request may take to arrive, and a live upload may pause, in s.
  package var timeout = 30.0
  /// Connections at once; one more is told so and closed.
  package var mostConnections = 256
  /// Predictions computed at once.
  package var workers = ProcessInfo.processInfo.activeProcessorCount
  /// Predictions that may wait for a worker; one more is told so.
  package var mostWaiting = 64
  /// Windows that are predicted for one request.
  package var mostWindows = 10_000
  /// The longest recording, in s.
  package var longestRecording = 48.0 * 3600
  /// Live sessions at once; one more is told so.
  package var mostSessions = 32
  /// A live session to which nothing has come for so long ends, in s.
  package var sessionTimeout = 120.0

  /// The usual settings: loopback, no token.
  package init() {}

  /// A token shorter than this could be guessed.
  static let shortestToken = 16

  /// Whether the address can be reached from this machine only.
  package var isLoopback: Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    let isVersion4 = numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
    return host == "localhost" || host == "::1" || (isVersion4 && numbers[0] == "127")
  }

  /// Checks that the settings can be, and that nobody but this machine is served without a token.
  /// - Throws: `ServerError` with one sentence.
  package func validate() throws {
    func require(_ holds: Bool, _ sentence: String) throws {
      if !holds { throw ServerError(sentence) }
    }
    try require(
      isLoopback || token != nil,
      "on \(host) everybody who reaches this machine could use the server: give a token with "
        + "--token-file or the environment variable HEARTFELT_TOKEN, or listen on 127.0.0.1")
    try require(
      (token?.utf8.count ?? Self.shortestToken) >= Self.shortestToken,
      "the token has \(token?.utf8.count ?? 0) bytes and could be guessed; take at least "
        + "\(Self.shortestToken), such as from 'openssl rand -hex 32'")
    try require(
      token?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ?? true,
      "the token must be of visible ASCII characters, since it travels in a header")
    try require((0...65_535).contains(port), "the port must be 0 to 65535, not \(port)")
    try require(
      largestBody >= 1024, "the largest body must be at least 1024 bytes, not \(largestBody)")
    try require(
      timeout.isFinite && timeout > 0 && timeout <= 3600,
      "the timeout must be more than 0 s and at most an hour, not \(timeout)")
    try require(
      (1...65_536).contains(mostConnections),
      "connections must be 1 to 65536, not \(mostConnections)")
    try require(
      (0...100_000).contains(mostWaiting),
      "predictions that wait must be 0 to 100000, not \(mostWaiting)")
    try require((1...1024).contains(workers), "workers must be 1 to 1024, not \(workers)")
    try require(
      (1...10_000).contains(mostSessions), "live sessions must be 1 to 10000, not \(mostSessions)")
    try require(
      sessionTimeout.isFinite && sessionTimeout > 0,
      "the time after which a live session ends must be more than 0 s, not \(sessionTimeout)")
  }
}

/// Why a server does not start, in one sentence.
package struct ServerError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
