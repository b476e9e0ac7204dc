extension LogEvent {
  /// The GICv2: Distributor (no PE is named), CPU interface, virtual CPU interface, virtual interface control.
  static let gicv2: [LogEvent] = [
    LogEvent("gic_enable_irq", "irq {d} enabled", .v2Enable),
    LogEvent("gic_disable_irq", "irq {d} disabled", .v2Disable),
    LogEvent("gic_set_irq", "irq {d} level {d} cpumask 0x{x} target 0x{x}", .v2Line),
    LogEvent(
      "gic_update_bestirq", "{w} {d} irq {d} priority {d} cpu priority mask {d} cpu running priority {d}",
      .v2HighestPending),
    LogEvent("gic_update_set_irq", "cpu[{d}]: {w} = {d}", .v2CPULine),
    LogEvent("gic_acknowledge_irq", "{w} {d} acknowledged irq {d}", .v2Acknowledge),
    LogEvent("gic_cpu_write", "{w} {d} iface write at 0x{x} 0x{x}", .v2InterfaceWrite),
    LogEvent("gic_cpu_read", "{w} {d} iface read at 0x{x}: 0x{x}", .v2InterfaceRead),
    LogEvent("gic_hyp_read", "hyp read at 0x{x}: 0x{x}", .v2HypervisorRead),
    LogEvent("gic_hyp_write", "hyp write at 0x{x}: 0x{x}", .v2HypervisorWrite),
    LogEvent("gic_dist_read", "dist read at 0x{x} size {d}: 0x{x}", .v2DistributorRead),
    LogEvent("gic_dist_write", "dist write at 0x{x} size {d}: 0x{x}", .v2DistributorWrite),
    LogEvent("gic_lr_entry", "cpu {d}: new lr entry {d}: 0x{x}", .v2ListRegister),
    LogEvent("gic_update_maintenance_irq", "cpu {d}: maintenance = {d}", .v2Maintenance),
  ]
}
