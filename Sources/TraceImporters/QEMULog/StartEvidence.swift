import InterruptTrace

/// Whether a QEMU log begins at the controller's reset: who sets it up begins with a write of GICD_CTLR, and nothing has
/// shown another state by then. It does not say so itself.
struct StartEvidence {
  /// Nil until GICD_CTLR is written.
  private(set) var isAtReset: Bool?
  /// What is shown cannot have come about since reset.
  private var sawState = false
  private var sawDistributorWrite = false
  /// Interrupts that a write has enabled on some PE.
  private var enabled = InlineArray<32, UInt32>(repeating: 0)
  private var sawSGI = false
  /// Pending interrupts whose cause may be on a line to come: GICv3 prints accesses behind their effects.
  private var suspects = InlineArray<8, UInt16>(repeating: 0)
  private var suspectCount = 0
  /// Pending interrupts that were compared with what enabled them.
  private var compared = 0

  /// Takes a line's values, see ``LogEvent/Action``. `register` is the system register that it accesses.
  mutating func take(_ action: LogEvent.Action, _ v: UnsafeMutablePointer<UInt64>, _ register: SystemRegister) {
    // What a log shows long after its start says nothing of that.
    if isAtReset == false || compared > 256 { return }
    noteCause(action, v)
    switch action {
    case .highestPending, .v2HighestPending, .cpuLines, .v2CPULine: break
    default: if suspectCount > 0 { compareSuspects() }
    }
    switch action {
    case .distributorWrite, .distributorBadWrite, .v2DistributorWrite:
      sawDistributorWrite = true
      if v[0] == 0, isAtReset == nil { isAtReset = !sawState }
    case .distributorRead: noteRead(v[0], v[1])
    case .v2DistributorRead: noteRead(v[0], v[2])
    case .highestPending: if v[3] < 0xFF { notePending(v[1]) }
    case .v2HighestPending where LogDecoder.isVirtual(v[0]) == false:
      notePending(v[2])
      compareSuspects()
    case .v2Acknowledge, .processCommand, .translation: sawState = true
    // Firmware may look for a pending interrupt before there can be any; it reads a special INTID.
    case .acknowledgeRead: if !INTID.isSpecial(v[1]) { sawState = true }
    case .write: if register == .ICC_DIR_EL1 { sawState = true }
    default: break
    }
  }

  /// A PE takes an interrupt.
  mutating func noteException() { sawState = true }

  /// What can have enabled interrupts, and sent SGIs.
  private mutating func noteCause(_ action: LogEvent.Action, _ v: UnsafeMutablePointer<UInt64>) {
    switch action {
    case .distributorWrite: noteWrite(v[0], v[1])
    case .v2DistributorWrite: noteWrite(v[0], v[2])
    case .redistributorWrite: if v[1] >= 0x1_0000 { noteWrite(v[1] & 0xFFFF, v[2]) }
    case .v2Enable: if v[0] < 1024 { enabled[Int(v[0]) >> 5] |= 1 << UInt32(v[0] & 31) }
    case .generateSGI, .sgiPending: sawSGI = true
    default: break
    }
  }

  /// `*_ISENABLER`, and what makes SGIs pending: `*_ISPENDR0`, `GICD_SGIR`, `GICD_SPENDSGIR`.
  private mutating func noteWrite(_ offset: UInt64, _ value: UInt64) {
    switch offset {
    case 0x100..<0x180:
      enabled[Int(offset - 0x100) >> 2] |= UInt32(truncatingIfNeeded: value) << (UInt32(offset & 3) * 8)
    case 0x200..<0x204, 0xF00, 0xF20..<0xF30: sawSGI = true
    default: break
    }
  }

  /// An interrupt is pending and enabled. Where nothing in the log has made it so, something did before the log begins.
  private mutating func notePending(_ intid: UInt64) {
    sawState = true
    guard intid < 1020, suspectCount < 8 else { return }
    suspects[suspectCount] = UInt16(intid)
    suspectCount += 1
  }

  /// A line that may have led to what was shown has come.
  private mutating func compareSuspects() {
    for n in 0..<suspectCount {
      let intid = Int(suspects[n])
      // SGIs are enabled from the start on some controllers.
      let isExplained = intid < 16 ? sawSGI : enabled[intid >> 5] >> UInt32(intid & 31) & 1 != 0
      if !isExplained { isAtReset = false }
    }
    compared += suspectCount
    suspectCount = 0
  }

  /// A read of the Distributor before any write: groups or shared interrupts that are enabled, active ones, and priorities
  /// other than the highest of a Security state are not those of reset.
  private mutating func noteRead(_ offset: UInt64, _ value: UInt64) {
    guard !sawDistributorWrite else { return }
    switch offset {
    case 0x0: if value & 0b111 != 0 { sawState = true }
    case 0x104..<0x180, 0x184..<0x200, 0x300..<0x400: if value != 0 { sawState = true }
    case 0x400..<0x7FC: if value & 0x7F7F_7F7F != 0 { sawState = true }
    default: break
    }
  }
}
