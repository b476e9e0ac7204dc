/// Kinds of transition.
@frozen
public enum TransitionKind: UInt8, Sendable, CaseIterable {
  // MARK: The physical interrupt

  /// Became pending. `a`: ``PendingCause``; `b`: for an SGI its source PE, for an LPI `DeviceID << 32 | EventID`. A
  /// GICv2 SGI becomes pending, is acknowledged and cleared once for each source.
  case pending
  /// Was made pending again while it was pending: two became one. Operands as ``pending``.
  case merged
  /// Stopped being pending without having been acknowledged. `a`: ``PendingCause`` of what took it away.
  case pendingCleared
  /// Was acknowledged: pending (or pending and active) became active. `b`: bit 0 is set if it stays pending; bits
  /// 15:8 hold the running priority from now on; bits 63:32 the source PE of a GICv2 SGI.
  case acknowledged
  /// An acknowledge returned a special INTID. `a`: the value, 1020 to 1023.
  case spuriousAcknowledge
  /// End of interrupt: the running priority dropped. `a`: 1 if it deactivated too; `b`: the running priority from now
  /// on, 0xFF if nothing runs.
  case endOfInterrupt
  /// An end of interrupt that no acknowledge precedes, or of another interrupt than the running one.
  case mismatchedEnd
  /// Active became inactive. `a`: 1 if still pending.
  case deactivated
  /// Was enabled, or is found to be; of an LPI as the controller's cached configuration has it.
  case enabled
  /// Was disabled, or is found to be; of an LPI as the controller's cached configuration has it.
  case disabled
  /// An input line rose.
  case lineRaised
  /// An input line fell.
  case lineLowered
  /// Its target changed; `a`: the old PE, `b`: the new one, ``PE/none`` for no PE that exists, one less for any of
  /// several.
  case retargeted
  /// Its priority changed. `priority`: the new one; `a`: the old one.
  case priorityChanged
  /// Its group changed. `a`: ``InterruptGroup`` now, `b`: before.
  case groupChanged
  /// Its trigger changed. `a`: 1 edge-triggered, 0 level-sensitive.
  case triggerChanged
  /// Was made active by a register.
  case activated

  // MARK: The PE

  /// The interrupt requests to a PE changed, where the capture shows them. `a`: ``CPULines`` now, `b`: which changed.
  case cpuLine
  /// The highest-priority pending interrupt of a PE changed, where the capture shows it; none if `intid` is
  /// 0xFFFF_FFFF.
  case highestPending
  /// The priority mask changed or became known. `a`: the new one as the CPU interface compares it.
  case priorityMask
  /// Group enables changed or became known: those of a PE's CPU interface, or with ``PE/none`` those of the
  /// Distributor. `a`: bit n is set if ``InterruptGroup`` n is enabled; `b`: which are known.
  case groupEnables
  /// The PE went to sleep, woke up, or is found so (`GICR_WAKER.ProcessorSleep`). `a`: 1 if asleep.
  case sleep
  /// `GICR_CTLR.EnableLPIs` changed or became known. `a`: its value.
  case lpisEnabled
  /// EOImode changed or became known. `a`: bit 0 is set if an end of interrupt leaves deactivation to software in the
  /// Non-secure copy or the only one, bit 1 in the Secure one.
  case endMode
  /// The CPU interface was reset: nothing is active on it any more.
  case interfaceReset
  /// An SGI was sent; `a`: target PE.
  case sgiSent
  /// Software named the PEs that an SGI is to go to; what they accept follows. `a`: how many of them exist.
  case sgiWritten

  // MARK: ITS

  /// An MSI reached an ITS. `a`: `DeviceID << 32 | EventID`; `intid`: the LPI, if it was translated.
  case msi
  /// An MSI or command failed. `a`: `DeviceID << 32 | EventID`; `b`: ``ITSFault``.
  case itsFault
  /// An ITS command was carried out. `a`: opcode in bits 7:0, DeviceID in 63:32; `b`: error code (IHI 0069H, 5.3) or 0
  /// in bits 23:0, EventID in 63:32; `intid`: the LPI that it names, as mapped before it.
  case itsCommand
  /// An interrupt's mapping changed. `a`: `DeviceID << 32 | EventID`; `b`: 1 mapped, 0 unmapped.
  case mapping
  /// A collection's mapping changed. `pe`: its PE, or ``PE/none`` if it was unmapped; `a`: ICID, `b`: the ITS.
  case collection
  /// An ITS was enabled or disabled. `a`: 1 if enabled, `b`: the ITS.
  case itsEnabled
  /// Software saw, or left, commands that an ITS has not read: `a`: `GITS_CREADR`, `b`: `GITS_CWRITER`; `priority`:
  /// the ITS.
  case commandsWaiting

  /// An ITS looked an MSI up in its tables, or carried out a command: one for each. `a`: `DeviceID << 32 | EventID`; `b`:
  /// ``TableWalk``; `intid`: the LPI or vLPI that the tables hold, `pe`: its target.
  case tableWalk
  /// The capture shows an ITS reading a table entry. `a`: DeviceID, ICID, vPEID or EventID; `b`: ``ITSTable`` in bits
  /// 7:0, the ITS in 15:8, bit 16 is set if the entry is valid.
  case tableRead
  /// Software had LPI configuration read again: `GICR_INVLPIR` with `intid`, `GICR_INVALLR` without.
  case configurationInvalidated

  // MARK: List registers and the virtual interface

  /// A list register was loaded with a valid interrupt: `ICH_LR<n>_EL2`, or `GICH_LR<n>` in bits 31:0. `a`: index, `b`:
  /// value.
  case lrFilled
  /// A list register became invalid. `a`: index, `b`: the value before.
  case lrEmptied
  /// A valid list register was overwritten by another interrupt. `a`: index, `b`: the value before.
  case lrOverwritten
  /// A virtual interrupt was acknowledged from a list register. `a`: index.
  case virtualAcknowledged
  /// A virtual acknowledge returned a special INTID. `a`: the value.
  case virtualSpuriousAcknowledge
  /// A virtual interrupt ended. `a`: index, or 0xFF if no list register held it; `b`: 1 if deactivated too.
  case virtualEndOfInterrupt
  /// A virtual interrupt was deactivated. `a`: index.
  case virtualDeactivated
  /// The maintenance interrupt changed. `a`: level, `b`: `ICH_MISR_EL2` or `GICH_MISR`.
  case maintenance
  /// The hypervisor wrote a list register, whatever that changed; what it changed follows. `a`: index, `b`: value.
  case lrWritten
  /// A virtual interrupt found no list register when they were loaded, as the model of a hypervisor has it; no controller
  /// knows. `a`: 1 if it is active, 0 if it is pending.
  case lrOverflow
  /// The virtual CPU interface was enabled: a hypervisor that goes to its guest does so. `a`: `ICH_HCR_EL2` or `GICH_HCR`.
  case virtualInterfaceEnabled
  /// What the guest's interface lets through changed or became known. `a`: the priority mask in bits 7:0, bits 8 and 9 are
  /// set if Group 0 and Group 1 are enabled; `b`: which of these bits are known.
  case virtualControl
  /// The virtual CPU interface was disabled: a hypervisor that comes from its guest does so. `a`: `ICH_HCR_EL2` or
  /// `GICH_HCR`, as it was before.
  case virtualInterfaceDisabled

  // MARK: Directly injected virtual interrupts (GICv4)

  /// A virtual LPI became pending for a vPE. `pe`: the PE that the vPE is mapped to; `a`: ``PendingCause``; `b`:
  /// `DeviceID << 32 | EventID`.
  case virtualPending
  /// A virtual LPI was made pending again while it was pending. Operands as ``virtualPending``.
  case virtualMerged
  /// A virtual LPI stopped being pending without having been acknowledged. `a`: ``PendingCause``.
  case virtualPendingCleared
  /// A vPE became resident on a PE. `a`: address of its pending table.
  case vPEResident
  /// A vPE stopped being resident. `a`: address of its pending table; `b`: 1 if something is pending for it.
  case vPENonresident

  // MARK: The capture against the model

  /// A prediction failed. `a`: what the model expected, `b`: what the capture shows; `priority`: index of the check.
  case disagreed
  /// The capture taught the model something it could not know. Operands as ``disagreed``.
  case taught
  /// The replay begins. `a`: 1 if the capture begins at the controller's reset, so that what follows is all there was.
  case begin
  /// Events are missing. `a`: how many, 0 if not known.
  case gap
  /// The emulator reported that the guest did something wrong.
  case guestError

  // MARK: A hypervisor's guests

  /// What a guest had done with an interrupt by its last exit came to light, by a named rule: no capture of a hypervisor's
  /// tracing shows it. `a`: bit 0 is set if it is still pending, bit 1 if the guest is at it; 0 if it had ended; `b`: the
  /// rule.
  case guestOutcome
}
