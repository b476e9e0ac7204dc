/// `GICD_*` of GICv2 (IHI 0048B, 4.3). Registers of INTIDs 0 to 31 are banked: each PE has its own.
let gicv2DistributorRegisters: [RegisterDescription] = [
  .word(0x0, "GICD_CTLR", .control, "4.3.1", "Distributor control", .banked, reset: 0),
  .word(0x4, "GICD_TYPER", .type, "4.3.2", "Interrupt controller type", .readOnly),
  .word(0x8, "GICD_IIDR", .implementer, "4.3.3", "Implementer identification", .readOnly),
  .bits(0x80, "GICD_IGROUPR", .assign(.group), "4.3.4", "Interrupt group", .secureOnly, count: 32),
  .bits(0x100, "GICD_ISENABLER", .set(.enabled), "4.3.5", "Interrupt set-enable", .byGroup, count: 32),
  .bits(0x180, "GICD_ICENABLER", .clear(.enabled), "4.3.6", "Interrupt clear-enable", .byGroup, count: 32),
  .bits(0x200, "GICD_ISPENDR", .set(.pending), "4.3.7", "Interrupt set-pending", .byGroupAndNSACR, count: 32, reset: 0),
  .bits(
    0x280, "GICD_ICPENDR", .clear(.pending), "4.3.8", "Interrupt clear-pending", .byGroupAndNSACR, count: 32, reset: 0),
  .bits(0x300, "GICD_ISACTIVER", .set(.active), "4.3.9", "Interrupt set-active", .byGroupAndNSACR, count: 32, reset: 0),
  .bits(
    0x380, "GICD_ICACTIVER", .clear(.active), "4.3.10", "Interrupt clear-active", .byGroupAndNSACR, count: 32, reset: 0),
  .bytes(0x400, "GICD_IPRIORITYR", .assign(.priority), "4.3.11", "Interrupt priority", .byGroup, count: 255, reset: 0),
  .bytes(
    0x800, "GICD_ITARGETSR", .assign(.target), "4.3.12", "Interrupt processor targets", .byGroupAndNSACR, count: 255),
  .pairs(0xC00, "GICD_ICFGR", .assign(.trigger), "4.3.13", "Interrupt configuration", .byGroup, count: 64),
  .pairs(
    0xE00, "GICD_NSACR", .assign(.nonSecureAccess), "4.3.14", "Non-secure access control", .secureOnly, count: 64,
    reset: 0),
  .word(0xF00, "GICD_SGIR", .softwareInterrupt, "4.3.15", "Software generated interrupt", .writeOnly),
  .bytes(
    0xF10, "GICD_CPENDSGIR", .clear(.sources), "4.3.16", "SGI clear-pending, one bit for each source", .byGroup,
    count: 4, reset: 0),
  .bytes(
    0xF20, "GICD_SPENDSGIR", .set(.sources), "4.3.17", "SGI set-pending, one bit for each source", .byGroup, count: 4,
    reset: 0),
  .word(0xFD0, "GICD_ID", .identification, "4.3.18", "Identification registers", .readOnly, count: 12),
]

/// A GICv2m MSI frame: a doorbell that turns a written INTID into an SPI (Server Base System Architecture, appendix E).
let gicv2mRegisters: [RegisterDescription] = [
  .word(0x8, "MSI_TYPER", .type, "SBSA E.9", "First SPI and number of SPIs", .readOnly),
  .word(0x40, "MSI_SETSPI_NS", .setSPI, "SBSA E.9", "Sets an SPI of this frame pending", .writeOnly),
  .word(0xFCC, "MSI_IIDR", .implementer, "SBSA E.9", "Implementer identification", .readOnly),
]
