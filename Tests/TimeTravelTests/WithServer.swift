import Foundation
import Testing

@testable import TimeTravel

/// Runs a server on a free port while `body`, on a thread of its own, asks it.
func withServer(
  _ traveller: TimeTraveller, limits: ServerLimits = ServerLimits(),
  _ body: @escaping @Sendable (UInt16) throws -> Void
) async throws {
  let server = try TimeTravelServer(port: 0, limits: limits)
  server.open(traveller)
  let port = server.port
  let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Void, any Error>, Never>) in
    Thread.detachNewThread {
      done.resume(returning: Result { try body(port) })
      server.stop()
    }
  }
  try result.get()
}
