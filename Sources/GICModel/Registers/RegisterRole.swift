/// What the dispatcher does with a register: named after the registers, one role may serve several frames.
enum RegisterRole: UInt8 {
  /// Reads as zero, ignores writes.
  case reserved = 0
  /// Holds something of every INTID: what it does follows from its row alone.
  case interrupts

  // `*_CTLR`, `*_TYPER`, `*_IIDR`, `GICD_TYPER2`, `*_STATUSR`, and the identification registers.
  case control, type, implementer, type2, status, identification
  // `GICD_SETSPI_*`, `GICD_CLRSPI_*`, `MSI_SETSPI_NS`; `GICD_SGIR`.
  case setSPI, clearSPI, softwareInterrupt

  // `GICR_*`.
  case waker, setLPI, clearLPI, propertyBase, pendingBase, invalidateLPI, invalidateAll, synchronise
  case virtualPropertyBase, virtualPendingBase, virtualSGISelect, virtualSGIPending

  // `GITS_*`.
  case commandBase, commandWriter, commandReader, tableBase

  // `GICC_*` and `GICV_*`; "aliased" are those for Group 1, `GICC_ABPR` to `GICC_AHPPIR`.
  case priorityMask, binaryPoint, acknowledge, endOfInterrupt, runningPriority, highestPending, deactivate
  case aliasedBinaryPoint, aliasedAcknowledge, aliasedEndOfInterrupt, aliasedHighestPending
  case activePriorities, nonSecureActivePriorities

  // `GICH_*`.
  case hypervisorControl, virtualMachineControl, maintenanceStatus, endOfInterruptStatus, emptyListRegisterStatus
  case listRegister
}
