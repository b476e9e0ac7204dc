import InterruptTrace
import Testing

@testable import GICModel

/// A controller driven by hand-made events, with the transitions that followed.
final class Rig {
  var controller: Controller
  var buffer = TransitionBuffer(capacity: 64)
  var time: UInt64 = 0
  var index: UInt64 = 0
  /// Transitions of everything applied since the last `forget()`.
  private(set) var transitions: [Transition] = []

  init(
    pes: Int = 2, securityStates: Topology.SecurityStates? = .one, profile: Topology.Profile = .arch,
    architecture: Topology.Architecture = .v3, atReset: Bool = true, configure: (inout Topology) -> Void = { _ in }
  ) {
    var topology = Topology()
    topology.set(.architecture, to: architecture, source: .user)
    topology.set(.peCount, to: pes, source: .user)
    if let securityStates { topology.set(.securityStates, to: securityStates, source: .user) }
    topology.set(.profile, to: profile, source: .user)
    topology.set(.startsAtReset, to: atReset, source: .user)
    configure(&topology)
    controller = Controller(topology: topology)
  }

  func apply(_ events: Event...) {
    for var event in events {
      time += 100
      event.time = time
      buffer.removeAll()
      withUnsafePointer(to: event) {
        controller.apply(UnsafeBufferPointer(start: $0, count: 1), firstIndex: index, into: &buffer)
      }
      transitions += Array(buffer.transitions)
      index += 1
    }
    #expect(controller.checkInvariants() == nil)
  }

  func forget() { transitions = [] }

  /// Kinds of the transitions, without predictions, and without what only repeats that a list register or a guest's mask was
  /// written, that a guest runs or that an ITS read its tables.
  var kinds: [TransitionKind] {
    transitions.map(\.kind).filter {
      ![
        .disagreed, .taught, .lrWritten, .virtualControl, .guestRuns, .vCPULoaded, .sgiWritten, .tableWalk, .tableRead,
      ].contains($0)
    }
  }

  func transitions(_ kind: TransitionKind) -> [Transition] { transitions.filter { $0.kind == kind } }

  // MARK: Accesses

  func write(_ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, owner: UInt32 = 0, secure: Bool? = nil) {
    apply(
      .mmio(
        .mmioWrite, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner,
        flags: security(secure))
    )
  }

  private func security(_ secure: Bool?) -> EventFlags {
    guard let secure else { return [] }
    return secure ? [.securityShown, .secure] : [.securityShown]
  }

  /// Whether the model predicts a read.
  func reads(
    _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, owner: UInt32 = 0, secure: Bool? = nil
  ) -> Bool {
    agrees {
      apply(
        .mmio(
          .mmioRead, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner,
          flags: security(secure))
      )
    }
  }

  func write(_ register: SystemRegister, _ value: UInt64, pe: UInt32 = 0, flags: EventFlags = []) {
    apply(.sysreg(.sysregWrite, time: 0, pe: pe, register: register, value: value, flags: flags))
  }

  /// Whether the model predicts a read; an acknowledge takes effect.
  func reads(_ register: SystemRegister, _ value: UInt64, pe: UInt32 = 0) -> Bool {
    agrees { apply(.sysreg(.sysregRead, time: 0, pe: pe, register: register, value: value)) }
  }

  func line(_ intid: UInt32, _ level: Bool, pe: UInt32 = PE.none) {
    apply(Event(time: 0, kind: .lineLevel, pe: pe, a: UInt64(intid), b: level ? 1 : 0))
  }

  /// Whether the model predicts the IRQ and FIQ lines of a PE.
  func lines(_ lines: CPULines, pe: UInt32 = 0) -> Bool {
    agrees { apply(Event(time: 0, kind: .cpuLine, pe: pe, a: lines.rawValue, b: 3)) }
  }

  /// Whether the model predicts the highest pending interrupt; nil for none.
  func highest(_ intid: UInt32?, priority: UInt32 = 0xFF, group: UInt32 = 2, pe: UInt32 = 0) -> Bool {
    agrees {
      apply(
        Event(
          time: 0, kind: .highestPending, flags: .groupShown, pe: pe,
          a: UInt64(intid ?? 0) | UInt64(intid == nil ? 0xFF : priority) << 32 | UInt64(group) << 48)
      )
    }
  }

  /// Whether everything that `body` shows was predicted.
  func agrees(_ body: () -> Void) -> Bool {
    let before = totals
    body()
    return totals.disagreed == before.disagreed && totals.taught == before.taught && totals.agreed > before.agreed
  }

  /// Whether something that `body` shows was new to the model, and nothing contradicted it.
  func isTaught(_ body: () -> Void) -> Bool {
    let before = totals
    body()
    return totals.disagreed == before.disagreed && totals.taught > before.taught
  }

  var totals: (agreed: UInt64, disagreed: UInt64, taught: UInt64) {
    controller.predictions.reduce(into: (0, 0, 0)) {
      $0.0 += $1.agreed
      $0.1 += $1.disagreed
      $0.2 += $1.taught + $1.unknown
    }
  }

  // MARK: Usual set-ups

  /// Non-secure Group 1 on: Distributor, CPU interfaces open, every interrupt in Group 1.
  func open(pmr: UInt64 = 0xF0) {
    write(.gicd, 0x0, 3)
    for word in 1..<4 { write(.gicd, 0x80 + UInt32(word) * 4, 0xFFFF_FFFF) }
    for pe in 0..<2 as Range<UInt32> {
      write(.gicr, 0x14, 0, owner: pe)
      write(.gicr, 0x10080, 0xFFFF_FFFF, owner: pe)
      write(.ICC_PMR_EL1, pmr, pe: pe)
      write(.ICC_IGRPEN1_EL1, 1, pe: pe)
    }
  }

  /// Enables an SPI with a priority and a route.
  func enable(spi intid: UInt32, priority: UInt64 = 0xA0, route: UInt64 = 0, edge: Bool = true) {
    write(.gicd, 0x400 + intid, priority, size: 1)
    write(.gicd, 0x6000 + intid * 8, route, size: 8)
    let old: UInt64 = edge ? 0xAAAA_AAAA : 0
    write(.gicd, 0xC00 + intid / 16 * 4, old)
    write(.gicd, 0x100 + intid / 32 * 4, 1 << UInt64(intid % 32))
  }

  /// Enables a PPI or SGI of a PE.
  func enable(private intid: UInt32, priority: UInt64 = 0xA0, pe: UInt32 = 0, edge: Bool = false) {
    write(.gicr, 0x10400 + intid, priority, size: 1, owner: pe)
    if intid >= 16, edge { write(.gicr, 0x10C04, 0xAAAA_AAAA, owner: pe) }
    write(.gicr, 0x10100, 1 << UInt64(intid), owner: pe)
  }

  // MARK: ITS

  func command(_ dw0: UInt64, _ dw1: UInt64 = 0, _ dw2: UInt64 = 0, _ dw3: UInt64 = 0, flags: EventFlags = []) {
    apply(
      Event(time: 0, kind: .itsCommand, flags: flags, a: dw0, b: dw1),
      Event(time: 0, kind: .continuation, a: dw2, b: dw3))
  }

  func mapd(_ device: UInt64, bits: UInt64 = 5, itt: UInt64 = 0x1_0000, valid: Bool = true) {
    command(0x08 | device << 32, bits - 1, itt | (valid ? 1 << 63 : 0))
  }

  func mapc(_ icid: UInt64, pe: UInt64, valid: Bool = true) {
    command(0x09, 0, icid | pe << 16 | (valid ? 1 << 63 : 0))
  }

  func mapti(_ device: UInt64, _ event: UInt64, intid: UInt64, icid: UInt64 = 0) {
    command(0x0A | device << 32, event | intid << 32, icid)
  }

  /// INT, CLEAR, DISCARD, INV.
  func act(_ opcode: UInt64, _ device: UInt64, _ event: UInt64) { command(opcode | device << 32, event) }

  func msi(_ device: UInt64, _ event: UInt64) {
    apply(Event(time: 0, kind: .msi, a: device << 32 | event))
  }

  /// LPIs on for both PEs, ITS on, device 1 with 32 events, collections 0 and 1 on PEs 0 and 1.
  func openLPIs() {
    for pe in 0..<2 as Range<UInt32> {
      write(.gicr, 0x70, 0x4100_0000 | 0xD, size: 8, owner: pe)
      write(.gicr, 0x78, 0x4200_0000 + UInt64(pe) << 16 | 1 << 62, size: 8, owner: pe)
      write(.gicr, 0x0, 1, owner: pe)
    }
    write(.gits, 0x0, 1)
    mapc(0, pe: 0)
    mapc(1, pe: 1)
    mapd(1)
  }

  /// An LPI's configuration byte in memory.
  func configure(lpi intid: UInt64, _ property: UInt64) {
    apply(Event(time: 0, kind: .memoryWrite, a: 0x4100_0000 + intid - 8192, b: property))
  }
}
