import InterruptTrace

/// Divides the time that interrupts are pending by what they wait for.
///
/// The conditions are a PE's; whenever one changes, the interrupts that are pending for the PE are charged with the time
/// since the last change. A PE's list is short; what does not fit is not measured. Interrupts whose PE is not
/// known, such as 1-of-N SPIs, are not measured either. A condition that the capture has not shown counts as fulfilled.
///
/// What concerns every PE costs no more than what concerns one: the Distributor's group enables are kept as a clock that runs
/// while they are off (``DistributorClock``), and the PEs where a shared interrupt waits are a chain.
struct WaitAnalyzer: ~Copyable {
  private static var listLength: Int { 16 }
  private static var peLimit: UInt32 { 4096 }
  private static var idle: UInt32 { 0xFF }

  private struct Waiting: BitwiseCopyable {
    var key: UInt64 = 0
    var since: UInt64 = 0
    /// The Distributor's clock by then.
    var off: UInt64 = 0
    /// The PEs before and after this one where the same shared interrupt waits.
    var previous = PE.none
    var next = PE.none
    var priority: UInt32 = 0
    var isDisabled = false
    var times = WaitTimes()
  }

  private struct Interface: BitwiseCopyable {
    var count = 0
    var running: UInt32 = 0xFF
    var mask: UInt32 = 0x100
    var isAsleep = false
    /// Nothing is enabled as far as is known.
    var groupsAreOff = false
    var list = InlineArray<16, Waiting>(repeating: Waiting())
  }

  private var interfaces: UnsafeMutablePointer<Interface>
  private var capacity = 8
  private var distributor = DistributorClock()
  /// Interrupts in all lists.
  private var waiting = 0
  /// The first PE where each shared interrupt waits.
  private var chains = LiveTable(PE.none)
  /// Interrupts that are disabled now, of those that were ever reported so.
  private var disabled = LiveTable(false)
  private let sums: UnsafeMutablePointer<WaitCount>

  init() {
    interfaces = .allocate(capacity: capacity)
    interfaces.initialize(repeating: Interface(), count: capacity)
    sums = .allocate(capacity: InterruptClass.allCases.count * WaitCause.allCases.count)
    for interruptClass in InterruptClass.allCases {
      for cause in WaitCause.allCases {
        (sums + Self.slot(interruptClass, cause)).initialize(
          to: WaitCount(interruptClass: interruptClass, cause: cause))
      }
    }
  }

  deinit {
    interfaces.deallocate()
    sums.deallocate()
  }

  @inline(__always) private static func slot(_ interruptClass: InterruptClass, _ cause: WaitCause) -> Int {
    Int(interruptClass.rawValue) &* WaitTimes.causes &+ Int(cause.rawValue)
  }

  /// A PE's interface; nil for none and for more than any system has. Only the physical controller is followed.
  @inline(__always) private mutating func interface(_ t: Transition) -> UnsafeMutablePointer<Interface>? {
    guard t.domain == 0, t.pe < Self.peLimit else { return nil }
    if Int(t.pe) >= capacity { grow(toHold: Int(t.pe)) }
    return interfaces + Int(t.pe)
  }

  private mutating func grow(toHold pe: Int) {
    let size = max(capacity * 2, pe + 1)
    let bigger = UnsafeMutablePointer<Interface>.allocate(capacity: size)
    bigger.update(from: interfaces, count: capacity)
    (bigger + capacity).initialize(repeating: Interface(), count: size - capacity)
    interfaces.deallocate()
    interfaces = bigger
    capacity = size
  }

  // MARK: Conditions

  /// Charges what is pending for a PE with the time up to now. Called before a condition changes.
  @inline(__always) private func settle(_ interface: UnsafeMutablePointer<Interface>, _ now: UInt64) {
    for n in 0..<interface.pointee.count { settle(interface, n, now) }
  }

  private func settle(_ interface: UnsafeMutablePointer<Interface>, _ n: Int, _ now: UInt64) {
    let entry = interface.pointee.list[n]
    // Stamps of several threads may step back by a few microseconds.
    guard now > entry.since else { return }
    let (time, clock) = (now &- entry.since, distributor.time(at: now))
    interface.pointee.list[n].since = now
    interface.pointee.list[n].off = clock
    let off = entry.isDisabled ? 0 : min(clock > entry.off ? clock &- entry.off : 0, time)
    if off > 0 { interface.pointee.list[n].times.add(off, for: .groupsDisabled) }
    guard time > off else { return }
    let cause: WaitCause =
      if entry.isDisabled {
        .disabled
      } else if interface.pointee.groupsAreOff {
        .groupsDisabled
      } else if interface.pointee.isAsleep {
        .asleep
      } else if entry.priority >= interface.pointee.mask {
        .priorityMask
      } else if interface.pointee.running != Self.idle, entry.priority >= interface.pointee.running {
        .activePriority
      } else {
        .acknowledge
      }
    interface.pointee.list[n].times.add(time &- off, for: cause)
  }

  mutating func priorityMask(_ t: Transition) {
    guard let interface = interface(t) else { return }
    settle(interface, t.time)
    // Of eight bits, 255 lets everything pass but the idle priority.
    interface.pointee.mask = min(t.priorityMask.mask, 0x100)
  }

  mutating func sleep(_ t: Transition) {
    guard let interface = interface(t) else { return }
    settle(interface, t.time)
    interface.pointee.isAsleep = t.sleep.isAsleep
  }

  mutating func groupEnables(_ t: Transition) {
    guard t.domain == 0 else { return }
    let groups = t.groupEnables
    let areOff = groups.known != 0 && groups.enabled & groups.known == 0
    if t.pe == PE.none {
      distributor.set(isOff: areOff, at: t.time)
    } else if let interface = interface(t) {
      settle(interface, t.time)
      interface.pointee.groupsAreOff = areOff
    }
  }

  /// The interface was reset: nothing is in service any more.
  mutating func reset(_ t: Transition) {
    guard let interface = interface(t) else { return }
    settle(interface, t.time)
    interface.pointee.running = Self.idle
  }

  /// The machine was reset: nothing is in service, and what waited waits no more.
  mutating func resetAll(_ t: Transition) {
    for pe in 0..<capacity {
      settle(interfaces + pe, t.time)
      interfaces[pe].running = Self.idle
      interfaces[pe].count = 0
    }
    waiting = 0
    chains = LiveTable(PE.none)
  }

  mutating func ended(_ t: Transition) {
    guard let interface = interface(t) else { return }
    settle(interface, t.time)
    interface.pointee.running = t.endOfInterrupt.runningPriority
  }

  /// An interrupt was enabled or disabled, or its priority changed.
  mutating func changed(_ t: Transition) {
    guard t.domain == 0 else { return }
    let key = t.interruptKey
    if t.kind == .disabled { disabled.insert(key).pointee = true }
    if t.kind == .enabled, disabled.count > 0 { disabled.remove(key) }
    guard waiting > 0 else { return }
    let isEverywhere = t.pe >= UInt32(capacity)
    var pe = isEverywhere ? chains.find(key)?.pointee ?? PE.none : t.pe
    while pe != PE.none, let n = find(interfaces + Int(pe), key) {
      change(interfaces + Int(pe), n, t)
      pe = isEverywhere ? interfaces[Int(pe)].list[n].next : PE.none
    }
  }

  private func change(_ interface: UnsafeMutablePointer<Interface>, _ n: Int, _ t: Transition) {
    settle(interface, n, t.time)
    if t.kind == .priorityChanged {
      interface.pointee.list[n].priority = t.priority
    } else {
      interface.pointee.list[n].isDisabled = t.kind == .disabled
    }
  }

  // MARK: Interrupts

  /// `key`, here and in the following, is ``Transition/interruptKey``.
  mutating func becamePending(_ t: Transition, _ key: UInt64, isKnown: Bool) {
    guard isKnown, let interface = interface(t) else { return }
    guard find(interface, key) == nil else { return }
    guard interface.pointee.count < Self.listLength else { return }
    let isDisabled = disabled.count > 0 && disabled.find(key) != nil
    // Of interrupts that found no room it is not known whether they are disabled.
    if !isDisabled, disabled.unkept > 0 { return }
    add(
      Waiting(key: key, since: t.time, off: distributor.time(at: t.time), priority: t.priority, isDisabled: isDisabled),
      t.pe)
  }

  /// Adds an interrupt to the list of a PE, which has room.
  private mutating func add(_ entry: Waiting, _ pe: UInt32) {
    var entry = entry
    (entry.previous, entry.next) = (PE.none, PE.none)
    if !INTID.isPrivate(InterruptKey(rawValue: entry.key).intid) {
      let first = chains.insert(entry.key)
      entry.next = first.pointee
      if first.pointee != PE.none { setPrevious(pe, of: entry.key, on: first.pointee) }
      first.pointee = pe
    }
    let interface = interfaces + Int(pe)
    interface.pointee.list[interface.pointee.count] = entry
    interface.pointee.count += 1
    waiting += 1
  }

  private func setPrevious(_ pe: UInt32, of key: UInt64, on other: UInt32) {
    if let n = find(interfaces + Int(other), key) { interfaces[Int(other)].list[n].previous = pe }
  }

  /// Takes an interrupt out of its chain.
  private mutating func unchain(_ entry: Waiting) {
    guard !INTID.isPrivate(InterruptKey(rawValue: entry.key).intid) else { return }
    if entry.next != PE.none { setPrevious(entry.previous, of: entry.key, on: entry.next) }
    if entry.previous != PE.none {
      let previous = interfaces + Int(entry.previous)
      if let n = find(previous, entry.key) { previous.pointee.list[n].next = entry.next }
    } else if entry.next != PE.none {
      chains.insert(entry.key).pointee = entry.next
    } else {
      chains.remove(entry.key)
    }
  }

  @inline(__always) private func find(_ interface: UnsafeMutablePointer<Interface>, _ key: UInt64) -> Int? {
    for n in 0..<interface.pointee.count where interface.pointee.list[n].key == key { return n }
    return nil
  }

  private mutating func remove(_ interface: UnsafeMutablePointer<Interface>, _ n: Int) {
    unchain(interface.pointee.list[n])
    interface.pointee.count -= 1
    if n < interface.pointee.count { interface.pointee.list[n] = interface.pointee.list[interface.pointee.count] }
    waiting -= 1
  }

  /// It stopped being pending, or moved to another PE.
  mutating func withdrawn(_ t: Transition, _ key: UInt64) {
    guard waiting > 0, let interface = interface(t), let n = find(interface, key) else { return }
    remove(interface, n)
  }

  /// It has another target. An LPI takes its pending state along (MOVI).
  mutating func retargeted(_ t: Transition) {
    guard waiting > 0, t.domain == 0, t.retargeted.from < capacity else { return }
    let old = interfaces + Int(t.retargeted.from)
    guard let n = find(old, t.interruptKey) else { return }
    settle(old, n, t.time)
    let entry = old.pointee.list[n]
    remove(old, n)
    guard let new = interface(t), new.pointee.count < Self.listLength else { return }
    if find(new, entry.key) == nil { add(entry, t.pe) }
  }

  /// How long it waited for what, if that was measured.
  mutating func acknowledged(_ t: Transition, _ key: UInt64, isCounted: Bool) -> WaitTimes? {
    guard let interface = interface(t) else { return nil }
    settle(interface, t.time)
    interface.pointee.running = t.acknowledged.runningPriority
    guard let n = find(interface, key) else { return nil }
    let times = interface.pointee.list[n].times
    remove(interface, n)
    if isCounted { count(times, InterruptClass(intid: t.intid)) }
    return times
  }

  @inline(__always) private func count(_ times: WaitTimes, _ interruptClass: InterruptClass) {
    let row = sums + Int(interruptClass.rawValue) &* WaitTimes.causes
    for cause in 0..<WaitTimes.causes {
      let time = times[cause]
      if time > 0 { row[cause].add(time) }
    }
  }

  /// What was waited for, by class and cause.
  var counts: [WaitCount] { (0..<24).map { sums[$0] }.filter { $0.count > 0 } }
}
