import InterruptTrace

/// Which registers make QEMU select what is pending again: what follows such a write in the log is its effect.
extension EffectOrder {
  /// Whether QEMU re-evaluates every PE on a write to this offset of the Distributor.
  ///
  /// The registers of INTIDs 0 to 31 are RES0 there; GICD_ICFGR, GICD_NSACR and the identification registers change
  /// nothing that is pending.
  static func reevaluates(gicd offset: UInt32) -> Bool {
    switch offset {
    case 0x0000..<0x0004: true  // GICD_CTLR
    case 0x0040..<0x0060: true  // GICD_SETSPI_NSR to GICD_CLRSPI_SR
    case 0x0084..<0x0400: offset & 0x7F >= 4  // GICD_IGROUPR to GICD_ICACTIVER
    case 0x0420..<0x0800: true  // GICD_IPRIORITYR
    case 0x0D04..<0x0D80: true  // GICD_IGRPMODR
    case 0x0F84..<0x1000: true  // GICD_INMIR
    case 0x6100..<0x8000: true  // GICD_IROUTER
    default: false
    }
  }

  /// Whether QEMU re-evaluates the frame's PE on a write to this offset of a Redistributor.
  static func reevaluates(gicr offset: UInt32) -> Bool {
    switch offset {
    case 0x0000..<0x0004: true  // GICR_CTLR
    case 0x0040..<0x0050: true  // GICR_SETLPIR, GICR_CLRLPIR
    case 0x00A0..<0x00B8: true  // GICR_INVLPIR, GICR_INVALLR
    case 0x1_0080..<0x1_0400: offset & 0x7F < 4  // GICR_IGROUPR0 to GICR_ICACTIVER0
    case 0x1_0400..<0x1_0420: true  // GICR_IPRIORITYR
    case 0x1_0C04..<0x1_0C08: true  // GICR_ICFGR1
    case 0x1_0D00..<0x1_0D04: true  // GICR_IGRPMODR0
    case 0x1_0F80..<0x1_0F84: true  // GICR_INMIR0
    default: false
    }
  }

  // MARK: Re-evaluations that follow what causes them

  /// How many more re-evaluations of a PE are shown than what it did last leads to, where that is printed before its
  /// effects: a change of its exception level, or a write of a register of its CPU interface. Below zero if some are still
  /// to come.
  func surplus(of pe: UInt32) -> Int {
    var seen = 0
    guard let last = lastAction(of: pe, &seen) else { return 0 }
    switch last.kind {
    case .exceptionEntry, .exceptionReturn: return seen - 1
    case .sysregWrite: return seen - Self.following(last.register)
    case .mmioRead: return seen
    default: return 0
    }
  }

  /// Whether the last thing that a PE did was to end an interrupt.
  func endsInterrupt(_ pe: UInt32) -> Bool {
    var seen = 0
    guard let last = lastAction(of: pe, &seen), last.kind == .sysregWrite else { return false }
    return Self.following(last.register) == 2
  }

  /// How often a write of a register re-evaluates its PE. With EOImode 1 an end of interrupt does so but once.
  static func following(_ register: SystemRegister) -> Int {
    switch register {
    case .ICC_EOIR0_EL1, .ICC_EOIR1_EL1: 2
    case .ICC_SGI1R_EL1: 0
    default: register.rawValue < SystemRegister.virtualOffset ? 1 : 0
    }
  }

  /// What a PE did last, if no other did something since; and how often it was re-evaluated after that.
  private func lastAction(of pe: UInt32, _ seen: inout Int) -> Event? {
    for at in (0..<count).reversed() {
      let event = self[waiting: at]
      switch event.kind {
      case .highestPending: if event.pe == pe { seen += 1 }
      case .cpuLine, .virtualHighestPending, .maintenanceLine, .marker, .continuation, .topology: continue
      case .exceptionEntry, .exceptionReturn: if event.pe == pe { return event }
      case .sysregWrite: return event.pe == pe ? event : nil
      default: return event
      }
    }
    return nil
  }
}
