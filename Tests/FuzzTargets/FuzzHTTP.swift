import Foundation
import InterruptTrace
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Replay
import Synchronization
import TimeTravel

/// Any bytes as what a client sends, in pieces: whatever it is, the connection is closed in the end, and no request gets more
/// than one answer. The first byte chooses the pieces; the first line's target is asked of a capture too.
func fuzzHTTP(_ bytes: [UInt8]) throws {
  guard let choice = bytes.first else { return }
  let (site, rest) = (Site(), bytes.dropFirst())
  let channel = EmbeddedChannel()
  let limits = ServerLimits()
  try channel.pipeline.syncOperations.addConnection(to: site, Connections(limit: limits.connections), limits)
  try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  for start in stride(from: rest.startIndex, to: rest.endIndex, by: Int(choice) + 1) {
    guard channel.isActive else { break }
    _ = try? channel.writeInbound(ByteBuffer(bytes: rest[start..<min(start + Int(choice) + 1, rest.endIndex)]))
  }
  var sent: [UInt8] = []
  while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
  try require(sent.isEmpty || sent.starts(with: "HTTP/1.".utf8), "an answer is no answer of HTTP")
  channel.embeddedEventLoop.advanceTime(by: .minutes(2))
  try require(!channel.isActive, "the connection stays open")
  _ = try? channel.finish(acceptAlreadyClosed: true)
  let line = rest.prefix { $0 != 0x0A }.split(separator: 0x20)
  if line.count > 1 { try ask(String(decoding: line[1], as: UTF8.self)) }
}

/// A site with a small capture.
private let openSite: Site? = {
  let events = (0..<20).map { Event(time: UInt64($0), kind: .softirqEnter) }
  let traveller = try? TimeTraveller(
    source: EventArraySource(events), path: "a.log", directory: NSTemporaryDirectory(), registerName: { _, _ in nil })
  guard let traveller else { return nil }
  let site = Site()
  site.open(traveller)
  return site
}()

private func ask(_ target: String) throws {
  guard let openSite else { throw FuzzFailure("the capture cannot be opened") }
  let query = Query(target)
  if openSite.immediateAnswer(query) != nil { return }
  let done = DispatchSemaphore(value: 0)
  let status = Mutex(UInt(0))
  Task {
    let answer = await openSite.answer(query)
    status.withLock { $0 = answer.status.code }
    done.signal()
  }
  done.wait()
  let code = status.withLock { $0 }
  try require([200, 400, 404].contains(code), "\(target) is answered with \(code)")
}
