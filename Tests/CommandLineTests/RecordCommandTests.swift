import Foundation
import TestSupport
import Testing

/// `gicscope record` on a host that is made of files.
@Suite("Recording")
struct RecordCommandTests {
  private static let whole = ["interrupts.txt", "irqs.txt", "recording.json", "trace-cmd.log", "trace.dat"]

  @Test("A recording has the trace and what is needed to read it, and no probe is left")
  func whole() throws {
    try FakeHost.with(.whole) { host in
      let result = try host.record(["--", "true"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try host.outputNames == Self.whole)
      #expect(try host.probes.isEmpty)
      #expect(try host.probesSet > 15)
      #expect(try host.text("recording/trace.dat") == "part\n")
      #expect(try host.text("recording/irqs.txt") == "irq/13/hwirq:26\nirq/13/chip_name:GICv3\n")
      let arguments = try host.text("root/arguments")
      #expect(arguments.hasPrefix("record -C mono -b 32768 -e kvm -e irq -e ipi -e sched:sched_switch"))
      #expect(arguments.contains("-e gicscope:lr_entry -e gicscope:lr_fold -e gicscope:vgic_queue_irq_unlock"))
      let recording = try #require(object(try host.text("recording/recording.json"))["recording"] as? [String: Any])
      #expect(recording["release"] as? String == "6.1.0-50-cloud-arm64")
      #expect(recording["end"] as? String == "the command ended")
      let guests = try #require(recording["guests"] as? [[String: Any]])
      #expect(guests.first?["process"] as? Int == 41)
      #expect(result.errors.contains("not shown   commands of guests' ITSes"))
      #expect(result.errors.contains("read it with: gicscope analyze"))
    }
  }

  @Test("Guests are recorded through the agents in them, with the clock of the host")
  func guests() throws {
    try FakeHost.with(.whole) { host in
      let result = try host.record(["--guest", "vm@3:823", "--guest", "4:823", "--", "true"])
      #expect(result.status == 0 && result.errors.contains("when guests' kernels handle their interrupts"))
      let guest = "-C mono -b 32768 -e irq -e ipi"
      #expect(try host.text("root/arguments").hasSuffix("/trace.dat -A vm@3:823 \(guest) -A 4:823 \(guest)\n"))
      #expect(try host.run(["record", "--guest", "vm", "--live"]).status == 2)
    }
  }

  @Test("Signals end a recording as a command's end does", arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(number: Int32) throws {
    try FakeHost.with(.whole) { host in
      let result = try host.record(signal: number)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try host.outputNames == Self.whole)
      #expect(try host.probes.isEmpty)
      #expect(try host.text("recording/recording.json").contains("\"end\": \"signal \(number)"))
    }
  }

  @Test("Of a tracer that is killed, what it wrote and what it had yet to is kept; tracing is off and no probe is left")
  func killed() throws {
    try FakeHost.with(.killed) { host in
      let result = try host.record(["--seconds", "30"])
      #expect(result.status == 3)
      #expect(result.errors.contains("trace-cmd was ended by signal 9"))
      #expect(try host.outputNames == Self.whole)
      #expect(try host.text("recording/trace.dat") == "part\n" + FakeHost.page)
      #expect(try host.text("root/sys/kernel/tracing/tracing_on") == "0")
      #expect(try host.probes.isEmpty)
    }
  }

  @Test(
    "A full disk is reported with the tracer's words, what was written is kept, and no probe is left",
    arguments: [FakeHost.Tracer.full, .crammed])
  func full(tracer: FakeHost.Tracer) throws {
    try FakeHost.with(tracer) { host in
      let result = try host.record(["--", "true"])
      #expect(result.status == 3)
      #expect(result.errors.contains("No space left on device"))
      #expect(try host.text("recording/trace.dat") == "part\n" + FakeHost.page)
      #expect(try !host.outputNames.contains("trace.dat.cpu0"))
      #expect(try host.probes.isEmpty)
    }
  }

  @Test("Where no disk has room for one file, the parts stay and are named")
  func packed() throws {
    try FakeHost.with(.packed) { host in
      let result = try host.record(["--", "true"])
      #expect(result.status == 3)
      #expect(result.errors.contains("no disk has room for one file of what was recorded, which is in "))
      #expect(result.errors.contains("/recording/trace.dat.cpu0"))
      #expect(try host.text("recording/trace.dat.cpu0") == "part\n" + FakeHost.page)
      #expect(try host.probes.isEmpty)
    }
  }

  @Test("A tracer that does not begin is reported, and no probe is left")
  func early() throws {
    try FakeHost.with(.early) { host in
      let result = try host.record(["--", "true"])
      #expect(result.status == 3)
      #expect(result.errors.contains("trace-cmd ended with exit code 7: trace-cmd: no events"))
      #expect(try host.probes.isEmpty)
    }
  }

  @Test("Lost events are said, with the remedy")
  func losses() throws {
    try FakeHost.with(.losing) { host in
      let result = try host.record(["--", "true", "ignored"])
      #expect(result.status == 0)
      #expect(result.errors.contains("CPU 0: 143 events lost\nremedy: a larger buffer (--buffer 131072)"))
    }
  }

  @Test("All threads of a process are followed, and its end ends the recording")
  func process() throws {
    try FakeHost.with(.whole) { host in
      let result = try host.record(
        ["--pid", "41", "--", "sh", "-c", "sleep 0.1"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try host.text("root/arguments").contains("-P 42 -c -o"))
      #expect(try host.record(["--pid", "77"]).status == 2)
    }
  }

  @Test("A folder that holds anything is not written to, nor is a file")
  func place() throws {
    try FakeHost.with(.whole) { host in
      try FileManager.default.createDirectory(at: host.output, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: host.output.appending(path: "trace.dat"))
      let result = try host.record(["--", "true"])
      #expect(result.status == 3 && result.errors.contains("the folder is not empty"))
      #expect(try host.text("recording/trace.dat") == "mine")
      #expect(try host.probesSet == 0)
    }
  }

  @Test("A plan and a script are printed without touching the host")
  func plan() throws {
    try FakeHost.with(.whole) { host in
      let plan = try host.record(["--plan"])
      #expect(plan.status == 0 && plan.output.contains("list registers at entries: kvm_arm_setup_debug"))
      let script = try host.record(["--script"])
      #expect(script.status == 0 && script.output.hasPrefix("#!/bin/sh\n"))
      #expect(try host.probesSet == 0)
      #expect(!FileManager.default.fileExists(atPath: host.output.path))
    }
  }

  @Test("Probes that an earlier run left are removed on demand")
  func remove() throws {
    try FakeHost.with(.whole) { host in
      let file = host.root.appending(path: "sys/kernel/tracing/kprobe_events")
      try Data("p:gicscope/lr_entry kvm_arm_setup_debug\n".utf8).write(to: file)
      #expect(try host.record(["--remove"]).status == 0)
      #expect(try host.probes.isEmpty)
    }
  }

  @Test("Where nothing can be recorded, the reason is given")
  func impossible() throws {
    try BuiltProgram.withDirectory { directory in
      let result = try BuiltProgram.run(["record", "--root", directory.path, "--plan"])
      #expect(result.status == 3)
      #expect(result.errors.contains("become root and mount tracefs"))
    }
  }
}
