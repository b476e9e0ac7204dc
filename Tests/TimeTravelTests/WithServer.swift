import Foundation
import Testing

@testable import TimeTravel

/// Runs a server on a free port while `body`, on a thread of its own, asks it.
func withServer(_ traveller: TimeTraveller, _ body: @escaping @Sendable (UInt16) throws -> Void) async throws {
  let server = try TimeTravelServer(traveller, port: 0)
  let (ports, continuation) = AsyncStream.makeStream(of: UInt16.self)
  let task = Task { try await server.run { continuation.yield($0) } }
  defer { task.cancel() }
  let port = try #require(await ports.first { _ in true })
  try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
    Thread.detachNewThread { done.resume(with: Result { try body(port) }) }
  }
}
