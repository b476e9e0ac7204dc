/// What the architecture forbids, ignores or calls UNPREDICTABLE, and a capture shows. The list follows what Arm's models
/// warn of (trace sources `ArchMsg.Warning` of the GIC components of Fast Models).
enum MisuseRule: UInt8, CaseIterable {
  // ITS
  case tablesNotProvided
  case commandQueueNotProvided
  case tablesWrittenWhileEnabled
  case commandQueueWrittenWhileEnabled
  case enabledBeforeQuiescent
  case commandQueueUnaligned
  case commandOffsetReservedBits
  // Redistributor
  case lpiTablesNotProvided
  case configurationTableTooSmall
  case configurationTableWrittenWhileEnabled
  case pendingTableWrittenWhileEnabled
  case lpiTablesWrittenBeforeRWP
  case configurationTablesDiffer
  case pendingTableAttributesDiffer
  case redistributorControlBeforeRWP
  case virtualTablesWrittenWhileValid
  // Distributor
  case distributorControlBeforeRWP
  case triggerChangedWhileEnabled
  case affinityRoutingChangedWhileEnabled
  case messageOfAbsentINTID
  // CPU interface
  case broadcastWithTargets
  case endOfSpecialINTID
  case endOfAbsentINTID
  case deactivationOfSpecialINTID
  case deactivationOfLPI
  case deactivationWithoutEOImode
  // List registers
  case hardwareListRegisterPendingAndActive
  case hardwareListRegisterOfSGI
  case listRegisterOfSpecialINTID

  /// What a rule says.
  struct Description {
    /// The stable name.
    var name: String
    /// Where it stands: the manual, and the section by its title.
    var section: String
    /// What follows, in one sentence.
    var consequence: String
  }

  /// The stable name.
  var name: String { description.name }

  /// Whether the access alone shows it. The others rest on what came before, or did not.
  var isShownByAccess: Bool {
    switch self {
    case .commandQueueUnaligned, .commandOffsetReservedBits, .broadcastWithTargets, .endOfSpecialINTID,
      .deactivationOfSpecialINTID, .deactivationOfLPI, .hardwareListRegisterPendingAndActive,
      .hardwareListRegisterOfSGI,
      .listRegisterOfSpecialINTID:
      true
    default: false
    }
  }

  /// Whether it can hardly do harm.
  var isHarmless: Bool { self == .commandOffsetReservedBits }

  private static let gic3 = "IHI 0069H, "
  private static let gic2 = "IHI 0048B, "
  private static let unpredictable = "the result is UNPREDICTABLE"

  var description: Description {
    switch self {
    case .tablesNotProvided, .commandQueueNotProvided, .tablesWrittenWhileEnabled, .commandQueueWrittenWhileEnabled,
      .enabledBeforeQuiescent, .commandQueueUnaligned, .commandOffsetReservedBits:
      its
    case .lpiTablesNotProvided, .configurationTableTooSmall, .configurationTableWrittenWhileEnabled,
      .pendingTableWrittenWhileEnabled, .lpiTablesWrittenBeforeRWP, .configurationTablesDiffer,
      .pendingTableAttributesDiffer, .redistributorControlBeforeRWP, .virtualTablesWrittenWhileValid:
      redistributor
    case .distributorControlBeforeRWP, .triggerChangedWhileEnabled, .affinityRoutingChangedWhileEnabled,
      .messageOfAbsentINTID:
      distributor
    case .broadcastWithTargets, .endOfSpecialINTID, .endOfAbsentINTID, .deactivationOfSpecialINTID, .deactivationOfLPI,
      .deactivationWithoutEOImode:
      interface
    case .hardwareListRegisterPendingAndActive, .hardwareListRegisterOfSGI, .listRegisterOfSpecialINTID: listRegister
    }
  }

  private var its: Description {
    let control = Self.gic3 + "\"GITS_CTLR, ITS Control Register\""
    let tables = Self.gic3 + "\"GITS_BASER<n>, ITS Translation Table Descriptors\""
    let queue = Self.gic3 + "\"GITS_CBASER, ITS Command Queue Descriptor\""
    return switch self {
    case .tablesNotProvided:
      Description(
        name: "its-tables-not-provided", section: tables,
        consequence: "the ITS has no memory for the table: no command that needs it succeeds")
    case .commandQueueNotProvided:
      Description(
        name: "its-queue-not-provided", section: queue, consequence: "the ITS has no command queue to read")
    case .tablesWrittenWhileEnabled:
      Description(name: "its-tables-written-while-enabled", section: tables, consequence: Self.unpredictable)
    case .commandQueueWrittenWhileEnabled:
      Description(name: "its-queue-written-while-enabled", section: queue, consequence: Self.unpredictable)
    case .enabledBeforeQuiescent:
      Description(name: "its-enabled-before-quiescent", section: control, consequence: Self.unpredictable)
    case .commandQueueUnaligned:
      Description(
        name: "its-queue-unaligned", section: queue,
        consequence: "bits 15:12 of the address are taken for 0, or commands are read from an UNKNOWN address")
    default:
      Description(
        name: "its-writer-reserved-bits",
        section: Self.gic3 + "\"GITS_CWRITER, ITS Write Register\"",
        consequence: "bits 4:1 are reserved: the offset counts in units of 32 bytes")
    }
  }

  private var redistributor: Description {
    let properties = Self.gic3 + "\"GICR_PROPBASER, Redistributor Properties Base Address Register\""
    let pending = Self.gic3 + "\"GICR_PENDBASER, Redistributor LPI Pending Table Base Address Register\""
    let control = Self.gic3 + "\"GICR_CTLR, Redistributor Control Register\""
    return switch self {
    case .lpiTablesNotProvided:
      Description(
        name: "lpi-tables-not-provided", section: control,
        consequence: "the Redistributor reads LPI configuration and pending bits wherever the registers point")
    case .configurationTableTooSmall:
      Description(
        name: "lpi-idbits-too-small", section: properties, consequence: "every LPI is out of range")
    case .configurationTableWrittenWhileEnabled:
      Description(name: "propbaser-written-while-enabled", section: properties, consequence: Self.unpredictable)
    case .pendingTableWrittenWhileEnabled:
      Description(name: "pendbaser-written-while-enabled", section: pending, consequence: Self.unpredictable)
    case .lpiTablesWrittenBeforeRWP:
      Description(name: "lpi-tables-written-before-rwp", section: control, consequence: Self.unpredictable)
    case .configurationTablesDiffer:
      Description(
        name: "propbaser-differs", section: Self.gic3 + "\"LPI Configuration tables\"", consequence: Self.unpredictable)
    case .pendingTableAttributesDiffer:
      Description(name: "pendbaser-attributes-differ", section: pending, consequence: Self.unpredictable)
    case .redistributorControlBeforeRWP:
      Description(name: "gicr-ctlr-before-rwp", section: control, consequence: Self.unpredictable)
    default:
      Description(
        name: "vlpi-tables-written-while-valid",
        section: Self.gic3 + "\"GICR_VPENDBASER, Virtual Redistributor LPI Pending Table Base Address Register\"",
        consequence: Self.unpredictable)
    }
  }

  private var distributor: Description {
    let control = Self.gic3 + "\"GICD_CTLR, Distributor Control Register\""
    return switch self {
    case .distributorControlBeforeRWP:
      Description(
        name: "gicd-ctlr-before-rwp", section: control,
        consequence: "the earlier write has not taken effect everywhere yet")
    case .affinityRoutingChangedWhileEnabled:
      Description(name: "are-changed-while-enabled", section: control, consequence: Self.unpredictable)
    case .messageOfAbsentINTID:
      Description(
        name: "message-of-absent-intid",
        section: Self.gic3 + "\"GICD_SETSPI_NSR, Set Non-secure SPI Pending Register\"",
        consequence: "nothing becomes pending: there is no such SPI")
    default:
      Description(
        name: "trigger-changed-while-enabled",
        section: Self.gic3 + "\"GICD_ICFGR<n>, Interrupt Configuration Registers\"", consequence: Self.unpredictable)
    }
  }

  private var interface: Description {
    let end = Self.gic3 + "\"ICC_EOIR1_EL1, Interrupt Controller End Of Interrupt Register 1\""
    return switch self {
    case .broadcastWithTargets:
      Description(
        name: "sgi-irm-with-targets",
        section: Self.gic3
          + "\"ICC_SGI1R_EL1, Interrupt Controller Software Generated Interrupt Group 1 Register\"",
        consequence: "IRM sends it to every other PE, whatever targets are named")
    case .endOfSpecialINTID:
      Description(
        name: "end-of-special-intid", section: end,
        consequence: "nothing was acknowledged, and there is nothing to end")
    case .endOfAbsentINTID:
      Description(
        name: "end-of-absent-intid", section: end,
        consequence: "it cannot have been acknowledged: there is no such interrupt")
    case .deactivationOfSpecialINTID:
      Description(
        name: "deactivation-of-special-intid",
        section: Self.gic3 + "\"ICC_DIR_EL1, Interrupt Controller Deactivate Interrupt Register\"",
        consequence: "nothing is deactivated")
    case .deactivationOfLPI:
      Description(
        name: "deactivation-of-lpi",
        section: Self.gic3 + "\"ICC_DIR_EL1, Interrupt Controller Deactivate Interrupt Register\"",
        consequence: "an LPI has no active state")
    default:
      Description(
        name: "deactivation-without-eoimode",
        section: Self.gic2 + "\"Deactivate Interrupt Register, GICC_DIR\"",
        consequence: "with EOImode 0 the end deactivates: the write is ignored or UNPREDICTABLE")
    }
  }

  private var listRegister: Description {
    let section = Self.gic3 + "\"ICH_LR<n>_EL2, Interrupt Controller List Registers\""
    return switch self {
    case .hardwareListRegisterPendingAndActive:
      Description(
        name: "lr-hw-pending-and-active", section: section,
        consequence: "the pending and active state is for interrupts that software makes")
    case .hardwareListRegisterOfSGI:
      Description(
        name: "lr-hw-of-sgi", section: Self.gic2 + "\"List Registers, GICH_LRn\"", consequence: Self.unpredictable)
    default: Description(name: "lr-of-special-intid", section: section, consequence: Self.unpredictable)
    }
  }
}
