import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Reads the body of a request once, within limits of size and time.
///
/// Not for several tasks at once.
final class BodyReader: @unchecked Sendable {
  /// What time is measured from.
  enum Patience {
    /// The whole body has to arrive within so many seconds.
    case whole(Double)
    /// No pause may be longer than so many seconds.
    case pause(Double)

    var seconds: Double {
      switch self {
      case .whole(let seconds), .pause(let seconds): seconds
      }
    }
  }

  /// The length that the client says, if it does.
  let statedLength: Int?
  /// Whether there is anything to read.
  let hasBody: Bool
  private let body: RequestBody
  private(set) var hasStarted = false
  private(set) var isFinished = false

  /// - Throws: `Refusal` for a length that is none.
  init(_ request: Request) throws {
    body = request.body
    if let stated = request.headers[.contentLength] {
      guard let length = Int(stated), length >= 0 else {
        throw Refusal(.badRequest, "the content length '\(stated)' is none", closes: true)
      }
      statedLength = length
    } else {
      statedLength = nil
    }
    hasBody = (statedLength ?? 0) > 0 || request.headers[.transferEncoding] != nil
    if !hasBody { isFinished = true }
  }

  /// Somebody said that no more is to be read.
  struct Ended: Error {}

  private enum Outcome {
    case received(Int), late, ended
  }

  /// Hands over the body piece by piece.
  /// - Parameters:
  ///   - most: the largest body in bytes.
  ///   - ends: finishes when no more is to be read.
  /// - Throws: `Refusal` with 408, 413 or 400; `Ended`; what `take` throws.
  func read(
    most: Int, patience: Patience, until ends: AsyncStream<Void>? = nil,
    _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
  ) async throws {
    guard hasBody else { return }
    if let statedLength, statedLength > most { throw Self.tooLarge(statedLength, most) }
    hasStarted = true
    let clock = ContinuousClock()
    let last = Guarded(clock.now)
    let isPause = if case .pause = patience { true } else { false }
    let limit = Duration.seconds(patience.seconds)
    let outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask { [body] in
        var count = 0
        for try await piece in body {
          if isPause { last.withLock { $0 = clock.now } }
          count += piece.readableBytes
          // A little more is read and let go, so that the client comes to reading the answer.
          if count - Self.leniency > most { break }
          if count <= most { try await take(piece) }
        }
        try Task.checkCancellation()
        return .received(count)
      }
      group.addTask {
        while true {
          let end = last.withLock { $0 }.advanced(by: limit)
          guard end > clock.now else { return .late }
          try await Task.sleep(until: end, clock: clock)
        }
      }
      if let ends {
        group.addTask {
          for await _ in ends {}
          try Task.checkCancellation()
          return .ended
        }
      }
      defer { group.cancelAll() }
      return try await group.next() ?? .late
    }
    let received: Int
    switch outcome {
    case .received(let count): received = count
    case .ended: throw Ended()
    case .late:
      throw Refusal(
        .requestTimeout,
        isPause
          ? "nothing came for \(Self.text(patience.seconds)) s"
          : "the request did not arrive within \(Self.text(patience.seconds)) s",
        closes: true)
    }
    guard received <= most else { throw Self.tooLarge(received, most) }
    if let statedLength, received < statedLength {
      throw Refusal(
        .badRequest, "the request was cut off after \(received) of \(statedLength) bytes",
        closes: true)
    }
    isFinished = true
  }

  /// Passes over what is left of a request that was refused, for a moment.
  func passOver() async {
    guard hasBody, !hasStarted, !isFinished else { return }
    try? await read(most: .max, patience: .whole(2)) { _ in }
  }

  private static let leniency = 16 << 20

  private static func tooLarge(_ count: Int, _ most: Int) -> Refusal {
    Refusal(
      .contentTooLarge,
      "the request has \(count) bytes or more, but at most \(most) are taken; send a part of the "
        + "recording, or start the server with a larger --max-body", closes: true)
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
