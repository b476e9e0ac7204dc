import Glibc
import HostRecorder
import InterruptTrace
import Reports
import TraceImporters

/// One recording, from the first look at the host to the folder.
struct RecordingSession {
  /// What it waits for.
  enum Purpose {
    /// A command's end.
    case command([String])
    /// So many seconds.
    case seconds(Double)
    /// The end of a process.
    case process(Int)
    /// SIGINT, SIGTERM or SIGHUP, which end every other recording too.
    case signal
  }

  private let plan: ProbePlan
  private let files: RootedFiles
  private let folder: String
  private let options: Recorder.Options
  private let isQuiet: Bool

  init(_ plan: ProbePlan, _ files: RootedFiles, folder: String, options: Recorder.Options, isQuiet: Bool) {
    self.plan = plan
    self.files = files
    self.folder = folder
    self.options = options
    self.isQuiet = isQuiet
  }

  /// Records.
  ///
  /// - Throws: ``Recorder/Failure``, after everything was taken back that was set.
  func run(until purpose: Purpose) throws {
    let lock = try RecordingLock(files)
    defer { lock.release() }
    try makeFolder()
    let signals = SignalWait()
    let recorder = Recorder(plan, files, folder: folder, options: options)
    recorder.installProbes()
    var description = RecordingDescription(plan: plan, choice: recorder.choice, options: options)
    remark(PlanText.brief(plan, recorder.choice))
    do {
      try description.write(into: folder)
      try recorder.start(signals)
      remark("recording to \(folder)\n")
      description.guests = GuestProcess.all(files)
      description.end = try wait(for: purpose, recorder, signals)
    } catch {
      try? recorder.finish(signals)
      throw error
    }
    let known = Set(description.guests.map(\.process))
    description.guests += GuestProcess.all(files).filter { !known.contains($0.process) }
    var failures: [String] = []
    do { try recorder.finish(signals) } catch { failures.append(error.message) }
    do {
      try writeSideFiles()
      try description.write(into: folder)
    } catch { failures.append(error.message) }
    conclude(recorder, description)
    if !failures.isEmpty { throw Recorder.Failure(message: failures.joined(separator: "; ")) }
  }

  private func remark(_ text: String) {
    if !isQuiet { StandardError.write(text) }
  }

  private func makeFolder() throws(OutputError) {
    if mkdir(folder, 0o755) == 0 { return }
    guard errno == EEXIST else { throw OutputError(path: folder, reason: String(cString: strerror(errno))) }
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw OutputError(path: folder, reason: "it is there and no folder; choose another name with -o")
    }
    guard RootedFiles(root: folder).names(in: "/").isEmpty else {
      throw OutputError(path: folder, reason: "the folder is not empty; choose another name with -o")
    }
  }

  /// Waits; says what ended the recording.
  private func wait(for purpose: Purpose, _ recorder: Recorder, _ signals: SignalWait) throws -> String {
    var command: ChildProcess?
    var remaining = Int.max
    switch purpose {
    case .command(let words):
      do { command = try ChildProcess(words, inOwnGroup: false) } catch {
        throw UsageError(message: "\(error.program): \(error.reason)")
      }
    case .seconds(let seconds): remaining = Int(seconds * 1000)
    case .process, .signal: break
    }
    while remaining > 0 {
      if let number = signals.next(within: min(remaining, 100)) {
        command?.signal(number)
        return "signal \(number) (\(String(cString: strsignal(number))))"
      }
      if remaining < Int.max { remaining -= 100 }
      if let end = recorder.end { return "\(options.program) \(end.description)" }
      if let end = command?.poll() { return "the command \(end.description)" }
      if case .process(let process) = purpose, files.names(in: "/proc/\(process)").isEmpty {
        return "process \(process) ended"
      }
    }
    return "the time was over"
  }

  private func writeSideFiles() throws(OutputError) {
    let texts = [SideFiles.interrupts(files), SideFiles.hardwareNumbers(files)]
    for (name, text) in zip(RecordingFolder.interruptNames, texts) {
      guard let text else { continue }
      try OutputFile.write(text, to: folder + "/" + name)
    }
  }

  /// What came of it.
  private func conclude(_ recorder: Recorder, _ description: RecordingDescription) {
    var status = stat()
    let size = stat(folder + "/trace.dat", &status) == 0 ? UInt64(status.st_size) : 0
    remark("ended: \(description.end); \(Units.bytes(size))\n")
    let losses = recorder.losses
    if !losses.isEmpty {
      remark("\(losses.joined(separator: "\n"))\nremedy: a larger buffer (--buffer \(options.buffer * 4))\n")
    }
    if size > 0 { remark("read it with: gicscope analyze \(folder)\n") }
  }
}
