import InterruptTrace

/// Reads and writes of `GICH_*` (IHI 0048B, 5.3).
extension GICv2 {
  @inline(__always) mutating func readHypervisor(_ event: Event) {
    let pe = accessor(event)
    if !accessorIsAssumed { noteWhoRuns(pe, isGuest: false) }
    let index = hypervisorMap.index(at: event.offset)
    let check = PredictionLedger.check(.gich, index: index)
    switch hypervisorMap.role(index) {
    case .reserved: compareReserved(event, check: check)
    case .type:
      learnVirtualType(event)
      compareCommonIdentification(event, check: check)
    case let role:
      let value = UInt32(truncatingIfNeeded: event.b)
      if accessorIsAssumed {
        let only = compareAssumed(check, event) { $0.hypervisorValue(role, event.offset, pe: $1) }
        if only != nil || hypervisorValue(role, event.offset, pe: pe).known != .max {
          learnHypervisor(role, event.offset, value, pe: only ?? pe)
          // Of several that may have answered it stays a guess that it was the assumed one.
          if only == nil { forgetVirtual(role, list(at: event.offset), pe) }
        }
        return
      }
      let answer = hypervisorValue(role, event.offset, pe: pe)
      let verdict = compare(check, answer, event)
      if verdict != .disagreed, answer.known != .max { learnHypervisor(role, event.offset, value, pe: pe) }
      if role == .listRegister { virtualInterfaces[pe].guest.noteRead(of: list(at: event.offset)) }
    }
  }

  private func hypervisorValue(_ role: RegisterRole, _ offset: UInt32, pe: Int) -> Learned<UInt64> {
    let known = virtualInterfaces[pe].interface.known
    // What guests do that are not in the capture may have changed it.
    let isShown = shown.contains(.guest)
    let implemented = virtualInterfaces[pe].implemented
    let listsAreKnown = isShown && virtualInterfaces[pe].knownLists & implemented == implemented
    let upper = offset & 4 != 0 ? UInt64(32) : 0
    func answer(_ value: UInt32, _ isKnown: Bool) -> Learned<UInt64> {
      Learned(UInt64(value), known: isKnown ? .max : ~0xFFFF_FFFF)
    }
    func knows(_ registers: GICv2Interface.Known) -> Bool { isShown && known.isSuperset(of: registers) }
    switch role {
    case .hypervisorControl: return answer(virtualInterfaces[pe].control, knows(.hypervisorControl))
    case .virtualMachineControl: return answer(virtualInterfaces[pe].machineControl, knows(.machineControl))
    case .maintenanceStatus:
      let status = virtualInterfaces[pe].maintenanceStatus
      return answer(status, listsAreKnown && knows([.control, .hypervisorControl]))
    case .endOfInterruptStatus:
      return answer(UInt32(truncatingIfNeeded: virtualInterfaces[pe].ended >> upper), listsAreKnown)
    case .emptyListRegisterStatus:
      return answer(UInt32(truncatingIfNeeded: virtualInterfaces[pe].empty >> upper), listsAreKnown)
    case .activePriorities:
      return answer(virtualInterfaces[pe].interface.activePriorities[0], knows(.activePriorities))
    case .listRegister:
      let list = list(at: offset)
      let isKnown = isShown && virtualInterfaces[pe].knownLists &>> UInt64(list) & 1 != 0
      return answer(virtualInterfaces[pe][list].value, isKnown)
    default: return .certain(0)
    }
  }

  private func list(at offset: UInt32) -> Int { hypervisorMap.element(hypervisorMap.index(at: offset), at: offset) }

  private mutating func learnHypervisor(_ role: RegisterRole, _ offset: UInt32, _ seen: UInt32, pe: Int) {
    switch role {
    case .hypervisorControl: setHypervisorControl(seen, pe: pe)
    case .virtualMachineControl: setMachineControl(seen, pe: pe)
    case .activePriorities: setVirtualActivePriorities(seen, pe: pe)
    case .listRegister:
      setListRegister(list(at: offset), seen, pe: pe)
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

  /// `GICH_VTR`: list registers and preemption bits (IHI 0048B, 5.3.2).
  private mutating func learnVirtualType(_ event: Event) {
    topology.set(.vtr, to: event.b, source: .register)
    let count = Int(event.b & 0x3F) + 1
    if topology.set(.listRegisters, to: count, source: .register) { learnListRegisters(count) }
    topology.set(.preemptionBits, to: Int(event.b >> 26 & 7) + 1, source: .register)
  }

  mutating func learnListRegisters(_ count: Int) {
    for pe in 0..<GICv2Distributor.peLimit { virtualInterfaces[pe].setCount(count) }
  }

  // MARK: Writes

  @inline(__always) mutating func writeHypervisor(_ event: Event) {
    let pe = accessor(event)
    if !accessorIsAssumed { noteWhoRuns(pe, isGuest: false) }
    let value = UInt32(truncatingIfNeeded: event.b)
    let (role, list) = (hypervisorMap.role(hypervisorMap.index(at: event.offset)), list(at: event.offset))
    let isDoubtful = accessorIsAssumed && doubtVirtual(role, list, value)
    defer { if isDoubtful { forgetVirtual(role, list, pe) } }
    switch role {
    case .listRegister:
      let last =
        departures.contains(.hasListRegisterTooMany) ? virtualInterfaces[pe].count : virtualInterfaces[pe].count - 1
      guard list <= min(last, 63) else { return }
      report(.lrWritten, GICv2ListRegister(value: value & GICv2ListRegister.writable), list: list, pe: pe)
      setListRegister(list, value & GICv2ListRegister.writable, pe: pe)
      virtualInterfaces[pe].guest.noteWrite(of: list)
    case .hypervisorControl: writeHypervisorControl(value & HypervisorControl.writableInGICH, pe: pe)
    case .virtualMachineControl:
      let (control, valid) = (virtualInterfaces[pe].control, virtualInterfaces[pe].valid)
      if !accessorIsAssumed, virtualInterfaces[pe].guest.loadsVCPU(control: control, valid: valid) {
        emit(.vCPULoaded, pe: pe)
      }
      setMachineControl(value, pe: pe)
    case .activePriorities: setVirtualActivePriorities(value, pe: pe)
    default: return
    }
    refreshMaintenance(pe)
  }

  private mutating func writeHypervisorControl(_ value: UInt32, pe: Int) {
    let old = virtualInterfaces[pe].control
    setHypervisorControl(value, pe: pe)
    reportVirtualEnable(pe, from: old, to: value, listRegisters: virtualInterfaces[pe].count)
  }

  @inline(__always) mutating func noteWhoRuns(_ pe: Int, isGuest: Bool) {
    let control = virtualInterfaces[pe].control
    if virtualInterfaces[pe].guest.note(isGuest: isGuest, control: control) {
      reportVirtualInterface(.guestRuns, pe, control, listRegisters: virtualInterfaces[pe].count)
    }
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
    virtualInterfaces[pe].interface.setActivePriorities(0, value)
    virtualInterfaces[pe].interface.known.insert(.activePriorities)
  }

  /// Loads a list register, and says what that did to the interrupt that was there.
  @inline(__always) mutating func setListRegister(_ list: Int, _ value: UInt32, pe: Int) {
    let (old, new) = (virtualInterfaces[pe][list], GICv2ListRegister(value: value))
    // Of what has not been shown, neither is whether it was saved.
    let isShown = virtualInterfaces[pe].knownLists &>> UInt64(list) & 1 != 0
    let isSaved = !isShown || virtualInterfaces[pe].guest.hasSaved(list)
    virtualInterfaces[pe].knownLists |= 1 &<< UInt64(list)
    guard new != old else { return }
    virtualInterfaces[pe][list] = new
    if old.isValid, !(new.isValid && new.intid == old.intid) {
      report(new.isValid ? .lrOverwritten : .lrEmptied, old, list: list, pe: pe, isSaved: new.isValid && isSaved)
    }
    if new.isValid { report(.lrFilled, new, list: list, pe: pe) }
  }

  private func report(
    _ kind: TransitionKind, _ entry: GICv2ListRegister, list: Int, pe: Int, isSaved: Bool = false
  ) {
    let operands = Transition.Operands<Transition.ListRegister>(
      index: list, value: UInt64(entry.value), isSaved: isSaved)
    emit(kind, pe: pe, intid: entry.intid, priority: entry.priority, a: operands.a, b: operands.b)
  }
}
