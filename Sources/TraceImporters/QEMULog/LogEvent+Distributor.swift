extension LogEvent {
  /// The Distributor and the Redistributors. "redistributor 0x…" is the affinity of the frame's PE.
  static let distributor: [LogEvent] = [
    LogEvent(
      "gicv3_dist_read", "GICv3 distributor read: offset 0x{x} data 0x{x} size {d} secure {d}", .distributorRead),
    LogEvent(
      "gicv3_dist_badread", "GICv3 distributor read: offset 0x{x} size {d} secure {d}: error", .distributorBadRead),
    LogEvent(
      "gicv3_dist_write", "GICv3 distributor write: offset 0x{x} data 0x{x} size {d} secure {d}", .distributorWrite),
    LogEvent(
      "gicv3_dist_badwrite", "GICv3 distributor write: offset 0x{x} data 0x{x} size {d} secure {d}: error",
      .distributorBadWrite),
    LogEvent("gicv3_dist_set_irq", "GICv3 distributor interrupt {d} level changed to {d}", .distributorLine),
    LogEvent(
      "gicv3_redist_read", "GICv3 redistributor 0x{x} read: offset 0x{x} data 0x{x} size {d} secure {d}",
      .redistributorRead),
    LogEvent(
      "gicv3_redist_badread", "GICv3 redistributor 0x{x} read: offset 0x{x} size {d} secure {d}: error",
      .redistributorBadRead),
    LogEvent(
      "gicv3_redist_write", "GICv3 redistributor 0x{x} write: offset 0x{x} data 0x{x} size {d} secure {d}",
      .redistributorWrite),
    LogEvent(
      "gicv3_redist_badwrite", "GICv3 redistributor 0x{x} write: offset 0x{x} data 0x{x} size {d} secure {d}: error",
      .redistributorBadWrite),
    LogEvent(
      "gicv3_redist_set_irq", "GICv3 redistributor 0x{x} interrupt {d} level changed to {d}", .redistributorLine),
    LogEvent("gicv3_redist_send_sgi", "GICv3 redistributor 0x{x} pending SGI {d}", .sgiPending),
  ]
}
