import ArgumentParser
import Glibc
import InterruptTrace
import TimeTravel

/// `gicscope serve`.
struct ServeCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Time travel: a page in the browser that shows the controller at any event.",
    discussion: "Listens on this machine's loopback interface only, until it is interrupted. The capture is replayed "
      + "once; its events are kept in a temporary file (32 bytes each, where TMPDIR says)."
  )

  @OptionGroup var trace: TraceOptions

  @Option(help: ArgumentHelp("The port; 0 is any that is free.", valueName: "port"))
  var port: UInt16 = 8437

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { [] }

  func run() throws {
    // A port that is taken is no news for after minutes of reading.
    let server = try listen()
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let progress = ProgressLine(isShown: !trace.quiet && !trace.noProgress)
    // Called on this thread only, while the initialiser runs.
    nonisolated(unsafe) let line = progress
    let traveller = try TimeTraveller(
      source: try trace.open(), path: trace.path, options: try trace.replayOptions(), directory: directory,
      registerName: registerName, onProgress: { line.show($0) })
    progress.clear()
    _ = trace.conclude(traveller.summary)
    server.open(traveller)
    try OutputFile.write("http://127.0.0.1:\(server.port)/\n", to: "-")
    if !trace.quiet { StandardError.write("\(trace.path) is open there; Ctrl-C ends it\n") }
    server.wait()
  }

  private func listen() throws -> TimeTravelServer {
    do {
      return try TimeTravelServer(port: port)
    } catch let error as TimeTravelServer.ListenError {
      let reason = error.isInUse ? "another program, perhaps another gicscope serve, uses it" : error.reason
      throw UsageError(message: "cannot listen on port \(port): \(reason); give another --port, or 0 for any free one")
    }
  }
}
