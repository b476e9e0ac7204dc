import InterruptTrace
import LPIStore

/// Writes what a controller does with LPIs as a capture: a GICv3 from its reset, its ITS, handlers that acknowledge and end.
///
/// Each acknowledge shows the INTID that the operation names, so that a capture written from a workload holds an answer
/// that no model gave.
public struct LPICaptureWriter {
  /// What was written, for the user.
  public struct Summary: Sendable {
    /// Records.
    public var events: UInt64 = 0
    /// MSIs.
    public var injections: UInt64 = 0
    /// Interrupts that PEs acknowledged, each with the INTID expected.
    public var acknowledges: UInt64 = 0
    /// ITS commands.
    public var commands: UInt64 = 0
  }

  private static let propertyTable: UInt64 = 0x1_0000_0000
  private static let pendingTables: UInt64 = 0x2_0000_0000
  private static let translationTables: UInt64 = 0x10_0000_0000
  /// Nanoseconds between events.
  private static let step: UInt64 = 100

  private let writer: NativeTraceWriter
  private let peCount: Int
  private let intidBits: Int
  private var time: UInt64 = 0
  private var nextTable = Self.translationTables
  /// What was written so far.
  public private(set) var summary = Summary()

  /// Starts a capture at `path` with the controller's set-up.
  public init(path: String, peCount: Int, intidBits: Int) throws(OutputError) {
    self.peCount = peCount
    self.intidBits = min(max(intidBits, 14), 24)
    writer = try NativeTraceWriter(path: path, topology: Self.topology(peCount, self.intidBits))
    try setUp()
  }

  private static func topology(_ peCount: Int, _ intidBits: Int) -> Topology {
    var topology = Topology()
    topology.set(.architecture, to: .v3, source: .header)
    topology.set(.profile, to: .arch, source: .header)
    topology.set(.peCount, to: peCount, source: .header)
    topology.set(.securityStates, to: .one, source: .header)
    topology.set(.affinityRouting, to: true, source: .header)
    topology.set(.startsAtReset, to: true, source: .header)
    topology.set(.priorityBits, to: 8, source: .header)
    topology.set(.intidBits, to: intidBits, source: .header)
    return topology
  }

  // MARK: The controller

  /// As software sets it up: affinity routing and Group 1, the ITS, and on each PE the LPI tables and the CPU interface.
  private mutating func setUp() throws(OutputError) {
    try write(.gicd, 0x0, 0x12)  // GICD_CTLR: ARE, EnableGrp1
    for pe in 0..<UInt32(peCount) {
      try write(.gicr, 0x14, 0, owner: pe)  // GICR_WAKER
      try write(.gicr, 0x70, Self.propertyTable | UInt64(intidBits - 1), size: 8, owner: pe)  // GICR_PROPBASER
      let table = Self.pendingTables + UInt64(pe) << 21
      try write(.gicr, 0x78, table | 1 << 62, size: 8, owner: pe)  // GICR_PENDBASER, PTZ
      try write(.gicr, 0x0, 1, owner: pe)  // GICR_CTLR.EnableLPIs
      try append(.sysreg(.sysregWrite, time: 0, pe: pe, register: .ICC_PMR_EL1, value: 0xFF))
      try append(.sysreg(.sysregWrite, time: 0, pe: pe, register: .ICC_IGRPEN1_EL1, value: 1))
    }
    try write(.gits, 0x0, 1)  // GITS_CTLR
    for pe in 0..<UInt64(peCount) { try command(ITSOpcode.mapc, 0, 0, pe | pe << 16 | 1 << 63) }
  }

  private mutating func write(
    _ frame: Frame, _ offset: UInt32, _ value: UInt64, size: Int = 4, owner: UInt32 = 0
  ) throws(OutputError) {
    try append(.mmio(.mmioWrite, time: 0, frame: frame, offset: offset, value: value, size: size, owner: owner))
  }

  private mutating func append(_ event: Event) throws(OutputError) {
    var event = event
    event.time = time
    time += Self.step
    try writer.append(event)
    summary.events += 1
  }

  /// An ITS command (IHI 0069H section 5.3).
  private mutating func command(
    _ opcode: UInt8, _ device: UInt32, _ doubleword1: UInt64, _ doubleword2: UInt64 = 0, _ doubleword3: UInt64 = 0
  ) throws(OutputError) {
    try append(Event(time: 0, kind: .itsCommand, a: UInt64(opcode) | UInt64(device) << 32, b: doubleword1))
    time -= Self.step
    try append(Event(time: 0, kind: .continuation, a: doubleword2, b: doubleword3))
    summary.commands += 1
  }

  // MARK: Operations

  /// Appends what an operation looks like at the controller's ports.
  public mutating func append(_ one: LPIOperation) throws(OutputError) {
    let event = UInt64(one.event)
    switch one.kind {
    case .mapDevice:
      let bits = min(max(event, 1), 16)
      try command(ITSOpcode.mapd, one.device, bits - 1, nextTable | 1 << 63)
      nextTable += max(256, 8 << bits)
    case .unmapDevice: try command(ITSOpcode.mapd, one.device, 0)
    case .map: try command(ITSOpcode.mapti, one.device, event | UInt64(one.intid) << 32, UInt64(one.pe))
    case .unmap: try command(ITSOpcode.discard, one.device, event)
    case .configure:
      let address = Self.propertyTable + UInt64(one.intid) - UInt64(LPILimits.firstINTID)
      try append(Event(time: 0, kind: .memoryWrite, a: address, b: UInt64(one.property)))
    case .invalidate: try command(ITSOpcode.inv, one.device, event)
    case .inject:
      try append(Event(time: 0, kind: .msi, a: UInt64(one.device) << 32 | event))
      summary.injections += 1
    case .pend: try write(.gicr, 0x40, UInt64(one.intid), size: 8, owner: one.pe)  // GICR_SETLPIR
    case .acknowledge:
      try acknowledge(one.pe, one.intid)
      try append(.sysreg(.sysregWrite, time: 0, pe: one.pe, register: .ICC_EOIR1_EL1, value: UInt64(one.intid)))
      summary.acknowledges += 1
    case .clear: try command(ITSOpcode.clear, one.device, event)
    case .move: try command(ITSOpcode.movi, one.device, event, UInt64(one.target))
    case .moveAll: try command(ITSOpcode.movall, 0, 0, UInt64(one.pe) << 16, UInt64(one.target) << 16)
    }
  }

  private mutating func acknowledge(_ pe: UInt32, _ intid: UInt32) throws(OutputError) {
    try append(.sysreg(.sysregRead, time: 0, pe: pe, register: .ICC_IAR1_EL1, value: UInt64(intid)))
  }

  /// Shows that nothing is left pending on any PE, and ends the file.
  public mutating func finish() throws(OutputError) {
    for pe in 0..<UInt32(peCount) { try acknowledge(pe, INTID.spurious) }
    try writer.finish()
  }
}
