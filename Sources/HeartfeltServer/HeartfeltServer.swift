import ECGEmotion
import ECGPrediction
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The server: emotion models behind HTTP, with a page.
///
/// Requests are read and answered on the threads of Swift's concurrency, predictions are computed on
/// workers of their own. Every limit of `ServerSettings` has its status and its sentence; nothing that a
/// client sends ends the server.
package final class HeartfeltServer: Sendable {
  private let models: ServedModels
  private let settings: ServerSettings
  private let connections: Connections
  private let access: AccessGuard
  private let work: WorkQueue
  private let metrics = ServerMetrics()
  private let live: LiveSessions
  private let predictions: PredictionRoute
  private let logger: Logger
  private let started = Guarded<ServiceGroup?>(nil)

  /// - Throws: `ServerError` for settings that cannot be, in one sentence.
  package init(models: [EmotionModel], settings: ServerSettings) throws {
    try settings.validate()
    self.models = try ServedModels(models)
    self.settings = settings
    connections = Connections(most: settings.mostConnections)
    access = AccessGuard(settings)
    work = WorkQueue(
      workers: settings.workers, mostWaiting: settings.mostWaiting, patience: settings.timeout)
    live = LiveSessions(
      models: self.models, settings: settings, work: work, metrics: metrics)
    predictions = PredictionRoute(
      models: self.models, settings: settings, work: work, metrics: metrics)
    var logger = Logger(label: "heartfelt-server")
    logger.logLevel = .warning
    self.logger = logger
  }

  /// Serves until it is stopped; requests in progress are answered first, live sessions ended.
  /// - Parameters:
  ///   - obeysSignals: whether SIGINT and SIGTERM stop it.
  ///   - running: is told the port when connections are taken.
  /// - Throws: `ServerError` when the address cannot be had.
  package func run(
    obeysSignals: Bool = false, running: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws {
    let connections = connections
    let timeout = settings.timeout
    var channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionHandler(connections, timeout: timeout)],
      // Later than the limits that are answered with a status.
      idleTimeout: .milliseconds(Int64(timeout * 1000) + 5000))
    channel.httpDecoder = .init(
      maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100)
    let server = try HTTPServerBuilder.http1(configuration: channel).buildServer(
      configuration: ServerConfiguration(
        address: .hostname(settings.host, port: settings.port),
        // Some more are let in to be told that there are too many.
        availableConnectionsDelegate: MaximumAvailableConnections(
          settings.mostConnections + 64, logger: logger)),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      responder: { [self] request, writer, channel in
        try await respond(to: request, writer, channel)
      },
      onServerRunning: { channel in running(channel.localAddress?.port ?? 0) })
    // They end in the opposite order: live sessions first, so that nobody waits for their connections.
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: server), .init(service: live)],
      gracefulShutdownSignals: obeysSignals ? [.sigint, .sigterm] : [], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(timeout + 5)
    let group = ServiceGroup(configuration: configuration)
    started.withLock { $0 = group }
    do {
      try await group.run()
    } catch let error as IOError {
      throw ServerError(
        "\(settings.host):\(settings.port) cannot be listened on: \(error)")
    } catch let error as SocketAddressError {
      throw ServerError(
        "\(settings.host):\(settings.port) cannot be listened on: \(error)")
    }
  }

  /// Stops the server as a signal would.
  package func stop() async {
    await started.withLock { $0 }?.triggerGracefulShutdown()
  }

  // MARK: One request

  private func respond(
    to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let start = ContinuousClock.now
    var routeName = "none"
    var body: BodyReader?
    var answer: Answer
    do {
      let route = try checked(request)
      routeName = route.name
      let reader = try BodyReader(request)
      body = reader
      if let length = reader.statedLength, length > settings.largestBody, route == .predictions {
        // Told before it is sent, where the client asks first.
        try await reader.read(most: settings.largestBody, patience: .whole(0)) { _ in }
      }
      if reader.hasBody, request.headers[.expect]?.lowercased() == "100-continue" {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      answer = try await self.answer(request, route, reader)
    } catch let refusal as Refusal {
      answer = Answer(refusal)
    } catch is CancellationError {
      answer = Answer(Refusal(.serviceUnavailable, "the server stops", closes: true))
    } catch let error as HTTPParserError {
      answer = Answer(
        Refusal(.badRequest, "the body is not sent as HTTP/1.1 asks: \(error)", closes: true))
    } catch  where !channel.isActive {
      // The client has gone; nobody reads an answer.
      throw error
    } catch {
      logger.error("\(request.method) \(request.uri.path): \(error)")
      answer = Answer(
        Refusal(.internalServerError, "the server failed; its log says why", closes: true))
    }
    if let body, !body.isFinished { answer.closes = true }
    if body == nil,
      request.headers[.contentLength] ?? "0" != "0"
        || request.headers[.transferEncoding] != nil
    {
      answer.closes = true
    }
    metrics.count(
      route: routeName, status: answer.status.code,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    let response = answer.response(isHead: request.method == .head)
    try await writer.write(response: response.head, body: response.body)
    if answer.closes {
      await (body ?? (try? BodyReader(request)))?.passOver()
      try? await channel.close()
    }
  }

  /// The route of a request that may be answered.
  private func checked(_ request: Request) throws -> Route {
    guard request.head.path?.utf8.count ?? 0 <= 8192 else {
      throw Refusal(.uriTooLong, "the address is longer than 8192 bytes")
    }
    guard let route = try Route(request.uri.path) else {
      throw Refusal(
        .notFound,
        "there is nothing at \(request.uri.path.prefix(200)); /v1/openapi.json lists what is")
    }
    try access.check(request, route)
    guard route.methods.contains(request.method) else {
      let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
      throw Refusal(
        .methodNotAllowed, "\(request.uri.path) takes \(allowed), not \(request.method.rawValue)",
        headers: [(.allow, allowed)])
    }
    return route
  }

  private func answer(
    _ request: Request, _ route: Route, _ body: BodyReader
  ) async throws -> Answer {
    switch route {
    case .page(let file): return file.answer
    case .health: return try Answer(json: ["status": "ok", "version": heartfeltVersion])
    case .model: return try Answer(json: ModelDescriptions(models))
    case .openAPI:
      return Answer(bytes: PackageResources.openapi_json, type: "application/json")
    case .metrics:
      let load = work.load
      return Answer(
        metrics.text(
          .init(
            connections: connections.open, busyWorkers: load.busy, workers: work.workers,
            waiting: load.waiting, liveSessions: live.count)),
        type: "text/plain; version=0.0.4; charset=utf-8")
    case .predictions: return try await predictions.answer(request, body)
    case .liveSamples(let name): return try await live.upload(name, request, body)
    case .liveEvents(let name): return try live.events(name, request)
    case .live(let name):
      return request.method == .delete
        ? try await live.delete(name) : try live.progress(name)
    }
  }
}
