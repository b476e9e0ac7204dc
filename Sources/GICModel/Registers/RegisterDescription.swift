import InterruptTrace

/// One memory-mapped register, or an array of them, as the manual describes it.
public struct RegisterDescription: Sendable {
  /// Who may access a register, and what the other Security state sees.
  public enum Security: String, Sendable {
    /// The same for both Security states.
    case common
    /// Non-secure accesses see only interrupts of Non-secure Group 1; the others read as zero and ignore writes.
    case byGroup = "by group"
    /// As ``byGroup``, widened by `GICD_NSACR` or `GICR_NSACR`.
    case byGroupAndNSACR = "by group, NSACR"
    /// Each Security state has its own copy or view.
    case banked
    /// Non-secure accesses read as zero and are ignored.
    case secureOnly = "secure"
  }

  /// What an access may do.
  public enum Access: String, Sendable {
    /// Readable and writable.
    case readWrite = "RW"
    /// Writes are ignored.
    case readOnly = "RO"
    /// Reads return zero.
    case writeOnly = "WO"
  }

  /// The manual's name, without the index of an array.
  public let name: String
  /// What the dispatcher does with it.
  public let role: RegisterRole
  /// The frame it lies in.
  public let frame: Frame
  /// Offset of the first register of the array.
  public let offset: UInt32
  /// Bytes from one register of the array to the next.
  public let stride: UInt32
  /// Registers in the array; 1 for a single register.
  public let count: Int
  /// Index of the array's first element in its name: `GICD_IROUTER32` is the first.
  public let firstIndex: Int
  /// 32 or 64.
  public let width: Int
  /// Bits for each INTID; 0 if the register is not about INTIDs.
  public let bitsPerINTID: Int
  /// Access sizes in bytes that the architecture allows.
  public let sizes: [Int]
  /// What an access may do.
  public let access: Access
  /// Who may access it.
  public let security: Security
  /// Value after reset where the architecture gives one.
  public let reset: UInt64?
  /// Section of IHI 0069H, or of IHI 0048B for GICv2.
  public let section: String
  /// What it holds.
  public let summary: String

  init(
    _ name: String, _ role: RegisterRole, _ frame: Frame, at offset: UInt32, stride: UInt32 = 4, count: Int = 1,
    firstIndex: Int = 0, width: Int = 32, bitsPerINTID: Int = 0, sizes: [Int] = [4], access: Access = .readWrite,
    security: Security = .common, reset: UInt64? = nil, section: String, _ summary: String
  ) {
    self.name = name
    self.role = role
    self.frame = frame
    self.offset = offset
    self.stride = stride
    self.count = count
    self.firstIndex = firstIndex
    self.width = width
    self.bitsPerINTID = bitsPerINTID
    self.sizes = sizes
    self.access = access
    self.security = security
    self.reset = reset
    self.section = section
    self.summary = summary
  }

  /// Bytes that the array covers.
  public var extent: UInt32 { stride * UInt32(count - 1) + UInt32(width / 8) }

  /// The name of the register at an offset of the array: `GICD_ISENABLER1`.
  public func name(at address: UInt32) -> String {
    guard count > 1 else { return name }
    return "\(name)\(Int((address &- offset) / stride) + firstIndex)"
  }
}

/// What the dispatcher does with a register. One role may serve several frames.
@frozen
public enum RegisterRole: UInt8, Sendable {
  /// Reserved: reads as zero, ignores writes.
  case reserved = 0
  /// `GICD_CTLR`, `GICR_CTLR`, `GITS_CTLR`.
  case control
  /// `*_TYPER`.
  case type
  /// `*_IIDR`.
  case implementer
  /// `GICD_TYPER2`.
  case type2
  /// `*_STATUSR`.
  case status
  /// Sets an SPI pending.
  case setSPI
  /// Clears an SPI's pending state.
  case clearSPI
  /// `*_IGROUPR`.
  case group
  /// `*_ISENABLER`.
  case setEnable
  /// `*_ICENABLER`.
  case clearEnable
  /// `*_ISPENDR`.
  case setPending
  /// `*_ICPENDR`.
  case clearPending
  /// `*_ISACTIVER`.
  case setActive
  /// `*_ICACTIVER`.
  case clearActive
  /// `*_IPRIORITYR`.
  case priority
  /// `GICD_ITARGETSR`.
  case target
  /// `*_ICFGR`.
  case configuration
  /// `*_IGRPMODR`.
  case groupModifier
  /// `*_NSACR`.
  case nonSecureAccess
  /// `GICD_SGIR`.
  case softwareInterrupt
  /// `GICD_CPENDSGIR`.
  case clearPendingSGI
  /// `GICD_SPENDSGIR`.
  case setPendingSGI
  /// `GICD_IROUTER`.
  case router
  /// Peripheral and component identification.
  case identification
  /// `GICR_WAKER`.
  case waker
  /// `GICR_SETLPIR`.
  case setLPI
  /// `GICR_CLRLPIR`.
  case clearLPI
  /// `GICR_PROPBASER`.
  case propertyBase
  /// `GICR_PENDBASER`.
  case pendingBase
  /// `GICR_INVLPIR`.
  case invalidateLPI
  /// `GICR_INVALLR`.
  case invalidateAll
  /// `GICR_SYNCR`.
  case synchronise
  /// `GICR_VPROPBASER`.
  case virtualPropertyBase
  /// `GICR_VPENDBASER`.
  case virtualPendingBase
  /// `GITS_CBASER`.
  case commandBase
  /// `GITS_CWRITER`.
  case commandWriter
  /// `GITS_CREADR`.
  case commandReader
  /// `GITS_BASER`.
  case tableBase
  /// `GICC_PMR`, `GICV_PMR`.
  case priorityMask
  /// `GICC_BPR`, `GICV_BPR`.
  case binaryPoint
  /// `GICC_IAR`, `GICV_IAR`.
  case acknowledge
  /// `GICC_EOIR`, `GICV_EOIR`.
  case endOfInterrupt
  /// `GICC_RPR`, `GICV_RPR`.
  case runningPriority
  /// `GICC_HPPIR`, `GICV_HPPIR`.
  case highestPending
  /// `GICC_ABPR`, `GICV_ABPR`.
  case aliasedBinaryPoint
  /// `GICC_AIAR`, `GICV_AIAR`.
  case aliasedAcknowledge
  /// `GICC_AEOIR`, `GICV_AEOIR`.
  case aliasedEndOfInterrupt
  /// `GICC_AHPPIR`, `GICV_AHPPIR`.
  case aliasedHighestPending
  /// `GICC_APR`, `GICV_APR`, `GICH_APR`.
  case activePriorities
  /// `GICC_NSAPR`.
  case nonSecureActivePriorities
  /// `GICC_DIR`, `GICV_DIR`.
  case deactivate
  /// `GICH_HCR`.
  case hypervisorControl
  /// `GICH_VMCR`.
  case virtualMachineControl
  /// `GICH_MISR`.
  case maintenanceStatus
  /// `GICH_EISR`.
  case endOfInterruptStatus
  /// `GICH_ELRSR`.
  case emptyListRegisterStatus
  /// `GICH_LR`.
  case listRegister
  /// `GICR_VSGIR`.
  case virtualSGISelect
  /// `GICR_VSGIPENDR`.
  case virtualSGIPending

  /// Whether the Distributor has an array of such registers with a part for every INTID.
  @inline(__always) var holdsSharedInterrupts: Bool {
    switch self {
    case .group, .setEnable, .clearEnable, .setPending, .clearPending, .setActive, .clearActive, .priority,
      .configuration, .groupModifier, .nonSecureAccess, .router:
      true
    default: false
    }
  }
}
