import ArgumentParser
import Glibc
import InterruptTrace
import TimeTravel

/// `gicscope serve`.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Time travel: a page in the browser that shows the controller at any event.",
    discussion: "Listens on this machine's loopback interface only, until it is interrupted. The capture is replayed "
      + "once; its events are kept in a temporary file (32 bytes each, where TMPDIR says)."
  )

  @OptionGroup var trace: TraceOptions

  @Option(help: "The port; 0 is any that is free.")
  var port: UInt16 = 8437

  func run() throws {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let progress = ProgressLine(isShown: !trace.quiet && !trace.noProgress)
    // Called on this thread only, while the initialiser runs.
    nonisolated(unsafe) let line = progress
    let traveller = try TimeTraveller(
      source: try trace.open(), path: trace.path, options: try trace.replayOptions(), directory: directory,
      registerName: registerName, onProgress: { line.show($0) })
    progress.clear()
    let isQuiet = trace.quiet
    let name = trace.path
    let server = try TimeTravelServer(traveller, port: port)
    let done = Completion()
    Task {
      do {
        try await server.run { port in
          let output = try? OutputFile.standardOutput()
          try? output?.write("http://127.0.0.1:\(port)/\n")
          try? output?.commit()
          if !isQuiet { StandardError.write("\(name) is open there; Ctrl-C ends it\n") }
        }
        done.finish(nil)
      } catch {
        done.finish("\(error)")
      }
    }
    if let reason = done.wait() {
      throw UsageError(message: "can not listen on port \(port): \(reason); another --port, or 0 for any")
    }
  }
}

/// What the main thread waits for while tasks work.
private final class Completion: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  /// Written before the semaphore is posted, read after it was waited for.
  private var reason: String?

  init() { sem_init(semaphore, 0, 0) }

  func finish(_ reason: String?) {
    self.reason = reason
    sem_post(semaphore)
  }

  func wait() -> String? {
    while sem_wait(semaphore) != 0 {}
    return reason
  }
}
