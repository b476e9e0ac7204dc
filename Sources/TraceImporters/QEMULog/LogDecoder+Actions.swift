import InterruptTrace

extension LogDecoder {
  /// Makes events of a line whose fields are in ``LogLineParser/values``. False if a field makes no sense.
  mutating func take(_ action: LogEvent.Action, _ operand: UInt16) -> Bool {
    let v = parser.values
    switch action {
    case .highestPending: takeHighestPending(v[0], v[1], v[2], v[3])
    case .cpuLines: takeLines(v[0], fiq: v[1], irq: v[2], .irq, .fiq)
    case .virtualHighestPending: takeVirtualHighestPending(v[0], v[1], v[2], v[3], v[4])
    case .virtualCPULines: takeLines(v[0], fiq: v[1], irq: v[2], .virq, .vfiq)
    default: return takeRare(action, operand)
    }
    return true
  }

  /// Infrequent events.
  private mutating func takeRare(_ action: LogEvent.Action, _ operand: UInt16) -> Bool {
    let v = parser.values
    let register = SystemRegister(rawValue: operand)
    switch action {
    case .highestPending, .cpuLines, .virtualHighestPending, .virtualCPULines: return false
    case .maintenanceLine: order.observe(event(.maintenanceLine, pe: pe(v[0]), a: v[1] & 1))

    case .read: access(.sysregRead, register, v[0], v[1])
    case .write: access(.sysregWrite, register, v[0], v[1])
    case .readOfGroup, .writeOfGroup:
      guard v[0] < 2 else { return false }
      access(action == .readOfGroup ? .sysregRead : .sysregWrite, register[Int(v[0])], v[1], v[2])
    case .readActivePriorities, .writeActivePriorities:
      guard v[0] < 2, v[1] < 4 else { return false }
      access(action == .readActivePriorities ? .sysregRead : .sysregWrite, register[Int(v[0] * 4 + v[1])], v[2], v[3])
    case .readListRegister, .writeListRegister:
      guard INTID.isSGI(v[0]) else { return false }
      access(action == .readListRegister ? .sysregRead : .sysregWrite, register[Int(v[0])], v[1], v[2])
    case .acknowledgeRead: takeAcknowledge(register, v)
    case .virtualAcknowledgeRead:
      guard v[0] < 2 else { return false }
      takeVirtualAcknowledge(register[Int(v[0])], v[1], v[2])
    case .generateSGI: takeGenerateSGI(v)

    case .distributorRead: distributor(.mmioRead, v[0], v[1], v[2], v[3])
    case .distributorBadRead: distributor(.mmioRead, v[0], 0, v[1], v[2], .refused)
    case .distributorWrite: distributor(.mmioWrite, v[0], v[1], v[2], v[3])
    case .distributorBadWrite: distributor(.mmioWrite, v[0], v[1], v[2], v[3], .refused)
    case .distributorLine: order.settle(event(.lineLevel, pe: PE.none, a: v[0] & 0xFFFF_FFFF, b: v[1] & 1))

    case .redistributorRead: redistributor(.mmioRead, v[0], v[1], v[2], v[3], v[4])
    case .redistributorBadRead: redistributor(.mmioRead, v[0], v[1], 0, v[2], v[3], .refused)
    case .redistributorWrite: redistributor(.mmioWrite, v[0], v[1], v[2], v[3], v[4])
    case .redistributorBadWrite: redistributor(.mmioWrite, v[0], v[1], v[2], v[3], v[4], .refused)
    case .redistributorLine: order.settle(event(.lineLevel, pe: pe(v[0]), a: v[1] & 0xFFFF_FFFF, b: v[2] & 1))
    case .sgiPending: takeSGIPending(v)

    case .itsRead: its(.mmioRead, v[0], v[1], v[2])
    case .itsBadRead: its(.mmioRead, v[0], 0, v[1], .refused)
    case .itsWrite: its(.mmioWrite, v[0], v[1], v[2])
    case .itsBadWrite: its(.mmioWrite, v[0], v[1], v[2], .refused)
    case .translation: takeTranslation(v)
    case .processCommand: order.fetchCommand(event(.itsProcess, pe: PE.none, a: v[0], b: v[1] & 0xFF))
    case .command: takeCommand(UInt64(operand), v)
    case .unknownCommand: takeHiddenCommand(v[0] & 0xFF)
    case .tableRead: takeTableEntry(UInt8(truncatingIfNeeded: operand), v, [])
    case .tableWrite: takeTableEntry(UInt8(truncatingIfNeeded: operand), v, .tableWrite)
    case .tableFault: takeTableFault(UInt8(truncatingIfNeeded: operand), v)

    default: return takeGICv2(action, v)
    }
    return true
  }

  /// Which re-evaluations before a line are its effects; nil for a line that is itself an effect.
  func effects(before action: LogEvent.Action) -> ExceptionReturns.Effects? {
    let v = parser.values
    switch action {
    case .highestPending, .cpuLines, .virtualHighestPending, .virtualCPULines, .maintenanceLine, .sgiPending,
      .processCommand, .command, .unknownCommand, .tableRead, .tableWrite, .tableFault, .translation:
      return nil
    case .distributorWrite:
      return EffectOrder.reevaluates(gicd: UInt32(truncatingIfNeeded: v[0])) ? .all : ExceptionReturns.Effects.none
    case .redistributorWrite:
      let (isOwn, offset) = (elements.knownNumber(ofAffinity: v[0]) == accessor, UInt32(truncatingIfNeeded: v[1]))
      let isIgnored = isIgnored(offset & 0xFFFF, secure: v[4])
      return isOwn && EffectOrder.reevaluates(gicr: offset) && !isIgnored ? .own : ExceptionReturns.Effects.none
    case .acknowledgeRead:
      let intid = UInt32(truncatingIfNeeded: v[1] & 0xFF_FFFF)
      return INTID.specials.contains(intid) ? ExceptionReturns.Effects.none : .own
    default: return ExceptionReturns.Effects.none
    }
  }

  /// How many re-evaluations of the accessing PE follow a line as its effects.
  func following(_ action: LogEvent.Action, _ operand: UInt16) -> Int {
    let (v, register) = (parser.values, SystemRegister(rawValue: operand))
    switch action {
    case .write: return EffectOrder.following(register)
    case .writeOfGroup: return EffectOrder.following(register[Int(v[0] & 1)])
    case .writeActivePriorities: return 1
    case .sgiPending, .redistributorLine: return elements.knownNumber(ofAffinity: v[0]) == accessor ? 1 : 0
    default: return 0
    }
  }

  /// Whether an access is Secure, where its line shows that.
  func isSecure(_ action: LogEvent.Action) -> Bool? {
    switch action {
    case .distributorRead, .distributorWrite: parser.values[3] != 0
    case .redistributorRead, .redistributorWrite: parser.values[4] != 0
    default: nil
    }
  }

  /// Whether a write to a register of groups is Non-secure where there are two Security states.
  private func isIgnored(_ offset: UInt32, secure: UInt64) -> Bool {
    secure == 0 && sawSecure && (0x0080..<0x0100 ~= offset || 0x0D00..<0x0D80 ~= offset)
  }

  /// An event at the line's time.
  @inline(__always)
  func event(_ kind: EventKind, flags: EventFlags = [], pe: UInt32, a: UInt64 = 0, b: UInt64 = 0) -> Event {
    Event(time: parser.time, kind: kind, flags: flags, pe: pe, a: a, b: b)
  }

  // MARK: Observations of the CPU interface

  @inline(__always)
  mutating func takeHighestPending(_ affinity: UInt64, _ intid: UInt64, _ group: UInt64, _ priority: UInt64) {
    let pe = pe(affinity)
    let a = intid & 0xFFFF_FFFF | (priority & 0xFFFF) << 32 | (group & 0xF) << 48
    order.observe(event(.highestPending, flags: .groupShown, pe: pe, a: a))
  }

  @inline(__always)
  mutating func takeLines(_ affinity: UInt64, fiq: UInt64, irq: UInt64, _ irqBit: CPULines, _ fiqBit: CPULines) {
    let levels = (irq != 0 ? irqBit.rawValue : 0) | (fiq != 0 ? fiqBit.rawValue : 0)
    let pe = pe(affinity)
    order.observe(event(.cpuLine, pe: pe, a: levels, b: irqBit.rawValue | fiqBit.rawValue))
  }

  @inline(__always)
  mutating func takeVirtualHighestPending(
    _ affinity: UInt64, _ index: UInt64, _ vlpi: UInt64, _ group: UInt64, _ priority: UInt64
  ) {
    let pe = pe(affinity)
    let b = vlpi & 0xFFFF_FFFF | (priority & 0xFFFF) << 32 | (group & 0xF) << 48
    order.observe(event(.virtualHighestPending, pe: pe, a: index & 0xFFFF_FFFF, b: b))
  }

  // MARK: System registers

  private mutating func access(_ kind: EventKind, _ register: SystemRegister, _ affinity: UInt64, _ value: UInt64) {
    let pe = pe(affinity)
    accessorIs(pe)
    order.settle(.sysreg(kind, time: parser.time, pe: pe, register: register, value: value))
  }

  /// A read of ICC_IAR0_EL1, ICC_IAR1_EL1 or ICC_NMIAR1_EL1: printed after the activation.
  private mutating func takeAcknowledge(_ register: SystemRegister, _ v: UnsafeMutablePointer<UInt64>) {
    let pe = pe(v[0])
    accessorIs(pe)
    let read = Event.sysreg(.sysregRead, time: parser.time, pe: pe, register: register, value: v[1])
    let intid = UInt32(truncatingIfNeeded: v[1] & 0xFF_FFFF)
    switch intid {
    case INTID.specials: order.settle(read)
    case INTID.spis, INTID.extendedSPIs: order.insert(read, before: order.startOfPass())
    default: order.insert(read, before: order.startOfPair(of: pe))
    }
  }

  /// A read of ICV_IAR0_EL1 or ICV_IAR1_EL1: printed before the virtual update, but for a directly injected virtual LPI
  /// after one that shows it no longer pending.
  private mutating func takeVirtualAcknowledge(_ register: SystemRegister, _ affinity: UInt64, _ value: UInt64) {
    guard INTID.isLPI(value) else { return access(.sysregRead, register, affinity, value) }
    let pe = pe(affinity)
    accessorIs(pe)
    let read = Event.sysreg(.sysregRead, time: parser.time, pe: pe, register: register, value: value)
    order.insert(read, before: order.startOfVirtualAcknowledge(of: pe, intid: value))
  }

  /// A write of one of the three SGI registers; which one, and the RS field, are not shown. The value is laid out as in
  /// ICC_SGI1R_EL1 (IHI 0069H section 12.2.22).
  private mutating func takeGenerateSGI(_ v: UnsafeMutablePointer<UInt64>) {
    let pe = pe(v[0])
    accessorIs(pe)
    sgiSender = pe
    let affinity = v[3]
    var value = v[4] & 0xFFFF
    value |= (affinity & 0xFF) << 16 | (affinity >> 8 & 0xFF) << 32 | (affinity >> 16 & 0xFF) << 48
    value |= (v[1] & 0xF) << 24 | (v[2] & 1) << 40
    var flags: EventFlags = .incomplete
    if showsAcceptedSGIs { flags.insert(.effectsShown) }
    order.settleBefore(
      .sysreg(.sysregWrite, time: parser.time, pe: pe, register: .ICC_SGI1R_EL1, value: value, flags: flags))
  }

  /// An SGI was accepted by its target. Its sender is the PE that wrote last, as nothing can come between.
  private mutating func takeSGIPending(_ v: UnsafeMutablePointer<UInt64>) {
    let target = pe(v[0])
    if !showsAcceptedSGIs {
      showsAcceptedSGIs = true
      if let last = order.last, last.pointee.kind == .sysregWrite { last.pointee.flags.insert(.effectsShown) }
    }
    order.settle(event(.sgiPending, pe: target, a: v[1] & 0xFFFF_FFFF, b: UInt64(sgiSender)))
  }

  // MARK: Memory-mapped registers

  @inline(__always)
  func mmio(
    _ kind: EventKind, _ frame: Frame, _ offset: UInt64, _ value: UInt64, size: UInt64, owner: UInt32 = 0,
    flags: EventFlags = []
  ) -> Event {
    var flags = flags
    if ![1, 2, 4, 8].contains(size) { flags.insert(.sizeUnknown) }
    return .mmio(
      kind, time: parser.time, frame: frame, offset: UInt32(truncatingIfNeeded: offset), value: value,
      size: max(1, Int(truncatingIfNeeded: size & 0xF)), owner: owner, accessor: accessor, flags: flags)
  }

  private mutating func security(_ secure: UInt64) -> EventFlags {
    if secure == 0 { return .securityShown }
    sawSecure = true
    return [.secure, .securityShown]
  }

  private mutating func distributor(
    _ kind: EventKind, _ offset: UInt64, _ value: UInt64, _ size: UInt64, _ secure: UInt64, _ flags: EventFlags = []
  ) {
    let access = mmio(kind, .gicd, offset, value, size: size, flags: flags.union(security(secure)))
    if kind == .mmioWrite, flags.isEmpty, EffectOrder.reevaluates(gicd: access.offset) {
      order.insert(access, before: order.startOfPass())
    } else {
      order.settle(access)
    }
  }

  private mutating func redistributor(
    _ kind: EventKind, _ affinity: UInt64, _ offset: UInt64, _ value: UInt64, _ size: UInt64, _ secure: UInt64,
    _ flags: EventFlags = []
  ) {
    let owner = pe(affinity)
    let access = mmio(kind, .gicr, offset, value, size: size, owner: owner, flags: flags.union(security(secure)))
    guard kind == .mmioWrite, flags.isEmpty else { return order.settle(access) }
    if EffectOrder.reevaluates(gicr: access.offset) {
      order.insert(access, before: order.startOfPair(of: owner))
    } else if access.offset & ~4 == 0x2_0078 {
      takeVPENDBASER(access, owner)
    } else {
      order.settle(access)
    }
  }

  /// A write of GICR_VPENDBASER: QEMU re-evaluates the virtual interface when Valid (bit 63) changes.
  private mutating func takeVPENDBASER(_ access: Event, _ owner: UInt32) {
    let was = residentVPEs[owner]
    let isNow: Bool? =
      switch (access.size, access.offset) {
      case (8, 0x2_0078): access.b >> 63 != 0
      case (4, 0x2_007C): access.b >> 31 & 1 != 0
      default: was
      }
    if owner != PE.none { residentVPEs[owner] = isNow }
    let start: Int
    if let was, let isNow {
      start = was == isNow ? order.waitingEnd : order.startOfVirtualPair(of: owner, evenAfterPair: true)
    } else {
      start = order.startOfVirtualPair(of: owner, evenAfterPair: isNow ?? false)
    }
    order.insert(access, before: start)
  }
}
