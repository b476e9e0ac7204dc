import InterruptTrace

/// Reads and writes of `GICV_*`: what a guest reaches that uses a GICv2 CPU interface while its hypervisor uses `ICH_*`
/// (IHI 0069H, 12.15, and "Support for legacy operation of VMs").
///
/// `GICV_*` are views of the same state as `ICV_*`, but for one interface of both groups: `ICH_VMCR_EL2.VAckCtl` and
/// `VFIQEn` count, and all active priorities stand in `ICH_AP1R<n>_EL2`.
extension GICv3 where Store: ~Copyable {
  /// The PE whose virtual CPU interface an access is about: the frame shows each PE its own.
  private mutating func legacyAccessor(_ event: Event) -> Int? {
    let pe = event.pe == PE.none ? event.owner & 0xFF_FFFF : event.pe
    guard holds(pe) else { return nil }
    pes[Int(pe)].virtual.isInUse = true
    noteWhoRuns(Int(pe), isGuest: true)
    pes[Int(pe)].virtual.setLegacy(true)
    return Int(pe)
  }

  @inline(never) mutating func readVirtualInterfaceFrame(_ event: Event) {
    guard let pe = legacyAccessor(event) else { return }
    let index = virtualInterfaceMap.index(at: event.offset)
    let check = PredictionLedger.check(.gicv, index: index)
    switch virtualInterfaceMap.role(index) {
    case .reserved: compareReserved(event)
    case .implementer: compareCommonIdentification(event, check: check)
    case .acknowledge: acknowledgeMemoryMapped(event, pe: pe, check: check, isAlias: false)
    case .aliasedAcknowledge: acknowledgeMemoryMapped(event, pe: pe, check: check, isAlias: true)
    case .highestPending: readHighestPending(event, pe: pe, check: check, isAlias: false)
    case .aliasedHighestPending: readHighestPending(event, pe: pe, check: check, isAlias: true)
    case .control: readField(event, pe: pe, check: check, shift: 0, mask: GICv2Control.virtual)
    case .priorityMask:
      readField(event, pe: pe, check: check, shift: VirtualMachineControl.priorityMaskShift, mask: 0xFF)
    // Whatever CBPR says, each is the field itself: only `ICV_BPR1_EL1` stands for the other.
    case .binaryPoint: readField(event, pe: pe, check: check, shift: VirtualMachineControl.binaryPoint0Shift, mask: 7)
    case .aliasedBinaryPoint:
      readField(event, pe: pe, check: check, shift: VirtualMachineControl.binaryPoint1Shift, mask: 7)
    case .runningPriority: readVirtualRunningPriority(event, pe: pe, check: check)
    case .activePriorities:
      readVirtualActivePriorities(event, pe: pe, at: activePrioritiesIndex(event, index), check: check)
    default: compare(check, expected: 0, seen: event.b, pe: event.pe)  // Write-only registers.
    }
  }

  @inline(never) mutating func writeVirtualInterfaceFrame(_ event: Event) {
    guard let pe = legacyAccessor(event) else { return }
    let index = virtualInterfaceMap.index(at: event.offset)
    let value = UInt32(truncatingIfNeeded: event.b)
    switch virtualInterfaceMap.role(index) {
    case .endOfInterrupt: endMemoryMapped(pe: pe, value: value, isAlias: false)
    case .aliasedEndOfInterrupt: endMemoryMapped(pe: pe, value: value, isAlias: true)
    case .deactivate: deactivateVirtual(pe: pe, value: value)
    case .control:
      writeField(value, pe: pe, shift: 0, mask: GICv2Control.virtual)
      refreshMaintenance(pe)
    case .priorityMask:
      writeField(value & implementedPriorities(pe), pe: pe, shift: VirtualMachineControl.priorityMaskShift, mask: 0xFF)
    case .binaryPoint: pes[pe].virtual.learnBinaryPoint(group1: false, value)
    case .aliasedBinaryPoint: pes[pe].virtual.learnBinaryPoint(group1: true, value)
    case .activePriorities: writeVirtualActivePriorities(event.b, pe: pe, at: activePrioritiesIndex(event, index))
    default: break
    }
  }

  /// `GICV_APR<n>` is `ICH_AP1R<n>_EL2`.
  private func activePrioritiesIndex(_ event: Event, _ index: Int) -> Int {
    4 + Int((event.offset &- virtualInterfaceMap.start(index)) &>> 2) & 7
  }

  // MARK: Acknowledge

  /// The INTID that a register returns for the highest-priority pending virtual interrupt, with an SGI's source as the
  /// list register has it: the aliases show Group 1 only; the others show it only with AckCtl set, else 1022.
  private func visibleMemoryMapped(_ pe: Int, isAlias: Bool) -> UInt32 {
    let best = pes[pe].virtual.best
    guard best >= 0 else { return INTID.spurious }
    if !pes[pe].virtual.isGroup1(best) { return isAlias ? INTID.spurious : pes[pe].virtual.intid(best) }
    return isAlias || acknowledgesGroup1(pe) ? pes[pe].virtual.intid(best) : INTID.nonMaskable
  }

  private func acknowledgesGroup1(_ pe: Int) -> Bool {
    pes[pe].virtual.machineControl & VirtualMachineControl.acknowledgeControl != 0
  }

  private mutating func acknowledgeMemoryMapped(_ event: Event, pe: Int, check: Int, isAlias: Bool) {
    refreshVirtual(pe)
    let best = pes[pe].virtual.best
    let isSignalled = best >= 0 && pes[pe].virtual.canSignal(best)
    let expected = isSignalled ? visibleMemoryMapped(pe, isAlias: isAlias) : INTID.spurious
    let taken = INTID.isSpecial(expected) && !(isSignalled && pes[pe].virtual.intid(best) == expected) ? -1 : best
    acknowledgeVirtual(
      event, pe: pe, check: check, group1: isAlias || acknowledgesGroup1(pe), taken, expected, nonMaskable: false)
  }

  private mutating func readHighestPending(_ event: Event, pe: Int, check: Int, isAlias: Bool) {
    refreshVirtual(pe)
    let isKnown =
      pes[pe].virtual.knowsPending
      && (isAlias || pes[pe].virtual.known.machineControl & VirtualMachineControl.acknowledgeControl != 0)
    let expected = UInt64(visibleMemoryMapped(pe, isAlias: isAlias))
    compare(check, expected: expected, seen: event.b, known: isKnown ? .max : 0, pe: event.pe)
  }

  // MARK: End of interrupt

  /// `GICV_EOIR` or `GICV_AEOIR` was written. `GICV_AEOIR` for a Group 0 interrupt, and `GICV_EOIR` for one of Group 1
  /// without AckCtl, are UNPREDICTABLE: what became of the interrupt is not known then.
  private mutating func endMemoryMapped(pe: Int, value: UInt32, isAlias: Bool) {
    guard let n = activeListRegister(pe, intid: value & 0xFF_FFFF) else {
      return endVirtual(pe: pe, group1: isAlias, value: value)
    }
    let isGroup1 = pes[pe].virtual.listRegisters[n].isGroup1
    endVirtual(pe: pe, group1: isGroup1, value: value)
    guard isGroup1 ? !isAlias && !acknowledgesGroup1(pe) : isAlias else { return }
    pes[pe].virtual.known.listRegisters &= ~(0x1_0000 << UInt32(n))
    pes[pe].virtual.known.activePriorities = 0
  }
}
