import InterruptTrace

/// Reads and writes of `GICV_*` (IHI 0048B, 5.5).
extension GICv2 {
  @inline(__always) mutating func readVirtualInterface(_ event: Event) {
    let pe = accessor(event)
    noteWhoRuns(pe, isGuest: true)
    let index = virtualInterfaceMap.index(at: event.offset)
    let check = PredictionLedger.check(.gicv, index: index)
    let role = virtualInterfaceMap.role(index)
    if role == .acknowledge {
      acknowledgeVirtual(pe: pe, seen: UInt32(truncatingIfNeeded: event.b), check: check, isAlias: false)
    } else {
      readVirtualInterface(event, role, check: check, pe: pe)
    }
  }

  @inline(never) private mutating func readVirtualInterface(_ event: Event, _ role: RegisterRole, check: Int, pe: Int) {
    let interface = virtualInterfaces[pe].interface
    let hasAliases = !departures.contains(.hasNoAliases)
    var (expected, known): (UInt32, GICv2Interface.Known) = (0, [])
    switch role {
    case .reserved: return compareReserved(event, check: check)
    case .implementer: return compareCommonIdentification(event, check: check)
    case .aliasedAcknowledge where hasAliases:
      return acknowledgeVirtual(pe: pe, seen: UInt32(truncatingIfNeeded: event.b), check: check, isAlias: true)
    case .highestPending: expected = highestVirtualValue(pe, isAlias: false)
    case .aliasedHighestPending where hasAliases: expected = highestVirtualValue(pe, isAlias: true)
    case .control: (expected, known) = (interface.control, .control)
    case .priorityMask: (expected, known) = (interface.priorityMask, .priorityMask)
    case .binaryPoint: (expected, known) = (interface.binaryPoint, .binaryPoint)
    case .aliasedBinaryPoint: (expected, known) = (interface.aliasedBinaryPoint, .aliasedBinaryPoint)
    case .runningPriority: (expected, known) = (interface.runningPriorityView(nonSecure: false), .activePriorities)
    case .activePriorities:
      if isFirstActivePriority(event) { (expected, known) = (interface.activePriorities[0], .activePriorities) }
    default: break
    }
    let isKnown = interface.known.isSuperset(of: known)
    let verdict = compare(check, expected: UInt64(expected), seen: event.b, known: isKnown ? .max : 0, pe: event.pe)
    if verdict != .disagreed, !isKnown { writeVirtualRegister(role, event, pe: pe) }
  }

  @inline(__always) mutating func writeVirtualInterface(_ event: Event) {
    let pe = accessor(event)
    noteWhoRuns(pe, isGuest: true)
    let value = UInt32(truncatingIfNeeded: event.b)
    switch virtualInterfaceMap.role(virtualInterfaceMap.index(at: event.offset)) {
    case .endOfInterrupt: endVirtual(pe: pe, value: value)
    case .aliasedEndOfInterrupt: if !departures.contains(.hasNoAliases) { endVirtual(pe: pe, value: value) }
    case .deactivate: deactivateVirtual(pe: pe, value: value)
    case let role:
      writeVirtualRegister(role, event, pe: pe)
      refreshMaintenance(pe)
    }
  }

  /// One word holds the active priorities of a virtual interface.
  private func isFirstActivePriority(_ event: Event) -> Bool { virtualInterfaceMap.element(at: event.offset) == 0 }

  private mutating func writeVirtualRegister(_ role: RegisterRole, _ event: Event, pe: Int) {
    let value = UInt32(truncatingIfNeeded: event.b)
    switch role {
    case .control:
      virtualInterfaces[pe].interface.control = value & GICv2Control.virtual
      virtualInterfaces[pe].interface.known.insert(.control)
      reportVirtualControl(pe)
    case .priorityMask:
      // Five bits (IHI 0048B, 5.5.2).
      virtualInterfaces[pe].interface.priorityMask = value & 0xF8
      virtualInterfaces[pe].interface.known.insert(.priorityMask)
      reportVirtualControl(pe)
    case .binaryPoint: virtualInterfaces[pe].interface.writeBinaryPoint(value)
    case .aliasedBinaryPoint:
      virtualInterfaces[pe].interface.writeAliasedBinaryPoint(value)
      if departures.contains(.virtualAliasedPointIsLow) {
        virtualInterfaces[pe].interface.aliasedBinaryPoint = max(value & 7, 1)
      }
    case .activePriorities:
      guard isFirstActivePriority(event) else { return }
      setVirtualActivePriorities(value, pe: pe)
    default: break
    }
  }
}
