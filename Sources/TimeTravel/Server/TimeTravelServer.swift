import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// A web server for one capture on this machine's loopback interface. It serves one page and what that page asks for,
/// and nothing else: no files, and nothing to pages of other hosts.
///
/// Nothing that a client does, or leaves undone, keeps others from being answered: ``ServerLimits``.
public final class TimeTravelServer: Sendable {
  /// Why it does not listen.
  public struct ListenError: Error {
    /// What the operating system says.
    public var reason: String
    /// Whether another program listens there.
    public var isInUse: Bool
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let channel: any Channel
  private let site: Site
  /// Where it listens.
  public let port: UInt16

  /// Listens on a port of 127.0.0.1; 0 is any that is free. Until ``open(_:)`` it answers that the capture is being read.
  public convenience init(port: UInt16) throws { try self.init(port: port, limits: ServerLimits()) }

  init(port: UInt16, limits: ServerLimits) throws {
    let (site, connections) = (Site(), Connections(limit: limits.connections))
    self.site = site
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addConnection(to: site, connections, limits)
        }
      }
    do {
      channel = try bootstrap.bind(host: "127.0.0.1", port: Int(port)).wait()
    } catch {
      try? group.syncShutdownGracefully()
      let code = (error as? IOError)?.errnoCode
      throw ListenError(
        reason: code.map { String(cString: strerror($0)) } ?? "\(error)", isInUse: code == EADDRINUSE)
    }
    self.port = UInt16(channel.localAddress?.port ?? 0)
  }

  /// From now on it answers questions about a capture.
  public func open(_ traveller: TimeTraveller) { site.open(traveller) }

  /// Returns when it is stopped.
  public func wait() { try? channel.closeFuture.wait() }

  /// Closes everything.
  public func stop() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }
}

/// What a client may take up of the server.
package struct ServerLimits: Sendable {
  /// Connections at a time. One more takes the place of the one that was idle longest.
  package var connections = 128
  /// From being connected, or from the last answer, to the end of a request's head. Bytes that arrive do not prolong it.
  var request = TimeAmount.seconds(15)
  /// For a client to take an answer.
  var answer = TimeAmount.seconds(30)
  /// Answers to one client that it has not taken.
  var unsent = 8
  /// For a client to see that it was refused, before the connection is cut.
  var farewell = TimeAmount.seconds(1)
  /// Bytes of a request line, or of a header field.
  var field = 8192
  /// Bytes of a request's head.
  var head = 16384
  /// Header fields.
  var fields = 64

  /// The limits of `gicscope serve`.
  package init() {}
}

extension ChannelPipeline.SynchronousOperations {
  /// Adds what decodes requests and answers them.
  package func addConnection(to site: Site, _ connections: Connections, _ limits: ServerLimits) throws {
    var heads = NIOHTTPDecoderLimitConfiguration()
    heads.maxHeaderFieldSize = limits.field
    heads.maxHeaderListSize = limits.head
    heads.maxHeaderFieldCount = limits.fields
    try configureHTTPServerPipeline(
      withErrorHandling: true, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: heads)
    try addHandler(Connection(site, connections, limits))
  }
}
