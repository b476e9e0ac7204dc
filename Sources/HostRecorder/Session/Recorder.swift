import Glibc

/// Records a host with trace-cmd: the tracepoints and probes of a plan.
///
/// Whatever ends the recording, ``finish()`` removes the probes, and what was written until then is kept.
public final class Recorder {
  /// How a host is recorded.
  public struct Options: Sendable {
    /// The clock of all CPUs.
    public var clock = "mono"
    /// The buffer of each CPU, in KiB.
    public var buffer = 32768
    /// Only events in these threads; nil for all.
    public var threads: [Int]?
    /// Guests that trace-cmd's agent runs in, as `trace-cmd record -A` takes them.
    public var guests: [String] = []
    /// The tracer.
    public var program = "trace-cmd"
    /// Milliseconds until a tracer that is not recording by then is given up; five times as many with guests, whose clocks
    /// are compared first.
    public var patience = 60_000

    /// The defaults.
    public init() {}
  }

  /// Why a recording could not be made, or is not whole.
  public struct Failure: Error, Equatable, Sendable {
    /// One sentence without a full stop.
    public var message: String

    /// A failure; the message is a sentence without a full stop.
    public init(message: String) { self.message = message }
  }

  private let files: RootedFiles
  private let plan: ProbePlan
  private let options: Options
  private let folder: String
  private let installer: ProbeInstaller
  private var tracer: ChildProcess?
  /// Where the trace is, if there is no room for it in the folder.
  private var rescued: String?
  /// What the tracer's helpers wrote, if there is no room anywhere to make one file of it.
  private var unjoined: [String] = []
  /// The probes that the kernel took.
  public private(set) var choice = ProbeChoice()

  /// A recorder that writes `trace.dat` and `trace-cmd.log` into a folder that is there.
  public init(_ plan: ProbePlan, _ files: RootedFiles, folder: String, options: Options) {
    self.files = files
    self.plan = plan
    self.options = options
    self.folder = folder
    installer = ProbeInstaller(files, tracing: plan.kernel.tracing)
  }

  /// Sets the probes.
  public func installProbes() {
    installer.removeAll()
    choice = installer.install(plan)
    choice.recordsGuests = !options.guests.isEmpty
  }

  /// Starts the tracer, and returns when events are being recorded.
  ///
  /// - Throws: ``Failure`` if the tracer does not get so far, or a signal came.
  public func start(_ signals: SignalWait) throws(Failure) {
    let log = open(folder + "/trace-cmd.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      close(log)
      close(nothing)
    }
    guard log >= 0 else { throw Failure(message: "\(folder)/trace-cmd.log: \(String(cString: strerror(errno)))") }
    let tracer: ChildProcess
    do { tracer = try ChildProcess(arguments, input: nothing, output: log, errors: log) } catch {
      throw Failure(message: "\(error.program): \(error.reason)")
    }
    self.tracer = tracer
    let begun = ContinuousClock.now
    let patience = Duration.milliseconds(options.patience * (options.guests.isEmpty ? 1 : 5))
    while !isLive {
      if let end = tracer.poll() { throw Failure(message: "\(options.program) \(end.description): \(lastWords)") }
      guard ContinuousClock.now - begun < patience else {
        throw Failure(message: "\(options.program) did not begin to record")
      }
      if let number = signals.next(within: 20) {
        throw Failure(message: "signal \(number) came before anything was recorded")
      }
    }
  }

  /// The tracer's command line.
  var arguments: [String] {
    var arguments = [options.program, "record", "-C", options.clock, "-b", "\(options.buffer)"]
    for event in plan.events { arguments += ["-e", event] }
    for probe in choice.all {
      arguments += ["-e", "\(Probe.group):\(probe.event)"]
      if let filter = probe.filter { arguments += ["-f", filter] }
    }
    if let threads = options.threads { arguments += ["-P", threads.map(String.init).joined(separator: ","), "-c"] }
    arguments += ["-o", folder + "/trace.dat"]
    // What comes behind a guest is about that guest.
    for guest in options.guests {
      arguments += ["-A", guest, "-C", options.clock, "-b", "\(options.buffer)", "-e", "irq", "-e", "ipi"]
    }
    return arguments
  }

  /// Whether tracing is on, and every event is.
  private var isLive: Bool {
    let tracing = plan.kernel.tracing
    func isOn(_ file: String) -> Bool { files.text(tracing + "/" + file)?.hasPrefix("1") ?? false }
    return isOn("tracing_on")
      && plan.events.allSatisfy { isOn("events/" + $0.replacingColon + "/enable") }
      && (choice.all.isEmpty || isOn("events/\(Probe.group)/enable"))
  }

  /// How the tracer ended, if it did; nil while it records.
  public var end: ChildProcess.End? { tracer?.poll() }

  /// Ends the recording and removes the probes.
  ///
  /// A signal while the tracer writes its file makes it give up.
  /// - Throws: ``Failure`` if the tracer did not end well or probes are left; all is done that can be done.
  public func finish(_ signals: SignalWait) throws(Failure) {
    var problems: [String] = []
    if let tracer {
      tracer.signal(SIGINT)
      while tracer.poll() == nil {
        if signals.next(within: 50) != nil { tracer.signalGroup(SIGKILL) }
      }
      let end = tracer.wait()
      if end != .exited(0) {
        problems.append("\(options.program) \(end.description): \(lastWords)")
        rescue(tracer)
        if let rescued { problems.append("what was recorded is in \(rescued)") }
        if !unjoined.isEmpty {
          problems.append(
            "no disk has room for one file of what was recorded, which is in \(unjoined.joined(separator: ", "))")
        }
      }
    }
    let left = installer.removeAll()
    if !left.isEmpty {
      problems.append(
        "these probes are still in the kernel: \(left.joined(separator: ", ")); "
          + "gicscope record --remove removes them when nothing records them")
    }
    if !problems.isEmpty { throw Failure(message: problems.joined(separator: "; ")) }
  }

  /// After a tracer that did not end by itself: tracing is switched off, and what its helpers wrote becomes a file.
  private func rescue(_ tracer: ChildProcess) {
    tracer.signalGroup(SIGKILL)
    let tracing = plan.kernel.tracing
    try? files.write("0", to: tracing + "/tracing_on", appending: false)
    for event in plan.events {
      try? files.write("0", to: "\(tracing)/events/\(event.replacingColon)/enable", appending: false)
    }
    let parts = RootedFiles(root: folder).names(in: "/").filter { $0.hasPrefix("trace.dat.cpu") }
    guard !parts.isEmpty else { return }
    for part in parts { drain(cpu: String(part.drop { !$0.isNumber }), into: folder + "/" + part) }
    join(parts.map { folder + "/" + $0 })
  }

  /// Puts what is still in a CPU's buffer, which the tracer reads only when it is half full, behind what was written.
  private func drain(cpu: String, into part: String) {
    let kib = files.text(plan.kernel.tracing + "/buffer_subbuf_size_kb").flatMap { Int($0.prefix { $0.isNumber }) }
    let size = kib.map { $0 * 1024 } ?? sysconf(Int32(_SC_PAGESIZE))
    let raw = files.place("\(plan.kernel.tracing)/per_cpu/cpu\(cpu)/trace_pipe_raw")
    let (source, target) = (open(raw, O_RDONLY | O_NONBLOCK | O_CLOEXEC), open(part, O_WRONLY | O_APPEND | O_CLOEXEC))
    defer { for file in [source, target] where file >= 0 { close(file) } }
    guard source >= 0, target >= 0, size > 0 else { return }
    var page = [UInt8](repeating: 0, count: size)
    var written = lseek(target, 0, SEEK_END)
    while read(source, &page, size) == size {
      // Only whole pages are of use.
      guard write(target, page, size) == size else { return _ = ftruncate(target, written) }
      written += size
    }
  }

  /// Makes one file of the helpers'. On a disk that is full of them that is done elsewhere first.
  private func join(_ parts: [String]) {
    // The file's head names the events with their probes, which are still there.
    let log = open(folder + "/trace-cmd.log", O_WRONLY | O_APPEND | O_CLOEXEC)
    defer { close(log) }
    func succeeds(_ words: [String]) -> Bool {
      (try? ChildProcess(words, output: log, errors: log))?.wait() == .exited(0)
    }
    func restores(to path: String) -> Bool { succeeds([options.program, "restore", "-o", path] + parts) }
    if restores(to: folder + "/trace.dat") {
      for part in parts { unlink(part) }
      return
    }
    for place in (getenv("TMPDIR").map { [String(cString: $0)] } ?? []) + ["/var/tmp", "/tmp"] {
      let other = "\(place)/gicscope-\(getpid()).dat"
      guard restores(to: other) else {
        unlink(other)
        continue
      }
      for part in parts { unlink(part) }
      if succeeds(["cp", other, folder + "/trace.dat"]) { unlink(other) } else { rescued = other }
      return
    }
    unlink(folder + "/trace.dat")
    unjoined = parts
  }

  /// The last line that the tracer wrote, which says why it ended.
  private var lastWords: String {
    let log = RootedFiles(root: folder).text("/trace-cmd.log") ?? ""
    let lines = log.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    return lines.last.map { String($0.drop(while: \.isWhitespace)) } ?? "it said nothing"
  }

  /// Lines of the tracer that say that events were lost.
  public var losses: [String] {
    (RootedFiles(root: folder).text("/trace-cmd.log") ?? "").split(whereSeparator: \.isNewline)
      .filter { $0.contains(" lost") }.map { String($0.drop(while: \.isWhitespace)) }
  }
}

extension String {
  /// `sched:sched_switch` as the folders `sched/sched_switch`.
  fileprivate var replacingColon: String { split(separator: ":").joined(separator: "/") }
}
