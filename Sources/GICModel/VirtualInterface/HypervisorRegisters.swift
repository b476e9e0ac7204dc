import InterruptTrace

/// Reads and writes of `ICH_*` (IHI 0069H, 12.4).
extension GICv3 where Store: ~Copyable {
  /// A read or a write of `ICH_*` or `ICV_*`.
  mutating func accessVirtualSystemRegister(_ event: Event, pe: Int) {
    pes[pe].virtual.isInUse = true
    let (number, isRead) = (event.register.rawValue, event.kind == .sysregRead)
    shown.insert(number < 128 ? .guest : .hypervisor)
    noteWhoRuns(pe, isGuest: number < 128)
    if number < 128 {
      pes[pe].virtual.setLegacy(false)
      if isRead { readVirtualCPUInterface(event, pe: pe) } else { writeVirtualCPUInterface(event, pe: pe) }
    } else if number < 144 {
      if isRead { readHypervisorControl(event, pe: pe) } else { writeHypervisorControl(event, pe: pe) }
    } else if number < 192 {
      if isRead { readListRegister(event, pe: pe) } else { writeListRegister(event, pe: pe) }
    }
  }

  @inline(__always) mutating func noteWhoRuns(_ pe: Int, isGuest: Bool) {
    let control = pes[pe].virtual.hypervisorControl
    if pes[pe].virtual.guest.note(isGuest: isGuest, control: control) {
      reportVirtualInterface(.guestRuns, pe, control, listRegisters: pes[pe].virtual.listRegisterCount)
    }
  }

  private mutating func readHypervisorControl(_ event: Event, pe: Int) {
    let register = event.register
    let check = PredictionLedger.check(register)
    switch register {
    case .ICH_HCR_EL2:
      // EOIcount changes with what guests do.
      let known: UInt64 = pes[pe].virtual.known.control ? shown.contains(.guest) ? .max : ~(0x1F << 27) : 0
      let expected = UInt64(pes[pe].virtual.hypervisorControl)
      if compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught {
        pes[pe].virtual.hypervisorControl = UInt32(truncatingIfNeeded: event.b)
        pes[pe].virtual.invalidate()
        refreshMaintenance(pe)
      }
      pes[pe].virtual.known.control = true
    case .ICH_VTR_EL2: readVirtualType(event, pe: pe, check: check)
    case .ICH_VMCR_EL2: readMachineControl(event, pe: pe, check: check)
    case .ICH_MISR_EL2:
      let expected = UInt64(pes[pe].virtual.maintenanceStatus(departures))
      let known = (shown.contains(.guest) ? UInt64(pes[pe].virtual.knownMaintenanceStatus()) : 0) | ~0xFFFF_FFFF
      compare(check, expected: expected, seen: event.b, known: known, pe: event.pe)
    case .ICH_EISR_EL2:
      let expected = UInt64(pes[pe].virtual.ended & pes[pe].virtual.implemented)
      let known = ~UInt64(pes[pe].virtual.implemented) | UInt64(shownListRegisters(pe) >> 16)
      compare(check, expected: expected, seen: event.b, known: known, pe: event.pe)
    case .ICH_ELRSR_EL2: readEmptyStatus(event, pe: pe, check: check)
    case let other where other.rawValue >= SystemRegister.ICH_AP0R0_EL2.rawValue:
      readVirtualActivePriorities(
        event, pe: pe, at: Int(other.rawValue &- SystemRegister.ICH_AP0R0_EL2.rawValue), check: check)
    default: break
    }
  }

  private mutating func writeHypervisorControl(_ event: Event, pe: Int) {
    let register = event.register
    let value = UInt32(truncatingIfNeeded: event.b)
    switch register {
    case .ICH_HCR_EL2:
      let writable =
        departures.contains(.hasNoVirtualSGIControl)
        ? HypervisorControl.writableWithoutVirtualSGIs : HypervisorControl.writable
      let old = pes[pe].virtual.hypervisorControl
      pes[pe].virtual.hypervisorControl = value & writable
      pes[pe].virtual.known.control = true
      reportVirtualEnable(pe, from: old, to: value & writable, listRegisters: pes[pe].virtual.listRegisterCount)
      pes[pe].virtual.invalidate()
    case .ICH_VMCR_EL2: writeMachineControl(value, pe: pe)
    case let other where other.rawValue >= SystemRegister.ICH_AP0R0_EL2.rawValue:
      writeVirtualActivePriorities(event.b, pe: pe, at: Int(other.rawValue &- SystemRegister.ICH_AP0R0_EL2.rawValue))
      return
    default: return  // the status registers are read-only
    }
    refreshMaintenance(pe)
  }

  // MARK: ICH_VTR_EL2

  private mutating func readVirtualType(_ event: Event, pe: Int, check: Int) {
    let known: UInt64 = pes[pe].virtual.typeIsKnown ? .max : 0
    if !pes[pe].virtual.typeIsKnown, UInt64(pes[pe].virtual.type) == event.b {
      // What a survey of the capture found is this very read: it is news all the same.
      differ(check, expected: event.b, seen: event.b, isTaught: true, pe: event.pe)
    } else if compare(check, expected: UInt64(pes[pe].virtual.type), seen: event.b, known: known, pe: event.pe)
      == .taught
    {
      pes[pe].virtual.setType(UInt32(truncatingIfNeeded: event.b))
    }
    guard !pes[pe].virtual.typeIsKnown else { return }
    pes[pe].virtual.typeIsKnown = true
    topology.set(.vtr, to: event.b, source: .register)
  }

  /// A virtual interface as the topology describes it.
  func initialVirtualInterface() -> VirtualInterface {
    let (type, isKnown) = Self.virtualType(of: topology)
    let distributorType = topology[.gicdTyper] ?? 0
    let hasNonMaskable = topology.architecture == .v3_3 || distributorType >> 9 & 1 != 0  // GICD_TYPER.NMI
    return VirtualInterface(type: type, typeIsKnown: isKnown, hasNonMaskable: hasNonMaskable)
  }

  /// `ICH_VTR_EL2` as far as the topology gives it: 4 list registers, 5 bits of priority and preemption otherwise.
  static func virtualType(of topology: Topology) -> (type: UInt32, isKnown: Bool) {
    let (shown, source) = (topology[.vtr], topology.source(of: .vtr))
    var type: UInt32 = 0x90A8_0003 | (topology.architecture.rawValue < 0x40 ? 1 << 20 : 0)  // nV4
    if let shown { type = UInt32(truncatingIfNeeded: shown) }
    if let count = topology[.listRegisters], count > 0 {
      type = type & ~0x1F | UInt32(truncatingIfNeeded: min(count, 16) - 1)
    }
    if let bits = topology[.preemptionBits], bits > 0 {
      type = type & ~(7 << 26) | UInt32(truncatingIfNeeded: min(bits, 8) - 1) << 26
      if type >> 29 < type >> 26 & 7 { type = type & ~(7 << 29) | (type >> 26 & 7) << 29 }
    }
    return (type, source.map { $0 != .register && $0 != .assumed } ?? false)
  }

  // MARK: ICH_VMCR_EL2

  private mutating func writeMachineControl(_ value: UInt32, pe: Int) {
    let (control, valid) = (pes[pe].virtual.hypervisorControl, UInt64(pes[pe].virtual.valid))
    if pes[pe].virtual.guest.loadsVCPU(control: control, valid: valid) { emit(.vCPULoaded, pe: pe) }
    var kept = value & VirtualMachineControl.writable
    if !departures.contains(.virtualPriorityMaskKeepsReservedBits) {
      kept &= ~0xFF00_0000 | implementedPriorities(pe) << VirtualMachineControl.priorityMaskShift
    }
    if departures.contains(.hasNoLegacyGuests) {
      kept = kept & ~VirtualMachineControl.acknowledgeControl | VirtualMachineControl.fiqEnable
    } else {
      // It may be another guest's.
      pes[pe].virtual.legacyIsKnown = false
    }
    pes[pe].virtual.setMachineControl(kept)
    pes[pe].virtual.known.machineControl = .max
    reportVirtualControl(pe)
  }

  private mutating func readMachineControl(_ event: Event, pe: Int, check: Int) {
    var known = shown.contains(.guestControl) ? UInt64(pes[pe].virtual.known.machineControl) : 0
    // VFIQEn is RES1 and VAckCtl RES0 for a guest that uses system registers; ICC_SRE_EL1 is not traced.
    if !departures.contains(.hasNoLegacyGuests), !(pes[pe].virtual.isLegacy && pes[pe].virtual.legacyIsKnown) {
      known &= ~UInt64(VirtualMachineControl.fiqEnable | VirtualMachineControl.acknowledgeControl)
    }
    let verdict = compare(
      check, expected: UInt64(pes[pe].virtual.machineControl), seen: event.b, known: known | ~0xFFFF_FFFF, pe: event.pe)
    if verdict == .taught {
      pes[pe].virtual.setMachineControl(UInt32(truncatingIfNeeded: event.b))
      refreshMaintenance(pe)
    }
    pes[pe].virtual.known.machineControl = .max
    reportVirtualControl(pe)
  }

  /// Reports what the guest's interface lets through: VPMR in bits 31:24, VENG0 and VENG1 in bits 1:0.
  mutating func reportVirtualControl(_ pe: Int) {
    func fields(_ control: UInt32) -> UInt32 { control >> 24 | (control & 0b11) << 8 }
    let (value, known) = (pes[pe].virtual.machineControl, pes[pe].virtual.known.machineControl)
    report(Learned(fields(value), known: fields(known)), pe, since: &pes[pe].virtual.reportedControl)
  }

  /// The virtual priority bits that exist.
  func implementedPriorities(_ pe: Int) -> UInt32 { 0xFF << (8 - pes[pe].virtual.priorityBits) & 0xFF }

  /// Halves of list registers that are known; a guest whose accesses are not in the capture may have changed the state in
  /// the upper ones.
  func shownListRegisters(_ pe: Int) -> UInt32 {
    pes[pe].virtual.known.listRegisters & (shown.contains(.guest) ? .max : 0xFFFF)
  }

  // MARK: Active priorities

  /// `ICH_AP0R<n>_EL2`, `ICH_AP1R<n>_EL2` and the guest's views of them; `at` counts from `AP0R0`.
  mutating func readVirtualActivePriorities(_ event: Event, pe: Int, at: Int, check: Int) {
    let at = at & 7
    guard at & 3 < pes[pe].virtual.activePriorityWords else {
      compare(check, expected: 0, seen: event.b, pe: event.pe)
      return
    }
    let isKnown = shown.contains(.guest) && pes[pe].virtual.known.activePriorities >> UInt8(at) & 1 != 0
    var expected = UInt64(pes[pe].virtual.activePriorities[at])
    if at == 4, pes[pe].virtual.nonMaskableIsActive { expected |= 1 << 63 }
    if compare(check, expected: expected, seen: event.b, known: isKnown ? .max : 0, pe: event.pe) == .taught {
      setVirtualActivePriorities(event.b, pe: pe, at: at)
    }
    pes[pe].virtual.known.activePriorities |= 1 << UInt8(at)
  }

  mutating func writeVirtualActivePriorities(_ value: UInt64, pe: Int, at: Int) {
    let at = at & 7
    guard at & 3 < pes[pe].virtual.activePriorityWords else { return }
    setVirtualActivePriorities(value, pe: pe, at: at)
    pes[pe].virtual.known.activePriorities |= 1 << UInt8(at)
  }

  private mutating func setVirtualActivePriorities(_ value: UInt64, pe: Int, at: Int) {
    if at == 4, pes[pe].virtual.hasNonMaskable { pes[pe].virtual.setNonMaskableActive(value >> 63 != 0) }
    let bits = Int(pes[pe].virtual.preemptionBits)
    let implemented = ActivePriorities.implemented(word: at & 3, preemptionBits: bits)
    pes[pe].virtual.setActivePriorities(at, UInt32(truncatingIfNeeded: value) & implemented)
  }
}
