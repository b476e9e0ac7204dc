import InterruptTrace

/// Whether a GICv3 works with affinity routing or, where it supports that, without it as a GICv2 does (IHI 0069H,
/// "Legacy operation and asymmetric configurations"; `GICD_CTLR.ARE`, 12.9.4).
enum AffinityRouting {
  case on
  case off

  /// What an access tells; nil for nothing. Software has its own registers for each: with affinity routing on, `GICC_*`,
  /// `GICD_SGIR`, `GICD_ITARGETSR` and the `GICD_*` fields of INTIDs 0 to 31 are RES0; with it off, `ICC_*`, `GICR_*` of
  /// INTIDs 0 to 31 and `GICD_IROUTER` are. A zero says nothing, and neither does `ICC_SRE_EL1`, which exists always.
  @inline(__always) init?(_ event: Event, _ maps: borrowing Maps) {
    switch event.kind {
    case .sysregRead, .sysregWrite:
      guard ![.ICC_SRE_EL1, .ICC_SRE_EL2, .ICC_SRE_EL3].contains(event.register) else { return nil }
      self = .on
    case .itsCommand: self = .on
    case .mmioRead, .mmioWrite: self.init(access: event, maps)
    default: return nil
    }
  }

  /// The tables that it takes to tell.
  struct Maps: ~Copyable {
    let distributor = RegisterLookup(.distributor)
    let redistributor = RegisterLookup(.redistributor)
  }

  @inline(never) private init?(access event: Event, _ maps: borrowing Maps) {
    guard !event.flags.contains(.refused) else { return nil }
    switch event.frame {
    case .gicc, .gich:
      guard event.b != 0 || event.kind == .mmioWrite else { return nil }
      self = .off
    case .gicr:
      // `GICR_WAKER` and identification serve both.
      let index = maps.redistributor.index(at: event.offset)
      guard event.b != 0, maps.redistributor.role(index) == .interrupts else { return nil }
      self = .on
    case .gicd:
      guard event.b != 0 else { return nil }
      let index = maps.distributor.index(at: event.offset)
      guard index >= 0 else { return nil }
      let row = maps.distributor.row(index)
      if row.role == .control {
        // What stands at the place of ARE_NS in a Non-secure view, or with one Security state, is RES0.
        let bits = UInt64(Distributor.affinityRoutingSecure | Distributor.affinityRoutingNonSecure)
        guard event.b & bits != 0 else { return nil }
        self = .on
      } else if row.role == .interrupts, row.interrupts.field == .route {
        self = .on
      } else if Self.disables(row, at: event.offset), row.interrupts.field != .modifier {
        self = .off
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// Whether affinity routing makes a `GICD_*` register RES0: those of SGIs and PPIs, of targets and of SGIs' sources.
  static func disables(_ row: RegisterLookup.Row, at offset: UInt32) -> Bool {
    switch row.role {
    case .softwareInterrupt: true
    case .interrupts:
      row.interrupts.field == .target || row.interrupts.intid(at: offset &- row.start) < INTID.firstSPI
    default: false
    }
  }
}
