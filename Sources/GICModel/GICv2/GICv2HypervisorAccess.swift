import InterruptTrace

/// Reads and writes of `GICH_*` (IHI 0048B, 5.3).
extension GICv2 {
  @inline(__always) mutating func readHypervisor(_ event: Event) {
    let pe = accessor(event)
    if accessorIsAssumed { doubtVirtualInterfaces() }
    let index = hypervisorMap.index(at: event.offset)
    let check = PredictionLedger.check(.gich, index: index)
    switch hypervisorMap.role(index) {
    case .reserved: compareReserved(event, check: check)
    case .type:
      learnVirtualType(event)
      compareCommonIdentification(event, check: check)
    case .listRegister: readListRegister(event, pe: pe, check: check)
    case let role:
      let (expected, known) = hypervisorValue(role, event.offset, pe: pe)
      let mask = UInt64(known) | ~0xFFFF_FFFF
      let verdict = compare(check, expected: UInt64(expected), seen: event.b, known: mask, pe: event.pe)
      if verdict == .taught || verdict == .agreed && known != .max {
        learnHypervisor(role, event.offset, UInt32(truncatingIfNeeded: event.b), pe: pe)
      }
    }
  }

  private func hypervisorValue(_ role: RegisterRole, _ offset: UInt32, pe: Int) -> (expected: UInt32, known: UInt32) {
    let known = virtualInterfaces[pe].interface.known
    let listsAreKnown = shown.contains(.guest) && virtualInterfaces[pe].knowsLists
    let upper = offset & 4 != 0 ? UInt64(32) : 0
    // What guests do that are not in the capture may have changed it.
    let isShown = shown.contains(.guest)
    func mask(_ registers: GICv2Interface.Known) -> UInt32 { isShown && known.isSuperset(of: registers) ? .max : 0 }
    switch role {
    case .hypervisorControl: return (virtualInterfaces[pe].control, mask(.hypervisorControl))
    case .virtualMachineControl:
      return (virtualInterfaces[pe].machineControl, mask([.control, .priorityMask, .binaryPoint, .aliasedBinaryPoint]))
    case .maintenanceStatus:
      return (virtualInterfaces[pe].maintenanceStatus, listsAreKnown ? mask([.control, .hypervisorControl]) : 0)
    case .endOfInterruptStatus:
      return (UInt32(truncatingIfNeeded: virtualInterfaces[pe].ended >> upper), listsAreKnown ? .max : 0)
    case .emptyListRegisterStatus:
      return (UInt32(truncatingIfNeeded: virtualInterfaces[pe].empty >> upper), listsAreKnown ? .max : 0)
    case .activePriorities: return (virtualInterfaces[pe].interface.activePriorities[0], mask(.activePriorities))
    default: return (0, .max)
    }
  }

  private mutating func learnHypervisor(_ role: RegisterRole, _ offset: UInt32, _ seen: UInt32, pe: Int) {
    switch role {
    case .hypervisorControl: setHypervisorControl(seen, pe: pe)
    case .virtualMachineControl: setMachineControl(seen, pe: pe)
    case .activePriorities: setVirtualActivePriorities(seen, pe: pe)
    case .emptyListRegisterStatus:
      // A list register that is shown empty is; of the others only that they are not is known.
      for bit in 0..<32 where seen.bit(bit) {
        let list = bit + (offset & 4 != 0 ? 32 : 0)
        guard virtualInterfaces[pe].knownLists >> UInt64(list) & 1 == 0 else { continue }
        setListRegister(list, 0, pe: pe)
      }
    default: break
    }
  }

  private mutating func readListRegister(_ event: Event, pe: Int, check: Int) {
    let list = hypervisorMap.element(at: event.offset)
    let isKnown = shown.contains(.guest) && virtualInterfaces[pe].knownLists &>> UInt64(list) & 1 != 0
    let verdict = compare(
      check, expected: UInt64(virtualInterfaces[pe][list].value), seen: event.b, known: isKnown ? .max : 0,
      pe: event.pe)
    if verdict != .disagreed, !isKnown { setListRegister(list, UInt32(truncatingIfNeeded: event.b), pe: pe) }
  }

  /// `GICH_VTR`: list registers and preemption bits (IHI 0048B, 5.3.2).
  private mutating func learnVirtualType(_ event: Event) {
    topology.set(.vtr, to: event.b, source: .register)
    let count = Int(event.b & 0x3F) + 1
    if topology.set(.listRegisters, to: UInt64(count), source: .register) { learnListRegisters(count) }
    topology.set(.preemptionBits, to: (event.b >> 26 & 7) + 1, source: .register)
  }

  mutating func learnListRegisters(_ count: Int) {
    for pe in 0..<GICv2Distributor.peLimit { virtualInterfaces[pe].count = count }
  }

  // MARK: Writes

  @inline(__always) mutating func writeHypervisor(_ event: Event) {
    let pe = accessor(event)
    defer { if accessorIsAssumed { doubtVirtualInterfaces() } }
    let value = UInt32(truncatingIfNeeded: event.b)
    switch hypervisorMap.role(hypervisorMap.index(at: event.offset)) {
    case .listRegister:
      let list = hypervisorMap.element(at: event.offset)
      let last =
        departures.contains(.hasListRegisterTooMany) ? virtualInterfaces[pe].count : virtualInterfaces[pe].count - 1
      guard list <= min(last, 63) else { return }
      report(.lrWritten, GICv2ListRegister(value: value & GICv2ListRegister.writable), list: list, pe: pe)
      setListRegister(list, value & GICv2ListRegister.writable, pe: pe)
    case .hypervisorControl: writeHypervisorControl(value & HypervisorControl.writableInGICH, pe: pe)
    case .virtualMachineControl: setMachineControl(value, pe: pe)
    case .activePriorities: setVirtualActivePriorities(value, pe: pe)
    default: return
    }
    refreshMaintenance(pe)
  }

  private mutating func writeHypervisorControl(_ value: UInt32, pe: Int) {
    let old = virtualInterfaces[pe].control
    setHypervisorControl(value, pe: pe)
    reportVirtualEnable(pe, from: old, to: value)
  }

  private mutating func setHypervisorControl(_ value: UInt32, pe: Int) {
    virtualInterfaces[pe].control = value
    virtualInterfaces[pe].interface.known.insert(.hypervisorControl)
  }

  private mutating func setMachineControl(_ value: UInt32, pe: Int) {
    virtualInterfaces[pe].interface.control = value & GICv2Control.virtual
    virtualInterfaces[pe].interface.writeAliasedBinaryPoint(value >> 18)
    virtualInterfaces[pe].interface.writeBinaryPoint(value >> 21)
    virtualInterfaces[pe].interface.priorityMask = (value >> 27) << 3
    virtualInterfaces[pe].interface.known.formUnion([.control, .priorityMask])
    reportVirtualControl(pe)
  }

  /// Reports what the guest's interface lets through.
  mutating func reportVirtualControl(_ pe: Int) {
    let interface = virtualInterfaces[pe].interface
    let known: UInt32 =
      (interface.known.contains(.priorityMask) ? 0xFF : 0) | (interface.known.contains(.control) ? 0x300 : 0)
    let bits = interface.priorityMask & 0xFF | (interface.control & 0b11) << 8
    report(Learned(bits, known: known), pe, since: &virtualInterfaces[pe].reportedControl)
  }

  mutating func setVirtualActivePriorities(_ value: UInt32, pe: Int) {
    virtualInterfaces[pe].interface.activePriorities[0] = value
    virtualInterfaces[pe].interface.refreshRunningPriority()
    virtualInterfaces[pe].interface.known.insert(.activePriorities)
  }

  /// Loads a list register, and says what that did to the interrupt that was there.
  @inline(__always) mutating func setListRegister(_ list: Int, _ value: UInt32, pe: Int) {
    let (old, new) = (virtualInterfaces[pe][list], GICv2ListRegister(value: value))
    virtualInterfaces[pe].knownLists |= 1 &<< UInt64(list)
    guard new != old else { return }
    virtualInterfaces[pe][list] = new
    if old.isValid, !(new.isValid && new.intid == old.intid) {
      report(new.isValid ? .lrOverwritten : .lrEmptied, old, list: list, pe: pe)
    }
    if new.isValid { report(.lrFilled, new, list: list, pe: pe) }
  }

  private func report(_ kind: TransitionKind, _ entry: GICv2ListRegister, list: Int, pe: Int) {
    emit(kind, pe: pe, intid: entry.intid, priority: entry.priority, a: UInt64(list), b: UInt64(entry.value))
  }
}
