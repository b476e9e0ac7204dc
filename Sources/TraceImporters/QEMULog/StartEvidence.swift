import InterruptTrace

/// Whether a QEMU log begins at the controller's reset: who sets it up begins with a write of GICD_CTLR, and nothing has
/// shown another state by then. It does not say so itself.
struct StartEvidence {
  /// Nil until GICD_CTLR is written.
  private(set) var isAtReset: Bool?
  /// What is shown cannot have come about since reset.
  private var sawState = false
  /// Something by which an interrupt can have become pending or enabled.
  private var sawCause = false
  private var sawDistributorWrite = false

  /// Takes a line's values, see ``LogEvent/Action``. `register` is the system register that it accesses.
  mutating func take(_ action: LogEvent.Action, _ v: UnsafeMutablePointer<UInt64>, _ register: SystemRegister) {
    // Nothing that follows can change the answer.
    if isAtReset != nil, sawCause { return }
    switch action {
    case .distributorWrite, .distributorBadWrite, .v2DistributorWrite:
      sawDistributorWrite = true
      if v[0] != 0 { sawCause = true } else if isAtReset == nil { isAtReset = !sawState }
    case .distributorRead: noteRead(v[0], v[1])
    case .v2DistributorRead: noteRead(v[0], v[2])
    case .highestPending: if v[3] < 0xFF { notePending() }
    case .v2HighestPending: notePending()
    case .v2Acknowledge, .processCommand, .translation: sawState = true
    // Firmware may look for a pending interrupt before there can be any; it reads a special INTID.
    case .acknowledgeRead: if !INTID.isSpecial(v[1]) { sawState = true }
    case .write: if register == .ICC_DIR_EL1 { sawState = true } else { sawCause = true }
    case .read, .cpuLines, .virtualHighestPending, .virtualCPULines, .v2CPULine, .redistributorRead, .v2InterfaceRead,
      .v2Enable, .v2Disable:
      break
    default: sawCause = true
    }
  }

  /// A PE takes an interrupt.
  mutating func noteException() { sawState = true }

  /// An interrupt is pending and enabled. Where nothing has made any so, something did before the log begins.
  private mutating func notePending() {
    sawState = true
    if !sawCause { isAtReset = false }
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
