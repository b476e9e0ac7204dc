import ArgumentParser
import Glibc
import HostRecorder
import InterruptTrace
import Reports

/// `gicscope record`.
struct RecordCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records the guests of a KVM host: the tracepoints and probes that its kernel has.",
    discussion: """
      On the arm64 host, as root, with trace-cmd installed. It looks at what this kernel has, says what will and what \
      will not be concluded from it, sets probes, records, removes the probes, and leaves a folder that every command \
      reads: gicscope analyze FOLDER. It records while COMMAND runs, for --seconds, while the process of --pid lives, or \
      until Ctrl-C.

      A guest's own trace shows what no host sees: when its kernel handles its interrupts. It is recorded in the same step \
      with --guest, or put into the folder later, as guest.dat, and its /proc/interrupts as guest-interrupts.txt.

      With --script it prints a shell script that does the same on a host without gicscope. The host's files can be \
      copies: with --root, /proc/kallsyms is FOLDER/proc/kallsyms, and so on.
      """
  )

  @Option(
    name: [.short, .long], help: "The folder to write, recording unless given; it must be empty, or not be there.")
  var output: String?

  @Option(help: "Record for so long.")
  var seconds: Double?

  @Option(
    help: ArgumentHelp(
      "Record only what happens in the threads of this process, a virtual machine monitor, and as long as it lives.",
      valueName: "process"))
  var pid: Int?

  @Option(
    help: ArgumentHelp(
      "Record inside a guest too, in which trace-cmd agent runs: NAME, CID:PORT or NAME@CID:PORT, as trace-cmd record -A "
        + "takes it. May be repeated.", valueName: "agent"))
  var guest: [String] = []

  @Flag(help: "Only print what would be recorded, and what can be concluded from it.")
  var plan = false

  @Flag(help: "Only print a shell script that records the same.")
  var script = false

  @Flag(help: "Write nothing: show the report while it grows, until Ctrl-C, and then all of it.")
  var live = false

  @Flag(help: "Only remove probes that a recording left in the kernel.")
  var remove = false

  @Option(help: ArgumentHelp("Where the host's files are.", valueName: "folder"))
  var root = "/"

  @Option(
    help: ArgumentHelp("The kernel's types (BTF), if it has no /sys/kernel/btf/vmlinux.", valueName: "file"))
  var btf: String?

  @Option(help: ArgumentHelp("The buffer of each CPU, in KiB.", valueName: "kib"))
  var buffer = 32768

  @Option(help: "The clock of all CPUs, one of tracefs' trace_clock.")
  var clock = "mono"

  @Flag(name: .shortAndLong, help: "No remarks: only results and errors.")
  var quiet = false

  @Argument(parsing: .postTerminator, help: "Behind --: a command to run meanwhile.")
  var command: [String] = []

  func validate() throws {
    if live, output != nil || seconds != nil || pid != nil || !command.isEmpty {
      throw ValidationError(
        "--live shows all that happens until Ctrl-C; it goes with neither -o, --seconds, --pid nor a command.")
    }
    if !guest.isEmpty, plan || script || remove || live {
      throw ValidationError("--guest goes with a recording, not with --plan, --script, --remove or --live.")
    }
    if [plan, script, remove, live].filter({ $0 }).count > 1 {
      throw ValidationError("Give one of --plan, --script, --remove, --live.")
    }
    if [!command.isEmpty, seconds != nil].filter({ $0 }).count > 1 {
      throw ValidationError("Give --seconds, or a command; not both.")
    }
    if let seconds, !(seconds > 0 && seconds < 1e8) { throw ValidationError("--seconds \(seconds): give more than 0.") }
    guard (8...(1 << 24)).contains(buffer) else {
      throw ValidationError("--buffer \(buffer): give 8 to \(1 << 24) KiB.")
    }
  }

  var inputs: [String] { btf.map { [$0] } ?? [] }
  var outputs: [NamedOutput] { [] }

  func run() throws {
    let files = RootedFiles(root: root)
    if remove { return try removeProbes(files) }
    let plan = ProbePlan(try kernel(files))
    if let reason = plan.impossibility { throw Recorder.Failure(message: "nothing can be recorded: \(reason)") }
    var options = Recorder.Options()
    (options.buffer, options.clock, options.guests) = (buffer, clock, guest)
    if script { return try OutputFile.write(RecordScript(plan, options).text, to: "-") }
    if self.plan { return try OutputFile.write(PlanText.full(plan), to: "-") }
    if let pid {
      options.threads = GuestProcess(pid, files).tracedThreads(files)
      if options.threads!.isEmpty { throw UsageError(message: "--pid \(pid): there is no such process") }
    }
    if live { return try LiveRecording(plan, files, options: options, isQuiet: quiet).run() }
    let session = RecordingSession(plan, files, folder: output ?? "recording", options: options, isQuiet: quiet)
    try session.run(until: purpose)
  }

  /// What the recording waits for.
  private var purpose: RecordingSession.Purpose {
    if !command.isEmpty { return .command(command) }
    if let seconds { return .seconds(seconds) }
    return pid.map { .process($0) } ?? .signal
  }

  private func kernel(_ files: RootedFiles) throws -> HostKernel {
    var types: [UInt8]?
    if let btf {
      types = RootedFiles(root: "/").bytes(btf.hasPrefix("/") ? btf : Self.workingFolder + "/" + btf)
      if types == nil { throw TraceError.unreadable(path: btf, reason: String(cString: strerror(errno))) }
    }
    let kernel = HostKernel(files, types: types)
    if btf != nil, let problem = kernel.typeProblem { throw TraceError.unrecognised(path: btf!, reason: problem) }
    return kernel
  }

  private static var workingFolder: String {
    let path = getcwd(nil, 0)
    defer { free(path) }
    return path.map { String(cString: $0) } ?? "."
  }

  private func removeProbes(_ files: RootedFiles) throws {
    let kernel = HostKernel(files)
    let left = ProbeInstaller(files, tracing: kernel.tracing).removeAll()
    if !left.isEmpty {
      throw Recorder.Failure(
        message: "the kernel keeps \(left.joined(separator: ", ")): another program still records them")
    }
  }
}
