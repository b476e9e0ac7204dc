import InterruptTrace

/// Reads and writes of `ICV_*`: what a guest reaches when it accesses `ICC_*` (IHI 0069H, 12.3).
extension GICv3 where Store: ~Copyable {
  mutating func readVirtualCPUInterface(_ event: Event, pe: Int) {
    let register = event.register
    let check = PredictionLedger.check(register)
    switch register {
    case .ICV_IAR0_EL1: acknowledgeVirtual(event, pe: pe, group1: false)
    case .ICV_IAR1_EL1: acknowledgeVirtual(event, pe: pe, group1: true)
    case .ICV_NMIAR1_EL1: acknowledgeVirtual(event, pe: pe, group1: true, nonMaskable: true)
    case .ICV_HPPIR0_EL1, .ICV_HPPIR1_EL1:
      refreshVirtual(pe)
      let expected = visibleVirtual(pe, group1: register == .ICV_HPPIR1_EL1)
      compare(
        check, expected: UInt64(expected), seen: event.b, known: pes[pe].virtual.knowsPending ? .max : 0, pe: event.pe)
    case .ICV_RPR_EL1: readVirtualRunningPriority(event, pe: pe, check: check)
    case .ICV_PMR_EL1:
      readField(event, pe: pe, check: check, shift: VirtualMachineControl.priorityMaskShift, mask: 0xFF)
    case .ICV_BPR0_EL1, .ICV_BPR1_EL1:
      readVirtualBinaryPoint(event, pe: pe, check: check, group1: register == .ICV_BPR1_EL1)
    case .ICV_IGRPEN0_EL1, .ICV_IGRPEN1_EL1:
      readField(event, pe: pe, check: check, shift: register == .ICV_IGRPEN1_EL1 ? 1 : 0, mask: 1)
    case .ICV_CTLR_EL1: readVirtualControl(event, pe: pe, check: check)
    case let other where other.rawValue >= SystemRegister.ICV_AP0R0_EL1.rawValue && other.rawValue < 88:
      readVirtualActivePriorities(
        event, pe: pe, at: Int(other.rawValue &- SystemRegister.ICV_AP0R0_EL1.rawValue), check: check)
    default: break
    }
  }

  mutating func writeVirtualCPUInterface(_ event: Event, pe: Int) {
    let register = event.register
    let value = UInt32(truncatingIfNeeded: event.b)
    switch register {
    case .ICV_EOIR0_EL1: endVirtual(pe: pe, group1: false, value: value)
    case .ICV_EOIR1_EL1: endVirtual(pe: pe, group1: true, value: value)
    case .ICV_DIR_EL1: deactivateVirtual(pe: pe, value: value)
    case .ICV_PMR_EL1:
      writeField(value & implementedPriorities(pe), pe: pe, shift: VirtualMachineControl.priorityMaskShift, mask: 0xFF)
    case .ICV_BPR0_EL1, .ICV_BPR1_EL1:
      let group1 = register == .ICV_BPR1_EL1
      // With a common binary point, writes of the Group 1 register are ignored (12.3.4).
      if !(group1 && pes[pe].virtual.hasCommonBinaryPoint) { pes[pe].virtual.learnBinaryPoint(group1: group1, value) }
    case .ICV_IGRPEN0_EL1, .ICV_IGRPEN1_EL1:
      writeField(value, pe: pe, shift: register == .ICV_IGRPEN1_EL1 ? 1 : 0, mask: 1)
      refreshMaintenance(pe)
    case .ICV_CTLR_EL1:
      writeField(value, pe: pe, shift: 4, mask: 1)
      writeField(value >> 1, pe: pe, shift: 9, mask: 1)
    case let other where other.rawValue >= SystemRegister.ICV_AP0R0_EL1.rawValue && other.rawValue < 88:
      writeVirtualActivePriorities(event.b, pe: pe, at: Int(other.rawValue &- SystemRegister.ICV_AP0R0_EL1.rawValue))
    default: break
    }
  }

  // MARK: Fields of ICH_VMCR_EL2

  mutating func readField(_ event: Event, pe: Int, check: Int, shift: UInt32, mask: UInt32) {
    let known = pes[pe].virtual.known.machineControl >> shift & mask
    let verdict = compare(
      check, expected: UInt64(pes[pe].virtual.machineControl >> shift & mask), seen: event.b,
      known: UInt64(known) | ~UInt64(mask), pe: event.pe)
    if verdict == .taught {
      pes[pe].virtual.setMachineControl(UInt32(truncatingIfNeeded: event.b) << shift, mask: mask << shift)
      refreshMaintenance(pe)
    }
    pes[pe].virtual.known.machineControl |= mask << shift
    reportVirtualControl(pe)
  }

  mutating func writeField(_ value: UInt32, pe: Int, shift: UInt32, mask: UInt32) {
    shown.insert(.guestControl)
    pes[pe].virtual.setMachineControl(value << shift, mask: mask << shift)
    pes[pe].virtual.known.machineControl |= mask << shift
    reportVirtualControl(pe)
  }

  /// With a common binary point, Group 1 reads that of Group 0 plus one, at most 7 (12.3.4).
  private mutating func readVirtualBinaryPoint(_ event: Event, pe: Int, check: Int, group1: Bool) {
    let isCommon = group1 && pes[pe].virtual.hasCommonBinaryPoint
    let usesPoint1 = group1 && !isCommon
    let shift = usesPoint1 ? VirtualMachineControl.binaryPoint1Shift : VirtualMachineControl.binaryPoint0Shift
    var relevant: UInt32 = 7 << shift
    if group1 { relevant |= VirtualMachineControl.commonBinaryPoint }
    let isKnown = pes[pe].virtual.known.machineControl & relevant == relevant
    let verdict = compare(
      check, expected: UInt64(min(pes[pe].virtual.binaryPoint(group1: usesPoint1) + (isCommon ? 1 : 0), 7)),
      seen: event.b, known: isKnown ? .max : 0, pe: event.pe)
    guard !isCommon else { return }
    if verdict == .taught { pes[pe].virtual.setBinaryPoint(group1: group1, UInt32(truncatingIfNeeded: event.b)) }
    pes[pe].virtual.known.machineControl |= 7 << shift
  }

  private mutating func readVirtualControl(_ event: Event, pe: Int, check: Int) {
    let control = pes[pe].virtual.machineControl
    let bits = control >> 4 & 1 | (control >> 9 & 1) << 1
    let known = pes[pe].virtual.known.machineControl
    var knownBits = UInt64(known >> 4 & 1 | (known >> 9 & 1) << 1)
    if pes[pe].known.contains(.virtualControlConstants) {
      knownBits |= ~0b11
    } else if pes[pe].virtual.typeIsKnown {
      // PRIbits, IDbits, SEIS and A3V are those of ICH_VTR_EL2; RSS and ExtRange are shown here first.
      knownBits |= 0xFFFC & ~0b11
    }
    let verdict = compare(
      check, expected: UInt64(pes[pe].virtual.controlConstants | bits), seen: event.b, known: knownBits, pe: event.pe)
    if verdict == .taught {
      let seen = UInt32(truncatingIfNeeded: event.b)
      pes[pe].virtual.controlConstants = seen & ~0b11
      pes[pe].virtual.setMachineControl((seen & 1) << 4 | (seen >> 1 & 1) << 9, mask: 1 << 4 | 1 << 9)
    }
    pes[pe].known.insert(.virtualControlConstants)
    pes[pe].virtual.known.machineControl |= 1 << 4 | 1 << 9
  }

  /// The priority of the highest active priority bit. An idle interface reads 0xFF (12.3.17).
  mutating func readVirtualRunningPriority(_ event: Event, pe: Int, check: Int) {
    let isKnown = pes[pe].virtual.knowsActivePriorities
    var expected = UInt64(pes[pe].virtual.runningPriority)
    if pes[pe].virtual.nonMaskableIsActive { expected |= 1 << 63 }
    compare(check, expected: expected, seen: event.b, known: isKnown ? .max : 0, pe: event.pe)
  }
}

// MARK: What is known

extension VirtualInterface {
  /// Whether every active priorities register is known.
  var knowsActivePriorities: Bool {
    let words = UInt8(1 << activePriorityWords &- 1)
    return known.activePriorities & (words | words << 4) == words | words << 4
  }

  /// Whether the list registers and the group enables are known, which decide what is pending.
  var knowsPending: Bool {
    let enables = VirtualMachineControl.enableGroup0 | VirtualMachineControl.enableGroup1
    return known.listRegisters & known.listRegisters >> 16 & implemented == implemented
      && known.machineControl & enables == enables
  }

  /// Whether all that decides about signalling is known.
  var knowsSignalling: Bool {
    // VENG0, VENG1, VCBPR, both binary points and the priority mask.
    let fields: UInt32 = 0xFFFC_0013
    return knowsPending && knowsActivePriorities && known.control && known.machineControl & fields == fields
  }
}
