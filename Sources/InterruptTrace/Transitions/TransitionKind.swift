/// Kinds of transition. What their operands are called and where they lie is ``TransitionLayout``.
@frozen public enum TransitionKind: UInt8, Sendable, CaseIterable {
  // MARK: The physical interrupt

  /// Became pending. A GICv2 SGI becomes pending, is acknowledged and cleared once for each source.
  case pending
  /// Was made pending again while it was pending: two became one.
  case merged
  /// Stopped being pending without having been acknowledged.
  case pendingCleared
  /// Was acknowledged: pending (or pending and active) became active.
  case acknowledged
  /// An acknowledge returned a special INTID.
  case spuriousAcknowledge
  /// End of interrupt: the running priority dropped.
  case endOfInterrupt
  /// An end of interrupt that no acknowledge precedes, or of another interrupt than the running one.
  case mismatchedEnd
  /// Active became inactive.
  case deactivated
  /// Was enabled, or is found to be; of an LPI as the controller's cached configuration has it.
  case enabled
  /// Was disabled, or is found to be; of an LPI as the controller's cached configuration has it.
  case disabled
  /// An input line rose.
  case lineRaised
  /// An input line fell.
  case lineLowered
  /// Its target changed.
  case retargeted
  /// Its priority changed; ``Transition/priority`` is the new one.
  case priorityChanged
  /// Its group changed.
  case groupChanged
  /// Its trigger changed.
  case triggerChanged
  /// Was made active by a register.
  case activated

  // MARK: The PE

  /// The interrupt requests to a PE changed, where the capture shows them.
  case cpuLine
  /// The highest-priority pending interrupt of a PE changed, where the capture shows it; ``INTID/none`` if there is none.
  case highestPending
  /// The priority mask changed or became known.
  case priorityMask
  /// Group enables changed or became known: those of a PE's CPU interface, or with ``PE/none`` those of the
  /// Distributor.
  case groupEnables
  /// The PE went to sleep, woke up, or is found so (`GICR_WAKER.ProcessorSleep`).
  case sleep
  /// `GICR_CTLR.EnableLPIs` changed or became known.
  case lpisEnabled
  /// EOImode changed or became known.
  case endMode
  /// The CPU interface was reset: nothing is active on it any more.
  case interfaceReset
  /// An SGI was sent to a PE.
  case sgiSent
  /// Software named the PEs that an SGI is to go to; what they accept follows.
  case sgiWritten

  // MARK: ITS

  /// An MSI reached an ITS; ``Transition/intid`` is the LPI, if it was translated.
  case msi
  /// An MSI or command failed.
  case itsFault
  /// An ITS command was carried out; ``Transition/intid`` is the LPI that it names, as mapped before it.
  case itsCommand
  /// An interrupt's mapping changed.
  case mapping
  /// A collection's mapping changed. `pe`: its PE, or ``PE/none`` if it was unmapped.
  case collection
  /// An ITS was enabled or disabled.
  case itsEnabled
  /// Software saw, or left, commands that an ITS has not read; ``Transition/priority`` is the ITS.
  case commandsWaiting

  /// An ITS looked an MSI up in its tables, or carried out a command: one for each. ``Transition/intid`` is the
  /// LPI or vLPI that the tables hold, ``Transition/pe`` its target.
  case tableWalk
  /// The capture shows an ITS reading a table entry.
  case tableRead
  /// Software had LPI configuration read again: `GICR_INVLPIR` with `intid`, `GICR_INVALLR` without.
  case configurationInvalidated

  // MARK: List registers and the virtual interface

  /// A list register was loaded with a valid interrupt.
  case lrFilled
  /// A list register became invalid.
  case lrEmptied
  /// A valid list register was overwritten by another interrupt.
  case lrOverwritten
  /// A virtual interrupt was acknowledged from a list register.
  case virtualAcknowledged
  /// A virtual acknowledge returned a special INTID.
  case virtualSpuriousAcknowledge
  /// A virtual interrupt ended.
  case virtualEndOfInterrupt
  /// A virtual interrupt was deactivated.
  case virtualDeactivated
  /// The maintenance interrupt changed.
  case maintenance
  /// The hypervisor wrote a list register, whatever that changed; what it changed follows.
  case lrWritten
  /// A virtual interrupt found no list register when they were loaded, as the model of a hypervisor has it; no controller
  /// knows.
  case lrOverflow
  /// The virtual CPU interface was enabled: a hypervisor that goes to its guest does so.
  case virtualInterfaceEnabled
  /// What the guest's interface lets through changed or became known.
  case virtualControl
  /// The virtual CPU interface was disabled: a hypervisor that comes from its guest does so.
  case virtualInterfaceDisabled

  // MARK: Directly injected virtual interrupts (GICv4)

  /// A virtual LPI became pending for a vPE. `pe`: the PE that the vPE is mapped to.
  case virtualPending
  /// A virtual LPI was made pending again while it was pending.
  case virtualMerged
  /// A virtual LPI stopped being pending without having been acknowledged.
  case virtualPendingCleared
  /// A vPE became resident on a PE.
  case vPEResident
  /// A vPE stopped being resident.
  case vPENonresident

  // MARK: The capture against the model

  /// A prediction failed; ``Transition/priority`` is the index of the check.
  case disagreed
  /// The capture taught the model something it could not know; operands as ``disagreed``.
  case taught
  /// The replay begins.
  case begin
  /// Events are missing.
  case gap
  /// The emulator reported that the guest did something wrong.
  case guestError
  /// The machine was reset, as an answer tells that contradicts what was known before: the controller's state is that of
  /// reset, or what software has made of it since.
  case machineReset

  // MARK: A hypervisor's guests

  /// What a guest had done with an interrupt by its last exit came to light, by a named rule: no capture of a hypervisor's
  /// tracing shows it.
  case guestOutcome
}
