import Glibc

/// Tracing whose text is read while it happens: an instance of ftrace of its own, beside which others may trace.
public final class LiveTracing {
  private let files: RootedFiles
  private let plan: ProbePlan
  private let installer: ProbeInstaller
  private var pump: TracePump?
  private var instance: String { plan.kernel.tracing + "/instances/gicscope" }
  /// The probes that the kernel took.
  public private(set) var choice = ProbeChoice()

  /// On a host with this plan.
  public init(_ plan: ProbePlan, _ files: RootedFiles) {
    self.plan = plan
    self.files = files
    installer = ProbeInstaller(files, tracing: plan.kernel.tracing)
  }

  /// Sets the probes and starts tracing.
  ///
  /// - Returns: the descriptor of a pipe with the text, which ends with ``finish()``.
  /// - Throws: ``Recorder/Failure`` if the kernel does not trace; ``finish()`` takes back what was done.
  public func start(_ options: Recorder.Options) throws(Recorder.Failure) -> Int32 {
    removeInstance()
    installer.removeAll()
    choice = installer.install(plan)
    if mkdir(files.place(instance), 0o700) != 0, errno != EEXIST {
      throw Recorder.Failure(message: "\(instance): \(String(cString: strerror(errno)))")
    }
    do throws(HostFileError) {
      try files.write(options.clock, to: instance + "/trace_clock", appending: false)
      try files.write("\(options.buffer)", to: instance + "/buffer_size_kb", appending: false)
      for probe in choice.all {
        guard let filter = probe.filter else { continue }
        try files.write(filter, to: "\(instance)/events/\(Probe.group)/\(probe.event)/filter", appending: false)
      }
      for event in plan.events + (choice.all.isEmpty ? [] : [Probe.group]) {
        let folder = event.split(separator: ":").joined(separator: "/")
        try files.write("1", to: "\(instance)/events/\(folder)/enable", appending: false)
      }
      try files.write("1", to: instance + "/tracing_on", appending: false)
    } catch {
      throw Recorder.Failure(message: "\(error.path): \(error.reason)")
    }
    return try read()
  }

  /// The text of `trace_pipe`, which says that it is a file, as a pipe.
  private func read() throws(Recorder.Failure) -> Int32 {
    let file = open(files.place(instance + "/trace_pipe"), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Recorder.Failure(message: "\(instance)/trace_pipe: \(String(cString: strerror(errno)))")
    }
    let pump = try TracePump(file)
    self.pump = pump
    return pump.output
  }

  /// Ends tracing and removes the probes.
  ///
  /// - Throws: ``Recorder/Failure`` if the kernel keeps probes.
  public func finish() throws(Recorder.Failure) {
    pump?.finish()
    pump = nil
    removeInstance()
    let left = installer.removeAll()
    if !left.isEmpty {
      throw Recorder.Failure(message: "these probes are still in the kernel: \(left.joined(separator: ", "))")
    }
  }

  /// Nothing of the instance is left, not even events that are on.
  private func removeInstance() {
    guard !files.names(in: instance).isEmpty else { return }
    try? files.write("0", to: instance + "/tracing_on", appending: false)
    try? files.write("0", to: instance + "/events/enable", appending: false)
    rmdir(files.place(instance))
  }
}
