/// What a fill left behind.
@frozen public struct ListRegisterOutcome: BitwiseCopyable, Equatable, Sendable {
  /// How many list registers were loaded: 0 to ``loaded`` - 1. The others are cleared.
  public var loaded = 0
  /// How many list registers the whole list would have taken.
  public var wanted = 0
  /// What goes into HCR, the trap bits that do not depend on the list excepted.
  public var control: HypervisorControlBits = .enable
  /// Pending interrupts for this vCPU that found no list register.
  public var pendingLeft = 0
  /// Active interrupts for this vCPU that found no list register: nobody sees their end, but by EOIcount or a trap.
  public var activeLeft = 0
  /// Whether the list was sorted; else it is in the order of injection.
  public var wasSorted = false
  /// Loading stopped before the registers were full, so that no interrupt of lower priority overtakes the sources of an SGI
  /// that are still waiting.
  public var stoppedForSources = false

  /// Nothing loaded.
  @inlinable public init() {}
}

/// Fills list registers from a vCPU's list of pending and active interrupts, as KVM does on each entry to the guest.
///
/// Owns the memory that it needs and allocates only while a list grows beyond every one before it.
public struct ListRegisterFill: ~Copyable {
  private let values: UnsafeMutablePointer<UInt64>
  private let places: UnsafeMutablePointer<Int>
  private var sorter = StableSort()

  /// No list register loaded.
  public init() {
    values = .allocate(capacity: 64)
    values.initialize(repeating: 0, count: 64)
    places = .allocate(capacity: 64)
    places.initialize(repeating: 0, count: 64)
  }

  deinit {
    values.deallocate()
    places.deallocate()
  }

  /// The value of list register `n` after the last fill; 0 if it was not loaded.
  public func value(_ n: Int) -> UInt64 { n >= 0 && n < 64 ? values[n] : 0 }

  /// Where in the list, as the last fill sorted it, the interrupt of list register `n` is.
  public func place(_ n: Int) -> Int { places[n] }

  /// Sorts `list` as the policy does, loads what fits and takes from the list what now lives in a register.
  ///
  /// O(n), O(n log n) if the list is sorted.
  public mutating func fill(
    _ list: UnsafeMutableBufferPointer<QueuedInterrupt>, _ setting: ListRegisterSetting
  ) -> ListRegisterOutcome {
    for n in 0..<64 { values[n] = 0 }
    return switch setting.policy {
    case .kvmLegacy: fillLegacy(list, setting)
    case .kvmOverflow: fillOverflow(list, setting)
    }
  }

  // MARK: Linux up to 6.18

  private mutating func fillLegacy(
    _ list: UnsafeMutableBufferPointer<QueuedInterrupt>, _ setting: ListRegisterSetting
  ) -> ListRegisterOutcome {
    var outcome = ListRegisterOutcome()
    var hasSources = false
    for interrupt in list {
      outcome.wanted += interrupt.registersWanted
      if interrupt.registersWanted > 1 { hasSources = true }
    }
    if outcome.wanted > setting.count || hasSources {
      sorter.sort(list) { $0.legacyRank }
      outcome.wasSorted = true
    }
    var lowest: UInt8 = 0xFF
    var next = 0
    while next < list.count, outcome.loaded < setting.count {
      if hasSources, list[next].priority > lowest {
        outcome.stoppedForSources = true
        break
      }
      if list[next].traits.contains(.deliverable) {
        load(&list[next], next, setting, &outcome)
        if list[next].sources != 0 { lowest = list[next].priority }
      }
      next += 1
    }
    if outcome.loaded == setting.count, next < list.count { outcome.control.insert(.underflow) }
    countLeft(list, from: next, &outcome)
    return outcome
  }

  // MARK: Linux from 6.19

  private mutating func fillOverflow(
    _ list: UnsafeMutableBufferPointer<QueuedInterrupt>, _ setting: ListRegisterSetting
  ) -> ListRegisterOutcome {
    var outcome = ListRegisterOutcome()
    var pending = 0
    var active = 0
    var hasSGI = false
    for interrupt in list where interrupt.traits.contains(.deliverable) {
      if interrupt.isActive { active += 1 } else { pending += 1 }
      if interrupt.isSGI { hasSGI = true }
    }
    outcome.wanted = pending + active
    let overflows = outcome.wanted > setting.count
    if overflows {
      let groups = (setting.enablesGroup0, setting.enablesGroup1)
      sorter.sort(list) { $0.overflowRank(groups) }
      outcome.wasSorted = true
    }
    var next = 0
    while next < list.count, outcome.loaded < setting.count {
      if list[next].traits.contains(.deliverable) { load(&list[next], next, setting, &outcome) }
      next += 1
    }
    if pending > setting.count { outcome.control.insert(.noPending) }
    if overflows && active > 0 { outcome.control.insert(.entryNotPresent) }
    if overflows { outcome.control.insert(.underflow) }
    outcome.control.insert(setting.enablesGroup0 ? .group0Disabled : .group0Enabled)
    outcome.control.insert(setting.enablesGroup1 ? .group1Disabled : .group1Enabled)
    if setting.format == .ich {
      if !hasSGI { outcome.control.insert(.ignoresEndOfSGI) }
      if !setting.trapsDeactivationAlone || (overflows && active > 0) || setting.hasActiveSPI {
        outcome.control.insert(.trapsDeactivation)
      }
    }
    countLeft(list, from: next, &outcome)
    return outcome
  }

  private mutating func load(
    _ interrupt: inout QueuedInterrupt, _ place: Int, _ setting: ListRegisterSetting,
    _ outcome: inout ListRegisterOutcome
  ) {
    values[outcome.loaded] = interrupt.takeIntoListRegister(setting.format, hasGICv2Guest: setting.hasGICv2Guest)
    places[outcome.loaded] = place
    outcome.loaded += 1
  }

  private func countLeft(
    _ list: UnsafeMutableBufferPointer<QueuedInterrupt>, from next: Int, _ outcome: inout ListRegisterOutcome
  ) {
    for interrupt in list[next...] where interrupt.traits.contains(.deliverable) {
      if interrupt.isActive { outcome.activeLeft += 1 } else { outcome.pendingLeft += 1 }
    }
  }
}

extension QueuedInterrupt {
  /// Active first; then what is enabled and pending, by priority; then the rest.
  @inline(__always) fileprivate var legacyRank: UInt16 {
    if isActive { return 0 }
    return traits.contains(.enabled) && isPending ? 0x100 | UInt16(priority) : 0x200
  }

  /// What is deliverable first; then what the guest's group enables let through; then what is pending and not active; then
  /// by priority; then what is linked to a physical interrupt.
  @inline(__always) fileprivate func overflowRank(_ groups: (Bool, Bool)) -> UInt16 {
    let isOpen = traits.contains(.group1) ? groups.1 : groups.0
    let isNew = traits.contains(.enabled) && isPending && !isActive
    return (traits.contains(.deliverable) ? 0 : 0x1000) | (isOpen ? 0 : 0x800) | (isNew ? 0 : 0x400)
      | UInt16(priority) << 1 | (traits.contains(.hardware) ? 0 : 1)
  }
}
