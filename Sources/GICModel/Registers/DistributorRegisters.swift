import InterruptTrace

/// `GICD_*` of GICv3 and GICv4 (IHI 0069H, 12.9).
let distributorRegisters: [RegisterDescription] = [
  .init(
    "GICD_CTLR", .control, .gicd, at: 0x0, access: .readWrite, security: .banked, section: "12.9.4",
    "Distributor control"),
  .init("GICD_TYPER", .type, .gicd, at: 0x4, access: .readOnly, section: "12.9.38", "Interrupt controller type"),
  .init("GICD_IIDR", .implementer, .gicd, at: 0x8, access: .readOnly, section: "12.9.14", "Implementer identification"),
  .init("GICD_TYPER2", .type2, .gicd, at: 0xC, access: .readOnly, section: "12.9.39", "Interrupt controller type 2"),
  .init(
    "GICD_STATUSR", .status, .gicd, at: 0x10, access: .readWrite, security: .banked, reset: 0, section: "12.9.37",
    "Error reporting status"),
  .init(
    "GICD_SETSPI_NSR", .setSPI, .gicd, at: 0x40, sizes: [2, 4], access: .writeOnly, section: "12.9.34",
    "Set Non-secure SPI pending"),
  .init(
    "GICD_CLRSPI_NSR", .clearSPI, .gicd, at: 0x48, sizes: [2, 4], access: .writeOnly, section: "12.9.1",
    "Clear Non-secure SPI pending"),
  .init(
    "GICD_SETSPI_SR", .setSPI, .gicd, at: 0x50, sizes: [2, 4], access: .writeOnly, security: .secureOnly,
    section: "12.9.35", "Set Secure SPI pending"),
  .init(
    "GICD_CLRSPI_SR", .clearSPI, .gicd, at: 0x58, sizes: [2, 4], access: .writeOnly, security: .secureOnly,
    section: "12.9.2", "Clear Secure SPI pending"),
  .init(
    "GICD_IGROUPR", .group, .gicd, at: 0x80, count: 32, bitsPerINTID: 1, access: .readWrite, security: .secureOnly,
    section: "12.9.11", "Interrupt group"),
  .init(
    "GICD_ISENABLER", .setEnable, .gicd, at: 0x100, count: 32, bitsPerINTID: 1, access: .readWrite, security: .byGroup,
    reset: 0, section: "12.9.27", "Interrupt set-enable"),
  .init(
    "GICD_ICENABLER", .clearEnable, .gicd, at: 0x180, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .byGroup, reset: 0, section: "12.9.7", "Interrupt clear-enable"),
  .init(
    "GICD_ISPENDR", .setPending, .gicd, at: 0x200, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.9.29", "Interrupt set-pending"),
  .init(
    "GICD_ICPENDR", .clearPending, .gicd, at: 0x280, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.9.9", "Interrupt clear-pending"),
  .init(
    "GICD_ISACTIVER", .setActive, .gicd, at: 0x300, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.9.25", "Interrupt set-active"),
  .init(
    "GICD_ICACTIVER", .clearActive, .gicd, at: 0x380, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .byGroupAndNSACR, reset: 0, section: "12.9.5", "Interrupt clear-active"),
  .init(
    "GICD_IPRIORITYR", .priority, .gicd, at: 0x400, count: 255, bitsPerINTID: 8, sizes: [1, 4], access: .readWrite,
    security: .byGroup, section: "12.9.20", "Interrupt priority"),
  .init(
    "GICD_ITARGETSR", .target, .gicd, at: 0x800, count: 255, bitsPerINTID: 8, sizes: [1, 4], section: "12.9.32",
    "Interrupt processor targets, RES0 with affinity routing"),
  .init(
    "GICD_ICFGR", .configuration, .gicd, at: 0xC00, count: 64, bitsPerINTID: 2, access: .readWrite, security: .byGroup,
    section: "12.9.9", "Interrupt configuration"),
  .init(
    "GICD_IGRPMODR", .groupModifier, .gicd, at: 0xD00, count: 32, bitsPerINTID: 1, access: .readWrite,
    security: .secureOnly, section: "12.9.13", "Interrupt group modifier"),
  .init(
    "GICD_NSACR", .nonSecureAccess, .gicd, at: 0xE00, count: 64, bitsPerINTID: 2, access: .readWrite,
    security: .secureOnly, section: "12.9.31", "Non-secure access control"),
  .init(
    "GICD_SGIR", .softwareInterrupt, .gicd, at: 0xF00, access: .writeOnly, section: "12.9.36",
    "Software generated interrupt, RES0 with affinity routing"),
  .init(
    "GICD_CPENDSGIR", .clearPendingSGI, .gicd, at: 0xF10, count: 4, bitsPerINTID: 8, sizes: [1, 4], section: "12.9.3",
    "SGI clear-pending, RES0 with affinity routing"),
  .init(
    "GICD_SPENDSGIR", .setPendingSGI, .gicd, at: 0xF20, count: 4, bitsPerINTID: 8, sizes: [1, 4], section: "12.9.37",
    "SGI set-pending, RES0 with affinity routing"),
  .init(
    "GICD_IROUTER", .router, .gicd, at: 0x6100, stride: 8, count: 988, firstIndex: 32, width: 64, bitsPerINTID: 64,
    sizes: [4, 8], access: .readWrite, security: .byGroupAndNSACR, section: "12.9.22", "Interrupt routing"),
  .init(
    "GICD_ID", .identification, .gicd, at: 0xFFD0, count: 12, access: .readOnly, section: "12.9.44",
    "Identification registers"),
]
