import InterruptTrace

/// `GICD_*` of GICv2 (IHI 0048B, 4.3). Registers of INTIDs 0 to 31 are banked: each PE has its own.
let gicv2DistributorRegisters: [RegisterDescription] = [
  .init("GICD_CTLR", .control, .gicd, at: 0x0, security: .banked, reset: 0, section: "4.3.1", "Distributor control"),
  .init("GICD_TYPER", .type, .gicd, at: 0x4, access: .readOnly, section: "4.3.2", "Interrupt controller type"),
  .init("GICD_IIDR", .implementer, .gicd, at: 0x8, access: .readOnly, section: "4.3.3", "Implementer identification"),
  .init(
    "GICD_IGROUPR", .group, .gicd, at: 0x80, count: 32, bitsPerINTID: 1, security: .secureOnly, section: "4.3.4",
    "Interrupt group"),
  .init(
    "GICD_ISENABLER", .setEnable, .gicd, at: 0x100, count: 32, bitsPerINTID: 1, security: .byGroup, section: "4.3.5",
    "Interrupt set-enable"),
  .init(
    "GICD_ICENABLER", .clearEnable, .gicd, at: 0x180, count: 32, bitsPerINTID: 1, security: .byGroup, section: "4.3.6",
    "Interrupt clear-enable"),
  .init(
    "GICD_ISPENDR", .setPending, .gicd, at: 0x200, count: 32, bitsPerINTID: 1, security: .byGroupAndNSACR, reset: 0,
    section: "4.3.7", "Interrupt set-pending"),
  .init(
    "GICD_ICPENDR", .clearPending, .gicd, at: 0x280, count: 32, bitsPerINTID: 1, security: .byGroupAndNSACR, reset: 0,
    section: "4.3.8", "Interrupt clear-pending"),
  .init(
    "GICD_ISACTIVER", .setActive, .gicd, at: 0x300, count: 32, bitsPerINTID: 1, security: .byGroupAndNSACR, reset: 0,
    section: "4.3.9", "Interrupt set-active"),
  .init(
    "GICD_ICACTIVER", .clearActive, .gicd, at: 0x380, count: 32, bitsPerINTID: 1, security: .byGroupAndNSACR, reset: 0,
    section: "4.3.10", "Interrupt clear-active"),
  .init(
    "GICD_IPRIORITYR", .priority, .gicd, at: 0x400, count: 255, bitsPerINTID: 8, sizes: [1, 4], security: .byGroup,
    reset: 0, section: "4.3.11", "Interrupt priority"),
  .init(
    "GICD_ITARGETSR", .target, .gicd, at: 0x800, count: 255, bitsPerINTID: 8, sizes: [1, 4], security: .byGroupAndNSACR,
    section: "4.3.12", "Interrupt processor targets"),
  .init(
    "GICD_ICFGR", .configuration, .gicd, at: 0xC00, count: 64, bitsPerINTID: 2, security: .byGroup, section: "4.3.13",
    "Interrupt configuration"),
  .init(
    "GICD_NSACR", .nonSecureAccess, .gicd, at: 0xE00, count: 64, bitsPerINTID: 2, security: .secureOnly, reset: 0,
    section: "4.3.14", "Non-secure access control"),
  .init(
    "GICD_SGIR", .softwareInterrupt, .gicd, at: 0xF00, access: .writeOnly, section: "4.3.15",
    "Software generated interrupt"),
  .init(
    "GICD_CPENDSGIR", .clearPendingSGI, .gicd, at: 0xF10, count: 4, bitsPerINTID: 8, sizes: [1, 4], security: .byGroup,
    reset: 0, section: "4.3.16", "SGI clear-pending, one bit for each source"),
  .init(
    "GICD_SPENDSGIR", .setPendingSGI, .gicd, at: 0xF20, count: 4, bitsPerINTID: 8, sizes: [1, 4], security: .byGroup,
    reset: 0, section: "4.3.17", "SGI set-pending, one bit for each source"),
  .init(
    "GICD_ID", .identification, .gicd, at: 0xFD0, count: 12, access: .readOnly, section: "4.3.18",
    "Identification registers"),
]

/// A GICv2m MSI frame: a doorbell that turns a written INTID into an SPI (Server Base System Architecture, appendix E).
let gicv2mRegisters: [RegisterDescription] = [
  .init("MSI_TYPER", .type, .gicm, at: 0x8, access: .readOnly, section: "SBSA E.9", "First SPI and number of SPIs"),
  .init(
    "MSI_SETSPI_NS", .setSPI, .gicm, at: 0x40, access: .writeOnly, section: "SBSA E.9",
    "Sets an SPI of this frame pending"),
  .init(
    "MSI_IIDR", .implementer, .gicm, at: 0xFCC, access: .readOnly, section: "SBSA E.9", "Implementer identification"),
]
