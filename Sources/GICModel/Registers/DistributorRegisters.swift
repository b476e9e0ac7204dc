/// `GICD_*` of GICv3 and GICv4 (IHI 0069H, 12.9).
let distributorRegisters: [RegisterDescription] = [
  .word(0x0, "GICD_CTLR", .control, "12.9.4", "Distributor control", .banked),
  .word(0x4, "GICD_TYPER", .type, "12.9.38", "Interrupt controller type", .readOnly),
  .word(0x8, "GICD_IIDR", .implementer, "12.9.17", "Implementer identification", .readOnly),
  .word(0xC, "GICD_TYPER2", .type2, "12.9.39", "Interrupt controller type 2", .readOnly),
  .word(0x10, "GICD_STATUSR", .status, "12.9.37", "Error reporting status", .banked, reset: 0),
  .word(0x40, "GICD_SETSPI_NSR", .setSPI, "12.9.33", "Set Non-secure SPI pending", .writeOnly, sizes: [2, 4]),
  .word(0x48, "GICD_CLRSPI_NSR", .clearSPI, "12.9.1", "Clear Non-secure SPI pending", .writeOnly, sizes: [2, 4]),
  .word(0x50, "GICD_SETSPI_SR", .setSPI, "12.9.34", "Set Secure SPI pending", .secureOnly, .writeOnly, sizes: [2, 4]),
  .word(
    0x58, "GICD_CLRSPI_SR", .clearSPI, "12.9.2", "Clear Secure SPI pending", .secureOnly, .writeOnly, sizes: [2, 4]),
  .bits(0x80, "GICD_IGROUPR", .assign(.group), "12.9.13", "Interrupt group", .secureOnly, count: 32),
  .bits(0x100, "GICD_ISENABLER", .set(.enabled), "12.9.26", "Interrupt set-enable", .byGroup, count: 32, reset: 0),
  .bits(0x180, "GICD_ICENABLER", .clear(.enabled), "12.9.7", "Interrupt clear-enable", .byGroup, count: 32, reset: 0),
  .bits(
    0x200, "GICD_ISPENDR", .set(.pending), "12.9.28", "Interrupt set-pending", .byGroupAndNSACR, count: 32, reset: 0),
  .bits(
    0x280, "GICD_ICPENDR", .clear(.pending), "12.9.11", "Interrupt clear-pending", .byGroupAndNSACR, count: 32, reset: 0
  ),
  .bits(
    0x300, "GICD_ISACTIVER", .set(.active), "12.9.24", "Interrupt set-active", .byGroupAndNSACR, count: 32, reset: 0),
  .bits(
    0x380, "GICD_ICACTIVER", .clear(.active), "12.9.5", "Interrupt clear-active", .byGroupAndNSACR, count: 32, reset: 0),
  .bytes(0x400, "GICD_IPRIORITYR", .assign(.priority), "12.9.20", "Interrupt priority", .byGroup, count: 255),
  .bytes(
    0x800, "GICD_ITARGETSR", .assign(.target), "12.9.30", "Interrupt processor targets, RES0 with affinity routing",
    count: 255),
  .pairs(0xC00, "GICD_ICFGR", .assign(.trigger), "12.9.9", "Interrupt configuration", .byGroup, count: 64),
  .bits(0xD00, "GICD_IGRPMODR", .assign(.modifier), "12.9.15", "Interrupt group modifier", .secureOnly, count: 32),
  .pairs(
    0xE00, "GICD_NSACR", .assign(.nonSecureAccess), "12.9.31", "Non-secure access control", .secureOnly, count: 64),
  .word(
    0xF00, "GICD_SGIR", .softwareInterrupt, "12.9.35", "Software generated interrupt, RES0 with affinity routing",
    .writeOnly),
  .bytes(
    0xF10, "GICD_CPENDSGIR", .clear(.sources), "12.9.3", "SGI clear-pending, RES0 with affinity routing", count: 4),
  .bytes(0xF20, "GICD_SPENDSGIR", .set(.sources), "12.9.36", "SGI set-pending, RES0 with affinity routing", count: 4),
  .bits(0xF80, "GICD_INMIR", .assign(.nonMaskable), "12.9.18", "Non-maskable interrupt", .byGroup, count: 32),
  .words(
    0x6100, "GICD_IROUTER", .assign(.route), "12.9.22", "Interrupt routing", .byGroupAndNSACR, count: 988,
    firstIndex: 32),
  .word(0xFFD0, "GICD_ID", .identification, "12.8", "Identification registers", .readOnly, count: 12),
]
