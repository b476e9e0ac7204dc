import InterruptTrace

/// `GICC_*`, the CPU interface of GICv2 (IHI 0048B, 4.4).
let gicv2InterfaceRegisters: [RegisterDescription] = [
  .init("GICC_CTLR", .control, .gicc, at: 0x0, security: .banked, reset: 0, section: "4.4.1", "CPU interface control"),
  .init("GICC_PMR", .priorityMask, .gicc, at: 0x4, security: .banked, reset: 0, section: "4.4.2", "Priority mask"),
  .init("GICC_BPR", .binaryPoint, .gicc, at: 0x8, security: .banked, section: "4.4.3", "Binary point"),
  .init("GICC_IAR", .acknowledge, .gicc, at: 0xC, access: .readOnly, section: "4.4.4", "Interrupt acknowledge"),
  .init("GICC_EOIR", .endOfInterrupt, .gicc, at: 0x10, access: .writeOnly, section: "4.4.5", "End of interrupt"),
  .init(
    "GICC_RPR", .runningPriority, .gicc, at: 0x14, access: .readOnly, security: .banked, reset: 0xFF, section: "4.4.6",
    "Running priority"),
  .init(
    "GICC_HPPIR", .highestPending, .gicc, at: 0x18, access: .readOnly, section: "4.4.7",
    "Highest priority pending interrupt"),
  .init(
    "GICC_ABPR", .aliasedBinaryPoint, .gicc, at: 0x1C, security: .secureOnly, section: "4.4.8",
    "Aliased binary point, for Group 1"),
  .init(
    "GICC_AIAR", .aliasedAcknowledge, .gicc, at: 0x20, access: .readOnly, security: .secureOnly, section: "4.4.9",
    "Aliased interrupt acknowledge, for Group 1"),
  .init(
    "GICC_AEOIR", .aliasedEndOfInterrupt, .gicc, at: 0x24, access: .writeOnly, security: .secureOnly, section: "4.4.10",
    "Aliased end of interrupt, for Group 1"),
  .init(
    "GICC_AHPPIR", .aliasedHighestPending, .gicc, at: 0x28, access: .readOnly, security: .secureOnly, section: "4.4.11",
    "Aliased highest priority pending interrupt, for Group 1"),
  .init(
    "GICC_APR", .activePriorities, .gicc, at: 0xD0, count: 4, security: .banked, reset: 0, section: "4.4.12",
    "Active priorities"),
  .init(
    "GICC_NSAPR", .nonSecureActivePriorities, .gicc, at: 0xE0, count: 4, security: .secureOnly, reset: 0,
    section: "4.4.13", "Non-secure active priorities, of Group 1"),
  .init("GICC_IIDR", .implementer, .gicc, at: 0xFC, access: .readOnly, section: "4.4.14", "Identification"),
  .init("GICC_DIR", .deactivate, .gicc, at: 0x1000, access: .writeOnly, section: "4.4.15", "Deactivate interrupt"),
]

/// `GICV_*`, the virtual CPU interface that a guest uses as its `GICC_*` (IHI 0048B, 5.5).
let gicv2VirtualInterfaceRegisters: [RegisterDescription] = [
  .init("GICV_CTLR", .control, .gicv, at: 0x0, reset: 0, section: "5.5.1", "Virtual machine control"),
  .init("GICV_PMR", .priorityMask, .gicv, at: 0x4, reset: 0, section: "5.5.2", "VM priority mask"),
  .init("GICV_BPR", .binaryPoint, .gicv, at: 0x8, section: "5.5.3", "VM binary point"),
  .init("GICV_IAR", .acknowledge, .gicv, at: 0xC, access: .readOnly, section: "5.5.4", "VM interrupt acknowledge"),
  .init("GICV_EOIR", .endOfInterrupt, .gicv, at: 0x10, access: .writeOnly, section: "5.5.5", "VM end of interrupt"),
  .init("GICV_RPR", .runningPriority, .gicv, at: 0x14, access: .readOnly, section: "5.5.6", "VM running priority"),
  .init(
    "GICV_HPPIR", .highestPending, .gicv, at: 0x18, access: .readOnly, section: "5.5.7",
    "VM highest priority pending interrupt"),
  .init("GICV_ABPR", .aliasedBinaryPoint, .gicv, at: 0x1C, section: "5.5.8", "VM aliased binary point"),
  .init(
    "GICV_AIAR", .aliasedAcknowledge, .gicv, at: 0x20, access: .readOnly, section: "5.5.9",
    "VM aliased interrupt acknowledge"),
  .init(
    "GICV_AEOIR", .aliasedEndOfInterrupt, .gicv, at: 0x24, access: .writeOnly, section: "5.5.10",
    "VM aliased end of interrupt"),
  .init(
    "GICV_AHPPIR", .aliasedHighestPending, .gicv, at: 0x28, access: .readOnly, section: "5.5.11",
    "VM aliased highest priority pending interrupt"),
  .init("GICV_APR", .activePriorities, .gicv, at: 0xD0, count: 4, reset: 0, section: "5.5.12", "VM active priorities"),
  .init("GICV_IIDR", .implementer, .gicv, at: 0xFC, access: .readOnly, section: "5.5.13", "VM identification"),
  .init("GICV_DIR", .deactivate, .gicv, at: 0x1000, access: .writeOnly, section: "5.5.14", "VM deactivate interrupt"),
]
