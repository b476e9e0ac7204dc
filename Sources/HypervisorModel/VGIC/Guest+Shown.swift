import InterruptTrace

/// List registers that a probe shows as they are filled: nothing is left to predict.
extension Guest {
  /// What the registers hold at the vCPU's entry, or nil if no probe shows it.
  ///
  /// Where a probe shows each fill, one that is not shown did not happen; unless something is due for certain: then the
  /// probe has stopped.
  func shownFill(_ vcpu: Int) -> [UInt64]? {
    if vcpus[vcpu].isFillShown { return vcpus[vcpu].shownWritten }
    guard showsFills else { return nil }
    if vcpus[vcpu].list.contains(where: { isDueForCertain($0, vcpu) }) {
      showsFills = false
      return nil
    }
    return []
  }

  private func isDueForCertain(_ place: Int, _ vcpu: Int) -> Bool {
    let interrupt = interrupts[place]
    return interrupt.wanted == Int32(vcpu) && interrupt.known.isSuperset(of: .listing)
      && interrupt.known.contains(.target) && !vcpus[vcpu].doubtful.contains(place)
      && !vcpus[vcpu].injections.contains { $0.place == place }
  }

  /// A probe shows a list register that the hypervisor filled, or took back.
  func show(_ vcpu: Int, index: Int, value: UInt64, isWritten: Bool) {
    func put(_ values: inout [UInt64]) {
      while values.count <= index { values.append(0) }
      values[index] = value
    }
    if value != 0 { shownFormat = value >> 62 != 0 ? .ich : value >> 32 == 0 ? .gich : shownFormat }
    if isWritten {
      showsFills = true
      // A fill starts with the first register; one before it was taken back without an entry.
      if index == 0 { vcpus[vcpu].shownWritten.removeAll(keepingCapacity: true) }
      vcpus[vcpu].isFillShown = true
      put(&vcpus[vcpu].shownWritten)
    } else if vcpus[vcpu].isInside {
      put(&vcpus[vcpu].shownRead)
    } else {
      vcpus[vcpu].isFillShown = false
      vcpus[vcpu].shownWritten.removeAll(keepingCapacity: true)
    }
  }

  /// Loads what is shown, and corrects the vCPU's list by it.
  func load(_ shown: [UInt64], _ vcpu: Int, _ out: borrowing HypervisorOutput) -> ListRegisterOutcome {
    let setting = setting
    var outcome = ListRegisterOutcome()
    for place in vcpus[vcpu].list { interrupts[place].register = -1 }
    for bits in shown {
      let value = ListRegisterValue(bits, setting.format)
      guard value.isValid, outcome.loaded < setting.format.maximum else { continue }
      let intid = value.intid(hasGICv2Guest: setting.hasGICv2Guest)
      guard let place = place(intid, vcpu: UInt32(vcpu)) else { continue }
      take(value, place, vcpu, isSourced: setting.hasGICv2Guest && INTID.isSGI(intid))
      interrupts[place].register = Int8(outcome.loaded)
      vcpus[vcpu].registers[outcome.loaded] = bits
      vcpus[vcpu].places[outcome.loaded] = place
      out.emit(
        .lrFilled, domain: domain, pe: UInt32(vcpu), intid: intid, priority: UInt32(value.priority),
        Transition.Operands<Transition.ListRegister>(index: outcome.loaded, value: bits))
      outcome.loaded += 1
    }
    vcpus[vcpu].loaded = outcome.loaded
    let hasRoom = outcome.loaded < setting.count
    settleUnlisted(vcpu, hasRoom: hasRoom)
    if hasRoom { vcpus[vcpu].isListKnown = true }
    outcome.wanted = vcpus[vcpu].list.count
    for place in vcpus[vcpu].list where interrupts[place].register < 0 && Int(interrupts[place].wanted) == vcpu {
      if interrupts[place].queued.isActive { outcome.activeLeft += 1 } else { outcome.pendingLeft += 1 }
    }
    return outcome
  }

  /// Makes an interrupt what its list register shows.
  private func take(_ value: ListRegisterValue, _ place: Int, _ vcpu: Int, isSourced: Bool) {
    refresh(place, vcpu: UInt32(vcpu))
    vcpus[vcpu].doubtful.removeAll { $0 == place }
    let owner = Int(interrupts[place].owner)
    if owner >= 0, owner != vcpu { vcpus[owner].list.removeAll { $0 == place } }
    interrupts[place].owner = Int32(vcpu)
    // What is pending was due for this vCPU as the registers were filled; what is active stays where it is.
    if value.isPending && !value.isActive || !interrupts[place].known.contains(.target) {
      interrupts[place].target = Int32(vcpu)
    }
    interrupts[place].known.formUnion(.listed)
    interrupts[place].rule = .registersShown
    interrupts[place].isForwarded = true
    var queued = interrupts[place].queued
    queued.priority = value.priority
    queued.isActive = value.isActive
    queued.traits.set(.group1, to: value.isGroup1)
    if value.isPending { queued.traits.insert(.enabled) }
    if value.isHardware {
      queued.traits.formUnion([.hardware, .level])
      queued.physicalINTID = value.physicalINTID
    } else if !INTID.isSGI(queued.intid) {
      queued.traits.set(.level, to: value.asksAtEnd)
    }
    if isSourced {
      if value.isPending { queued.sources &= ~(1 << value.source) }
      if value.isActive { queued.activeSource = value.source }
    }
    if value.isPending {
      if !queued.traits.contains(.level) {
        queued.traits.set(.latched, to: queued.sources != 0)
      } else if queued.traits.contains(.hardware) {
        queued.traits.remove(.line)
      } else if !queued.isPending, !vcpus[vcpu].injections.contains(where: { $0.lowers(place) }) {
        // It was set pending, unless its line fell behind the fill: at its end that is over.
        queued.traits.insert(.latched)
      }
    }
    interrupts[place].queued = queued
  }

  /// The shown ones stand first, in their order. What stands on the list and is in no register, though one is free, has
  /// ended or is not due; unless it came since the last exit: then it came too late for this entry.
  private func settleUnlisted(_ vcpu: Int, hasRoom: Bool) {
    var list: [Int] = []
    for register in 0..<vcpus[vcpu].loaded { list.append(vcpus[vcpu].places[register]) }
    for place in vcpus[vcpu].list where interrupts[place].register < 0 {
      if hasRoom, interrupts[place].wanted == Int32(vcpu), interrupts[place].raisedAt <= vcpus[vcpu].exitEvent {
        clear(place)
        interrupts[place].owner = -1
      } else {
        list.append(place)
      }
    }
    vcpus[vcpu].list = list
    let exit = vcpus[vcpu].exitEvent
    for place in vcpus[vcpu].doubtful where interrupts[place].register < 0 && interrupts[place].raisedAt <= exit {
      clear(place)
    }
    vcpus[vcpu].doubtful.removeAll(keepingCapacity: true)
  }

  /// Neither pending nor active.
  func clear(_ place: Int) {
    interrupts[place].rule = .registersShown
    interrupts[place].isLineSampled = false
    interrupts[place].queued.isActive = false
    interrupts[place].queued.traits.subtract(.latched)
    interrupts[place].queued.sources = 0
    if interrupts[place].queued.isMappedLevel { interrupts[place].queued.traits.remove(.line) }
  }
}
