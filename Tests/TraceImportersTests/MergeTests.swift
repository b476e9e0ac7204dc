import InterruptTrace
import Testing

@testable import TraceImporters

/// A list of events as a source.
final class ListSource: EventSource {
  let format = TraceFormat(name: "list")
  var topology = Topology()
  var statistics = ImportStatistics()
  private var rest: ArraySlice<Event>

  init(_ events: [Event]) { rest = events[...] }

  func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.count = 0
    while let next = rest.first, batch.append(next) { rest.removeFirst() }
    return batch.count
  }
}

@Suite("Merging captures")
struct MergeTests {
  /// Acknowledges at irregular times on two PEs, and the handlers that follow each, on a clock that is `shift` behind.
  private func run(shift: Int64, drift: Double = 0, count: Int = 400) -> (outside: [Event], inside: [Event]) {
    var generator = Generator(state: 7)
    var outside: [Event] = []
    var inside: [Event] = []
    var time: UInt64 = 5_000_000_000
    for _ in 0..<count {
      time += UInt64.random(in: 200_000...9_000_000, using: &generator)
      let pe = UInt32.random(in: 0...1, using: &generator)
      let intid = UInt64.random(in: 26...27, using: &generator)
      outside.append(.sysreg(.sysregRead, time: time, pe: pe, register: .ICC_IAR1_EL1, value: intid))
      let later = time + UInt64.random(in: 10_000...14_000, using: &generator)
      let other = UInt64(Int64(later) - shift - Int64(drift * Double(later)))
      inside.append(Event(time: other, kind: .handlerEnter, pe: pe, a: intid - 15))
    }
    return (outside, inside)
  }

  @Test("The offset is found where handlers follow their acknowledges", arguments: [-3_000_000_000, 0, 1_234_567_890])
  func offset(shift: Int64) throws {
    let (outside, inside) = run(shift: shift)
    let (ours, theirs) = (try CaptureSignals(ListSource(outside)), try CaptureSignals(ListSource(inside)))
    let found = try #require(ClockOffset.find(ours, theirs, guest: 0))
    // The least delay, 10 µs, cannot be told from the offset.
    #expect(abs(found.offset - (shift - 10_000)) < 2_000)
    #expect(found.matched == 400 && found.compared == 400)
    var map = InterruptMap()
    map.learn(ours, theirs, found)
    #expect(map.intids == [11: 26, 12: 27])
  }

  /// Entries of two vCPUs, and of half of them what another tracer says of list registers, on a clock that is `shift` behind.
  private func listRegisters(shift: Int64, count: Int = 300) -> (host: [Event], lists: [Event]) {
    var generator = Generator(state: 11)
    var host: [Event] = []
    var lists: [Event] = []
    var time: UInt64 = 9_000_000_000
    for vcpu: UInt32 in 0...1 {
      host.append(Event(time: time, kind: .vcpuThread, domain: 1, pe: vcpu, a: UInt64(440 + vcpu), b: 1))
    }
    func list(_ kind: EventKind, _ time: UInt64, _ thread: UInt32) -> Event {
      Event(time: UInt64(Int64(time) - shift), kind: kind, domain: 1, pe: PE.none, a: UInt64(thread) << 32)
    }
    for _ in 0..<count {
      time += UInt64.random(in: 5_000...900_000, using: &generator)
      let vcpu = UInt32.random(in: 0...1, using: &generator)
      let entry = time + UInt64.random(in: 1_000...4_000, using: &generator)
      let fold = entry + UInt64.random(in: 3_000...300_000, using: &generator)
      let isUsed = Bool.random(using: &generator)
      if isUsed { lists.append(list(.lrWrite, time, 440 + vcpu)) }
      host.append(Event(time: entry, kind: .guestEnter, domain: 1, pe: vcpu))
      if isUsed { lists.append(list(.lrRead, fold, 440 + vcpu)) }
      time = fold + UInt64.random(in: 500...2_000, using: &generator)
      host.append(Event(time: time, kind: .guestExit, domain: 1, pe: vcpu))
    }
    return (host, lists)
  }

  @Test("Lines about list registers lie around their host's entries", arguments: [-7_000_000_000, 0, 3_000_000])
  func listRegisterLines(shift: Int64) throws {
    let (host, lists) = listRegisters(shift: shift)
    let (ours, theirs) = (try CaptureSignals(ListSource(host)), try CaptureSignals(ListSource(lists)))
    let found = try #require(ClockOffset.find(ours, theirs, guest: 0))
    #expect(found.basis == .listRegisters && found.matched == found.compared)
    #expect(abs(found.offset - shift) <= Int64(try #require(found.bound)))
    if shift == 0 { #expect(found.offset == 0) }
    // Given the other way round, it is the host's times that are moved.
    let reversed = try #require(ClockOffset.find(theirs, ours, guest: 0))
    #expect(reversed.offset == -found.offset)
  }

  @Test("Lines about other runs' list registers are refused")
  func otherListRegisters() throws {
    let ours = try CaptureSignals(ListSource(listRegisters(shift: 0).host))
    var lists = listRegisters(shift: 0).lists
    for i in lists.indices { lists[i].time = lists[i].time &* 7 / 5 }
    #expect(try ClockOffset.find(ours, CaptureSignals(ListSource(lists)), guest: 0) == nil)
  }

  @Test("Clocks that drift are followed")
  func drift() throws {
    let (outside, inside) = run(shift: 1_000_000, drift: 2e-5, count: 2000)
    let found = try #require(
      ClockOffset.find(CaptureSignals(ListSource(outside)), CaptureSignals(ListSource(inside)), guest: 0))
    #expect(abs(found.drift - 2e-5) < 1e-6)
    for (our, their) in zip(outside, inside) {
      #expect(abs(Int64(found.apply(their.time)) - Int64(our.time)) < 10_000)
    }
  }

  @Test("Captures of different runs have no offset")
  func different() throws {
    let (outside, _) = run(shift: 0)
    var generator = Generator(state: 99)
    let other = (0..<400).map { _ in
      Event(time: UInt64.random(in: 0...2_000_000_000, using: &generator), kind: .handlerEnter, pe: 0, a: 11)
    }
    let found = ClockOffset.find(
      try CaptureSignals(ListSource(outside)), try CaptureSignals(ListSource(other.sorted { $0.time < $1.time })),
      guest: 0)
    #expect(found == nil)
  }

  @Test("A guest's handlers follow the entries after an injection")
  func guest() throws {
    var host: [Event] = []
    var guest: [Event] = []
    var generator = Generator(state: 3)
    var time: UInt64 = 0
    for index in 0..<200 {
      time += UInt64.random(in: 500_000...5_000_000, using: &generator)
      // Entries without an injection are no signal.
      host.append(Event(time: time, kind: .guestEnter, domain: 2, pe: 0))
      host.append(Event(time: time + 50_000, kind: .inject, domain: 2, pe: index % 2 == 0 ? 0 : PE.none, a: 27, b: 1))
      host.append(Event(time: time + 100_000, kind: .guestEnter, domain: 2, pe: 0))
      guest.append(Event(time: time + 103_000 + 777_000_000, kind: .handlerEnter, pe: 0, a: 11))
    }
    let ours = try CaptureSignals(ListSource(host))
    let theirs = try CaptureSignals(ListSource(guest))
    let found = try #require(ClockOffset.find(ours, theirs, guest: 2))
    #expect(found.offset == -777_003_000)
  }

  @Test("Events are in the order of time, continuations with their record, at the same time the first's first")
  func order() throws {
    func marker(_ time: UInt64) -> [Event] {
      [Event(time: time, kind: .marker, a: 20 << 16)] + [8, 9].map { Event(time: time, kind: .continuation, a: $0) }
    }
    let first = marker(10) + [Event(time: 30, kind: .wfx)] + marker(50)
    let second = [Event(time: 0, kind: .hypercall), Event(time: 5, kind: .hypercall)] + marker(25) + marker(45)
    let merged = MergedSource(ListSource(first), ListSource(second), .init(clock: ClockOffset(offset: 5)))
    let result = try Imported(merged, batch: 2)
    #expect(result.events.map(\.time) == [5, 10, 10, 10, 10, 30, 30, 30, 30, 50, 50, 50, 50, 50, 50])
    #expect(
      result.kinds.joined(separator: " ")
        == "hypercall marker continuation continuation hypercall wfx marker continuation continuation "
        + "marker continuation continuation marker continuation continuation"
    )
  }

  @Test("A guest's own capture becomes the guest's domain, its handlers get INTIDs")
  func domains() throws {
    var map = InterruptMap()
    map[13] = 27
    let second = [
      Event(time: 1, kind: .handlerEnter, pe: 1, a: 13), Event(time: 2, kind: .handlerEnter, pe: 1, a: 14),
      Event(time: 3, kind: .guestEnter, domain: 1, pe: 0), Event(time: 4, kind: .inject, domain: Domain.unknownGuest),
    ]
    let relation = MergedSource.Relation(clock: ClockOffset(offset: 0), guest: 3, interrupts: map)
    let events = try Imported(MergedSource(ListSource([]), ListSource(second), relation)).events
    #expect(events.map(\.domain) == [3, 3, 0x301, Domain.unknownGuest])
    #expect(events[0].flags == .intidKnown && events[0].a == 13 | 27 << 32)
    #expect(events[1].flags == [] && events[1].a == 14)
  }

  @Test("Interrupt numbers from /proc/interrupts, debugfs and a list")
  func maps() {
    let proc = """
                 CPU0       CPU1
        9:          0          0     GICv3  25 Level     vgic
       13:      13287      19600     GICv3  26 Level     arch_timer
       20:          1          0   ITS-MSI 16385 Edge      virtio0-req.0
      IPI0:       237        248       Rescheduling interrupts
      """
    #expect(InterruptMap(text: proc)?.intids == [9: 25, 13: 26])
    let debugfs = """
      irq: 20
      handler:  handle_fasteoi_irq
      domain:  :intc@8000000:its@8080000-3
       hwirq:   0x4001
       chip:    ITS-MSI
       parent:
          domain:  :intc@8000000-1
           hwirq:   0x2001
           chip:    GICv3
      """
    #expect(InterruptMap(text: debugfs)?.intids == [20: 8193])
    #expect(InterruptMap(text: "# irq intid\n13 26\n14=0x1b # the timer\n")?.intids == [13: 26, 14: 27])
    #expect(InterruptMap(text: "nothing") == nil)
  }

  @Test("Files of /sys/kernel/irq name INTIDs where the chip is the controller")
  func sysfsMap() throws {
    let files = [(13, "27", "GICv3"), (20, "8192", "ITS-PCI-MSI"), (45, "33", "GICv3"), (46, "5", "gpio-pl061")]
    var lines = ""
    var listing = ""
    for (irq, hwirq, chip) in files {
      for (name, value) in [("actions", "x,y"), ("chip_name", chip), ("hwirq", hwirq)] {
        lines += "/sys/kernel/irq/\(irq)/\(name):\(value)\n"
        listing += "==> /sys/kernel/irq/\(irq)/\(name) <==\n\(value)\n\n"
      }
    }
    for text in [lines, listing] { #expect(InterruptMap(text: text)?.intids == [13: 27, 45: 33]) }
  }

  @Test("A kernel's numbers become INTIDs where a map is given")
  func mapped() throws {
    var map = InterruptMap()
    map[13] = 27
    let text =
      "a-1 [000] d..1 1.0: irq_handler_entry: irq=13 name=a\na-1 [000] d..1 2.0: irq_handler_exit: irq=14 ret=handled\n"
    let result = try Array(text.utf8).withUnsafeBytes { raw in
      try Imported(IRQMappedSource(KernelTextSource(bytes: raw), map))
    }
    let handlers = result.events.filter { $0.kind == .handlerEnter || $0.kind == .handlerExit }
    #expect(handlers.map(\.a) == [13 | 27 << 32, 14])
    #expect(handlers.map { $0.flags.contains(.intidKnown) } == [true, false])
  }
}
