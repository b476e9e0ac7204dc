import InterruptTrace

/// Events about guests.
extension KernelDecoder {
  mutating func takeGuest(_ entry: KernelCatalogue.Entry, _ record: borrowing KernelRecord, _ place: Int?) {
    switch entry.action {
    case .inject: line(.inject, record, place, intid: record[1], level: record[2], vcpu: record[0])
    case .timerLine: line(.timerLine, record, place, intid: record[1], level: record[2], vcpu: record[0])
    case .irqLine:
      // The type is 0 for a PE's own input, 1 for an SPI, 2 for a PPI.
      let kind = (record[0] & 0xFF) << 8
      line(.irqLine, record, place, intid: record[2], level: record[3], vcpu: record[1], more: kind)
    case .gsiSet:
      let source = (record[2] & 0xFFFF) << 8
      line(.gsiSet, record, place, intid: record[0], level: record[1], vcpu: nil, more: source)
    case .ackNotify:
      // The irqchip's pins are the SPIs.
      own(.ackNotify, record, place, a: (record[1] &+ 32) & 0xFFFF_FFFF, b: record[0] & 0xFFFF_FFFF)
    case .mmio: access(record, place)
    case .systemRegister: systemRegister(record, place)
    case .systemRegisterTrap: own(.sysregTrap, record, place, a: record[0])
    case .wfx:
      var flags: EventFlags = record[1] != 0 ? .isWFE : []
      if !record.shows(0) { flags.insert(.incomplete) }
      own(.wfx, record, place, flags: flags, b: record[0])
    case .hypercall:
      own(
        .hypercall, record, place, flags: EventFlags(rawValue: UInt8(truncatingIfNeeded: record[2])), a: record[1],
        b: record[0])
    case .guestFault: own(.guestFault, record, place, a: record[3], b: record[1])
    case .userspaceExit: own(.userspaceExit, record, place, a: Self.userspaceReason(record))
    case .vcpuWakeup: own(.vcpuWakeup, record, place, a: record[0], b: record[1] & 1 | (record[2] & 1) << 1)
    case .haltPoll:
      own(.haltPoll, record, place, a: record[1] & 0xFFFF_FFFF, b: record[2] & 0xFFFF_FFFF, pe: Self.pe(record[0]))
    case .vcpuKick: own(.vcpuKick, record, place, a: UInt64(record.cpu) << 32, b: UInt64(record.thread) << 32)
    case .timerMap, .timerSave, .timerRestore, .timerExpire, .timerEmulate: timer(entry.action, record, place)
    default: probe(entry, record, place)
    }
  }

  /// An event of the guest whose thread it is.
  private mutating func own(
    _ kind: EventKind, _ record: borrowing KernelRecord, _ place: Int?, flags: EventFlags = [], a: UInt64 = 0,
    b: UInt64 = 0, pe: UInt32? = nil
  ) {
    let vcpu = pe ?? place.map { threads[$0].vcpu } ?? PE.none
    emit(kind, record.time, threads.guest(ofThread: place), vcpu, flags: flags, a: a, b: b)
  }

  private static func pe(_ value: UInt64) -> UInt32 { value < 4096 ? UInt32(value) : PE.none }

  /// A line that changes. An interrupt's handler may have interrupted the thread of any guest.
  private mutating func line(
    _ kind: EventKind, _ record: borrowing KernelRecord, _ place: Int?, intid: UInt64, level: UInt64, vcpu: UInt64?,
    more: UInt64 = 0
  ) {
    var domain = threads.guest(ofThread: place)
    if threads.guestCount > 1, isInHandler(record.cpu) { domain = Domain.unknownGuest }
    let isPrivate = kind != .gsiSet && INTID.isBanked(intid)
    emit(
      kind, record.time, domain, isPrivate ? vcpu.map(Self.pe) ?? PE.none : PE.none,
      a: intid & 0xFFFF_FFFF | UInt64(record.cpu) << 32, b: (level != 0 ? 1 : 0) | more | UInt64(record.thread) << 32)
  }

  /// A trapped access. It is shown twice when it is a read: as it traps, and with the value that the guest got.
  private mutating func access(_ record: borrowing KernelRecord, _ place: Int?) {
    let size: UInt8? =
      switch record[1] {
      case 1: 0
      case 2: 1
      case 4: 2
      case 8: 3
      default: nil
      }
    var flags: EventFlags = [.absolute]
    if let size { flags.insert(EventFlags(rawValue: size)) } else { flags.insert(.sizeUnknown) }
    if record[0] == 0 { flags.insert(.incomplete) }
    own(record[0] == 2 ? .mmioWrite : .mmioRead, record, place, flags: flags, a: record[2], b: record[3])
  }

  /// A trapped system-register access of a guest, whose value is not shown: of the interrupt controller's an access, of the
  /// others what the syndrome would say but for the general-purpose register (DDI 0487, D24.2.37).
  private mutating func systemRegister(_ record: borrowing KernelRecord, _ place: Int?) {
    let encoding = (record[1] & 3) << 14 | (record[2] & 7) << 11 | (record[3] & 15) << 7
    guard let register = Self.registers[UInt16(encoding | (record[4] & 15) << 3 | record[5] & 7)] else {
      if showsSyndromes { return }
      let operands = (record[1] & 3) << 20 | (record[5] & 7) << 17 | (record[2] & 7) << 14 | (record[3] & 15) << 10
      let syndrome = 0x18 << 26 | 1 << 25 | operands | (record[4] & 15) << 1 | (record[6] & 1 ^ 1)
      return own(.sysregTrap, record, place, flags: .incomplete, a: syndrome)
    }
    own(
      record[6] & 1 != 0 ? .sysregWrite : .sysregRead, record, place, flags: [EventFlags(rawValue: 3), .incomplete],
      a: UInt64(register.rawValue))
  }

  /// Registers of the CPU interface by op0, op1, CRn, CRm, op2 (IHI 0069H, 12.2).
  private static let registers: [UInt16: SystemRegister] = {
    var table: [UInt16: SystemRegister] = [:]
    func add(_ crm: UInt16, _ op2: UInt16, _ register: SystemRegister, crn: UInt16 = 12) {
      table[3 << 14 | crn << 7 | crm << 3 | op2] = register
    }
    add(6, 0, .ICC_PMR_EL1, crn: 4)
    let eighth: [SystemRegister] = [.ICC_IAR0_EL1, .ICC_EOIR0_EL1, .ICC_HPPIR0_EL1, .ICC_BPR0_EL1]
    for (op2, register) in eighth.enumerated() { add(8, UInt16(op2), register) }
    for n in 0..<4 {
      add(8, UInt16(4 + n), .ICC_AP0R0_EL1[n])
      add(9, UInt16(n), .ICC_AP1R0_EL1[n])
    }
    add(9, 5, .ICC_NMIAR1_EL1)
    add(11, 1, .ICC_DIR_EL1)
    add(11, 3, .ICC_RPR_EL1)
    add(11, 5, .ICC_SGI1R_EL1)
    add(11, 6, .ICC_ASGI1R_EL1)
    add(11, 7, .ICC_SGI0R_EL1)
    let twelfth: [SystemRegister] = [
      .ICC_IAR1_EL1, .ICC_EOIR1_EL1, .ICC_HPPIR1_EL1, .ICC_BPR1_EL1, .ICC_CTLR_EL1, .ICC_SRE_EL1, .ICC_IGRPEN0_EL1,
      .ICC_IGRPEN1_EL1,
    ]
    for (op2, register) in twelfth.enumerated() { add(12, UInt16(op2), register) }
    return table
  }()

  /// A signal shows as the error EINTR, as the reason INTR, or, where a tool hides the error, as the reason UNKNOWN.
  private static func userspaceReason(_ record: borrowing KernelRecord) -> UInt64 {
    let interrupted: UInt64 = 10
    if record.shows(1), record[1] & 0xFFFF_FFFF != 0 { return interrupted }
    return record[0] == 0 ? interrupted : record[0] & 0xFFFF_FFFF
  }

  private mutating func timer(_ action: KernelEvent.Action, _ record: borrowing KernelRecord, _ place: Int?) {
    switch action {
    case .timerMap:
      var map: UInt64 = 0
      for value in 1...4 { map |= (record.shows(value) ? record[value] & 0xFF : 0xFF) << UInt64(8 * (value - 1)) }
      own(.timerMap, record, place, a: map, pe: Self.pe(record[0]))
    case .timerSave, .timerRestore:
      own(
        action == .timerSave ? .timerSave : .timerRestore, record, place, a: record[1],
        b: record[0] & 0xFFFF_FFFF | (record[2] & 0xFF) << 32)
    case .timerExpire:
      // The software timer's interrupt comes on any CPU, in any thread.
      let domain = threads.guestCount > 1 ? Domain.unknownGuest : 1
      emit(.timerExpire, record.time, domain, PE.none, a: record[0] & 0xFF | UInt64(record.cpu) << 32)
    default: own(.timerEmulate, record, place, a: record[0] & 0xFF, b: record[1] & 1)
    }
  }

  // MARK: Probes

  private mutating func probe(_ entry: KernelCatalogue.Entry, _ record: borrowing KernelRecord, _ place: Int?) {
    switch entry.action {
    case .msi, .cachedMSI:
      own(
        .msi, record, place, flags: entry.action == .cachedMSI ? .cachedTranslation : [],
        a: record[1] & 0xFFFF_FFFF | (record[0] & 0xFFFF_FFFF) << 32, b: UInt64(Frame.translater.rawValue) << 32,
        pe: PE.none)
    case .msiResult:
      let a = record[0] & 0xFFFF_FFFF | UInt64(record.cpu) << 32
      own(.msiResult, record, place, a: a, b: UInt64(record.thread) << 32, pe: PE.none)
    case .listRegisterWrite, .listRegisterRead:
      guard record.shows(1) else { return own(.vgicStep, record, place, a: UInt64(VGICStep.fold.rawValue)) }
      listRegister(entry.action == .listRegisterWrite ? .lrWrite : .lrRead, record, place, record[0], record[1])
    case .listRegistersFilled: listRegisters(.lrWrite, record, place)
    case .listRegistersLeft: listRegisters(.lrRead, record, place)
    case .sgiDispatch: write(.ICC_SGI1R_EL1, record, place)
    case .deactivate: write(.ICC_DIR_EL1, record, place)
    case .itsCommand:
      let vcpu = place.map { threads[$0].vcpu } ?? PE.none
      itsCommand(entry.operand, record, threads.guest(ofThread: place), vcpu)
    case .hostCommand: itsCommand(entry.operand, record, Domain.physical, PE.none)
    default: own(.vgicStep, record, place, a: UInt64(entry.operand), b: record[0])
    }
  }

  private mutating func listRegister(
    _ kind: EventKind, _ record: borrowing KernelRecord, _ place: Int?, _ index: UInt64, _ value: UInt64,
    pe: UInt32? = nil
  ) {
    own(kind, record, place, a: index & 0xFF | UInt64(record.thread) << 32, b: value, pe: pe)
  }

  /// All that are in use. That none is in use is shown by the first, which is empty.
  private mutating func listRegisters(_ kind: EventKind, _ record: borrowing KernelRecord, _ place: Int?) {
    let shown = (record.shown >> 2).trailingOnes
    let used = record.shows(1) ? Int(clamping: record[1]) : shown
    let step: VGICStep = kind == .lrWrite ? .flush : .fold
    guard used <= shown, order.hasRoom else {
      return own(.vgicStep, record, place, a: UInt64(step.rawValue), b: UInt64(used))
    }
    let known = place.map { threads[$0].vcpu } ?? PE.none
    let pe = known == PE.none && record.shows(0) ? Self.pe(record[0]) : known
    for index in 0..<used {
      listRegister(kind, record, place, UInt64(index), record[2 + index], pe: pe)
    }
    if used == 0 { listRegister(kind, record, place, 0, 0, pe: pe) }
  }

  /// A trapped write of the guest with its value.
  private mutating func write(_ register: SystemRegister, _ record: borrowing KernelRecord, _ place: Int?) {
    let flags = EventFlags(rawValue: 3)
    own(.sysregWrite, record, place, flags: flags, a: UInt64(register.rawValue), b: record[0])
  }

  /// The doublewords as the probe gave them, or built of the operands that it names (IHI 0069H, 5.3).
  private mutating func itsCommand(_ opcode: UInt16, _ record: borrowing KernelRecord, _ domain: UInt16, _ pe: UInt32) {
    var words = (record[0], record[1], record[2], record[3])
    var flags: EventFlags = []
    if !record.shows(0) {
      words = (UInt64(opcode) | record[4] << 32, record[5] & 0xFFFF_FFFF | record[6] << 32, record[7] & 0xFFFF, 0)
      flags.insert(.operandsHidden)
    }
    emit(.itsCommand, record.time, domain, pe, flags: flags, a: words.0, b: words.1)
    emit(.continuation, record.time, domain, pe, a: words.2, b: words.3)
  }
}

extension UInt32 {
  /// How many of the lowest bits are set without a gap.
  fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
