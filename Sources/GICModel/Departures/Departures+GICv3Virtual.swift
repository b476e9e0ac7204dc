/// Where the virtual interface of an implementation of GICv3, or the vPEs of GICv4, depart from IHI 0069H, or have one of
/// the behaviours that it allows.
extension Departures {
  // MARK: Virtual interface

  /// A list register keeps its reserved bits, but for priority bits that are not implemented (12.4.6: RES0).
  static let listRegistersKeepReservedBits = Self(rawValue: 1 << 50)
  /// A list register keeps NMI even where non-maskable interrupts are not implemented (12.4.6: RES0 then).
  static let listRegistersKeepNonMaskable = Self(rawValue: 1 << 51)
  /// `ICH_HCR_EL2` has neither vSGIEOICount nor DVIM (12.4.5: GICv4.1 and an implementation that masks virtual interrupts
  /// directly have them).
  static let hasNoVirtualSGIControl = Self(rawValue: 1 << 52)
  /// `ICH_HCR_EL2.EOIcount` counts every end of an interrupt that is in no list register (12.4.5: with VEOIM set only those
  /// that deactivate).
  static let countsEveryVirtualEnd = Self(rawValue: 1 << 53)
  /// `ICH_MISR_EL2.VGrp0D` is set while Group 1 is disabled (12.4.7: while Group 0 is).
  static let group0DisabledFollowsGroup1 = Self(rawValue: 1 << 54)
  /// `ICH_VMCR_EL2.VPMR` keeps priority bits that are not implemented (12.4.8: RES0).
  static let virtualPriorityMaskKeepsReservedBits = Self(rawValue: 1 << 55)
  /// Guests use system registers only: `ICH_VMCR_EL2.VAckCtl` is RES0 and VFIQEn RES1 (12.4.8 allows that).
  static let hasNoLegacyGuests = Self(rawValue: 1 << 56)

  // MARK: vPEs

  /// `GICR_VPENDBASER.Dirty` is never set (12.11.38: while the controller writes or reads the pending table).
  static let pendingTablesAreNeverDirty = Self(rawValue: 1 << 57)
  /// Until the capture shows a write of `GICR_VPENDBASER`, no vPE is resident (12.11.38: Valid has the value that software
  /// wrote before the capture).
  static let residencyIsNeverUnseen = Self(rawValue: 1 << 58)
}
