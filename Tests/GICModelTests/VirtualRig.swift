import InterruptTrace
import Testing

@testable import GICModel

/// What tests of the virtual interface have in common.
extension Rig {
  /// A hypervisor's view: `ICH_HCR_EL2.En` and both groups on, priority mask open.
  func openVirtual(pe: UInt32 = 0, mask: UInt64 = 0xF8) {
    write(.ICH_HCR_EL2, 1, pe: pe)
    write(.ICH_VMCR_EL2, mask << 24 | 3, pe: pe)
    for n in 0..<4 { write(.ICH_LR0_EL2[n], 0, pe: pe) }
  }

  /// A list register's value: pending, Group 1, unless told otherwise.
  static func lr(
    _ intid: UInt64, priority: UInt64 = 0xA0, state: UInt64 = 1, group1: Bool = true, physical: UInt64? = nil,
    wantsEnd: Bool = false
  ) -> UInt64 {
    intid | priority << 48 | state << 62 | (group1 ? 1 << 60 : 0)
      | (physical.map { 1 << 61 | $0 << 32 } ?? (wantsEnd ? 1 << 41 : 0))
  }

  /// Loads a list register.
  func load(_ n: Int, _ value: UInt64, pe: UInt32 = 0) { write(.ICH_LR0_EL2[n], value, pe: pe) }

  /// Whether the model predicts the highest-priority pending virtual interrupt: the list register's index, 16 for a virtual
  /// LPI, nil for none.
  func virtualHighest(_ index: UInt32?, lpi: (intid: UInt32, priority: UInt32)? = nil, pe: UInt32 = 0) -> Bool {
    agrees { showVirtualHighest(index, lpi: lpi, pe: pe) }
  }

  func showVirtualHighest(_ index: UInt32?, lpi: (intid: UInt32, priority: UInt32)? = nil, pe: UInt32 = 0) {
    let priority = UInt64(lpi?.priority ?? 0xFF)
    apply(
      Event(
        time: 0, kind: .virtualHighestPending, pe: pe, a: UInt64(index ?? 0xFFFF_FFFF),
        b: UInt64(lpi?.intid ?? 0) | priority << 32 | 2 << 48)
    )
  }

  /// Whether the model predicts the virtual lines.
  func virtualLines(_ lines: CPULines, pe: UInt32 = 0) -> Bool { agrees { showVirtualLines(lines, pe: pe) } }

  func showVirtualLines(_ lines: CPULines, pe: UInt32 = 0) {
    apply(Event(time: 0, kind: .cpuLine, pe: pe, a: lines.rawValue, b: 12))
  }

  /// Whether the model predicts the maintenance interrupt.
  func maintenance(_ level: Bool, pe: UInt32 = 0) -> Bool {
    agrees { apply(Event(time: 0, kind: .maintenanceLine, pe: pe, a: level ? 1 : 0)) }
  }

  // MARK: GICv4

  /// A GICv4 with an open virtual interface on both PEs, an enabled ITS with device 1, physical LPIs configured.
  static func v4(profile: Topology.Profile = .arch, architecture: Topology.Architecture = .v4) -> Rig {
    let rig = Rig(profile: profile, architecture: architecture)
    rig.open()
    rig.openLPIs()
    for pe in 0..<2 as Range<UInt32> {
      rig.openVirtual(pe: pe)
      rig.write(.gicr, 0x2_0070, vPropertyBase, size: 8, owner: pe)
    }
    return rig
  }

  static var vPropertyBase: UInt64 { 0x5000_0000 | 0xF }
  /// The virtual pending table that VMAPP gives vPE `n`.
  static func vpt(_ n: UInt64) -> UInt64 { 0x6000_0000 + n << 16 }

  func vmapp(_ vPE: UInt64, pe: UInt64, valid: Bool = true, doorbell: UInt64 = 0) {
    command(0x29, vPE << 32 | doorbell, pe << 16 | (valid ? 1 << 63 : 0), Rig.vpt(vPE) | 0xF)
  }

  func vmapti(_ device: UInt64, _ event: UInt64, vPE: UInt64, intid: UInt64, doorbell: UInt64 = 1023) {
    command(0x2A | device << 32, event | vPE << 32, intid | doorbell << 32)
  }

  /// Makes a vPE resident on a PE, or no longer.
  func setResident(_ vPE: UInt64, pe: UInt32, _ valid: Bool = true) {
    write(.gicr, 0x2_0078, Rig.vpt(vPE) | (valid ? 1 << 63 : 0), size: 8, owner: pe)
  }
}
