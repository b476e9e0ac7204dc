/// `GICC_*`, the CPU interface of GICv2 (IHI 0048B, 4.4).
let gicv2InterfaceRegisters: [RegisterDescription] = [
  .word(0x0, "GICC_CTLR", .control, "4.4.1", "CPU interface control", .banked, reset: 0),
  .word(0x4, "GICC_PMR", .priorityMask, "4.4.2", "Priority mask", .banked, reset: 0),
  .word(0x8, "GICC_BPR", .binaryPoint, "4.4.3", "Binary point", .banked),
  .word(0xC, "GICC_IAR", .acknowledge, "4.4.4", "Interrupt acknowledge", .readOnly),
  .word(0x10, "GICC_EOIR", .endOfInterrupt, "4.4.5", "End of interrupt", .writeOnly),
  .word(0x14, "GICC_RPR", .runningPriority, "4.4.6", "Running priority", .banked, .readOnly, reset: 0xFF),
  .word(0x18, "GICC_HPPIR", .highestPending, "4.4.7", "Highest priority pending interrupt", .readOnly),
  .word(0x1C, "GICC_ABPR", .aliasedBinaryPoint, "4.4.8", "Aliased binary point, for Group 1", .secureOnly),
  .word(
    0x20, "GICC_AIAR", .aliasedAcknowledge, "4.4.9", "Aliased interrupt acknowledge, for Group 1", .secureOnly,
    .readOnly),
  .word(
    0x24, "GICC_AEOIR", .aliasedEndOfInterrupt, "4.4.10", "Aliased end of interrupt, for Group 1", .secureOnly,
    .writeOnly),
  .word(
    0x28, "GICC_AHPPIR", .aliasedHighestPending, "4.4.11", "Aliased highest priority pending interrupt, for Group 1",
    .secureOnly, .readOnly),
  .word(0xD0, "GICC_APR", .activePriorities, "4.4.12", "Active priorities", .banked, count: 4, reset: 0),
  .word(
    0xE0, "GICC_NSAPR", .nonSecureActivePriorities, "4.4.13", "Non-secure active priorities, of Group 1", .secureOnly,
    count: 4, reset: 0),
  .word(0xFC, "GICC_IIDR", .implementer, "4.4.14", "Identification", .readOnly),
  .word(0x1000, "GICC_DIR", .deactivate, "4.4.15", "Deactivate interrupt", .writeOnly),
]

/// `GICV_*`, the virtual CPU interface that a guest uses as its `GICC_*` (IHI 0048B, 5.5).
let gicv2VirtualInterfaceRegisters: [RegisterDescription] = [
  .word(0x0, "GICV_CTLR", .control, "5.5.1", "Virtual machine control", reset: 0),
  .word(0x4, "GICV_PMR", .priorityMask, "5.5.2", "VM priority mask", reset: 0),
  .word(0x8, "GICV_BPR", .binaryPoint, "5.5.3", "VM binary point"),
  .word(0xC, "GICV_IAR", .acknowledge, "5.5.4", "VM interrupt acknowledge", .readOnly),
  .word(0x10, "GICV_EOIR", .endOfInterrupt, "5.5.5", "VM end of interrupt", .writeOnly),
  .word(0x14, "GICV_RPR", .runningPriority, "5.5.6", "VM running priority", .readOnly),
  .word(0x18, "GICV_HPPIR", .highestPending, "5.5.7", "VM highest priority pending interrupt", .readOnly),
  .word(0x1C, "GICV_ABPR", .aliasedBinaryPoint, "5.5.8", "VM aliased binary point"),
  .word(0x20, "GICV_AIAR", .aliasedAcknowledge, "5.5.9", "VM aliased interrupt acknowledge", .readOnly),
  .word(0x24, "GICV_AEOIR", .aliasedEndOfInterrupt, "5.5.10", "VM aliased end of interrupt", .writeOnly),
  .word(
    0x28, "GICV_AHPPIR", .aliasedHighestPending, "5.5.11", "VM aliased highest priority pending interrupt", .readOnly),
  .word(0xD0, "GICV_APR", .activePriorities, "5.5.12", "VM active priorities", count: 4, reset: 0),
  .word(0xFC, "GICV_IIDR", .implementer, "5.5.13", "VM identification", .readOnly),
  .word(0x1000, "GICV_DIR", .deactivate, "5.5.14", "VM deactivate interrupt", .writeOnly),
]
