import InterruptTrace

/// `GICR_*`: RD frame at 0, SGI frame at 0x10000, VLPI frame at 0x20000 (IHI 0069H, 12.10 and 12.11).
let redistributorRegisters: [RegisterDescription] = [
  .word(0x0, "GICR_CTLR", .control, "12.11.2", "Redistributor control"),
  .word(0x4, "GICR_IIDR", .implementer, "12.11.16", "Implementer identification", .readOnly),
  .word(0x8, "GICR_TYPER", .type, "12.11.37", "Redistributor type", .readOnly, width: 64),
  .word(0x10, "GICR_STATUSR", .status, "12.11.35", "Error reporting status", .banked, reset: 0),
  .word(0x14, "GICR_WAKER", .waker, "12.11.42", "Redistributor wake", .secureOnly, reset: 6),
  .word(0x40, "GICR_SETLPIR", .setLPI, "12.11.34", "Set LPI pending", .writeOnly, width: 64),
  .word(0x48, "GICR_CLRLPIR", .clearLPI, "12.11.1", "Clear LPI pending", .writeOnly, width: 64),
  .word(0x70, "GICR_PROPBASER", .propertyBase, "12.11.33", "LPI configuration table base", width: 64),
  .word(0x78, "GICR_PENDBASER", .pendingBase, "12.11.32", "LPI pending table base", width: 64),
  .word(0xA0, "GICR_INVLPIR", .invalidateLPI, "12.11.20", "Invalidate an LPI's configuration", .writeOnly, width: 64),
  .word(0xB0, "GICR_INVALLR", .invalidateAll, "12.11.19", "Invalidate all LPI configuration", .writeOnly, width: 64),
  .word(0xC0, "GICR_SYNCR", .synchronise, "12.11.36", "Synchronise", .readOnly, reset: 0),
  .word(0xFFD0, "GICR_ID", .identification, "12.10", "Identification registers", .readOnly, count: 12),
  .bits(0x10080, "GICR_IGROUPR", .assign(.group), "12.11.12", "Interrupt group", .secureOnly, count: 3),
  .bits(0x10100, "GICR_ISENABLER", .set(.enabled), "12.11.25", "Interrupt set-enable", .byGroup, count: 3, reset: 0),
  .bits(0x10180, "GICR_ICENABLER", .clear(.enabled), "12.11.5", "Interrupt clear-enable", .byGroup, count: 3, reset: 0),
  .bits(0x10200, "GICR_ISPENDR", .set(.pending), "12.11.27", "Interrupt set-pending", .byGroup, count: 3, reset: 0),
  .bits(0x10280, "GICR_ICPENDR", .clear(.pending), "12.11.10", "Interrupt clear-pending", .byGroup, count: 3, reset: 0),
  .bits(0x10300, "GICR_ISACTIVER", .set(.active), "12.11.23", "Interrupt set-active", .byGroup, count: 3, reset: 0),
  .bits(0x10380, "GICR_ICACTIVER", .clear(.active), "12.11.3", "Interrupt clear-active", .byGroup, count: 3, reset: 0),
  .bytes(0x10400, "GICR_IPRIORITYR", .assign(.priority), "12.11.21", "Interrupt priority", .byGroup, count: 24),
  .pairs(0x10C00, "GICR_ICFGR", .assign(.trigger), "12.11.7", "Interrupt configuration", .byGroup, count: 6),
  .bits(0x10D00, "GICR_IGRPMODR", .assign(.modifier), "12.11.14", "Interrupt group modifier", .secureOnly, count: 3),
  .pairs(0x10E00, "GICR_NSACR", .assign(.nonSecureAccess), "12.11.30", "Non-secure access control", .secureOnly),
  .bits(0x10F80, "GICR_INMIR", .assign(.nonMaskable), "12.11.17", "Non-maskable interrupt", .byGroup, count: 3),
  .word(
    0x20070, "GICR_VPROPBASER", .virtualPropertyBase, "12.11.39", "Virtual LPI configuration table base", width: 64),
  .word(0x20078, "GICR_VPENDBASER", .virtualPendingBase, "12.11.38", "Virtual LPI pending table base", width: 64),
  .word(
    0x20080, "GICR_VSGIR", .virtualSGISelect, "12.11.41", "vPE whose pending virtual SGIs are asked for", .writeOnly),
  .word(0x20088, "GICR_VSGIPENDR", .virtualSGIPending, "12.11.40", "Pending virtual SGIs of that vPE", .readOnly),
]
