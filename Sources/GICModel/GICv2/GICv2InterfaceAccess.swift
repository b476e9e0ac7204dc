import InterruptTrace

/// Reads and writes of `GICC_*` (IHI 0048B, 4.4).
extension GICv2 {
  @inline(__always) mutating func readInterface(_ event: Event) {
    let pe = accessor(event)
    let nonSecure = isNonSecure(event, pe: pe)
    let index = interfaceMap.index(at: event.offset)
    let check = PredictionLedger.check(.gicc, index: index)
    if interfaceMap.role(index) == .acknowledge {
      let seen = UInt32(truncatingIfNeeded: event.b)
      acknowledge(pe: pe, seen: seen, check: check, isAlias: false, nonSecure: nonSecure, event: event)
    } else {
      readInterface(event, index: index, check: check, pe: pe, nonSecure: nonSecure)
    }
  }

  @inline(never) private mutating func readInterface(_ event: Event, index: Int, check: Int, pe: Int, nonSecure: Bool) {
    let role = interfaceMap.role(index)
    let isAlias = role == .aliasedAcknowledge || role == .aliasedHighestPending
    switch role {
    case .reserved: compareReserved(event, check: check)
    case .implementer: compareCommonIdentification(event, check: check)
    case .aliasedAcknowledge where !nonSecure && !departures.contains(.hasNoAliases):
      let seen = UInt32(truncatingIfNeeded: event.b)
      acknowledge(pe: pe, seen: seen, check: check, isAlias: true, nonSecure: false, event: event)
    case .highestPending, .aliasedHighestPending:
      let isAbsent = isAlias && (nonSecure || departures.contains(.hasNoAliases))
      let expected = isAbsent ? 0 : highestPendingValue(pe, isAlias: isAlias, nonSecure: nonSecure)
      if UInt64(expected) != event.b, mayBeOtherView(event, pe: pe),
        UInt64(highestPendingValue(pe, isAlias: isAlias, nonSecure: !nonSecure)) == event.b
      {
        correctSecurity(pe: pe, nonSecure: !nonSecure)
        differ(check, expected: UInt64(expected), seen: event.b, isTaught: true, isUnknown: true, pe: event.pe)
      } else if UInt64(expected) == event.b || isAbsent {
        compare(check, expected: UInt64(expected), seen: event.b, pe: event.pe)
      } else {
        let seen = UInt32(truncatingIfNeeded: event.b)
        let isTaught = explainSelection(pe: pe, seen: seen, event, nonSecure: nonSecure, isAlias: isAlias) {
          $0.highestPendingValue(pe, isAlias: isAlias, nonSecure: nonSecure) == seen
        }
        reportConditions(pe)
        reportDistributorControl()
        progress.isAmbiguous = viewsAreOpen
        differ(check, expected: UInt64(expected), seen: event.b, isTaught: isTaught, pe: event.pe)
      }
    default: comparePlain(event, index: index, check: check, pe: pe, nonSecure: nonSecure)
    }
  }

  /// A register whose read has no effect.
  private mutating func comparePlain(_ event: Event, index: Int, check: Int, pe: Int, nonSecure: Bool) {
    let first = view(index, event.offset, pe: pe, nonSecure: nonSecure)
    let isOther = isInOtherView(event, check: check, pe: pe, nonSecure: nonSecure, first) {
      $0.view(index, event.offset, pe: pe, nonSecure: !nonSecure)
    }
    if isOther { return }
    let verdict = compare(
      check, expected: first.value, seen: event.b, known: first.known | ~0xFFFF_FFFF, pe: event.pe)
    if verdict == .disagreed, hasTwoSecurityStates { doubtSecurity(pe) }
    guard verdict != .disagreed, first.known != 0xFFFF_FFFF else { return }
    let isOpen =
      doubtsView(event, pe: pe)
      && !view(index, event.offset, pe: pe, nonSecure: !nonSecure).contradicts(event.b)
    learn(index, event, pe: pe, nonSecure: nonSecure)
    // Taken over as an assumption only.
    if isOpen { doubtView(interfaceMap.role(index), pe: pe) }
    reportConditions(pe)
  }

  /// What a read returns in a Security state, and which bits of it are known.
  private func view(_ index: Int, _ offset: UInt32, pe: Int, nonSecure: Bool) -> Learned<UInt64> {
    let value = value(index, offset, pe: pe, nonSecure: nonSecure)
    return Learned(UInt64(value.expected), known: UInt64(value.known))
  }

  /// What a read returns, and which bits of it are known.
  private func value(_ index: Int, _ offset: UInt32, pe: Int, nonSecure: Bool) -> (expected: UInt32, known: UInt32) {
    let interface = interfaces[pe].interface
    func mask(_ known: GICv2Interface.Known) -> UInt32 { interface.known.contains(known) ? .max : 0 }
    switch interfaceMap.role(index) {
    case .control:
      let value = nonSecure ? nonSecureControl(interface.control) : interface.control
      let known = mask(.control) | mask(.nonSecureControl) & (nonSecure ? .max : GICv2Control.seenByNonSecure)
      return (value, known & (departures.contains(.hasNoBypass) ? .max : ~GICv2Control.bypass))
    case .priorityMask:
      let implemented = mask(.priorityMask) & (~0xFF | UInt32(knownPriorityBits))
      return (interface.priorityMaskView(nonSecure: nonSecure), implemented)
    case .binaryPoint:
      guard nonSecure else { return (interface.binaryPoint, mask(.binaryPoint)) }
      // With CBPR a Non-secure read returns one more than the Secure value, up to 7 (IHI 0048B, 4.4.3).
      let common = min(interface.binaryPoint &+ 1, 7)
      let isOpen = !interface.known.contains(.control) && common != interface.aliasedBinaryPoint
      return interface.control & GICv2Control.commonBinaryPoint != 0
        ? (common, isOpen ? 0 : mask(.binaryPoint))
        : (interface.aliasedBinaryPoint, isOpen ? 0 : mask(.aliasedBinaryPoint))
    case .aliasedBinaryPoint:
      return nonSecure ? (0, .max) : (interface.aliasedBinaryPoint, mask(.aliasedBinaryPoint))
    case .runningPriority:
      return (interface.runningPriorityView(nonSecure: nonSecure), mask(.activePriorities))
    case .activePriorities:
      let value = activePriorities(interface, interfaceMap.element(index, at: offset), nonSecure: nonSecure)
      return (value, mask(.activePriorities))
    case .nonSecureActivePriorities:
      let word = interfaceMap.element(index, at: offset)
      return nonSecure ? (0, .max) : (interface.group1ActivePriorities[word], mask(.activePriorities))
    default: return (0, .max)  // Write-only registers.
    }
  }

  /// `GICC_CTLR` from Non-secure state: EnableGrp1, FIQBypDisGrp1, IRQBypDisGrp1, EOImodeNS (IHI 0048B, 4.4.1).
  private func nonSecureControl(_ control: UInt32) -> UInt32 {
    control >> 1 & 1 | (control >> 7 & 0b11) << 5 | (control >> 10 & 1) << 9
  }

  /// `GICC_APR`; from Non-secure state the upper half of `GICC_NSAPR` (IHI 0048B, 4.4.12).
  private func activePriorities(_ interface: GICv2Interface, _ word: Int, nonSecure: Bool) -> UInt32 {
    guard nonSecure else { return interface.activePriorities[word] }
    guard let place = nonSecurePlace(interface, word) else { return 0 }
    return interface.group1ActivePriorities[place.word] >> place.shift & place.mask
  }

  /// Where in `GICC_NSAPR` a word of the Non-secure `GICC_APR` lies.
  private func nonSecurePlace(_ interface: GICv2Interface, _ word: Int) -> (word: Int, shift: UInt32, mask: UInt32)? {
    let half = 1 << Int(interface.preemptionBits) / 2
    if half >= 32 { return word < half / 32 ? (word + half / 32, 0, .max) : nil }
    return word == 0 ? (0, UInt32(half), 1 << UInt32(half) - 1) : nil
  }

  private mutating func learn(_ index: Int, _ event: Event, pe: Int, nonSecure: Bool) {
    let (role, seen) = (interfaceMap.role(index), UInt32(truncatingIfNeeded: event.b))
    // The Non-secure views of the others show only a part.
    guard !nonSecure || role == .control else { return }
    if role == .priorityMask {
      if interfaces[pe].interface.known.contains(.priorityMask),
        learnPriorityBits(from: event, written: interfaces[pe].interface.priorityMask, seen: seen)
          || interfaces[pe].interface.priorityMaskView(nonSecure: true) == seen
      {
        return
      }
      interfaces[pe].interface.priorityMask = seen
      interfaces[pe].interface.known.insert(.priorityMask)
    } else {
      write(index, event.offset, seen, pe: pe, nonSecure: nonSecure)
    }
  }

  // MARK: Writes

  @inline(__always) mutating func writeInterface(_ event: Event) {
    let pe = accessor(event)
    let nonSecure = isNonSecure(event, pe: pe)
    let value = UInt32(truncatingIfNeeded: event.b)
    applyDeferred()
    let index = interfaceMap.index(at: event.offset)
    let role = interfaceMap.role(index)
    if doubtsView(event, pe: pe) { return writeInterface(event, role, index: index, pe: pe, nonSecure: nonSecure) }
    switch role {
    case .endOfInterrupt: endOfInterrupt(pe: pe, value: value, isAlias: false, nonSecure: nonSecure)
    case .deactivate: writeDeactivate(pe: pe, value: value, nonSecure: nonSecure)
    default: write(index, event.offset, value, pe: pe, nonSecure: nonSecure)
    }
  }

  /// A write whose Security state is a belief: what it does in one of the two only is not known afterwards.
  @inline(never)
  private mutating func writeInterface(_ event: Event, _ role: RegisterRole, index: Int, pe: Int, nonSecure: Bool) {
    let value = UInt32(truncatingIfNeeded: event.b)
    switch role {
    case .endOfInterrupt, .aliasedEndOfInterrupt:
      let isAlias = role == .aliasedEndOfInterrupt
      guard !isAlias || !departures.contains(.hasNoAliases) else { return }
      doubtEnd(pe: pe, value: value, isAlias: isAlias)
      if !isAlias || !nonSecure { endOfInterrupt(pe: pe, value: value, isAlias: isAlias, nonSecure: nonSecure) }
      doubtEnd(pe: pe, value: value, isAlias: isAlias)
    case .deactivate:
      writeDeactivate(pe: pe, value: value, nonSecure: nonSecure)
      doubtDeactivate(pe: pe, value: value)
    case .priorityMask:
      let old = interfaces[pe].interface
      // Either may write the same: the upper half of the range is where both can.
      let isSame =
        old.known.contains(.priorityMask) && old.priorityMask & 0x80 != 0
        && (value ^ (value >> 1 | 0x80)) & UInt32(writablePriority) == 0
      write(index, event.offset, value, pe: pe, nonSecure: nonSecure)
      if !isSame { doubtView(role, pe: pe) }
    default:
      write(index, event.offset, value, pe: pe, nonSecure: nonSecure)
      doubtView(role, pe: pe)
    }
  }

  @inline(never)
  private mutating func write(_ index: Int, _ offset: UInt32, _ value: UInt32, pe: Int, nonSecure: Bool) {
    let word = interfaceMap.element(max(index, 0), at: offset)
    switch interfaceMap.role(index) {
    case .control:
      writeControl(value, pe: pe, nonSecure: nonSecure)
      reportConditions(pe)
    case .priorityMask:
      writePriorityMask(value, pe: pe, nonSecure: nonSecure)
      reportConditions(pe)
    case .binaryPoint:
      if !nonSecure {
        interfaces[pe].interface.writeBinaryPoint(value)
      } else if interfaces[pe].interface.control & GICv2Control.commonBinaryPoint == 0 {
        interfaces[pe].interface.writeAliasedBinaryPoint(value)
        if !interfaces[pe].interface.known.contains(.control) { doubtView(.aliasedBinaryPoint, pe: pe) }
      } else if !interfaces[pe].interface.known.contains(.control) {
        doubtView(.aliasedBinaryPoint, pe: pe)
      }
    case .aliasedBinaryPoint: if !nonSecure { interfaces[pe].interface.writeAliasedBinaryPoint(value) }
    case .aliasedEndOfInterrupt:
      guard !nonSecure, !departures.contains(.hasNoAliases) else { return }
      endOfInterrupt(pe: pe, value: value, isAlias: true, nonSecure: false)
    case .activePriorities: writeActivePriorities(word, value, pe: pe, nonSecure: nonSecure)
    case .nonSecureActivePriorities:
      guard !nonSecure else { return }
      interfaces[pe].interface.setActivePriorities(word, value, isGroup1: true)
    default: break
    }
  }

  private mutating func writeControl(_ value: UInt32, pe: Int, nonSecure: Bool) {
    var control = interfaces[pe].interface.control
    if nonSecure {
      control = control & ~GICv2Control.seenByNonSecure | GICv2Control.setByNonSecure(value)
    } else {
      control = value & (hasTwoSecurityStates ? 0x7FF : 0x3FF)
    }
    if departures.contains(.hasNoBypass) { control &= ~GICv2Control.bypass }
    interfaces[pe].interface.control = control
    interfaces[pe].interface.known.formUnion(nonSecure ? .nonSecureControl : [.control, .nonSecureControl])
    interfaces[pe].highestIsStale = true
  }

  private mutating func writePriorityMask(_ value: UInt32, pe: Int, nonSecure: Bool) {
    var mask = value
    if nonSecure {
      // A Non-secure write cannot lift a mask out of the Secure half of the range (IHI 0048B, 3.6.2).
      guard interfaces[pe].interface.priorityMask & 0x80 != 0 else { return }
      mask = 0x80 | value >> 1
      // Of one that is not known it is not known whether the write took effect.
      if !interfaces[pe].interface.known.contains(.priorityMask) {
        return interfaces[pe].interface.priorityMask = mask & UInt32(writablePriority)
      }
    }
    interfaces[pe].interface.priorityMask = mask & UInt32(writablePriority)
    interfaces[pe].interface.known.insert(.priorityMask)
  }

  private mutating func writeActivePriorities(_ word: Int, _ value: UInt32, pe: Int, nonSecure: Bool) {
    if !nonSecure {
      interfaces[pe].interface.setActivePriorities(word, value)
    } else if let place = nonSecurePlace(interfaces[pe].interface, word) {
      let mask = place.mask << place.shift
      let old = interfaces[pe].interface.group1ActivePriorities[place.word]
      let new = old & ~mask | value << place.shift & mask
      interfaces[pe].interface.setActivePriorities(place.word, new, isGroup1: true)
    }
  }
}
