import InterruptTrace
import Testing

@testable import GICModel

/// What tests of GICv2 have in common.
extension Rig {
  /// A write that shows the PE that made it, which GICv2 banks registers by.
  func write(_ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, secure: Bool? = nil, pe: UInt32) {
    apply(access(.mmioWrite, frame, offset, value, size: size, secure: secure, pe: pe))
  }

  /// Whether the model predicts a read that shows the PE that made it.
  func reads(
    _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, secure: Bool? = nil, pe: UInt32
  ) -> Bool {
    agrees { apply(access(.mmioRead, frame, offset, value, size: size, secure: secure, pe: pe)) }
  }

  private func access(
    _ kind: EventKind, _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int, secure: Bool?, pe: UInt32
  ) -> Event {
    let flags: EventFlags = secure.map { $0 ? [.securityShown, .secure] : [.securityShown] } ?? []
    let owner = frame == .gicd ? 0 : pe
    return .mmio(
      kind, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner, accessor: pe, flags: flags)
  }

  // MARK: Usual set-ups

  /// A GICv2.
  static func v2(
    pes: Int = 2, securityStates: Topology.SecurityStates = .one, profile: Topology.Profile = .arch,
    configure: (inout Topology) -> Void = { _ in }
  ) -> Rig {
    Rig(pes: pes, securityStates: securityStates, profile: profile, architecture: .v2, configure: configure)
  }

  /// The Distributor forwards both groups, and the CPU interfaces have the priority mask open and `control` in
  /// `GICC_CTLR`.
  func openGICv2(_ control: UInt64 = 3, pes: Int = 2, secure: Bool? = nil) {
    write(.gicd, 0x0, 3, secure: secure, pe: 0)
    for pe in 0..<UInt32(pes) {
      write(.gicc, 0x4, 0xF8, secure: secure, pe: pe)
      write(.gicc, 0x0, control, secure: secure, pe: pe)
    }
  }

  /// Enables an SPI of a GICv2.
  func enableGICv2(
    spi intid: UInt32, priority: UInt64 = 0xA0, targets: UInt64 = 1, group1: Bool = false, edge: Bool = true,
    secure: Bool? = nil
  ) {
    let bit: UInt64 = 1 << UInt64(intid % 32)
    write(.gicd, 0x400 + intid, priority, size: 1, secure: secure, pe: 0)
    write(.gicd, 0x800 + intid, targets, size: 1, secure: secure, pe: 0)
    write(.gicd, 0xC00 + intid / 16 * 4, edge ? 0xAAAA_AAAA : 0, secure: secure, pe: 0)
    if group1 { write(.gicd, 0x80 + intid / 32 * 4, bit, secure: secure, pe: 0) }
    write(.gicd, 0x100 + intid / 32 * 4, bit, secure: secure, pe: 0)
  }

  /// A PE's highest pending interrupt, as QEMU shows it with the priority mask and the running priority.
  func showHighest(
    _ intid: UInt32, priority: UInt64, pe: UInt32 = 0, mask: UInt64 = 0xF8, running: UInt64 = 0x100
  ) {
    apply(
      Event(
        time: 0, kind: .highestPending, flags: .maskShown, pe: pe, a: UInt64(intid) | priority << 32,
        b: mask | running << 16))
  }

  /// Pulses an SPI's line: an edge.
  func pulse(_ intid: UInt32) {
    line(intid, true)
    line(intid, false)
  }
}

/// What tests of `GICH_*` and `GICV_*` have in common.
extension Rig {
  enum GICH {
    static let hcr: UInt32 = 0x0
    static let vtr: UInt32 = 0x4
    static let vmcr: UInt32 = 0x8
    static let misr: UInt32 = 0x10
    static let eisr0: UInt32 = 0x20
    static let eisr1: UInt32 = 0x24
    static let elrsr0: UInt32 = 0x30
    static let elrsr1: UInt32 = 0x34
    static let apr: UInt32 = 0xF0
    static let lr: UInt32 = 0x100
  }

  /// A GICv2 with both groups and the virtual interfaces on, `control` besides in `GICV_CTLR`, the priority mask open.
  static func virtualGICv2(_ control: UInt64 = 0, lists: Int = 4, profile: Topology.Profile = .arch) -> Rig {
    let rig = v2(profile: profile) { $0.set(.listRegisters, to: lists, source: .user) }
    rig.openGICv2()
    for pe in 0..<2 as Range<UInt32> {
      rig.write(.gich, GICH.hcr, 1, pe: pe)
      rig.write(.gicv, 0x0, 3 | control, pe: pe)
      rig.write(.gicv, 0x4, 0xF8, pe: pe)
    }
    rig.forget()
    return rig
  }

  /// A `GICH_LR` value: pending, Group 0, unless told otherwise.
  static func list(
    _ intid: UInt64, priority: UInt64 = 0xA0, state: UInt64 = 1, group1: Bool = false, physical: UInt64? = nil,
    source: UInt64 = 0, wantsEnd: Bool = false
  ) -> UInt64 {
    intid | (priority >> 3) << 23 | state << 28 | (group1 ? 1 << 30 : 0)
      | (physical.map { 1 << 31 | $0 << 10 } ?? (source << 10 | (wantsEnd ? 1 << 19 : 0)))
  }

  /// Loads a `GICH_LR`.
  func loadGICv2(_ n: Int, _ value: UInt64, pe: UInt32 = 0) { write(.gich, GICH.lr + UInt32(n) * 4, value, pe: pe) }
}
