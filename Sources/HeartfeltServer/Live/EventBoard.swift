/// Events of a live session as server-sent events: to each listener as they come, and the last of them
/// kept for one who was cut off.
struct EventBoard {
  private struct Listener {
    let continuation: AsyncStream<String>.Continuation
    let withSignal: Bool
  }

  private var listeners: [Int: Listener] = [:]
  private var nextListener = 0
  private var kept: [(number: Int, text: String)] = []
  private var nextEvent = 1

  /// So many events are kept: some four minutes at one a second.
  private static let mostKept = 256
  /// A listener that is so many events behind loses the oldest.
  private static let mostBehind = 1024
  private static let mostListeners = 16

  /// Whether anybody wants samples.
  var wantsSignal: Bool { listeners.values.contains { $0.withSignal } }

  /// Sends an event to everybody.
  mutating func post(event: String, data: String, isSignal: Bool = false) {
    guard !isSignal else {
      // Samples have no number: they are not sent again.
      let text = "event: \(event)\ndata: \(data)\n\n"
      for listener in listeners.values where listener.withSignal {
        listener.continuation.yield(text)
      }
      return
    }
    let text = "id: \(nextEvent)\nevent: \(event)\ndata: \(data)\n\n"
    if kept.count == Self.mostKept { kept.removeFirst() }
    kept.append((nextEvent, text))
    nextEvent += 1
    for listener in listeners.values { listener.continuation.yield(text) }
  }

  /// A comment, so that nobody takes the connection for dead.
  func beat() {
    for listener in listeners.values { listener.continuation.yield(": still here\n\n") }
  }

  /// Adds a listener, who gets what it has missed.
  /// - Parameter gone: what to do with its number when it is gone.
  /// - Throws: `Refusal` when there are many.
  mutating func listen(
    after last: Int?, withSignal: Bool, gone: @escaping @Sendable (Int) -> Void
  ) throws -> AsyncStream<String> {
    guard listeners.count < Self.mostListeners else {
      throw Refusal.busy("\(Self.mostListeners) listen to this live session already")
    }
    let (events, continuation) = AsyncStream<String>.makeStream(
      bufferingPolicy: .bufferingNewest(Self.mostBehind))
    let number = nextListener
    nextListener += 1
    continuation.onTermination = { _ in gone(number) }
    continuation.yield("retry: 1000\n\n")
    for event in kept where event.number > last ?? 0 { continuation.yield(event.text) }
    listeners[number] = Listener(continuation: continuation, withSignal: withSignal)
    return events
  }

  mutating func forget(_ number: Int) {
    listeners[number] = nil
  }

  /// Ends all listening.
  mutating func close() {
    let leaving = listeners.values
    listeners = [:]
    for listener in leaving {
      // It would ask to be forgotten, by whoever is closing.
      listener.continuation.onTermination = nil
      listener.continuation.finish()
    }
  }
}
