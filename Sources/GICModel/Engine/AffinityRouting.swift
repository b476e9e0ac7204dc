import InterruptTrace

/// Whether a GICv3 works with affinity routing or, where it supports that, without it as a GICv2 does (IHI 0069H,
/// "Legacy operation and asymmetric configurations"; `GICD_CTLR.ARE`, 12.9.4).
enum AffinityRouting {
  case on
  case off

  /// What an access tells; nil for nothing. Software has its own registers for each: with affinity routing on, `GICC_*`,
  /// `GICD_SGIR`, `GICD_ITARGETSR` and the `GICD_*` fields of INTIDs 0 to 31 are RES0; with it off, `ICC_*`, `GICR_*` of
  /// INTIDs 0 to 31 and `GICD_IROUTER` are. A zero says nothing, and neither does `ICC_SRE_EL1`, which exists always.
  @inline(__always)
  init?(_ event: Event, _ map: borrowing RegisterLookup) {
    switch event.kind {
    case .sysregRead, .sysregWrite:
      guard ![.ICC_SRE_EL1, .ICC_SRE_EL2, .ICC_SRE_EL3].contains(event.register) else { return nil }
      self = .on
    case .itsCommand: self = .on
    case .mmioRead, .mmioWrite: self.init(access: event, map)
    default: return nil
    }
  }

  @inline(never)
  private init?(access event: Event, _ map: borrowing RegisterLookup) {
    guard !event.flags.contains(.refused) else { return nil }
    switch event.frame {
    case .gicc, .gich:
      guard event.b != 0 || event.kind == .mmioWrite else { return nil }
      self = .off
    case .gicr:
      // The SGI frame; `GICR_WAKER` and identification serve both.
      guard event.b != 0, event.offset >= 0x1_0000, event.offset < 0x1_FFD0 else { return nil }
      self = .on
    case .gicd:
      guard event.b != 0 else { return nil }
      let index = map.index(at: event.offset)
      guard index >= 0 else { return nil }
      let role = map.role(index)
      if role == .control {
        // What stands at the place of ARE_NS in a Non-secure view, or with one Security state, is RES0.
        let bits = UInt64(Distributor.affinityRoutingSecure | Distributor.affinityRoutingNonSecure)
        guard event.b & bits != 0 else { return nil }
        self = .on
      } else if role == .router {
        self = .on
      } else if Self.disables(role, at: event.offset &- map.start(index)) {
        self = .off
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// Whether affinity routing makes a `GICD_*` register RES0; `at` is the offset within its array.
  static func disables(_ role: RegisterRole, at offset: UInt32) -> Bool {
    switch role {
    case .target, .softwareInterrupt, .clearPendingSGI, .setPendingSGI: true
    case .group, .setEnable, .clearEnable, .setPending, .clearPending, .setActive, .clearActive, .nonSecureAccess:
      offset < 4
    case .priority: offset < 32
    case .configuration: offset < 8
    default: false
    }
  }
}
