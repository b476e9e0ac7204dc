import InterruptTrace

extension LogDecoder {
  /// A GICv2 line. False if a field makes no sense.
  mutating func takeGICv2(_ action: LogEvent.Action, _ v: UnsafeMutablePointer<UInt64>) -> Bool {
    switch action {
    case .v2DistributorRead: order.settle(mmio(.mmioRead, .gicd, v[0], v[2], size: v[1]))
    case .v2DistributorWrite: order.settle(mmio(.mmioWrite, .gicd, v[0], v[2], size: v[1]))
    case .v2InterfaceRead, .v2InterfaceWrite:
      guard let isVirtual = Self.isVirtual(v[0]), v[1] < 256 else { return false }
      takeInterface(action == .v2InterfaceRead, isVirtual ? .gicv : .gicc, UInt32(v[1]), v[2], v[3])
    case .v2HypervisorRead: order.settle(hypervisor(.mmioRead, v[0], v[1]))
    // The line of a list register's new value may yet tell whose access it was.
    case .v2HypervisorWrite: order.settleBefore(hypervisor(.mmioWrite, v[0], v[1]))
    case .v2Enable, .v2Disable:
      let banked = INTID.isBanked(v[0])
      order.observe(
        event(.enableChange, pe: banked ? accessor : PE.none, a: v[0] & 0xFFFF_FFFF, b: action == .v2Enable ? 1 : 0))
    case .v2Line:
      // A PPI's mask names its one PE; an SPI's mask names all.
      let pe = INTID.isBanked(v[0]) && v[2] != 0 ? UInt32(v[2].trailingZeroBitCount) : PE.none
      order.settleUnlessAcknowledging(event(.lineLevel, pe: pe, a: v[0] & 0xFFFF_FFFF, b: v[1] & 1))
    case .v2HighestPending:
      guard let isVirtual = Self.isVirtual(v[0]), v[1] < 256 else { return false }
      order.observe(
        event(
          .highestPending, flags: isVirtual ? [.virtual, .maskShown] : .maskShown, pe: UInt32(v[1]),
          a: v[2] & 0xFFFF_FFFF | (v[3] & 0xFFFF) << 32, b: v[4] & 0xFFFF | (v[5] & 0xFFFF) << 16)
      )
    case .v2CPULine:
      guard let line = Self.line(v[1]), v[0] < 256 else { return false }
      order.observe(event(.cpuLine, pe: UInt32(v[0]), a: v[2] != 0 ? line.rawValue : 0, b: line.rawValue))
    case .v2Acknowledge:
      guard let isVirtual = Self.isVirtual(v[0]), v[1] < 256 else { return false }
      order.beginAcknowledge(
        event(
          .acknowledge, pe: UInt32(v[1]), a: v[2] & 0xFFFF_FFFF,
          b: UInt64(isVirtual ? Frame.gicv.rawValue : Frame.gicc.rawValue))
      )
    case .v2ListRegister:
      guard v[0] < 256 else { return false }
      takeListRegister(UInt32(v[0]), v[1], v[2])
    case .v2Maintenance:
      guard v[0] < 256 else { return false }
      order.observe(event(.maintenanceLine, pe: UInt32(v[0]), a: v[1] & 1))
    default: return false
    }
    return true
  }

  private mutating func takeInterface(_ isRead: Bool, _ frame: Frame, _ pe: UInt32, _ offset: UInt64, _ value: UInt64) {
    elements.meet(pe)
    accessorIs(pe)
    if !isRead, frame == .gicc, offset == 0 { text.writeControl(pe, value, line: lines) }
    let access = Event.mmio(
      isRead ? .mmioRead : .mmioWrite, time: parser.time, frame: frame, offset: UInt32(truncatingIfNeeded: offset),
      value: value, size: 4, owner: pe, accessor: pe, flags: .sizeUnknown)
    // GICC_IAR and GICC_AIAR, and their virtual counterparts, are the only reads with an effect.
    if isRead, offset == 0x0C || offset == 0x20 {
      order.insert(access, before: order.startOfAcknowledge(of: pe, frame: frame))
    } else {
      order.settle(access)
    }
  }

  private func hypervisor(_ kind: EventKind, _ offset: UInt64, _ value: UInt64) -> Event {
    mmio(kind, .gich, offset, value, size: 4, owner: accessor, flags: .sizeUnknown)
  }

  /// A list register's value after a write, which also tells whose write it was.
  private mutating func takeListRegister(_ pe: UInt32, _ index: UInt64, _ value: UInt64) {
    if let last = order.last, last.pointee.kind == .mmioWrite, last.pointee.frame == .gich, last.pointee.pe == PE.none {
      last.pointee.pe = pe
      last.pointee.a = last.pointee.a & 0xFF_FFFF_FFFF | UInt64(pe) << 40
    }
    order.observe(event(.listRegister, pe: pe, a: index & 0xFF, b: value))
  }

  /// Whether a line is about the virtual CPU interface; nil for any other word.
  static func isVirtual(_ word: UInt64) -> Bool? {
    switch word {
    case 0x75_7063: false  // cpu
    case 0x7570_6376: true  // vcpu
    default: nil
    }
  }

  private static func line(_ word: UInt64) -> CPULines? {
    switch word {
    case 0x71_7269: .irq
    case 0x71_6966: .fiq
    case 0x7172_6976: .virq
    case 0x7169_6676: .vfiq
    default: nil
    }
  }
}
