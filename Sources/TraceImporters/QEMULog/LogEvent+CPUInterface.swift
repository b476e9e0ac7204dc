extension LogEvent {
  /// The physical CPU interface, ICC_*. The line names the PE by its affinity.
  static let cpuInterface: [LogEvent] = [
    LogEvent("gicv3_icc_pmr_read", "GICv3 ICC_PMR read cpu 0x{x} value 0x{x}", .read, .ICC_PMR_EL1),
    LogEvent("gicv3_icc_pmr_write", "GICv3 ICC_PMR write cpu 0x{x} value 0x{x}", .write, .ICC_PMR_EL1),
    LogEvent("gicv3_icc_bpr_read", "GICv3 ICC_BPR{d} read cpu 0x{x} value 0x{x}", .readOfGroup, .ICC_BPR0_EL1),
    LogEvent("gicv3_icc_bpr_write", "GICv3 ICC_BPR{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICC_BPR0_EL1),
    LogEvent(
      "gicv3_icc_ap_read", "GICv3 ICC_AP{d}R{d} read cpu 0x{x} value 0x{x}", .readActivePriorities, .ICC_AP0R0_EL1),
    LogEvent(
      "gicv3_icc_ap_write", "GICv3 ICC_AP{d}R{d} write cpu 0x{x} value 0x{x}", .writeActivePriorities, .ICC_AP0R0_EL1),
    LogEvent("gicv3_icc_igrpen_read", "GICv3 ICC_IGRPEN{d} read cpu 0x{x} value 0x{x}", .readOfGroup, .ICC_IGRPEN0_EL1),
    LogEvent(
      "gicv3_icc_igrpen_write", "GICv3 ICC_IGRPEN{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICC_IGRPEN0_EL1),
    LogEvent("gicv3_icc_igrpen1_el3_read", "GICv3 ICC_IGRPEN1_EL3 read cpu 0x{x} value 0x{x}", .read, .ICC_IGRPEN1_EL3),
    LogEvent(
      "gicv3_icc_igrpen1_el3_write", "GICv3 ICC_IGRPEN1_EL3 write cpu 0x{x} value 0x{x}", .write, .ICC_IGRPEN1_EL3),
    LogEvent("gicv3_icc_ctlr_read", "GICv3 ICC_CTLR read cpu 0x{x} value 0x{x}", .read, .ICC_CTLR_EL1),
    LogEvent("gicv3_icc_ctlr_write", "GICv3 ICC_CTLR write cpu 0x{x} value 0x{x}", .write, .ICC_CTLR_EL1),
    LogEvent("gicv3_icc_ctlr_el3_read", "GICv3 ICC_CTLR_EL3 read cpu 0x{x} value 0x{x}", .read, .ICC_CTLR_EL3),
    LogEvent("gicv3_icc_ctlr_el3_write", "GICv3 ICC_CTLR_EL3 write cpu 0x{x} value 0x{x}", .write, .ICC_CTLR_EL3),
    LogEvent("gicv3_cpuif_update", "GICv3 CPU i/f 0x{x} HPPI update: irq {d} group {d} prio {d}", .highestPending),
    LogEvent("gicv3_cpuif_set_irqs", "GICv3 CPU i/f 0x{x} HPPI update: setting FIQ {d} IRQ {d}", .cpuLines),
    LogEvent(
      "gicv3_icc_generate_sgi",
      "GICv3 CPU i/f 0x{x} generating SGI {d} IRM {d} target affinity 0x{x}xx targetlist 0x{x}", .generateSGI),
    LogEvent("gicv3_icc_iar0_read", "GICv3 ICC_IAR0 read cpu 0x{x} value 0x{x}", .acknowledgeRead, .ICC_IAR0_EL1),
    LogEvent("gicv3_icc_iar1_read", "GICv3 ICC_IAR1 read cpu 0x{x} value 0x{x}", .acknowledgeRead, .ICC_IAR1_EL1),
    LogEvent("gicv3_icc_nmiar1_read", "GICv3 ICC_NMIAR1 read cpu 0x{x} value 0x{x}", .acknowledgeRead, .ICC_NMIAR1_EL1),
    LogEvent("gicv3_icc_eoir_write", "GICv3 ICC_EOIR{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICC_EOIR0_EL1),
    LogEvent("gicv3_icc_hppir0_read", "GICv3 ICC_HPPIR0 read cpu 0x{x} value 0x{x}", .read, .ICC_HPPIR0_EL1),
    LogEvent("gicv3_icc_hppir1_read", "GICv3 ICC_HPPIR1 read cpu 0x{x} value 0x{x}", .read, .ICC_HPPIR1_EL1),
    LogEvent("gicv3_icc_dir_write", "GICv3 ICC_DIR write cpu 0x{x} value 0x{x}", .write, .ICC_DIR_EL1),
    LogEvent("gicv3_icc_rpr_read", "GICv3 ICC_RPR read cpu 0x{x} value 0x{x}", .read, .ICC_RPR_EL1),
  ]

  /// The virtual CPU interface, ICV_*, and what is observed of it.
  static let virtualCPUInterface: [LogEvent] = [
    LogEvent(
      "gicv3_icv_ap_read", "GICv3 ICV_AP{d}R{d} read cpu 0x{x} value 0x{x}", .readActivePriorities, .ICV_AP0R0_EL1),
    LogEvent(
      "gicv3_icv_ap_write", "GICv3 ICV_AP{d}R{d} write cpu 0x{x} value 0x{x}", .writeActivePriorities, .ICV_AP0R0_EL1),
    LogEvent("gicv3_icv_bpr_read", "GICv3 ICV_BPR{d} read cpu 0x{x} value 0x{x}", .readOfGroup, .ICV_BPR0_EL1),
    LogEvent("gicv3_icv_bpr_write", "GICv3 ICV_BPR{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICV_BPR0_EL1),
    LogEvent("gicv3_icv_pmr_read", "GICv3 ICV_PMR read cpu 0x{x} value 0x{x}", .read, .ICV_PMR_EL1),
    LogEvent("gicv3_icv_pmr_write", "GICv3 ICV_PMR write cpu 0x{x} value 0x{x}", .write, .ICV_PMR_EL1),
    LogEvent("gicv3_icv_igrpen_read", "GICv3 ICV_IGRPEN{d} read cpu 0x{x} value 0x{x}", .readOfGroup, .ICV_IGRPEN0_EL1),
    LogEvent(
      "gicv3_icv_igrpen_write", "GICv3 ICV_IGRPEN{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICV_IGRPEN0_EL1),
    LogEvent("gicv3_icv_ctlr_read", "GICv3 ICV_CTLR read cpu 0x{x} value 0x{x}", .read, .ICV_CTLR_EL1),
    LogEvent("gicv3_icv_ctlr_write", "GICv3 ICV_CTLR write cpu 0x{x} value 0x{x}", .write, .ICV_CTLR_EL1),
    LogEvent("gicv3_icv_rpr_read", "GICv3 ICV_RPR read cpu 0x{x} value 0x{x}", .read, .ICV_RPR_EL1),
    LogEvent("gicv3_icv_hppir_read", "GICv3 ICV_HPPIR{d} read cpu 0x{x} value 0x{x}", .readOfGroup, .ICV_HPPIR0_EL1),
    LogEvent("gicv3_icv_dir_write", "GICv3 ICV_DIR write cpu 0x{x} value 0x{x}", .write, .ICV_DIR_EL1),
    LogEvent(
      "gicv3_icv_iar_read", "GICv3 ICV_IAR{d} read cpu 0x{x} value 0x{x}", .virtualAcknowledgeRead, .ICV_IAR0_EL1),
    LogEvent("gicv3_icv_nmiar1_read", "GICv3 ICV_NMIAR1 read cpu 0x{x} value 0x{x}", .read, .ICV_NMIAR1_EL1),
    LogEvent("gicv3_icv_eoir_write", "GICv3 ICV_EOIR{d} write cpu 0x{x} value 0x{x}", .writeOfGroup, .ICV_EOIR0_EL1),
    LogEvent(
      "gicv3_cpuif_virt_update", "GICv3 CPU i/f 0x{x} virt HPPI update LR index {d} HPPVLPI {d} grp {d} prio {d}",
      .virtualHighestPending),
    LogEvent(
      "gicv3_cpuif_virt_set_irqs", "GICv3 CPU i/f 0x{x} virt HPPI update: setting FIQ {d} IRQ {d}", .virtualCPULines),
    LogEvent(
      "gicv3_cpuif_virt_set_maint_irq", "GICv3 CPU i/f 0x{x} virt HPPI update: setting maintenance-irq {d}",
      .maintenanceLine),
  ]

  /// Virtual interface control, ICH_*.
  static let hypervisorControl: [LogEvent] = [
    LogEvent(
      "gicv3_ich_ap_read", "GICv3 ICH_AP{d}R{d} read cpu 0x{x} value 0x{x}", .readActivePriorities, .ICH_AP0R0_EL2),
    LogEvent(
      "gicv3_ich_ap_write", "GICv3 ICH_AP{d}R{d} write cpu 0x{x} value 0x{x}", .writeActivePriorities, .ICH_AP0R0_EL2),
    LogEvent("gicv3_ich_hcr_read", "GICv3 ICH_HCR_EL2 read cpu 0x{x} value 0x{x}", .read, .ICH_HCR_EL2),
    LogEvent("gicv3_ich_hcr_write", "GICv3 ICH_HCR_EL2 write cpu 0x{x} value 0x{x}", .write, .ICH_HCR_EL2),
    LogEvent("gicv3_ich_vmcr_read", "GICv3 ICH_VMCR_EL2 read cpu 0x{x} value 0x{x}", .read, .ICH_VMCR_EL2),
    LogEvent("gicv3_ich_vmcr_write", "GICv3 ICH_VMCR_EL2 write cpu 0x{x} value 0x{x}", .write, .ICH_VMCR_EL2),
    LogEvent("gicv3_ich_lr_read", "GICv3 ICH_LR{d}_EL2 read cpu 0x{x} value 0x{x}", .readListRegister, .ICH_LR0_EL2),
    LogEvent("gicv3_ich_lr32_read", "GICv3 ICH_LR{d} read cpu 0x{x} value 0x{x}", .readListRegister, .ICH_LR0),
    LogEvent("gicv3_ich_lrc_read", "GICv3 ICH_LRC{d} read cpu 0x{x} value 0x{x}", .readListRegister, .ICH_LRC0),
    LogEvent("gicv3_ich_lr_write", "GICv3 ICH_LR{d}_EL2 write cpu 0x{x} value 0x{x}", .writeListRegister, .ICH_LR0_EL2),
    LogEvent("gicv3_ich_lr32_write", "GICv3 ICH_LR{d} write cpu 0x{x} value 0x{x}", .writeListRegister, .ICH_LR0),
    LogEvent("gicv3_ich_lrc_write", "GICv3 ICH_LRC{d} write cpu 0x{x} value 0x{x}", .writeListRegister, .ICH_LRC0),
    LogEvent("gicv3_ich_vtr_read", "GICv3 ICH_VTR read cpu 0x{x} value 0x{x}", .read, .ICH_VTR_EL2),
    LogEvent("gicv3_ich_misr_read", "GICv3 ICH_MISR read cpu 0x{x} value 0x{x}", .read, .ICH_MISR_EL2),
    LogEvent("gicv3_ich_eisr_read", "GICv3 ICH_EISR read cpu 0x{x} value 0x{x}", .read, .ICH_EISR_EL2),
    LogEvent("gicv3_ich_elrsr_read", "GICv3 ICH_ELRSR read cpu 0x{x} value 0x{x}", .read, .ICH_ELRSR_EL2),
  ]
}
