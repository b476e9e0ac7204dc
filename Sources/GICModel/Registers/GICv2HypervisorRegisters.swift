import InterruptTrace

/// `GICH_*`, the virtual interface control registers of one PE (IHI 0048B, 5.3).
let gicv2HypervisorRegisters: [RegisterDescription] = [
  .word(0x0, "GICH_HCR", .hypervisorControl, "5.3.1", "Hypervisor control", reset: 0),
  .word(0x4, "GICH_VTR", .type, "5.3.2", "VGIC type", .readOnly),
  .word(0x8, "GICH_VMCR", .virtualMachineControl, "5.3.3", "Virtual machine control"),
  .word(0x10, "GICH_MISR", .maintenanceStatus, "5.3.4", "Maintenance interrupt status", .readOnly, reset: 0),
  .word(
    0x20, "GICH_EISR", .endOfInterruptStatus, "5.3.5", "End of interrupt status, one bit for each list register",
    .readOnly, count: 2, reset: 0),
  .word(0x30, "GICH_ELRSR", .emptyListRegisterStatus, "5.3.6", "Empty list register status", .readOnly, count: 2),
  .word(0xF0, "GICH_APR", .activePriorities, "5.3.7", "Active priorities", reset: 0),
  .word(0x100, "GICH_LR", .listRegister, "5.3.8", "List register", count: 64, reset: 0),
]
