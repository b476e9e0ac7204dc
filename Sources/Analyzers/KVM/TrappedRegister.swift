import InterruptTrace

/// A system register by its encoding, as the syndrome of a trapped access has it.
struct TrappedRegister {
  /// Op0, Op1, CRn, CRm and Op2, from the highest bits down.
  private var encoding: UInt16
  /// The access was a read.
  var isRead: Bool

  /// From an ESR_EL2 of exception class 0x18 (DDI 0487, D24.2.37: MSR, MRS or System instruction); nil for another class.
  init?(syndrome: UInt64) {
    guard syndrome >> 26 & 0x3F == 0x18 else { return nil }
    func field(_ shift: UInt64, _ mask: UInt64) -> UInt64 { syndrome >> shift & mask }
    encoding = UInt16(field(20, 3) << 14 | field(14, 7) << 11 | field(10, 15) << 7 | field(1, 15) << 3 | field(17, 7))
    isRead = syndrome & 1 != 0
  }

  /// The manual's name; for a register that is not known here the one that an assembler takes: `S3_0_C15_C2_0`.
  var name: String {
    if let name = Self.names[encoding] { return name }
    let (op0, op1, crn) = (encoding >> 14, encoding >> 11 & 7, encoding >> 7 & 15)
    if op0 == 2, op1 == 0, crn == 0, encoding & 7 >= 4 {
      return ["DBGBVR", "DBGBCR", "DBGWVR", "DBGWCR"][Int(encoding & 3)] + "\(encoding >> 3 & 15)_EL1"
    }
    return "S\(op0)_\(op1)_C\(crn)_C\(encoding >> 3 & 15)_\(encoding & 7)"
  }

  private static let names: [UInt16: String] = {
    var names: [UInt16: String] = [:]
    for (name, op0, op1, crn, crm, op2) in table {
      names[op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2] = "\(name)"
    }
    return names
  }()

  // swift-format-ignore
  private static let table: [(StaticString, UInt16, UInt16, UInt16, UInt16, UInt16)] = [
    ("CTR_EL0", 3, 3, 0, 0, 1), ("DCZID_EL0", 3, 3, 0, 0, 7), ("MIDR_EL1", 3, 0, 0, 0, 0),
    ("MPIDR_EL1", 3, 0, 0, 0, 5), ("REVIDR_EL1", 3, 0, 0, 0, 6), ("ID_PFR0_EL1", 3, 0, 0, 1, 0),
    ("ID_PFR1_EL1", 3, 0, 0, 1, 1), ("ID_DFR0_EL1", 3, 0, 0, 1, 2), ("ID_AFR0_EL1", 3, 0, 0, 1, 3),
    ("ID_MMFR0_EL1", 3, 0, 0, 1, 4), ("ID_MMFR1_EL1", 3, 0, 0, 1, 5), ("ID_MMFR2_EL1", 3, 0, 0, 1, 6),
    ("ID_MMFR3_EL1", 3, 0, 0, 1, 7), ("ID_ISAR0_EL1", 3, 0, 0, 2, 0), ("ID_ISAR1_EL1", 3, 0, 0, 2, 1),
    ("ID_ISAR2_EL1", 3, 0, 0, 2, 2), ("ID_ISAR3_EL1", 3, 0, 0, 2, 3), ("ID_ISAR4_EL1", 3, 0, 0, 2, 4),
    ("ID_ISAR5_EL1", 3, 0, 0, 2, 5), ("ID_MMFR4_EL1", 3, 0, 0, 2, 6), ("ID_ISAR6_EL1", 3, 0, 0, 2, 7),
    ("MVFR0_EL1", 3, 0, 0, 3, 0), ("MVFR1_EL1", 3, 0, 0, 3, 1), ("MVFR2_EL1", 3, 0, 0, 3, 2),
    ("ID_PFR2_EL1", 3, 0, 0, 3, 4), ("ID_DFR1_EL1", 3, 0, 0, 3, 5), ("ID_MMFR5_EL1", 3, 0, 0, 3, 6),
    ("ID_AA64PFR0_EL1", 3, 0, 0, 4, 0), ("ID_AA64PFR1_EL1", 3, 0, 0, 4, 1), ("ID_AA64PFR2_EL1", 3, 0, 0, 4, 2),
    ("ID_AA64ZFR0_EL1", 3, 0, 0, 4, 4), ("ID_AA64SMFR0_EL1", 3, 0, 0, 4, 5), ("ID_AA64DFR0_EL1", 3, 0, 0, 5, 0),
    ("ID_AA64DFR1_EL1", 3, 0, 0, 5, 1), ("ID_AA64AFR0_EL1", 3, 0, 0, 5, 4), ("ID_AA64AFR1_EL1", 3, 0, 0, 5, 5),
    ("ID_AA64ISAR0_EL1", 3, 0, 0, 6, 0), ("ID_AA64ISAR1_EL1", 3, 0, 0, 6, 1), ("ID_AA64ISAR2_EL1", 3, 0, 0, 6, 2),
    ("ID_AA64MMFR0_EL1", 3, 0, 0, 7, 0), ("ID_AA64MMFR1_EL1", 3, 0, 0, 7, 1), ("ID_AA64MMFR2_EL1", 3, 0, 0, 7, 2),
    ("ID_AA64MMFR3_EL1", 3, 0, 0, 7, 3), ("ID_AA64MMFR4_EL1", 3, 0, 0, 7, 4), ("SCTLR_EL1", 3, 0, 1, 0, 0),
    ("ACTLR_EL1", 3, 0, 1, 0, 1), ("CPACR_EL1", 3, 0, 1, 0, 2), ("TTBR0_EL1", 3, 0, 2, 0, 0),
    ("TTBR1_EL1", 3, 0, 2, 0, 1), ("TCR_EL1", 3, 0, 2, 0, 2), ("AFSR0_EL1", 3, 0, 5, 1, 0),
    ("AFSR1_EL1", 3, 0, 5, 1, 1), ("ESR_EL1", 3, 0, 5, 2, 0), ("FAR_EL1", 3, 0, 6, 0, 0),
    ("MAIR_EL1", 3, 0, 10, 2, 0), ("AMAIR_EL1", 3, 0, 10, 3, 0), ("CONTEXTIDR_EL1", 3, 0, 13, 0, 1),
    ("VBAR_EL1", 3, 0, 12, 0, 0), ("PAR_EL1", 3, 0, 7, 4, 0), ("LORSA_EL1", 3, 0, 10, 4, 0),
    ("LOREA_EL1", 3, 0, 10, 4, 1), ("LORN_EL1", 3, 0, 10, 4, 2), ("LORC_EL1", 3, 0, 10, 4, 3),
    ("LORID_EL1", 3, 0, 10, 4, 7), ("CCSIDR_EL1", 3, 1, 0, 0, 0), ("CLIDR_EL1", 3, 1, 0, 0, 1),
    ("CCSIDR2_EL1", 3, 1, 0, 0, 2), ("AIDR_EL1", 3, 1, 0, 0, 7), ("CSSELR_EL1", 3, 2, 0, 0, 0),
    ("ERRIDR_EL1", 3, 0, 5, 3, 0), ("ERRSELR_EL1", 3, 0, 5, 3, 1), ("ERXFR_EL1", 3, 0, 5, 4, 0),
    ("ERXCTLR_EL1", 3, 0, 5, 4, 1), ("ERXSTATUS_EL1", 3, 0, 5, 4, 2), ("ERXADDR_EL1", 3, 0, 5, 4, 3),
    ("ERXMISC0_EL1", 3, 0, 5, 5, 0), ("ERXMISC1_EL1", 3, 0, 5, 5, 1), ("DISR_EL1", 3, 0, 12, 1, 1),
    ("APIAKeyLo_EL1", 3, 0, 2, 1, 0), ("APIAKeyHi_EL1", 3, 0, 2, 1, 1), ("APIBKeyLo_EL1", 3, 0, 2, 1, 2),
    ("APIBKeyHi_EL1", 3, 0, 2, 1, 3), ("APDAKeyLo_EL1", 3, 0, 2, 2, 0), ("APDAKeyHi_EL1", 3, 0, 2, 2, 1),
    ("APDBKeyLo_EL1", 3, 0, 2, 2, 2), ("APDBKeyHi_EL1", 3, 0, 2, 2, 3), ("APGAKeyLo_EL1", 3, 0, 2, 3, 0),
    ("APGAKeyHi_EL1", 3, 0, 2, 3, 1), ("ZCR_EL1", 3, 0, 1, 2, 0), ("SMCR_EL1", 3, 0, 1, 2, 6),
    ("TRFCR_EL1", 3, 0, 1, 2, 1), ("CNTKCTL_EL1", 3, 0, 14, 1, 0), ("CNTFRQ_EL0", 3, 3, 14, 0, 0),
    ("CNTPCT_EL0", 3, 3, 14, 0, 1), ("CNTVCT_EL0", 3, 3, 14, 0, 2), ("CNTPCTSS_EL0", 3, 3, 14, 0, 5),
    ("CNTVCTSS_EL0", 3, 3, 14, 0, 6), ("CNTP_TVAL_EL0", 3, 3, 14, 2, 0), ("CNTP_CTL_EL0", 3, 3, 14, 2, 1),
    ("CNTP_CVAL_EL0", 3, 3, 14, 2, 2), ("CNTV_TVAL_EL0", 3, 3, 14, 3, 0), ("CNTV_CTL_EL0", 3, 3, 14, 3, 1),
    ("CNTV_CVAL_EL0", 3, 3, 14, 3, 2), ("PMINTENSET_EL1", 3, 0, 9, 14, 1), ("PMINTENCLR_EL1", 3, 0, 9, 14, 2),
    ("PMMIR_EL1", 3, 0, 9, 14, 6), ("PMCR_EL0", 3, 3, 9, 12, 0), ("PMCNTENSET_EL0", 3, 3, 9, 12, 1),
    ("PMCNTENCLR_EL0", 3, 3, 9, 12, 2), ("PMOVSCLR_EL0", 3, 3, 9, 12, 3), ("PMSWINC_EL0", 3, 3, 9, 12, 4),
    ("PMSELR_EL0", 3, 3, 9, 12, 5), ("PMCEID0_EL0", 3, 3, 9, 12, 6), ("PMCEID1_EL0", 3, 3, 9, 12, 7),
    ("PMCCNTR_EL0", 3, 3, 9, 13, 0), ("PMXEVTYPER_EL0", 3, 3, 9, 13, 1), ("PMXEVCNTR_EL0", 3, 3, 9, 13, 2),
    ("PMUSERENR_EL0", 3, 3, 9, 14, 0), ("PMOVSSET_EL0", 3, 3, 9, 14, 3), ("PMCCFILTR_EL0", 3, 3, 14, 15, 7),
    ("PMSCR_EL1", 3, 0, 9, 9, 0), ("PMSICR_EL1", 3, 0, 9, 9, 2), ("PMSIRR_EL1", 3, 0, 9, 9, 3),
    ("PMSFCR_EL1", 3, 0, 9, 9, 4), ("PMSEVFR_EL1", 3, 0, 9, 9, 5), ("PMSLATFR_EL1", 3, 0, 9, 9, 6),
    ("PMSIDR_EL1", 3, 0, 9, 9, 7), ("PMBLIMITR_EL1", 3, 0, 9, 10, 0), ("PMBPTR_EL1", 3, 0, 9, 10, 1),
    ("PMBSR_EL1", 3, 0, 9, 10, 3), ("TRBLIMITR_EL1", 3, 0, 9, 11, 0), ("TRBPTR_EL1", 3, 0, 9, 11, 1),
    ("MDSCR_EL1", 2, 0, 0, 2, 2), ("MDCCINT_EL1", 2, 0, 0, 2, 0), ("OSDTRRX_EL1", 2, 0, 0, 0, 2),
    ("OSDTRTX_EL1", 2, 0, 0, 3, 2), ("OSECCR_EL1", 2, 0, 0, 6, 2), ("MDRAR_EL1", 2, 0, 1, 0, 0),
    ("OSLAR_EL1", 2, 0, 1, 0, 4), ("OSLSR_EL1", 2, 0, 1, 1, 4), ("OSDLR_EL1", 2, 0, 1, 3, 4),
    ("DBGPRCR_EL1", 2, 0, 1, 4, 4), ("DBGCLAIMSET_EL1", 2, 0, 7, 8, 6), ("DBGCLAIMCLR_EL1", 2, 0, 7, 9, 6),
    ("DBGAUTHSTATUS_EL1", 2, 0, 7, 14, 6), ("MDCCSR_EL0", 2, 3, 0, 1, 0), ("TPIDR_EL0", 3, 3, 13, 0, 2),
    ("TPIDRRO_EL0", 3, 3, 13, 0, 3), ("TPIDR_EL1", 3, 0, 13, 0, 4), ("SCXTNUM_EL0", 3, 3, 13, 0, 7),
    ("SCXTNUM_EL1", 3, 0, 13, 0, 7), ("RNDR", 3, 3, 2, 4, 0), ("RNDRRS", 3, 3, 2, 4, 1), ("DC_ISW", 1, 0, 7, 6, 2),
    ("DC_CSW", 1, 0, 7, 10, 2), ("DC_CISW", 1, 0, 7, 14, 2), ("DC_ZVA", 1, 3, 7, 4, 1), ("DC_CVAC", 1, 3, 7, 10, 1),
    ("DC_CVAU", 1, 3, 7, 11, 1), ("DC_CVAP", 1, 3, 7, 12, 1), ("DC_CIVAC", 1, 3, 7, 14, 1),
    ("DC_IVAC", 1, 0, 7, 6, 1), ("IC_IALLUIS", 1, 0, 7, 1, 0), ("IC_IALLU", 1, 0, 7, 5, 0),
    ("IC_IVAU", 1, 3, 7, 5, 1),
  ] + interruptController

  /// IHI 0069H, 12.2.
  // swift-format-ignore
  private static let interruptController: [(StaticString, UInt16, UInt16, UInt16, UInt16, UInt16)] = [
    ("ICC_PMR_EL1", 3, 0, 4, 6, 0), ("ICC_IAR0_EL1", 3, 0, 12, 8, 0), ("ICC_EOIR0_EL1", 3, 0, 12, 8, 1),
    ("ICC_HPPIR0_EL1", 3, 0, 12, 8, 2), ("ICC_BPR0_EL1", 3, 0, 12, 8, 3), ("ICC_AP0R0_EL1", 3, 0, 12, 8, 4),
    ("ICC_AP0R1_EL1", 3, 0, 12, 8, 5), ("ICC_AP0R2_EL1", 3, 0, 12, 8, 6), ("ICC_AP0R3_EL1", 3, 0, 12, 8, 7),
    ("ICC_AP1R0_EL1", 3, 0, 12, 9, 0), ("ICC_AP1R1_EL1", 3, 0, 12, 9, 1), ("ICC_AP1R2_EL1", 3, 0, 12, 9, 2),
    ("ICC_AP1R3_EL1", 3, 0, 12, 9, 3), ("ICC_NMIAR1_EL1", 3, 0, 12, 9, 5), ("ICC_DIR_EL1", 3, 0, 12, 11, 1),
    ("ICC_RPR_EL1", 3, 0, 12, 11, 3), ("ICC_SGI1R_EL1", 3, 0, 12, 11, 5), ("ICC_ASGI1R_EL1", 3, 0, 12, 11, 6),
    ("ICC_SGI0R_EL1", 3, 0, 12, 11, 7), ("ICC_IAR1_EL1", 3, 0, 12, 12, 0), ("ICC_EOIR1_EL1", 3, 0, 12, 12, 1),
    ("ICC_HPPIR1_EL1", 3, 0, 12, 12, 2), ("ICC_BPR1_EL1", 3, 0, 12, 12, 3), ("ICC_CTLR_EL1", 3, 0, 12, 12, 4),
    ("ICC_SRE_EL1", 3, 0, 12, 12, 5), ("ICC_IGRPEN0_EL1", 3, 0, 12, 12, 6), ("ICC_IGRPEN1_EL1", 3, 0, 12, 12, 7),
  ]
}
