import InterruptTrace

/// `GICR_*`: RD frame at 0, SGI frame at 0x10000, VLPI frame at 0x20000 (IHI 0069H, 12.10 and 12.11).
let redistributorRegisters: [RegisterDescription] = [
  .init("GICR_CTLR", .control, .gicr, at: 0x0, section: "12.11.2", "Redistributor control"),
  .init("GICR_IIDR", .implementer, .gicr, at: 0x4, access: .readOnly, section: "12.11.9", "Implementer identification"),
  .init(
    "GICR_TYPER", .type, .gicr, at: 0x8, width: 64, sizes: [4, 8], access: .readOnly, section: "12.11.35",
    "Redistributor type"),
  .init(
    "GICR_STATUSR", .status, .gicr, at: 0x10, access: .readWrite, security: .banked, reset: 0, section: "12.11.33",
    "Error reporting status"),
  .init(
    "GICR_WAKER", .waker, .gicr, at: 0x14, access: .readWrite, security: .secureOnly, reset: 6, section: "12.11.42",
    "Redistributor wake"),
  .init(
    "GICR_SETLPIR", .setLPI, .gicr, at: 0x40, width: 64, sizes: [4, 8], access: .writeOnly, section: "12.11.32",
    "Set LPI pending"),
  .init(
    "GICR_CLRLPIR", .clearLPI, .gicr, at: 0x48, width: 64, sizes: [4, 8], access: .writeOnly, section: "12.11.1",
    "Clear LPI pending"),
  .init(
    "GICR_PROPBASER", .propertyBase, .gicr, at: 0x70, width: 64, sizes: [4, 8], section: "12.11.31",
    "LPI configuration table base"),
  .init(
    "GICR_PENDBASER", .pendingBase, .gicr, at: 0x78, width: 64, sizes: [4, 8], section: "12.11.30",
    "LPI pending table base"),
  .init(
    "GICR_INVLPIR", .invalidateLPI, .gicr, at: 0xA0, width: 64, sizes: [4, 8], access: .writeOnly, section: "12.11.19",
    "Invalidate an LPI's configuration"),
  .init(
    "GICR_INVALLR", .invalidateAll, .gicr, at: 0xB0, width: 64, sizes: [4, 8], access: .writeOnly, section: "12.11.18",
    "Invalidate all LPI configuration"),
  .init("GICR_SYNCR", .synchronise, .gicr, at: 0xC0, access: .readOnly, reset: 0, section: "12.11.34", "Synchronise"),
  .init(
    "GICR_ID", .identification, .gicr, at: 0xFFD0, count: 12, access: .readOnly, section: "12.11.43",
    "Identification registers"),
  .init(
    "GICR_IGROUPR", .group, .gicr, at: 0x10080, count: 3, bitsPerINTID: 1, access: .readWrite, security: .secureOnly,
    section: "12.11.10", "Interrupt group"),
  .init(
    "GICR_ISENABLER", .setEnable, .gicr, at: 0x10100, count: 3, bitsPerINTID: 1, access: .readWrite, security: .byGroup,
    reset: 0, section: "12.11.24", "Interrupt set-enable"),
  .init(
    "GICR_ICENABLER", .clearEnable, .gicr, at: 0x10180, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .byGroup, reset: 0, section: "12.11.5", "Interrupt clear-enable"),
  .init(
    "GICR_ISPENDR", .setPending, .gicr, at: 0x10200, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.11.26", "Interrupt set-pending"),
  .init(
    "GICR_ICPENDR", .clearPending, .gicr, at: 0x10280, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.11.7", "Interrupt clear-pending"),
  .init(
    "GICR_ISACTIVER", .setActive, .gicr, at: 0x10300, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.11.22", "Interrupt set-active"),
  .init(
    "GICR_ICACTIVER", .clearActive, .gicr, at: 0x10380, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.11.3", "Interrupt clear-active"),
  .init(
    "GICR_IPRIORITYR", .priority, .gicr, at: 0x10400, count: 24, bitsPerINTID: 8, sizes: [1, 4], access: .readWrite,
    security: .byGroup, section: "12.11.20", "Interrupt priority"),
  .init(
    "GICR_ICFGR", .configuration, .gicr, at: 0x10C00, count: 6, bitsPerINTID: 2, access: .readWrite, security: .byGroup,
    section: "12.11.8", "Interrupt configuration"),
  .init(
    "GICR_IGRPMODR", .groupModifier, .gicr, at: 0x10D00, count: 3, bitsPerINTID: 1, access: .readWrite,
    security: .secureOnly, section: "12.11.11", "Interrupt group modifier"),
  .init(
    "GICR_NSACR", .nonSecureAccess, .gicr, at: 0x10E00, bitsPerINTID: 2, access: .readWrite, security: .secureOnly,
    section: "12.11.29", "Non-secure access control"),
  .init(
    "GICR_VPROPBASER", .virtualPropertyBase, .gicr, at: 0x20070, width: 64, sizes: [4, 8], section: "12.11.40",
    "Virtual LPI configuration table base"),
  .init(
    "GICR_VPENDBASER", .virtualPendingBase, .gicr, at: 0x20078, width: 64, sizes: [4, 8], section: "12.11.39",
    "Virtual LPI pending table base"),
  .init(
    "GICR_VSGIR", .virtualSGISelect, .gicr, at: 0x20080, access: .writeOnly, section: "12.11.42",
    "vPE whose pending virtual SGIs are asked for"),
  .init(
    "GICR_VSGIPENDR", .virtualSGIPending, .gicr, at: 0x20088, access: .readOnly, section: "12.11.41",
    "Pending virtual SGIs of that vPE"),
]
