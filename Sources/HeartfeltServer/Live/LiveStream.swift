import ECGEmotion
import ECGNetwork
import ECGPrediction
import ECGSignal
import Foundation
import NIOCore

/// One live session: packets in by one upload at a time, events out to whoever listens.
final class LiveStream: @unchecked Sendable {
  /// What a session is asked to be.
  struct Request: Hashable, Sendable {
    var target: String
    var rate: Double
    var scale: Double
    var isTimed: Bool
    var every: Double
  }

  let name: String
  let request: Request

  // Used by the one upload that has entered, and by nobody else.
  private let session: LiveSession
  private var lines = LineBuffer()
  private var parser: PacketParser
  private var packet = SamplePacket(samples: [])
  private let metrics: ServerMetrics

  private struct State {
    var isTaken = false
    var isEnded = false
    /// When samples last came, or a broken upload ended.
    var lastTime = ContinuousClock.now
    var isBroken = false
    var progress: Progress?
    var board = EventBoard()
    /// Tells the upload that the session has ended.
    var uploadEnd: AsyncStream<Void>.Continuation?
  }

  private let state = Guarded(State())

  /// A longer loss is taken for a clock that was set: what fills a gap is in memory at once.
  private static let longestGap = 600.0

  init(
    name: String, request: Request, model: EmotionModel, engine: any ComputeEngine,
    metrics: ServerMetrics
  ) throws {
    self.name = name
    self.request = request
    self.metrics = metrics
    session = try LiveSession(
      model: model, samplingRate: request.rate, stride: request.every, normalisation: nil,
      engine: engine, longestGap: Self.longestGap)
    parser = PacketParser(
      isTimed: request.isTimed, samplingRate: request.rate, scale: request.scale)
  }

  // MARK: Uploading

  /// Lets one upload in.
  /// - Returns: what tells it that the session has ended.
  func enter() throws -> AsyncStream<Void> {
    let (ends, continuation) = AsyncStream<Void>.makeStream()
    let silence = try state.withLock { state -> Double? in
      guard !state.isEnded else { throw Self.ended(name) }
      guard !state.isTaken else {
        throw Refusal(
          .conflict, "another upload feeds the live session '\(name)'; only one at a time can")
      }
      state.isTaken = true
      state.uploadEnd = continuation
      defer { state.isBroken = false }
      return state.isBroken ? (ContinuousClock.now - state.lastTime) / .seconds(1) : nil
    }
    if let silence {
      // The link was broken: a stream without times goes on after the silence.
      lines.finish { _ in }
      try session.silence(seconds: min(silence, Self.longestGap), report: publish)
    }
    return ends
  }

  /// Takes bytes of the upload that has entered.
  func take(_ piece: ByteBuffer) throws {
    try piece.withUnsafeReadableBytes { bytes in
      try lines.take(bytes.bindMemory(to: UInt8.self)) { try take($0) }
    }
    note()
  }

  private func take(_ line: UnsafeBufferPointer<UInt8>) throws {
    guard parser.parse(line, into: &packet) else { return }
    metrics.count(packets: 1)
    try session.take(packet, report: publish)
  }

  /// Lets the upload out.
  /// - Parameter isBroken: whether it ended in the middle.
  func leave(isBroken: Bool) throws -> Progress {
    if !isBroken {
      try lines.finish { try take($0) }
      note()
    }
    return state.withLock { state in
      state.isTaken = false
      state.isBroken = isBroken
      state.lastTime = .now
      state.uploadEnd = nil
      return progress(state)
    }
  }

  /// What has come so far.
  struct Progress: Encodable, Sendable {
    var session: String
    var target: String
    var seconds = 0.0
    var predictions = 0
    var abstained = 0
    var unreadableLines = 0
    /// How long after its window's end a prediction comes, in s.
    var delay: Double
    var summary = ""
  }

  /// What has come so far.
  var progress: Progress { state.withLock { progress($0) } }

  private func progress(_ state: State) -> Progress {
    state.progress
      ?? Progress(session: name, target: session.model.target, delay: session.delay)
  }

  private func note() {
    let now = Progress(
      session: name, target: session.model.target, seconds: session.seconds,
      predictions: session.predicted, abstained: session.abstained,
      unreadableLines: parser.unreadable + lines.tooLong, delay: session.delay,
      summary: session.summary)
    state.withLock { state in
      state.progress = now
      state.lastTime = .now
    }
  }

  // MARK: Ending

  /// Whether nothing has come for so long.
  func isIdle(seconds: Double) -> Bool {
    state.withLock {
      !$0.isTaken && ContinuousClock.now - $0.lastTime > .seconds(seconds)
    }
  }

  /// Ends the session, once nobody feeds it: reports what was on its way, and closes the events.
  func end(because reason: String) throws {
    let isMine = state.withLock { state in
      defer { state.isEnded = true }
      state.uploadEnd?.finish()
      if state.isTaken || state.isEnded { return false }
      state.isTaken = true
      return true
    }
    if isMine {
      try lines.finish { try take($0) }
      try session.finish(report: publish)
      note()
    }
    try state.withLock { state in
      state.board.post(
        event: "end",
        data: try JSONText.line(End(reason: reason, progress: progress(state))))
      state.board.close()
    }
  }

  /// Keeps connections of listeners alive.
  func beat() {
    state.withLock { $0.board.beat() }
  }

  private struct End: Encodable {
    let reason: String
    let progress: Progress
  }

  static func ended(_ name: String) -> Refusal {
    Refusal(.gone, "the live session '\(name)' has ended", closes: true)
  }

  // MARK: Listening

  /// The events from now on, after those that were missed.
  /// - Parameters:
  ///   - last: the number of the last event that the listener has seen.
  ///   - withSignal: whether samples come too.
  func listen(after last: Int?, withSignal: Bool) throws -> AsyncStream<String> {
    try state.withLock { state in
      guard !state.isEnded else { throw Self.ended(name) }
      return try state.board.listen(after: last, withSignal: withSignal) { [weak self] number in
        self?.state.withLock { $0.board.forget(number) }
      }
    }
  }

  private func publish(_ event: LiveSession.Event) throws {
    switch event {
    case .prediction(let window):
      metrics.count(window)
      let data = try JSONText.line(
        RecordingPrediction.Line(window, file: name, model: session.model))
      state.withLock { $0.board.post(event: "prediction", data: data) }
    case .remark(let remark):
      let data = try JSONText.line(["message": "\(remark)"])
      state.withLock { $0.board.post(event: "remark", data: data) }
    case .samples(let start, let samples):
      guard state.withLock({ $0.board.wantsSignal }) else { return }
      let data = try JSONText.line(
        Samples(
          start: start, samplingRate: request.rate,
          samples: samples.map { $0.isFinite ? ($0 * 10_000).rounded() / 10_000 : nil }))
      state.withLock { $0.board.post(event: "samples", data: data, isSignal: true) }
    }
  }

  private struct Samples: Encodable {
    let start: Double
    let samplingRate: Double
    let samples: [Float?]
  }
}
