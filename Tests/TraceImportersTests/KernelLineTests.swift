import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Kernel trace text: lines")
struct KernelLineTests {
  @Test(
    "Every tool's line gives the same event",
    arguments: [
      "       trace-cmd-262     [000] d.h..    16.322271: irq_handler_entry: irq=13 name=arch_timer",
      "       trace-cmd-262   [000]    16.322271: irq_handler_entry:    irq=13 name=arch_timer",
      "       trace-cmd-262   [000]    16.322271000: irq_handler_entry:    irq=13 name=arch_timer",
      "       trace-cmd-262   [000] d.h1.   16.322271: irq_handler_entry:    irq=13 name=arch_timer",
      "       trace-cmd-262     (    255) [000] d.h..    16.322271: irq_handler_entry: irq=13 name=arch_timer",
      "       trace-cmd-262     (-------) [000] d.h..    16.322271: irq_handler_entry: irq=13 name=arch_timer",
      "            perf   262 [000]    16.322271:        irq:irq_handler_entry: irq=13 name=arch_timer",
      "            perf   262 [000]    16.322271:          1 irq:irq_handler_entry: irq=13 name=arch_timer",
      "            perf   255/262 [000]    16.322271:        irq:irq_handler_entry: irq=13 name=arch_timer",
      "  a name [1] x: -262   [000]    16.322271: irq_handler_entry:    irq=13 name=arch_timer\r",
      "       trace-cmd-262   [000]    16.322271000: (+15152) irq_handler_entry:    irq=13 name=arch_timer",
      "            perf   262 [000] G        16.322271:        irq:irq_handler_entry: irq=13 name=arch_timer",
      "  262 [000]    16.322271:        irq:irq_handler_entry: irq=13 name=arch_timer",
      "            perf   262 [000]    16.322271:   irq:irq_handler_entry:                         irq=13 name=arch_timer",
      "trace-cm-262     0d.h1.    16.322271000: irq_handler_entry:    irq=13 name=arch_timer",
      "CPU 1/KV-262     0dNh.2    16.322271: irq_handler_entry:    irq=13 name=arch_timer",
      "trace-cm-262       0d.h.. 16322271us : irq_handler_entry: irq=13 name=arch_timer",
      "trace-cm-262       0d.h.1 16322271us+: irq_handler_entry: irq=13 name=arch_timer",
      "trace-cm-262       0d.h.1 16322271us: irq_handler_entry: irq=13 name=arch_timer",
    ]
  )
  func lines(line: String) throws {
    let result = try Imported(kernel: line + "\n")
    #expect(result.kinds.prefix(2) == ["marker", "continuation"])
    #expect(
      result.events.last
        == Event(time: 16_322_271_000, kind: .handlerEnter, flags: .threadKnown, pe: 0, a: 13, b: 1 | 262 << 32))
    #expect(result.statistics.problems.isEmpty)
  }

  @Test("perf's line of a thread need not name the CPU")
  func noCPU() throws {
    let result = try Imported(kernel: "perf   262    16.322271:        irq:softirq_exit: vec=1 [action=TIMER]\n")
    #expect(result.events == [Event(time: 16_322_271_000, kind: .softirqExit, pe: PE.none, a: 1)])
    // A colon in the thread's name is no time's.
    let worker = "kworker/0:1-eve   262    16.322271:        irq:softirq_exit: vec=1 [action=TIMER]\n"
    #expect(try Imported(kernel: worker).events == result.events)
  }

  @Test("Times that are counts of a clock are taken for nanoseconds, and a remark says so")
  func counts() throws {
    let result = try Imported(kernel: "a-1   [000] d..1.   1234567: softirq_exit: vec=1\n")
    #expect(result.events.map(\.time) == [1_234_567])
    #expect(result.statistics.problems.map(\.kind) == ["times of a clock that counts"])
  }

  @Test("What tools print between events is no problem: headers, empty CPUs, callers, rounds of perf's")
  func between() throws {
    let result = try Imported(
      kernel: """
        version = 6
        CPU 3 is empty
        cpus=4
        a-1     [000]     1.0: softirq_exit: vec=1
        ##### CPU 2 buffer started ####
        PERF_RECORD_FINISHED_ROUND
        \tffffccc2c3d1a2b4 kvm_arch_vcpu_ioctl_run+0x10 ([kernel.kallsyms])

        """
    )
    #expect(result.events.count == 1 && result.statistics.problems.isEmpty)
  }

  @Test("Differences of times are not taken for moments without a word")
  func differences() throws {
    let text = (0..<200).map { "a-1 [000]   0.\($0 % 2)00000000: softirq_exit: vec=1\n" }.joined()
    #expect(try Imported(kernel: text).statistics.problems.map(\.kind) == ["times that are no moments"])
  }

  @Test("A text without any event that is known says what its recording lacked")
  func nothingKnown() throws {
    let result = try Imported(
      kernel: "perf   262 [000]    16.322271: irq=13 name=arch_timer\na-1 [000] 1.0: other: x=1\n")
    #expect(result.events.isEmpty)
    #expect(
      result.statistics.problems.contains {
        $0.kind == "no event that is known" && $0.firstExample.contains("-F +event")
      }
    )
  }

  @Test("A line of colons and parentheses takes no longer than its length")
  func longLines() throws {
    for piece in ["(1) 1: ", ") 1: ", ") [0] 1: ", "a-1 0d.. 1: ", "1us : "] {
      let text = String(repeating: piece, count: 20_000) + "\na-1 [000] 1.0: softirq_exit: vec=1\n"
      #expect(try Imported(kernel: text).statistics.records == 2)
    }
  }

  @Test("Lost events are a gap, at the time of the CPU's next event")
  func lost() throws {
    let softirq = "softirq_exit: vec=1 [action=TIMER]\n"
    let result = try Imported(
      kernel: """
        # entries-in-buffer/entries-written: 10/17   #P:2
        a-1 [000] ..s.. 1.0: \(softirq)CPU:1 [LOST 12 EVENTS]
        a-1 [000] ..s.. 2.0: \(softirq)a-1 [001] ..s.. 3.0: \(softirq)CPU:0 [EVENTS DROPPED]
        CPU:1 [5 EVENTS DROPPED]
        a-1 [001] ..s.. 4.0: \(softirq)swapper 0 [001] 5.0: PERF_RECORD_LOST lost 3
        swapper 0 [001] 6.0: irq:\(softirq)
        """
    )
    let gaps = result.events.filter { $0.kind == .gap }
    #expect(gaps.map(\.time) == [1, 3, 4, 6, 6].map { $0 * 1_000_000_000 })
    #expect(gaps.map(\.pe) == [PE.none, 1, 1, 1, 0])
    #expect(gaps.map(\.a) == [7, 12, 5, 3, 0])
    #expect(gaps.map(\.b) == [1, 0, 0, 0, 0])
    #expect(result.events.count == 10)
  }

  @Test("A mark of lost events need not name a CPU")
  func lostSomewhere() throws {
    let softirq = "a-1 [001] ..s.. 2.0: softirq_exit: vec=1\n"
    for mark in ["[5 events lost]", "[LOST 5 EVENTS]", "[5 EVENTS DROPPED]", "CPU:1  [5 EVENTS LOST]"] {
      let gaps = try Imported(kernel: softirq + mark + "\n" + softirq).events.filter { $0.kind == .gap }
      #expect(gaps.map(\.a) == [5], "\(mark)")
      #expect(gaps.map(\.pe) == [mark.hasPrefix("CPU") ? 1 : PE.none], "\(mark)")
    }
  }

  @Test("Events out of order are sorted by time, equal ones stay as they are, and a remark says so")
  func order() throws {
    var text = ""
    for step in [0, 3, 1, 2, 2, 5, 4] {
      text += "a-1 [00\(step % 2)] ..s.. \(step).0: irq_handler_entry: irq=\(step) name=abcdefghijklmnopqrstuvwxyz\n"
    }
    let result = try Imported(kernel: text)
    let handlers = result.events.filter { $0.kind == .handlerEnter }
    #expect(handlers.map(\.a) == [0, 1, 2, 2, 3, 4, 5])
    // Each marker keeps its continuations.
    for (index, event) in result.events.enumerated() where event.kind == .marker {
      let length = Int(event.a >> 16 & 0xFFFF)
      let texts = result.events[(index + 1)...].prefix((length + 15) / 16)
      #expect(texts.allSatisfy { $0.kind == .continuation && $0.time == event.time })
    }
    #expect(result.statistics.problems.map(\.kind) == ["events out of order: sorted by time"])
  }

  @Test("A line with zeros between its characters is malformed; zeros before and behind it are passed")
  func zeros() throws {
    let line = "swapper     0 [000]    11.657206: irq:irq_handler_exit: irq=1 ret=handled"
    let holed = line.replacing("swapper ", with: "swapper\0")
    let result = try Imported(kernel: "\(line)\n\(holed)\n\(line)\0\r\n\(line)\n")
    #expect(result.shown.count { $0.kind == .handlerExit } == 3)
    #expect(result.statistics.problems.map(\.kind) == ["malformed line"])
    #expect(result.statistics.problems.first?.firstPosition == "line 2")
  }

  @Test("A malformed line is counted with its place; --strict stops there")
  func malformed() throws {
    let text = "a-1 [000] ..... 1.0: softirq_exit: vec=1\na-1 [000] ..... 1.0: kvm_mmio: mmio nothing\nand text\n"
    let result = try Imported(kernel: text)
    #expect(result.events.count == 1)
    #expect(result.statistics.problems.map(\.kind) == ["malformed line", "text that is no trace event"])
    #expect(result.statistics.problems.map(\.firstPosition) == ["line 2", "line 3"])
    #expect(throws: TraceError.self) { try Imported(kernel: text, isStrict: true) }
  }

  @Test("A cut last line is told, not used")
  func cut() throws {
    let result = try Imported(kernel: "a-1 [000] ..... 1.0: softirq_exit: vec=1\na-1 [000] ..... 1.0: softirq_exit: ve")
    #expect(result.events.count == 1)
    #expect(result.statistics.damage != nil)
  }

  @Test("Random changes of real lines never crash", arguments: 0..<60)
  func changed(seed: Int) throws {
    var generator = Generator(state: UInt64(seed))
    var bytes = Array(Self.excerpt.utf8)
    for _ in 0...seed {
      let at = Int.random(in: bytes.indices, using: &generator)
      bytes[at] = Bool.random(using: &generator) ? UInt8.random(in: 0...255, using: &generator) : bytes.randomElement()!
    }
    let result = try bytes.withUnsafeBytes { try Imported(KernelTextSource(bytes: $0, pieceLength: 1 + seed * 31)) }
    #expect(result.events.allSatisfy { EventLayout.of($0.kind) != nil })
    // A last line without a line feed is a record too, if it is whole.
    let (lines, records) = (UInt64(bytes.count { $0 == 0x0A }), result.statistics.records)
    #expect(records == lines || bytes.last != 0x0A && records == lines + 1)
  }

  static let excerpt = """
    # tracer: nop
     qemu-system-aar-265     [000] .....    22.003512: kvm_handle_sys_reg: HSR 0x62240024
     qemu-system-aar-265     [000] d....    22.003515: kvm_entry: PC: 0x0000000040000000
     qemu-system-aar-265     [000] .....    22.003705: kvm_sys_access: PC: 40dd2840 SYS_MDSCR_EL1 (2,0,0,2,2) write
     qemu-system-aar-265     [000] .....    22.203705: kvm_exit: TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x0000000040000000
     qemu-system-aar-265     [000] .....    22.367056: kvm_hvc_arm64: HVC at 0xffffa76454e280ac (r0: 0x84000000, imm: 0x0)
     qemu-system-aar-265     [000] .....    23.763830: kvm_mmio: mmio unsatisfied-read len 4 gpa 0x800ffe8 val 0x0
     qemu-system-aar-266     [000] .....    25.558635: kvm_irq_line: Inject VGIC SPI interrupt (1), vcpu->idx: 0, num: 33, level: 0
         kworker/0:1-16      [000] .....    40.146330: kvm_set_irq: gsi 256 level 1 source 0
              <idle>-0       [001] dNh..    41.355571: ipi_entry: (Rescheduling interrupts)
    CPU:1 [LOST 12 EVENTS]
           trace-cmd-262     [001] dN...    43.336901: ipi_raise: target_mask=00000000,00000002 (Function call interrupts)

    """
}
