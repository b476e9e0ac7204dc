import InterruptTrace
import Replay

@testable import Analyzers

/// Captures made of register accesses, one after the other, 10 µs apart.
struct Accesses {
  private(set) var events: [Event] = []
  private var time: UInt64 = 1000
  private var topology = Topology()

  init(_ architecture: Topology.Architecture = .v3, pes: Int = 2, atReset: Bool = true) {
    topology.set(.architecture, to: architecture, source: .user)
    topology.set(.peCount, to: pes, source: .user)
    topology.set(.securityStates, to: .one, source: .user)
    topology.set(.startsAtReset, to: atReset, source: .user)
  }

  /// Lets time pass, in ns.
  mutating func wait(_ span: UInt64) { time += span }

  mutating func add(_ event: Event) {
    var event = event
    time += 10_000
    event.time = time
    events.append(event)
  }

  mutating func write(
    _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, owner: UInt32 = 0, by pe: UInt32 = 0,
    refused: Bool = false
  ) {
    add(
      .mmio(
        .mmioWrite, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner, accessor: pe,
        flags: refused ? .refused : []))
  }

  mutating func read(
    _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, owner: UInt32 = 0, by pe: UInt32 = 0
  ) {
    add(
      .mmio(.mmioRead, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner, accessor: pe))
  }

  mutating func write(_ register: SystemRegister, _ value: UInt64, pe: UInt32 = 0) {
    add(.sysreg(.sysregWrite, time: 0, pe: pe, register: register, value: value))
  }

  mutating func read(_ register: SystemRegister, _ value: UInt64, pe: UInt32 = 0) {
    add(.sysreg(.sysregRead, time: 0, pe: pe, register: register, value: value))
  }

  mutating func command(_ dw0: UInt64, _ dw1: UInt64 = 0, _ dw2: UInt64 = 0, _ dw3: UInt64 = 0) {
    add(Event(time: 0, kind: .itsCommand, a: dw0, b: dw1))
    events.append(Event(time: time, kind: .continuation, a: dw2, b: dw3))
  }

  mutating func line(_ intid: UInt64, _ isHigh: Bool, pe: UInt32 = PE.none) {
    add(Event(time: 0, kind: .lineLevel, pe: pe, a: intid, b: isHigh ? 1 : 0))
  }

  mutating func requests(_ lines: CPULines, pe: UInt32 = 0) {
    add(Event(time: 0, kind: .cpuLine, pe: pe, a: lines.rawValue, b: 0b11))
  }

  mutating func highest(_ intid: UInt64?, priority: UInt64 = 0xA0, group: UInt64 = 2, pe: UInt32 = 0) {
    add(
      Event(
        time: 0, kind: .highestPending, flags: .groupShown, pe: pe,
        a: (intid ?? 0) | (intid == nil ? 0xFF : priority) << 32 | group << 48))
  }

  /// A Distributor, Redistributors and CPU interfaces that let Non-secure Group 1 through.
  mutating func open(pes: UInt32 = 2) {
    write(.gicd, 0, 0x12)
    for pe in 0..<pes {
      write(.gicr, 0x14, 0, owner: pe, by: pe)
      write(.gicr, 0x1_0080, 0xFFFF_FFFF, owner: pe, by: pe)
      write(.ICC_PMR_EL1, 0xF8, pe: pe)
      write(.ICC_IGRPEN1_EL1, 1, pe: pe)
    }
  }

  /// LPI tables of a PE, and EnableLPIs.
  mutating func enableLPIs(pe: UInt32 = 0) {
    write(.gicr, 0x70, 0x4930_000F, size: 8, owner: pe, by: pe)
    write(.gicr, 0x78, 0x4940_0000, size: 8, owner: pe, by: pe)
    write(.gicr, 0, 1, owner: pe, by: pe)
  }

  /// An ITS with its queue and tables.
  mutating func enableITS() {
    read(.gits, 0x100, 0x0107_0000_0000_0200, size: 8)
    write(.gits, 0x100, 0x8000_0000_4910_000F, size: 8)
    write(.gits, 0x80, 0x8000_0000_4900_000F, size: 8)
    write(.gits, 0, 1)
  }

  private func engine() -> ReplayEngine { ReplayEngine(source: EventArraySource(events, topology: topology)) }

  var findings: [Finding] {
    let analysis = Analysis()
    try! engine().run(analysis.consume)
    return analysis.results.findings
  }

  /// What `why` concludes at the end.
  func why(_ intid: UInt32, pe: UInt32? = nil) -> DeliveryLadder {
    let follower = InterruptFollower()
    try! engine().run(follower.consume)
    return follower.ladder(intid: intid, pe: pe)
  }
}

extension [Finding] {
  /// Of a kind.
  func of(_ kind: FindingKind) -> [Finding] { filter { $0.kind == kind } }
}
