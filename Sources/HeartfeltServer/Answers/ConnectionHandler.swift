import ECGPrediction
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// How many connections are open.
final class Connections: Sendable {
  let most: Int
  private let count = Guarded(0)

  init(most: Int) {
    self.most = most
  }

  /// How many are open now.
  var open: Int { count.withLock { $0 } }

  /// Counts one in; whether it is one too many.
  func enter() -> Bool {
    count.withLock { count in
      count += 1
      return count > most
    }
  }

  func leave() {
    count.withLock { $0 -= 1 }
  }
}

/// What no route can answer: one connection too many, a request that is no HTTP, or none at all.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let connections: Connections
  private let timeout: Double
  private var isTooMany = false
  private var isCounted = false
  /// Requests whose answer is not written yet.
  private var unanswered = 0
  private var isRefused = false
  private var patience: Scheduled<Void>?

  init(_ connections: Connections, timeout: Double) {
    self.connections = connections
    self.timeout = timeout
  }

  func handlerAdded(context: ChannelHandlerContext) {
    isCounted = true
    isTooMany = connections.enter()
    let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    patience = context.eventLoop.scheduleTask(in: .milliseconds(Int64(timeout * 1000))) {
      let (own, context) = handler.value
      own.refuse(
        Refusal(.requestTimeout, "no request came within \(Int(own.timeout)) s"), context)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    patience?.cancel()
    if isCounted { connections.leave() }
    isCounted = false
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    if case .head = unwrapInboundIn(data) {
      patience?.cancel()
      patience = nil
      if isTooMany {
        refuse(
          .busy("\(connections.most) connections are open already; try again in a moment"), context)
        return
      }
      unanswered += 1
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isRefused else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let parserError = error as? HTTPParserError, unanswered == 0 else {
      // A request that is being read is answered by whoever reads it.
      context.fireErrorCaught(error)
      return
    }
    if case .headerOverflow = parserError {
      refuse(
        Refusal(
          .requestHeaderFieldsTooLarge, "the headers of the request are larger than 16 KB"), context
      )
    } else {
      refuse(
        Refusal(.badRequest, "this is no HTTP/1.1 request: \(parserError)"), context)
    }
  }

  /// Writes the refusal and closes; what the client still sends is passed over for a moment, since a
  /// connection closed over unread bytes may take the answer with it.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    guard !isRefused, context.channel.isActive else { return }
    isRefused = true
    var refusal = refusal
    refusal.closes = true
    let text = ((try? JSONText.line(refusal.body)) ?? "{}") + "\n"
    let head = Answer(refusal).response(isHead: true).head
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(string: text))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
  }
}
