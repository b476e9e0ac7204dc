import Testing

@testable import InterruptTrace

/// The table of fields and the accessors say the same.
@Suite struct EventLayoutTests {
  private let samples =
    SampleTrace.events(3000) + [
      Event(time: 0, kind: .mmioRead, flags: EventFlags(rawValue: .max), pe: .max, a: .max, b: .max)
    ]

  private func check(
    _ kinds: [EventKind], _ field: String, _ accessor: (Event) -> UInt64,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for kind in kinds {
      let layout = try #require(EventLayout.of(kind), sourceLocation: sourceLocation)
      let found = try #require(layout.fields.first { $0.name == field }, sourceLocation: sourceLocation)
      for sample in samples {
        var event = sample
        event.kind = kind
        let mask: UInt64 = found.width == 64 ? .max : 1 << UInt64(found.width) - 1
        #expect(found.value(in: event) == accessor(event) & mask, sourceLocation: sourceLocation)
      }
    }
  }

  private let accesses: [EventKind] = [.mmioRead, .mmioWrite, .sysregRead, .sysregWrite]

  @Test func `Register accesses`() throws {
    try check([.mmioRead, .mmioWrite], "frame") { UInt64($0.frame.rawValue) }
    try check([.mmioRead, .mmioWrite], "offset") { UInt64($0.offset) }
    try check([.mmioRead, .mmioWrite], "owner") { UInt64($0.owner) }
    try check(accesses, "size") { UInt64($0.size.trailingZeroBitCount) }
    try check([.sysregRead, .sysregWrite], "register") { UInt64($0.register.rawValue) }
    try check(accesses, "value") { $0.b }
  }

  @Test func `Access flags`() throws {
    try check(accesses, "secure") { $0.flags.contains(.secure) ? 1 : 0 }
    try check(accesses, "securityShown") { $0.flags.contains(.securityShown) ? 1 : 0 }
    try check(accesses, "refused") { $0.flags.contains(.refused) ? 1 : 0 }
    try check(accesses, "incomplete") { $0.flags.contains(.incomplete) ? 1 : 0 }
  }

  @Test func `A guest's events name the CPU and the thread`() throws {
    let lines: [EventKind] = [.inject, .irqLine, .gsiSet, .timerLine]
    try check(lines + [.guestEnter, .guestExit, .vcpuLoad, .vcpuPut, .vcpuKick, .vcpuWaking], "cpu") { UInt64($0.cpu) }
    try check(lines + [.vcpuLoad, .vcpuPut, .vcpuKick, .vcpuWaking], "thread") { UInt64($0.thread) }
    try check(lines, "level") { $0.level ? 1 : 0 }
    try check([.guestExit], "reason") { UInt64($0.exitReason.rawValue) }
    try check([.guestExit], "exceptionClass") { UInt64($0.exceptionClass) }
  }

  @Test func `Interrupts and messages`() throws {
    let kinds: [EventKind] = [
      .lineLevel, .sgiPending, .highestPending, .acknowledge, .enableChange, .inject, .ackNotify,
    ]
    try check(kinds, "intid") { UInt64($0.intid) }
    try check([.irqLine, .timerLine], "intid") { UInt64($0.intid) }
    try check([.msi], "eventID") { UInt64($0.eventID) }
    try check([.msi], "deviceID") { UInt64($0.deviceID) }
    try check([.highestPending], "priority") { UInt64($0.priority) }
    try check([.highestPending], "group") { UInt64($0.group) }
    try check([.highestPending], "virtual") { $0.flags.contains(.virtual) ? 1 : 0 }
    try check([.highestPending], "maskShown") { $0.flags.contains(.maskShown) ? 1 : 0 }
    try check([.highestPending], "groupShown") { $0.flags.contains(.groupShown) ? 1 : 0 }
  }

  @Test func `ITS`() throws {
    try check([.itsCommand, .tableEntry, .itsProcess], "its") { UInt64($0.its) }
    try check([.itsCommand], "operandsHidden") { $0.flags.contains(.operandsHidden) ? 1 : 0 }
    try check([.tableEntry], "table") { UInt64($0.table.rawValue) }
    try check([.tableEntry], "write") { $0.flags.contains(.tableWrite) ? 1 : 0 }
    try check([.tableEntry], "fault") { $0.flags.contains(.tableFault) ? 1 : 0 }
  }

  @Test func `CPU lines`() throws {
    try check([.cpuLine], "irq") { CPULines(rawValue: $0.a).contains(.irq) ? 1 : 0 }
    try check([.cpuLine], "fiq") { CPULines(rawValue: $0.a).contains(.fiq) ? 1 : 0 }
    try check([.cpuLine], "virq") { CPULines(rawValue: $0.a).contains(.virq) ? 1 : 0 }
    try check([.cpuLine], "vfiq") { CPULines(rawValue: $0.a).contains(.vfiq) ? 1 : 0 }
    try check([.cpuLine], "nmi") { CPULines(rawValue: $0.a).contains(.nmi) ? 1 : 0 }
  }

  @Test func `Topology records hold what the table says`() throws {
    let layout = try #require(EventLayout.of(.topology))
    for entry in SampleTrace.topology.entries {
      func field(_ name: String) -> UInt64? { layout.fields.first { $0.name == name }?.value(in: entry.event) }
      #expect(field("key") == UInt64(entry.key.rawValue))
      #expect(field("index") == UInt64(entry.index))
      #expect(field("value") == entry.value)
      #expect(Topology.Entry(entry.event) == entry)
    }
  }

  @Test func `What an accessor builds, the others take apart`() {
    let access = Event.mmio(
      .mmioWrite, time: 5, frame: .gicr, offset: 0x1_0100, value: 7, size: 4, owner: 0xAB_CDEF, accessor: 3,
      flags: [.secure])
    #expect(access.frame == .gicr && access.offset == 0x1_0100 && access.owner == 0xAB_CDEF && access.size == 4)
    #expect(access.pe == 3 && access.b == 7 && access.flags.contains(.secure))
    let register = Event.sysreg(.sysregRead, time: 5, pe: 2, register: .ICC_IAR1_EL1, value: 27)
    #expect(register.register == .ICC_IAR1_EL1 && register.size == 8 && register.b == 27)
  }

  @Test func `Every kind stands in the table once, with fields that do not overlap`() {
    #expect(Set(EventLayout.all.map(\.kind)).count == EventLayout.all.count)
    #expect(Set(EventLayout.all.map(\.name)).count == EventLayout.all.count)
    for layout in EventLayout.all where layout.kind != .itsCommand {
      for word in [EventLayout.Word.flags, .a, .b] {
        let ranges = layout.fields.filter { "\($0.word)" == "\(word)" }.map { $0.low..<$0.low + $0.width }
        for (i, range) in ranges.enumerated() {
          #expect(range.upperBound <= (word == .flags ? 8 : 64))
          #expect(ranges[(i + 1)...].allSatisfy { !$0.overlaps(range) }, "\(layout.name)")
        }
      }
    }
  }
}
