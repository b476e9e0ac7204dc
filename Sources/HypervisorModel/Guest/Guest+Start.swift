import InterruptTrace

/// What the capture does not show of the time before it, and of gaps in it.
extension Guest {
  /// The vCPU's first run in the capture begins.
  func noteEntry(_ vcpu: Int) {
    guard vcpus[vcpu].firstRun == .unseen else { return }
    vcpus[vcpu].firstRun = .entered
    if startIsShown { vcpus[vcpu].isListKnown = true }
  }

  /// A run ends. The guest starts in the capture if its first instruction could not be fetched: its memory was never
  /// touched, and its timers were never set.
  func noteExit(_ vcpu: Int, exceptionClass: UInt32, pc: UInt64) {
    defer { vcpus[vcpu].firstRun = .over }
    (vcpus[vcpu].exitClass, vcpus[vcpu].exitPC) = (exceptionClass, pc)
    vcpus[vcpu].isDeactivating = false
    guard vcpus[vcpu].firstRun == .entered, !startIsShown else { return }
    let timersAreClear = (0..<4).allSatisfy { vcpus[vcpu].deadlines[$0] == 0 }
    guard exceptionClass == Self.instructionAbort, pc == vcpus[vcpu].entryPC, timersAreClear,
      vcpus.indices.allSatisfy({ $0 == vcpu || vcpus[$0].firstRun == .unseen })
    else { return }
    startIsShown = true
    for other in vcpus.indices { vcpus[other].isListKnown = true }
    refreshConfiguration()
  }

  /// An instruction abort from a lower Exception level (ESR_EL2.EC).
  private static var instructionAbort: UInt32 { 0x20 }

  /// Events are missing: of what the vCPUs did, of what was injected, of accesses to the controller.
  func forget() {
    startIsShown = false
    distributor.forget()
    for place in interrupts.indices {
      let intid = interrupts[place].queued.intid
      interrupts[place].known = INTID.isSGI(intid) || INTID.isLPI(intid) ? [.trigger] : []
      interrupts[place].notOn = 0
    }
    for vcpu in vcpus.indices {
      vcpus[vcpu].isListKnown = false
      if vcpus[vcpu].firstRun == .entered { vcpus[vcpu].firstRun = .over }
      vcpus[vcpu].injections.removeAll(keepingCapacity: true)
    }
  }

  /// All that is on the vCPU's list is known from now on: nothing, but what came since its last exit.
  func clearList(_ vcpu: Int) {
    guard !vcpus[vcpu].isListKnown else { return }
    vcpus[vcpu].isListKnown = true
    for place in vcpus[vcpu].list where !isFresh(place, vcpu) {
      interrupts[place].queued.isActive = false
      interrupts[place].queued.traits.subtract([.latched, .line])
      interrupts[place].queued.sources = 0
    }
  }

  /// It was raised since the vCPU's last entry: whatever the guest did in its last run, it is to be delivered still.
  func isFresh(_ place: Int, _ vcpu: Int) -> Bool {
    let entry = vcpus[vcpu].entryEvent
    return entry == .max || interrupts[place].raisedAt > entry
  }

  private func refreshConfiguration() {
    for place in interrupts.indices {
      interrupts[place].configuration = 0
      refresh(place, vcpu: UInt32(max(0, interrupts[place].target)))
    }
  }
}
