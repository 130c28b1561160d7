import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGSignal
import HTTPTypes
import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// The live sessions of a server: made by the first upload, ended when told to, when nothing comes any
/// more, or with the server.
final class LiveSessions: Service {
  private struct State {
    var streams: [String: LiveStream] = [:]
    var isClosed = false
  }

  private let models: ServedModels
  private let settings: ServerSettings
  private let work: WorkQueue
  private let metrics: ServerMetrics
  private let state = Guarded(State())
  /// One network for all sessions, which take turns: each needs it for a millisecond a second.
  private let engine = KeptNetworkEngine(NativeEngine(threads: 1))

  init(
    models: ServedModels, settings: ServerSettings, work: WorkQueue, metrics: ServerMetrics
  ) {
    self.models = models
    self.settings = settings
    self.work = work
    self.metrics = metrics
  }

  /// How many there are.
  var count: Int { state.withLock { $0.streams.count } }

  /// Ends what is idle, until the server stops; then all.
  func run() async throws {
    try? await cancelWhenGracefulShutdown { [self] in
      var beats = 0
      while true {
        try await Task.sleep(for: .seconds(1))
        beats += 1
        await sweep(beats: beats.isMultiple(of: 10))
      }
    }
    let left = state.withLock { state in
      state.isClosed = true
      defer { state.streams = [:] }
      return Array(state.streams.values)
    }
    for stream in left { await end(stream, because: "the server stops") }
  }

  private func sweep(beats: Bool) async {
    let streams = state.withLock { Array($0.streams.values) }
    for stream in streams {
      if stream.isIdle(seconds: settings.sessionTimeout) {
        remove(stream)
        await end(
          stream, because: "nothing came for \(Int(settings.sessionTimeout)) s")
      } else if beats {
        stream.beat()
      }
    }
  }

  private func end(_ stream: LiveStream, because reason: String) async {
    // A window of the end that cannot be predicted takes nobody else's away.
    try? await work.run(isBounded: false) { _ in try stream.end(because: reason) }
  }

  private func remove(_ stream: LiveStream) {
    state.withLock { state in
      if state.streams[stream.name] === stream { state.streams[stream.name] = nil }
    }
  }

  private func stream(_ name: String) throws -> LiveStream {
    guard let stream = state.withLock({ $0.streams[name] }) else {
      throw Refusal(
        .notFound,
        "there is no live session '\(name)'; the first upload to /v1/live/\(name)/samples makes it")
    }
    return stream
  }

  // MARK: Routes

  private static let names: Set<String> = [
    "rate", "unit", "timed", "every", "target", "end", "abstain-below", "abstain-unsure",
  ]

  /// `POST /v1/live/{name}/samples`: lines of samples as `heartfelt live` takes them, for as long as the
  /// upload lasts.
  func upload(_ name: String, _ request: Request, _ body: BodyReader) async throws -> Answer {
    let query = try QueryParameters(request.uri, known: Self.names)
    let endsAfter = try query.truth("end") ?? false
    let stream = try openStream(name, query)
    let ends = try stream.enter()
    do {
      try await body.read(most: .max, patience: .pause(settings.timeout), until: ends) {
        [work] piece in
        try await work.run(isBounded: false) { _ in try stream.take(piece) }
      }
    } catch {
      _ = try? stream.leave(isBroken: true)
      throw error is BodyReader.Ended ? LiveStream.ended(name) : error
    }
    let progress = try await work.run(isBounded: false) { _ in
      try stream.leave(isBroken: false)
    }
    guard endsAfter else { return try Answer(json: progress) }
    remove(stream)
    await end(stream, because: "the sender ended it")
    return try Answer(json: stream.progress)
  }

  /// The session of a name; a new one where there is none.
  private func openStream(_ name: String, _ query: QueryParameters) throws -> LiveStream {
    let model = try models.model(of: query)
    let unit = query["unit"]
    let known = unit.flatMap(VoltageUnit.init(named:))
    guard unit == nil || known != nil else {
      throw Refusal(
        .badRequest, "the parameter unit must be nV, uV, mV or V, not '\(unit ?? "")'")
    }
    let rate = try query.number("rate", in: 1...10_000)
    let isTimed = try query.truth("timed")
    let every = try query.number("every", in: 0.1...3600)
    return try state.withLock { state in
      guard !state.isClosed else {
        throw Refusal(.serviceUnavailable, "the server stops", closes: true)
      }
      if let stream = state.streams[name] {
        let asked = stream.request
        guard
          query["target"] ?? asked.target == asked.target, rate ?? asked.rate == asked.rate,
          known?.millivolts ?? asked.scale == asked.scale,
          isTimed ?? asked.isTimed == asked.isTimed, every ?? asked.every == asked.every
        else {
          throw Refusal(
            .conflict,
            "the live session '\(name)' was begun with other parameters (rate \(asked.rate) Hz, every "
              + "\(asked.every) s, target \(asked.target)); leave them out, or take another name")
        }
        return stream
      }
      guard let rate else {
        throw Refusal(
          .badRequest, "a stream does not say its sampling rate: add ?rate=, in Hz")
      }
      guard state.streams.count < settings.mostSessions else {
        throw Refusal.busy(
          "there are \(settings.mostSessions) live sessions already; end one, or try again later")
      }
      let stream: LiveStream
      do {
        stream = try LiveStream(
          name: name,
          request: .init(
            target: model.target, rate: rate, scale: known?.millivolts ?? 1,
            isTimed: isTimed ?? false, every: every ?? 1),
          model: model, engine: engine, metrics: metrics)
      } catch let error as SignalError {
        throw Refusal(.unprocessableContent, "\(error)")
      }
      state.streams[name] = stream
      metrics.count(sessions: 1)
      return stream
    }
  }

  /// `GET /v1/live/{name}/events`: what the model says, as server-sent events.
  func events(_ name: String, _ request: Request) throws -> Answer {
    let query = try QueryParameters(request.uri, known: ["signal"])
    let stream = try stream(name)
    let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap { Int($0) }
    if request.method == .head { return Answer("", type: "text/event-stream") }
    let events = try stream.listen(after: last, withSignal: query.truth("signal") ?? false)
    return Answer(stream: "text/event-stream") { writer in
      for await text in events { try await writer.write(ByteBuffer(string: text)) }
      try await writer.finish(nil)
    }
  }

  /// `GET /v1/live/{name}`: how far it is.
  func progress(_ name: String) throws -> Answer {
    try Answer(json: stream(name).progress)
  }

  /// `DELETE /v1/live/{name}`: its end.
  func delete(_ name: String) async throws -> Answer {
    let stream = try stream(name)
    remove(stream)
    await end(stream, because: "it was ended")
    return try Answer(json: stream.progress)
  }
}
