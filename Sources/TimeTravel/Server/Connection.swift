import NIOCore
import NIOHTTP1

/// One client: takes its requests, one after the other, and answers them. Whatever it waits for has a time-out.
///
/// Used by its event loop only.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let site: Site
  private let connections: Connections
  private let limits: ServerLimits
  private var context: ChannelHandlerContext?
  private var head: HTTPRequestHead?
  private var timeout: Scheduled<Void>?
  private var work: Task<Void, Never>?
  private var isClosing = false
  /// Answers that are not on their way yet.
  private var unsent = 0
  /// When something was completed on it, of all connections.
  var lastTurn: UInt64 = 0
  /// Whether its request is being answered: the client waits, not the server.
  var isWorking: Bool { work != nil }

  init(_ site: Site, _ connections: Connections, _ limits: ServerLimits) {
    self.site = site
    self.connections = connections
    self.limits = limits
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    if timeout == nil { begin(context) }
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    connections.add(self)
    close(after: limits.request, context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    // Whoever asked has gone: the work for it ends as well.
    work?.cancel()
    timeout?.cancel()
    connections.remove(self)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    switch unwrapInboundIn(data) {
    // Browsers do not send the next request before the answer; whoever does waits for no more answers than this.
    case .head where unsent >= limits.unsent: errorCaught(context: context, error: ChannelError.ioOnClosedChannel)
    case .head(let head):
      if let refusal = RequestRules.refusal(head) {
        send(refusal, to: head, keepAlive: false, context)
      } else {
        self.head = head
      }
    case .body: break
    case .end:
      if let head { answer(head, context) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    isClosing = true
    context.close(promise: nil)
  }

  /// Closes it, whatever it is at.
  func close() { context?.close(promise: nil) }

  private func close(after time: TimeAmount, _ context: ChannelHandlerContext) {
    timeout?.cancel()
    timeout = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.close() }
  }

  // MARK: Answers

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = nil
    timeout?.cancel()
    connections.touch(self)
    let (site, query) = (site, Query(head.uri))
    if let answer = site.immediateAnswer(query) { return send(answer, to: head, keepAlive: head.isKeepAlive, context) }
    let loop = context.eventLoop
    let connection = NIOLoopBound(self, eventLoop: loop)
    work = Task(priority: .userInitiated) {
      let answer = await site.answer(query)
      loop.execute { connection.value.finish(answer, to: head) }
    }
  }

  private func finish(_ answer: Answer, to head: HTTPRequestHead) {
    work = nil
    guard let context, !isClosing else { return }
    send(answer, to: head, keepAlive: head.isKeepAlive, context)
  }

  private func send(_ answer: Answer, to head: HTTPRequestHead, keepAlive: Bool, _ context: ChannelHandlerContext) {
    isClosing = !keepAlive
    var fields = answer.fields
    fields.add(name: "Connection", value: keepAlive ? "keep-alive" : "close")
    write(.head(HTTPResponseHead(version: head.version, status: answer.status, headers: fields)), context)
    if head.method != .HEAD, !answer.body.isEmpty {
      write(.body(.byteBuffer(context.channel.allocator.buffer(bytes: answer.body))), context)
    }
    close(after: limits.answer, context)
    unsent += 1
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { [weak self] in self?.wasSent() }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }

  private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(part), promise: nil)
  }

  private func wasSent() {
    unsent -= 1
    guard let context, unsent == 0 else { return }
    connections.touch(self)
    if isClosing {
      // Closing while the client still sends would take the answer from it.
      context.close(mode: .output, promise: nil)
      close(after: limits.farewell, context)
    } else if !isWorking {
      close(after: limits.request, context)
    }
  }
}
