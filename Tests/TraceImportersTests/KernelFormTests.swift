import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

/// The files of `Traces/kernel-forms`: a kernel's trace in the forms in which it reaches people.
@Suite("Kernel trace: forms")
struct KernelFormTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/kernel-forms").standardized

  private func imported(_ name: String) throws -> Imported {
    try Imported(openTrace(paths: [Self.folder.appending(path: name).path]), batch: 1024)
  }

  /// Events of handlers, IPIs and softirqs, without names.
  private func handlers(_ result: Imported) -> [String] {
    let kinds: Set<EventKind> = [.handlerEnter, .handlerExit, .ipiEnter, .ipiExit, .ipiSend, .schedWakeup]
    return result.events.filter { kinds.contains($0.kind) }.map {
      "\(EventLayout.of($0.kind)!.name) \($0.a & 0xFFFF_FFFF) PE \($0.pe) at \($0.time / 1000)"
    }
  }

  private func reason(_ name: String) -> String {
    do {
      _ = try openTrace(paths: [Self.folder.appending(path: name).path])
      return "opened"
    } catch {
      return error.message
    }
  }

  private let timer = ["handlerEnter 11 PE 1 at 346216802", "handlerExit 11 PE 1 at 346216862"]

  // MARK: The end of a text

  @Test("A last line without a line feed is used if it is whole")
  func noFinalNewline() throws {
    let result = try imported("no-final-newline.txt")
    #expect(
      handlers(result) == timer + ["handlerEnter 36 PE 0 at 346216902", "handlerExit 36 PE 0 at 346216912"])
    #expect(result.events.last { $0.kind == .handlerExit }?.b == 1)
    #expect(result.statistics.damage == nil && result.statistics.problems.isEmpty)
  }

  @Test("A last line that ends in a number is used, with the remark that the number may be cut")
  func lastNumber() throws {
    let result = try Imported(
      kernel: "a-1 [000] d..1 1.0: softirq_exit: vec=1\na-1 [000] d..1 2.0: kvm_entry: PC: 0x40")
    #expect(result.shown.map(\.kind) == [.softirqExit, .guestEnter])
    #expect(result.statistics.damage == nil)
    #expect(result.statistics.problems.map(\.kind) == ["last line without a line feed"])
    #expect(result.statistics.problems.map(\.firstPosition) == ["line 2"])
  }

  @Test("A last line that is cut is damage behind the line before it")
  func cutLastLine() throws {
    let result = try imported("cut-last-line.txt")
    #expect(handlers(result) == timer)
    #expect(result.statistics.damage?.position == "after line 2")
  }

  @Test("An event is not used where its text is cut before its form ends")
  func cutInsideText() throws {
    for text in ["irq_handler_exit: irq=36 ret=han", "irq_handler_exit: irq=3", "kvm_exit: TRAP: HSR_EC: 0x00"] {
      let result = try Imported(kernel: "a-1 [000] d..1 1.0: softirq_exit: vec=1\na-1 [000] d..1 2.0: \(text)")
      #expect(result.events.count == 1 && result.statistics.damage != nil, "\(text)")
    }
  }

  @Test("Blanks behind the last line feed are no damage")
  func blankLastLine() throws {
    let result = try imported("blank-last-line.txt")
    #expect(handlers(result) == timer)
    #expect(result.statistics.damage == nil && result.statistics.problems.isEmpty)
  }

  // MARK: Numbers of CPUs

  @Test("The header says how many CPUs there are")
  func declaredCPUs() throws {
    let result = try imported("late-cpu.txt.xz")
    #expect(result.topology.entry(.peCount)?.value == 8)
    #expect(result.topology.entry(.peCount)?.source == .header)
    #expect(result.events.count { $0.pe == 7 && $0.kind != .marker && $0.kind != .continuation } == 4)
  }

  @Test("perf's header says which kernel was traced")
  func release() throws {
    let header = "# ========\n# hostname : a\n# os release : 7.3.4+deb13-cloud-arm64\n# perf version : 6.1\n"
    let line = " vmm   250 [001]    11.801396:        kvm:kvm_entry: PC: 0x40000000\n"
    let topology = try Imported(kernel: header + line).topology
    #expect(topology[.kernelRelease] == Topology.KernelRelease(7, 3))
    #expect(try Imported(kernel: line).topology[.kernelRelease] == nil)
  }

  @Test("A CPU that comes behind what was surveyed is announced before its first event")
  func lateCPU() throws {
    let line = "a-1 [001] d..1 1.0: softirq_exit: vec=1\n"
    let text = String(repeating: line, count: Int(KernelTextReader.surveyLimit) + 1)
    let result = try Imported(kernel: text + "a-1 [007] d..1 2.0: softirq_exit: vec=1\n")
    #expect(result.topology[.peCount] == 2)
    let place = try #require(result.events.firstIndex { $0.kind == .topology })
    #expect(Topology.Entry(result.events[place])?.key == .peCount)
    #expect(Topology.Entry(result.events[place])?.value == 8)
    #expect(result.events[place + 1].pe == 7)
  }

  // MARK: Pages, quotes and wrapped lines

  @Test("A trace in a web page is found behind megabytes of script, which is no trouble")
  func systracePage() throws {
    let result = try imported("systrace-page.html.xz")
    #expect(
      handlers(result) == timer + ["ipiEnter 1 PE 2 at 346216902", "ipiExit 1 PE 2 at 346216912"])
    #expect(result.topology[.peCount] == 4)
    #expect(result.statistics.problems.isEmpty && result.statistics.damage == nil)
  }

  @Test("Lines of a page keep their numbers; a script's text ends its lines with a backslash")
  func pageLines() throws {
    let page =
      "<!DOCTYPE html>\n<script>\nvar linuxPerfData = \"\\\n# tracer: nop\\n\\\n"
      + "a-1 [000] d..1 1.0: irq_handler_exit: irq=3 ret=handled\\n\\\na-1 [000] d..1 2.0: kvm_mmio: x\\n\\\n\";\n</script>"
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try Data(page.utf8).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Imported(openTrace(paths: [folder.path]))
    #expect(result.events.map(\.b) == [1])
    #expect(result.statistics.problems.map(\.firstPosition) == ["line 6"])
  }

  @Test("Lines that a mail program wrapped are put together again")
  func mailWrapped() throws {
    let result = try imported("mail-wrapped.txt")
    #expect(result.shown.map(\.kind) == [.guestExit, .guestEnter, .guestExit, .guestEnter, .guestExit])
    #expect(result.shown.allSatisfy { $0.domain == 1 && $0.pe == 0 && $0.b == 0x401ec4 || $0.kind == .guestEnter })
    #expect(result.statistics.problems.map(\.kind) == ["wrapped lines, put together again"])
    #expect(result.statistics.problems.map(\.count) == [5])
  }

  @Test("However lines are wrapped and quoted, the events are the same", arguments: [50, 60, 72, 90])
  func wrappedAnywhere(width: Int) throws {
    let whole = try Imported(kernel: KernelLineTests.excerpt)
    var text = ""
    for line in KernelLineTests.excerpt.split(separator: "\n") {
      var row = ""
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        if !row.allSatisfy({ $0 == " " }), row.utf8.count + 1 + word.utf8.count > width {
          text += "> \(row)\n"
          row = ""
        }
        row += row.isEmpty ? String(word) : " \(word)"
      }
      text += "> \(row)\n"
    }
    let result = try Imported(kernel: text)
    // What is complete before the fold is used as it is.
    #expect(result.shown.map(\.kind) == whole.shown.map(\.kind), "\(text)")
  }

  @Test("Marks of quoted mail and indentation before lines and headers are passed")
  func quoted() throws {
    let plain = try Imported(kernel: KernelLineTests.excerpt)
    for mark in ["> ", ">> ", "    ", "> >   "] {
      let text = KernelLineTests.excerpt.split(separator: "\n").map { "\(mark)\($0)\n" }.joined()
      #expect(try Imported(kernel: text).events == plain.events, "\(mark)")
    }
    let result = try imported("indented-overrun.txt")
    #expect(result.events.filter { $0.kind == .gap }.map(\.a) == [100])
    #expect(result.topology[.peCount] == 2)
  }

  @Test("A trace that the kernel dumped into its log is read behind the log's stamps")
  func dumped() throws {
    let line = "  <idle>-0       1d.h1. 16322271us : irq_handler_exit: irq=13 ret=handled\n"
    let plain = try Imported(kernel: line)
    #expect(plain.events.map(\.pe) == [1])
    for stamp in ["[  101.123456] ", "<0>[    1.000001]", "[12.5]  "] {
      #expect(try Imported(kernel: stamp + line).events == plain.events, "\(stamp)")
    }
  }

  // MARK: Columns that are missing

  @Test("Lines without a column of tasks are events of unknown threads")
  func noTaskColumn() throws {
    let expected = [
      "ipiSend 2 PE 0 at 154892148", "handlerEnter 2 PE 7 at 154892211", "ipiEnter 2 PE 7 at 154892211",
      "schedWakeup 7 PE 7 at 154892213", "ipiExit 2 PE 7 at 154892214",
    ]
    let result = try imported("no-task-column.txt")
    #expect(handlers(result) == expected)
    #expect(result.topology[.peCount] == 8)
    // Its CPU was in an idle state before, which is no event about interrupts.
    #expect(result.events.compactMap(\.idleState) == [154_892_162_000..<154_892_208_000])
    #expect(result.statistics.ignored.first { $0.name == "cpu_idle" }?.count == 2)
    let perf = try imported("perf-no-thread.txt")
    #expect(
      handlers(perf) == [
        "handlerEnter 11 PE 1 at 11801396", "handlerExit 11 PE 1 at 11801421", "handlerEnter 36 PE 0 at 11801496",
        "handlerExit 36 PE 0 at 11801521",
      ]
    )
    #expect(perf.statistics.problems.isEmpty)
  }

  @Test("perf's text of a host with guests that has no entry or exit says that --guestmount is missing")
  func withoutGuestSamples() throws {
    let handler = "       CPU 0/KVM   250 [001]    11.801396: irq:irq_handler_entry: irq=11 name=arch_timer\n"
    let line =
      "             vmm   248 [000]    11.801399: kvm:kvm_irq_line: Inject SPI interrupt (2), vcpu->idx: 0, num: 40, level: 1\n"
    let entry = "       CPU 0/KVM   250 [001]    11.801396: kvm:kvm_entry: PC: 0x40000000\n"
    func problems(_ text: String) throws -> [String] { try Imported(kernel: text).statistics.problems.map(\.kind) }
    #expect(try problems(handler) == ["events around guests, but no entry or exit"])
    #expect(try problems(line) == ["events around guests, but no entry or exit"])
    let result = try Imported(kernel: handler + line)
    #expect(result.statistics.problems.first?.firstExample.contains("--guestmount") == true)
    #expect(try problems(handler + entry) == [])
    #expect(try problems(handler.replacing("CPU 0/KVM", with: "  swapper")) == [])
    #expect(try problems(handler.replacing("irq:irq", with: "irq")) == [])
  }

  @Test("KVM's events without a thread are counted, and the remark says what is missing")
  func withoutThread() throws {
    let result = try Imported(
      kernel: " [000] 1.0: kvm_entry: PC: 0x40\n [000] 2.0: irq_handler_exit: irq=3 ret=handled\n")
    #expect(result.shown.map(\.kind) == [.handlerExit])
    #expect(result.statistics.problems.map(\.kind) == ["KVM events without a thread"])
  }

  // MARK: Other tracers and kernels

  @Test("Events that the function_graph tracer prints as comments are read where it prints times")
  func functionGraph() throws {
    let result = try imported("function-graph-abstime.txt")
    #expect(
      handlers(result) == [
        "handlerEnter 36 PE 0 at 346216802", "handlerExit 36 PE 0 at 346216812", "handlerEnter 11 PE 1 at 346216900",
        "handlerExit 11 PE 1 at 346216931",
      ]
    )
    #expect(result.events.filter { $0.kind == .handlerExit }.map(\.b) == [1, 1])
    #expect(result.statistics.problems.isEmpty)
    #expect(reason("function-graph-no-time.txt").contains("set options/funcgraph-abstime, or use trace-cmd report"))
  }

  @Test("Handlers of kernels before 2.6.34 have their name and whether they handled")
  func oldHandlers() throws {
    let result = try imported("old-irq-return.txt")
    #expect(result.kinds == ["marker", "continuation", "handlerEnter", "handlerExit"])
    #expect(result.events.last?.b == 1)
    #expect(result.statistics.problems.isEmpty)
  }

  @Test("Exits of kernels before 4.4 have no reason, and from 3.19 on an exception class")
  func oldExits() throws {
    let result = try imported("old-kvm-exit.txt")
    let exits = result.events.filter { $0.kind == .guestExit }
    #expect(result.events.count { $0.kind == .guestEnter } == 4)
    #expect(exits.map { $0.a & 0xFFFF } == [0xFFFF, 0xFFFF, 2])
    #expect(exits.map { $0.a >> 16 & 0xFFFF } == [0xFFFF, 0x24, 0x24])
    #expect(result.statistics.problems.map(\.kind) == ["exits whose reason is not shown"])
  }

  @Test("KVM's events of an x86 machine are one statement, and the kernel's own events are used")
  func x86() throws {
    let result = try imported("x86.txt")
    #expect(handlers(result) == ["handlerEnter 24 PE 0 at 280971136", "handlerExit 24 PE 0 at 280971138"])
    #expect(result.statistics.problems.map(\.kind) == ["KVM events of an x86 machine"])
    #expect(result.statistics.problems.map(\.count) == [4])
  }

  @Test("What bpftrace says of itself is no trouble, and what it lost is a gap")
  func bpftrace() throws {
    let result = try Imported(
      kernel: """
        Attaching 3 probes...
        vmm 12/13 [002] 5.000000001: vgic:vgic_v3_populate_lr: lr=1 val=0x50
        Lost 7 events
        vmm 12/13 [002] 6.000000001: vgic:vgic_v3_populate_lr: lr=1 val=0x50

        @exits[1]: 17

        """
    )
    #expect(result.events.filter { $0.kind == .gap }.map(\.a) == [7])
    #expect(result.events.count { $0.kind == .lrWrite } == 2)
    #expect(result.statistics.problems.isEmpty)
  }

  @Test("The text of babeltrace is read: the CPU and the thread from contexts, the event's fields last")
  func babeltrace() throws {
    let result = try imported("babeltrace-text.txt")
    #expect(
      handlers(result) == [
        "handlerEnter 11 PE 1 at 45296123456", "handlerExit 11 PE 1 at 45296123476",
        "handlerEnter 36 PE 0 at 45296123556", "handlerExit 36 PE 0 at 45296123576",
      ]
    )
    #expect(result.events.filter { $0.kind == .handlerExit }.map(\.b) == [1, 1])
    #expect(result.statistics.problems.isEmpty)
    for stamp in ["2026-11-30 00:00:05.5", "5.500000000", "00:00:05.5"] {
      let line =
        "[\(stamp)] (+?.?????????) host sched_switch: { cpu_id = 3 }, { procname = \"a }, {\", tid = 266 }, "
        + "{ prev_comm = \"a\", prev_tid = 266, prev_state = ( \"RUNNING\" : container = 0 ), next_tid = 7, x = [ [0] = 1 ] }"
      let event = try Imported(kernel: line + "\n").only
      #expect(event == Event(time: 5_500_000_000, kind: .schedSwitch, pe: 3, a: 266 | 7 << 32, b: 1), "\(stamp)")
    }
    let softirq = try Imported(kernel: "[5.5] (+0.1) irq_softirq_exit: { cpu_id = 0 }, { vec = 0x9 }\n").only
    #expect(softirq.kind == .softirqExit && softirq.a == 9)
  }

  // MARK: Encodings and compression

  @Test("UTF-16 with and without a mark, and UTF-8 with one, are read")
  func encodings() throws {
    #expect(try handlers(imported("utf16.txt")) == timer)
    let text = KernelLineTests.excerpt
    let plain = try Imported(kernel: text).events
    let forms: [[UInt8]] = [
      [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
      [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
      text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
    ]
    for bytes in forms {
      let file = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
      try Data(bytes).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let result = try Imported(openTrace(paths: [file.path]))
      #expect(result.events == plain)
      #expect(result.statistics.problems.isEmpty)
    }
  }

  @Test("The output of atrace -z is read")
  func atrace() throws {
    let result = try imported("atrace-z.dat")
    #expect(handlers(result) == timer)
    #expect(try openTrace(paths: [Self.folder.appending(path: "atrace-z.dat").path]).format.compression == "zlib")
  }

  @Test("One zero byte does not make a text binary")
  func oneZero() throws {
    var bytes = Array(KernelLineTests.excerpt.utf8)
    bytes[100] = 0
    #expect(KernelTextContent.recognise(bytes) == .events(KernelTextContent.Place()))
  }

  // MARK: What is no capture

  @Test("Other tools' formats are refused with what to do")
  func remedies() {
    #expect(reason("perfetto.dat").contains("traceconv systrace IN OUT"))
    #expect(ForeignContent.describe(Array("PERFILE2....".utf8)).contains("give the output of perf script"))
    #expect(ForeignContent.describe(Array("\n*hello: world\n".utf8)).contains("text without"))
  }

  /// `trace-cmd report HOST GUEST`: the host's is the recording with events of KVM.
  @Test("The text of a host's and its guest's recordings is two domains")
  func hostAndGuest() throws {
    let result = try imported("host-and-guest-report.txt")
    let handlers = result.events.filter { $0.kind == .handlerEnter || $0.kind == .handlerExit }
    #expect(handlers.map(\.domain) == [1, 1, 0, 0, 1, 1])
    #expect(handlers.map { $0.a & 0xFFFF_FFFF } == [11, 11, 14, 14, 11, 11] && handlers.allSatisfy { $0.pe == 0 })
    #expect(result.events.filter { $0.kind == .guestEnter }.map(\.time) == [700_000_100_000, 700_000_180_000])
    #expect(result.statistics.problems.isEmpty)
  }

  /// Which guest each recording is of shows by the runs that its events lie in, not by the order of the files.
  @Test("The text of a host's and two guests' recordings is three domains")
  func hostAndTwoGuests() throws {
    func handler(_ file: String, _ time: String) -> String {
      "\(file): <idle>-0 [000] \(time): irq_handler_entry: irq=11 name=arch_timer\n"
    }
    var text = "cpus=4\ncpus=1\ncpus=1\n"
    // Threads of two processes, each with a vCPU 0.
    for (start, thread, file) in [("1.0001", 4201, "second.dat"), ("1.0003", 5201, " first.dat")] {
      let place = "  host.dat: CPU 0/KVM-\(thread) [001] \(start)"
      text += place + "00: kvm_entry: PC: 0xffff800010080000\n"
      text += handler(file, start + "50")
      text += place + "90: kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010080000\n"
    }
    text += handler("  host.dat", "1.000500")
    let file = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let result = try Imported(openTrace(paths: [file.path]))
    #expect(result.events.filter { $0.kind == .guestEnter }.map(\.domain) == [1, 2])
    #expect(result.events.filter { $0.kind == .handlerEnter }.map(\.domain) == [1, 2, 0])
  }

  @Test("A text of other machines is refused with what to do; one of a recording's instances is not")
  func twoRecordings() throws {
    let line = "<idle>-0 [000] 1.0: irq_handler_exit: irq=3 ret=handled\n"
    let file = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try Data("a.dat: \(line)b.dat: \(line)".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: TraceError.self) { try openTrace(paths: [file.path]) }
    #expect(error?.message.contains("gicscope merge") == true)
    let result = try Imported(kernel: "cpus=4\n irqs: \(line)rest:  \(line) irqs: \(line)")
    #expect(result.events.count == 3 && result.topology[.peCount] == 4)
    #expect(KernelTextHeader.recordings(of: "cpus=4\n irqs: \(line)rest:  \(line)").isEmpty)
  }

  @Test("A file without records says so")
  func noRecords() {
    for text in ["# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:4\n", "cpus=4\n"] {
      #expect(ForeignContent.describe(Array(text.utf8)).contains("without records"))
    }
  }

  // MARK: What is left out

  @Test("Events about other things are counted by name, and are no problem")
  func unusedEvents() throws {
    let result = try imported("unused-events.txt")
    #expect(handlers(result) == timer)
    #expect(result.statistics.problems.isEmpty)
    #expect(
      result.statistics.ignoredText
        == "3 events of 2 kinds are not about interrupts: cpu_idle 2, cpu_frequency 1")
  }

  @Test("Handlers of a shared line have a name each")
  func sharedLine() throws {
    let result = try imported("handlers.txt")
    let runs = result.events.filter { $0.kind == .handlerEnter && $0.a == 40 }
    #expect(runs.map(\.b) == (0..<6).flatMap { _ in [runs[0].b, runs[1].b] })
    #expect(runs[0].b != runs[1].b && runs[0].b > 0 && runs[1].b > 0)
    let names = result.events.filter { $0.kind == .marker && $0.b == 40 }
    #expect(names.map { $0.a >> 32 } == [runs[0].b, runs[1].b])
  }

  @Test("Control characters in a name are escaped")
  func controlCharacters() throws {
    let result = try Imported(kernel: "a-1 [000] d..1 1.0: irq_handler_entry: irq=3 name=a\u{1B}[2J\n")
    let words = result.events.filter { $0.kind == .continuation }.flatMap { [$0.a, $0.b] }
    let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    #expect(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) == "a\\x1b[2J")
    #expect("a\u{9B}b\u{202E}c\u{7F}".printable == "a\\x9bb\\u{202e}c\\x7f")
  }
}

extension KernelTextHeader {
  /// The recordings that a text's lines name.
  fileprivate static func recordings(of text: String) -> [String] {
    var reader = KernelTextReader(isStrict: false)
    var bytes = Array(text.utf8)
    bytes += [UInt8](repeating: 0, count: Digits.padding)
    bytes.withUnsafeBytes { _ = reader.survey(UnsafeRawBufferPointer(rebasing: $0[..<(bytes.count - Digits.padding)])) }
    return reader.header.recordings
  }
}
