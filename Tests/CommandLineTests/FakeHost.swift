import Foundation
import TestSupport

/// A host under another root whose tracer is a script: what `gicscope record` does to it is seen in its files.
struct FakeHost {
  /// What the tracer does.
  enum Tracer: String {
    /// It records until SIGINT, and writes its file.
    case whole
    /// It ends at once.
    case early
    /// It is killed when it has begun; its helpers' files are left.
    case killed
    /// The disk is full when it writes its file.
    case full
    /// The disk is full of its helpers' files, until these are gone.
    case crammed
    /// So are all other disks.
    case packed
    /// It records and says that events were lost.
    case losing
  }

  let directory: URL
  var root: URL { directory.appending(path: "root") }
  var output: URL { directory.appending(path: "recording") }

  /// What is in the kernel's buffer when a tracer is gone.
  static let page = String(repeating: "p", count: 1024)

  /// Gives one that is removed afterwards.
  static func with<T>(_ tracer: Tracer, _ body: (FakeHost) throws -> T) throws -> T {
    try BuiltProgram.withDirectory { directory in
      let host = FakeHost(directory: directory)
      try host.make(tracer)
      return try body(host)
    }
  }

  private func make(_ tracer: Tracer) throws {
    let manager = FileManager.default
    let host = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/hosts/linux61")
    try manager.copyItem(at: host.standardized, to: root)
    try Data().write(to: root.appending(path: "sys/kernel/tracing/kprobe_events"))
    for folder in ["run", "bin", "proc/41/fd", "proc/41/task/42", "sys/kernel/irq/13"] {
      try manager.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    for (path, text) in [
      ("proc/41/comm", "qemu-system-aar\n"), ("proc/41/task/42/comm", "CPU 0/KVM\n"),
      ("sys/kernel/irq/13/hwirq", "26\n"), ("sys/kernel/irq/13/chip_name", "GICv3\n"),
    ] { try Data(text.utf8).write(to: root.appending(path: path)) }
    try manager.createSymbolicLink(
      atPath: root.appending(path: "proc/41/fd/9").path, withDestinationPath: "anon_inode:kvm-vm")
    // A page that no tracer has read yet.
    let buffer = root.appending(path: "sys/kernel/tracing/per_cpu/cpu0")
    try manager.createDirectory(at: buffer, withIntermediateDirectories: true)
    try Data("1\n".utf8).write(to: root.appending(path: "sys/kernel/tracing/buffer_subbuf_size_kb"))
    try Data(Self.page.utf8).write(to: buffer.appending(path: "trace_pipe_raw"))
    let program = root.appending(path: "bin/trace-cmd")
    try Data(Self.script(tracer).utf8).write(to: program)
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
  }

  /// Makes an instance of ftrace with this text.
  func addInstance(_ text: String) throws {
    let instance = root.appending(path: "sys/kernel/tracing/instances/gicscope")
    for folder in ["", "kvm", "irq", "ipi", "sched/sched_switch", "sched/sched_wakeup", "gicscope"] {
      let folder = instance.appending(path: "events/" + folder)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: folder.appending(path: "enable"))
    }
    for name in ["trace_clock", "buffer_size_kb", "tracing_on"] { try Data().write(to: instance.appending(path: name)) }
    try Data(text.utf8).write(to: instance.appending(path: "trace_pipe"))
  }

  private static func script(_ tracer: Tracer) -> String {
    // A shell starts what it runs in the background with SIGINT ignored, which a script cannot undo.
    """
    #!/usr/bin/env -S --default-signal=INT sh
    tracing=$FAKE_ROOT/sys/kernel/tracing
    echo "$@" >> "$FAKE_ROOT/arguments"
    file=
    for word; do [ "$last" = -o ] && file=$word; last=$word; done
    if [ "$1" = restore ]; then
      shift 3
      [ \(tracer.rawValue) != packed ] || exit 28
      [ \(tracer.rawValue) != crammed ] || [ "${file%/*}" != "${1%/*}" ] || exit 28
      cat "$@" > "$file"
      exit
    fi
    [ \(tracer.rawValue) != early ] || { echo 'trace-cmd: no events'; exit 7; }
    work=
    trap 'work=done' INT
    for folder in kvm irq ipi sched/sched_switch sched/sched_wakeup gicscope; do
      mkdir -p "$tracing/events/$folder"
      echo 1 > "$tracing/events/$folder/enable"
    done
    echo part > "$file.cpu0"
    echo 1 > "$tracing/tracing_on"
    [ \(tracer.rawValue) != killed ] || kill -KILL $$
    until [ "$work" ]; do sleep 0.05; done
    case \(tracer.rawValue) in full | crammed | packed) false ;; esac || { echo 'trace-cmd: No space left on device'; exit 28; }
    [ \(tracer.rawValue) != losing ] || echo '  CPU 0: 143 events lost'
    echo 0 > "$tracing/tracing_on"
    mv "$file.cpu0" "$file"

    """
  }

  private var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": root.appending(path: "bin").path + ":" + path, "FAKE_ROOT": root.path]
  }

  /// Runs `gicscope record` there.
  func record(_ arguments: [String]) throws -> BuiltProgram.Result {
    try run(["record", "--root", root.path, "-o", output.path] + arguments)
  }

  /// Runs gicscope there.
  func run(_ arguments: [String]) throws -> BuiltProgram.Result {
    try BuiltProgram.run(arguments, environment: environment)
  }

  /// Runs it, and sends it a signal when it records.
  func record(_ arguments: [String] = [], signal number: Int32) throws -> BuiltProgram.Result {
    // The shell that `--` runs knows the number of gicscope as that of its parent.
    try record(arguments + ["--", "sh", "-c", "kill -\(number) $PPID; exec sleep 60"])
  }

  /// Probes that are in the kernel.
  var probes: [String] {
    get throws {
      var names: [Substring] = []
      let text = try String(contentsOf: root.appending(path: "sys/kernel/tracing/kprobe_events"), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let name = line.drop { $0 != "/" }.prefix { $0 != " " }
        if line.hasPrefix("-") { names.removeAll { $0 == name } } else { names.append(name) }
      }
      return names.map(String.init)
    }
  }

  /// How many probes were ever set.
  var probesSet: Int {
    get throws {
      let text = try String(contentsOf: root.appending(path: "sys/kernel/tracing/kprobe_events"), encoding: .utf8)
      return text.split(separator: "\n").count { !$0.hasPrefix("-") }
    }
  }

  /// A file of the recording, or of the host.
  func text(_ name: String) throws -> String {
    try String(contentsOf: directory.appending(path: name), encoding: .utf8)
  }

  var outputNames: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() }
  }
}
