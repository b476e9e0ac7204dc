import InterruptTrace

/// `GICH_*`, the virtual interface control registers of one PE (IHI 0048B, 5.3).
let gicv2HypervisorRegisters: [RegisterDescription] = [
  .init("GICH_HCR", .hypervisorControl, .gich, at: 0x0, reset: 0, section: "5.3.1", "Hypervisor control"),
  .init("GICH_VTR", .type, .gich, at: 0x4, access: .readOnly, section: "5.3.2", "VGIC type"),
  .init("GICH_VMCR", .virtualMachineControl, .gich, at: 0x8, section: "5.3.3", "Virtual machine control"),
  .init(
    "GICH_MISR", .maintenanceStatus, .gich, at: 0x10, access: .readOnly, reset: 0, section: "5.3.4",
    "Maintenance interrupt status"),
  .init(
    "GICH_EISR", .endOfInterruptStatus, .gich, at: 0x20, count: 2, access: .readOnly, reset: 0, section: "5.3.5",
    "End of interrupt status, one bit for each list register"),
  .init(
    "GICH_ELRSR", .emptyListRegisterStatus, .gich, at: 0x30, count: 2, access: .readOnly, section: "5.3.6",
    "Empty list register status"),
  .init("GICH_APR", .activePriorities, .gich, at: 0xF0, reset: 0, section: "5.3.7", "Active priorities"),
  .init("GICH_LR", .listRegister, .gich, at: 0x100, count: 64, reset: 0, section: "5.3.8", "List register"),
]
