import ArgumentParser
import Foundation
import Glibc
import InterruptTrace
import Reports

/// Workers that analyse the captures of a fleet.
///
/// Results are handed out in the order of the captures, whichever worker is done first. A worker that ends in the
/// middle of a capture costs that capture: it gets a row with the reason, and another worker takes its place.
final class FleetPool {
  /// Results that may wait for an earlier capture: what a kill loses beside the captures that are being analysed.
  private static let mostWaiting = 64
  private static let mostWaitingBytes = 64 << 20

  private let jobs: [FleetJob]
  private let tables: FleetTables
  private let arguments: [String]
  private var workers: [FleetProcess] = []
  private var next = 0
  private var waiting: [Int: FleetResult] = [:]
  private var waitingBytes = 0
  private var handedOut = 0

  /// Workers for some captures; `arguments` are those of each worker.
  init(_ jobs: [FleetJob], _ tables: FleetTables, arguments: [String]) {
    (self.jobs, self.tables, self.arguments) = (jobs, tables, arguments)
  }

  /// Analyses all captures on `count` workers; `take` gets each result with its capture.
  func run(on count: Int, take: (FleetJob, FleetResult) throws -> Void) throws {
    defer { workers.forEach { $0.end() } }
    for _ in 0..<min(count, jobs.count) { workers.append(try FleetProcess(arguments)) }
    while handedOut < jobs.count {
      for worker in workers where worker.job == nil { giveJob(to: worker) }
      var polled = workers.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), -1) >= 0 else {
        if errno == EINTR { continue }
        throw OutputError(path: "gicscope fleet-worker", reason: String(cString: strerror(errno)))
      }
      for (i, place) in polled.enumerated() where place.revents != 0 { try receive(i) }
      while let result = waiting.removeValue(forKey: handedOut) {
        waitingBytes -= result.lines.reduce(0) { $0 + $1.count }
        try take(jobs[handedOut], result)
        handedOut += 1
      }
    }
  }

  private func giveJob(to worker: FleetProcess) {
    guard next < jobs.count, next - handedOut < Self.mostWaiting,
      waitingBytes < Self.mostWaitingBytes || next == handedOut
    else { return }
    worker.start(next, jobs[next])
    next += 1
  }

  private func receive(_ place: Int) throws {
    let worker = workers[place]
    guard worker.receive() else {
      let end = worker.end(hasClosed: true)
      workers[place] = try FleetProcess(arguments)
      guard let job = worker.job else { return }
      let capture = FleetCapture(
        path: jobs[job].path, sha256: FileDigest.sha256(jobs[job].path), labels: jobs[job].labels,
        error: "gicscope \(end) while it analysed this capture; run gicscope analyze on it")
      put(FleetResult(failed: capture, tables), for: job)
      return
    }
    if let job = worker.job, let result = FleetResult(takenFrom: &worker.received) {
      worker.job = nil
      put(result, for: job)
    }
  }

  private func put(_ result: FleetResult, for job: Int) {
    waiting[job] = result
    waitingBytes += result.lines.reduce(0) { $0 + $1.count }
  }
}

/// A worker's process.
final class FleetProcess {
  private let process: pid_t
  private let input: Int32
  /// Where its results come from.
  let output: Int32
  /// The number of the capture that it analyses.
  var job: Int?
  /// What it has written and nobody has taken.
  var received: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)

  /// Starts this program once more.
  init(_ arguments: [String]) throws {
    let (toWorker, fromWorker) = (try Self.pipe(), try Self.pipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toWorker.read, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromWorker.write, STDOUT_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = (["gicscope", "fleet-worker"] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var process = pid_t()
    let status = posix_spawn(&process, "/proc/self/exe", &actions, nil, &words, environ)
    close(toWorker.read)
    close(fromWorker.write)
    (self.process, input, output) = (process, toWorker.write, fromWorker.read)
    guard status == 0 else {
      throw OutputError(path: "gicscope fleet-worker", reason: String(cString: strerror(status)))
    }
  }

  deinit {
    close(input)
    close(output)
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      throw OutputError(path: "gicscope fleet-worker", reason: String(cString: strerror(errno)))
    }
    // No other worker may hold this one's input open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Lets it analyse a capture. That it has ended shows when its result is to be received.
  func start(_ number: Int, _ job: FleetJob) {
    self.job = number
    guard let line = try? JSONEncoder().encode(job) else { return }
    let bytes = line + [0x0A]
    _ = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
  }

  /// Takes in what it has written; false if it has ended.
  func receive() -> Bool {
    let count = read(output, &buffer, buffer.count)
    if count < 0 { return errno == EINTR }
    received += buffer[..<count]
    return count > 0
  }

  /// Ends it, and says how it ended. One that has closed its output is about to end by itself, and gets time for it.
  @discardableResult func end(hasClosed: Bool = false) -> String {
    var status: Int32 = 0
    var ended = waitpid(process, &status, WNOHANG)
    for _ in 0..<(hasClosed ? 500 : 0) where ended == 0 {
      usleep(10_000)
      ended = waitpid(process, &status, WNOHANG)
    }
    if ended != process {
      kill(process, SIGKILL)
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
    let signal = status & 0x7F
    return signal == 0 ? "ended with code \(status >> 8 & 0xFF)" : "was ended by signal \(signal)"
  }
}
