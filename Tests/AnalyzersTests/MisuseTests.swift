import InterruptTrace
import Testing

@testable import Analyzers

/// Each rule of misuse by the accesses that break it, and by the same accesses in the right order.
@Suite("Misuse: what the architecture forbids, ignores or calls UNPREDICTABLE")
struct MisuseTests {
  /// The accesses that break a rule, or with `isRight` those that do the same and keep it.
  private func accesses(_ rule: MisuseRule, isRight: Bool) -> Accesses {
    var c = Accesses()
    switch rule {
    case .tablesNotProvided:
      c.read(.gits, 0x100, 0x0107_0000_0000_0200, size: 8)
      c.write(.gits, 0x80, 0x8000_0000_4900_000F, size: 8)
      if isRight { c.write(.gits, 0x100, 0x8000_0000_4910_000F, size: 8) }
      c.write(.gits, 0, 1)
    case .commandQueueNotProvided:
      if isRight { c.write(.gits, 0x80, 0x8000_0000_4900_000F, size: 8) }
      c.write(.gits, 0, 1)
    case .tablesWrittenWhileEnabled:
      c.enableITS()
      if isRight { c.write(.gits, 0, 0) }
      c.write(.gits, 0x100, 0x8000_0000_4912_000F, size: 8)
    case .commandQueueWrittenWhileEnabled:
      c.enableITS()
      if isRight { c.write(.gits, 0, 0) }
      c.write(.gits, 0x80, 0x8000_0000_4902_000F, size: 8)
    case .enabledBeforeQuiescent:
      c.enableITS()
      c.write(.gits, 0, 0)
      c.read(.gits, 0, isRight ? 0x8000_0000 : 0)
      c.write(.gits, 0, 1)
    case .commandQueueUnaligned: c.write(.gits, 0x80, isRight ? 0x8000_0000_4900_000F : 0x8000_0000_4900_100F, size: 8)
    case .commandOffsetReservedBits:
      c.enableITS()
      c.write(.gits, 0x88, isRight ? 0x80 : 0x90, size: 8)
    case .lpiTablesNotProvided:
      c.write(.gicr, 0x70, 0x4930_000F, size: 8)
      if isRight { c.write(.gicr, 0x78, 0x4940_0000, size: 8) }
      c.write(.gicr, 0, 1)
    case .configurationTableTooSmall:
      c.write(.gicr, 0x70, isRight ? 0x4930_000D : 0x4930_000C, size: 8)
      c.write(.gicr, 0x78, 0x4940_0000, size: 8)
      c.write(.gicr, 0, 1)
    case .configurationTableWrittenWhileEnabled, .pendingTableWrittenWhileEnabled:
      c.enableLPIs()
      if isRight {
        c.write(.gicr, 0, 0)
        c.read(.gicr, 0, 0)
      }
      c.write(.gicr, rule == .pendingTableWrittenWhileEnabled ? 0x78 : 0x70, 0x4960_000F, size: 8)
    case .lpiTablesWrittenBeforeRWP:
      c.enableLPIs()
      c.write(.gicr, 0, 0)
      if isRight { c.read(.gicr, 0, 0) }
      c.write(.gicr, 0x78, 0x4960_0000, size: 8)
    case .configurationTablesDiffer, .pendingTableAttributesDiffer:
      c.enableLPIs()
      let shareable: UInt64 = isRight ? 0 : 1 << 10
      c.write(.gicr, 0x70, 0x4930_000F | (rule == .configurationTablesDiffer ? shareable : 0), size: 8, owner: 1, by: 1)
      c.write(
        .gicr, 0x78, 0x4950_0000 | (rule == .pendingTableAttributesDiffer ? shareable : 0), size: 8, owner: 1, by: 1)
      c.write(.gicr, 0, 1, owner: 1, by: 1)
    case .redistributorControlBeforeRWP:
      c.enableLPIs()
      c.read(.gicr, 0, isRight ? 0b1 : 0b1001)
      c.write(.gicr, 0, 0)
    case .virtualTablesWrittenWhileValid:
      c.write(.gicr, 0x2_0070, 0x4934_000F, size: 8)
      c.write(.gicr, 0x2_0078, 0x8000_0000_4948_0000, size: 8)
      if isRight { c.write(.gicr, 0x2_0078, 0, size: 8) }
      c.write(.gicr, 0x2_0070, 0x4936_000F, size: 8)
    case .distributorControlBeforeRWP:
      c.write(.gicd, 0, 0x10)
      c.read(.gicd, 0, isRight ? 0x10 : 0x8000_0010)
      c.write(.gicd, 0, 0x12)
    case .triggerChangedWhileEnabled:
      c.open()
      c.write(.gicd, 0x104, 1 << 8)
      if isRight { c.write(.gicd, 0x184, 1 << 8) }
      c.write(.gicd, 0xC08, 2 << 16)
    case .affinityRoutingChangedWhileEnabled:
      c.write(.ICC_PMR_EL1, 0xF8)
      c.write(.gicd, 0, 2)
      if isRight { c.write(.gicd, 0, 0) }
      c.write(.gicd, 0, 0x12)
    case .messageOfAbsentINTID:
      c.write(.ICC_PMR_EL1, 0xF8)
      c.write(.gicd, 0x40, isRight ? 40 : 7)
    case .broadcastWithTargets: c.write(.ICC_SGI1R_EL1, 1 << 40 | 3 << 24 | (isRight ? 0 : 1))
    case .endOfSpecialINTID: c.write(.ICC_EOIR1_EL1, isRight ? 40 : 1023)
    case .endOfAbsentINTID:
      c.read(.gicd, 4, 7)
      c.write(.ICC_EOIR1_EL1, isRight ? 40 : 700)
    case .deactivationOfSpecialINTID:
      c.write(.ICC_CTLR_EL1, 2)
      c.write(.ICC_DIR_EL1, isRight ? 40 : 1023)
    case .deactivationOfLPI:
      c.write(.ICC_CTLR_EL1, 2)
      c.write(.ICC_DIR_EL1, isRight ? 40 : 8192)
    case .deactivationWithoutEOImode:
      c.write(.ICC_CTLR_EL1, 2)
      if !isRight { c.write(.ICC_CTLR_EL1, 0) }
      c.write(.ICC_DIR_EL1, 40)
    case .hardwareListRegisterPendingAndActive: list(&c, isRight ? 0x7000_0021_0000_0021 : 0xF000_0021_0000_0021)
    case .hardwareListRegisterOfSGI: list(&c, isRight ? 0x7000_0021_0000_0021 : 0x7000_0001_0000_0021)
    case .listRegisterOfSpecialINTID: list(&c, isRight ? 0x5000_0000_0000_0021 : 0x5000_0000_0000_03FF)
    }
    return c
  }

  private func list(_ c: inout Accesses, _ value: UInt64) {
    c.write(.ICH_HCR_EL2, 1)
    c.write(SystemRegister(rawValue: SystemRegister.ICH_LR0_EL2.rawValue), value)
  }

  private func names(_ c: Accesses) -> [String] {
    c.findings.of(.misuse).flatMap { finding in
      MisuseRule.allCases.map(\.name).filter { finding.summary.hasSuffix("(\($0))") }
    }
  }

  @Test("A rule that is broken is named, once, with its section and the access", arguments: MisuseRule.allCases)
  func broken(rule: MisuseRule) throws {
    let found = accesses(rule, isRight: false).findings.of(.misuse)
    let finding = try #require(found.first { $0.summary.hasSuffix("(\(rule.name))") })
    #expect(found.count == 1 && finding.count == 1)
    #expect(finding.severity == (rule.isHarmless ? .note : .warning))
    #expect(finding.certainty == (rule.isShownByAccess ? .certain : .likely))
    #expect(finding.advice.hasPrefix("IHI 00") && finding.advice.contains("\""))
    #expect(finding.chain.contains { $0.event == finding.lastEvent })
  }

  @Test("The same accesses in the right order are silent", arguments: MisuseRule.allCases)
  func kept(rule: MisuseRule) { #expect(names(accesses(rule, isRight: true)) == []) }

  @Test("Names and sections are told apart")
  func names() {
    #expect(Set(MisuseRule.allCases.map(\.name)).count == MisuseRule.allCases.count)
    #expect(MisuseRule.allCases.allSatisfy { !$0.description.consequence.isEmpty })
  }

  @Test("Occurrences at one place are one finding with a count")
  func counted() {
    var c = Accesses()
    for _ in 0..<5 { c.write(.ICC_EOIR1_EL1, 1023) }
    c.write(.ICC_EOIR1_EL1, 1022, pe: 1)
    #expect(c.findings.of(.misuse).map(\.count).sorted() == [1, 5])
  }
}
