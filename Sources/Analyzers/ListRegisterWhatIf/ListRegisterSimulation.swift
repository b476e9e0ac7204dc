import GICModel
import HypervisorModel

/// One vCPU with the list registers and the policy of a variant.
final class ListRegisterSimulation {
  /// What is known of an interrupt on the vCPU's list, beside what the policy sees.
  private struct Course {
    /// The guest took it in the capture, and has not yet here.
    var wanted: UInt64?
    /// How long the guest was at it, where the capture showed its end before it was taken here.
    var service: UInt64?
    /// By how much the guest is late with it.
    var delay: UInt64 = 0
    var isWaiting = false
  }

  private let variant: ListRegisterVariant
  private let maintenanceCost: UInt64
  private var outlook: ListRegisterOutlook
  private var delays = LatencyCounts()

  private var list: [QueuedInterrupt] = []
  private var courses: [UInt32: Course] = [:]
  private var fill = ListRegisterFill()
  private var format = ListRegisterFormat.ich
  private var registers = [ListRegisterValue?](repeating: nil, count: 64)
  private var control: HypervisorControlBits = []
  /// Where in ``list`` the last interrupt that was loaded is.
  private var lastLoaded = -1
  /// The capture's list registers: which interrupt each holds.
  private var shown = [UInt32?](repeating: nil, count: 64)

  private var loadTime: UInt64 = 0
  private var mustLoad = false
  private var maintenanceAt: UInt64?
  private var ends: [(time: UInt64, intid: UInt32)] = []

  init(_ variant: ListRegisterVariant, maintenanceCost: UInt64) {
    self.variant = variant
    self.maintenanceCost = maintenanceCost
    outlook = ListRegisterOutlook(variant: variant)
  }

  var result: ListRegisterOutlook {
    var result = outlook
    result.delays = delays.distribution
    return result
  }

  /// Takes in a transition about this vCPU's PE.
  func take(_ t: Transition) {
    switch t.kind {
    case .lrWritten: return
    case .lrFilled:
      advance(to: t.time)
      arrive(t)
      return
    case .lrEmptied, .lrOverwritten:
      if t.a < 64 { shown[Int(t.a)] = nil }
      return
    default: break
    }
    if mustLoad { load(at: loadTime, isShown: true) }
    advance(to: t.time)
    switch t.kind {
    case .virtualAcknowledged: if t.a != 0xFF, t.a < 64, shown[Int(t.a)] == t.intid { acknowledge(t.intid, at: t.time) }
    case .virtualDeactivated: end(t.intid, at: t.time)
    case .virtualInterfaceEnabled:
      mustLoad = true
      loadTime = t.time
    case .virtualInterfaceDisabled: foldAll()
    default: break
    }
  }

  // MARK: What the capture shows

  private func arrive(_ t: Transition) {
    let value = ListRegisterValue.inTransition(t.b)
    format = value.format
    if t.a < 64 { shown[Int(t.a)] = t.intid }
    mustLoad = true
    loadTime = t.time
    if let place = place(of: t.intid) {
      if value.isPending, !list[place].isPending, courses[t.intid]?.wanted == nil, registers(hold: t.intid) == nil {
        list[place].traits.insert(.latched)
      }
      return
    }
    var traits: QueuedInterrupt.Traits = [.enabled, .deliverable]
    if value.isPending { traits.insert(.latched) }
    if value.isActive { traits.insert(.active) }
    if value.isGroup1 { traits.insert(.group1) }
    if value.isHardware { traits.formUnion([.hardware, .level]) } else if value.asksAtEnd { traits.insert(.level) }
    list.append(
      QueuedInterrupt(
        intid: t.intid,
        priority: UInt8(truncatingIfNeeded: t.priority),
        traits: traits,
        physicalINTID: value.isHardware ? value.physicalINTID : 0
      )
    )
    courses[t.intid] = Course()
  }

  private func acknowledge(_ intid: UInt32, at time: UInt64) {
    outlook.taken += 1
    guard place(of: intid) != nil else { return }
    if let n = registers(hold: intid), registers[n].unsafelyUnwrapped.isPending {
      activate(n, at: time)
    } else {
      courses[intid, default: Course()].wanted = time
      courses[intid]?.service = nil
    }
  }

  private func end(_ intid: UInt32, at time: UInt64) {
    guard let course = courses[intid] else { return }
    if let wanted = course.wanted {
      courses[intid]?.service = time &- wanted
    } else if course.delay > 0 {
      schedule(intid, at: time &+ course.delay)
    } else {
      finish(intid, at: time)
    }
  }

  // MARK: Time

  /// Carries out what falls due up to `time`.
  private func advance(to time: UInt64) {
    while true {
      let next = ends.first?.time ?? .max
      if let due = maintenanceAt, due <= time, due <= next {
        maintenanceAt = nil
        load(at: due, isShown: false)
      } else if next <= time {
        let end = ends.removeFirst()
        finish(end.intid, at: end.time)
      } else {
        return
      }
    }
  }

  private func schedule(_ intid: UInt32, at time: UInt64) {
    let place = ends.firstIndex { $0.time > time } ?? ends.endIndex
    ends.insert((time, intid), at: place)
  }

  // MARK: The guest

  /// The guest takes the interrupt of list register `n`.
  private func activate(_ n: Int, at time: UInt64) {
    guard let value = registers[n] else { return }
    let intid = value.intid(hasGICv2Guest: false)
    registers[n] = value.acknowledged
    var course = courses[intid] ?? Course()
    if let wanted = course.wanted {
      course.delay = time >= wanted ? time - wanted : 0
      course.wanted = nil
      if course.delay > 0 { delays.record(course.delay) }
    }
    if let service = course.service {
      course.service = nil
      schedule(intid, at: time &+ service)
    }
    courses[intid] = course
    if control.contains(.noPending), !registers.contains(where: { $0?.isPendingOnly == true }) {
      ask(.noPending, at: time)
    }
  }

  /// The guest ends an interrupt.
  private func finish(_ intid: UInt32, at time: UInt64) {
    courses[intid]?.delay = 0
    if let n = registers(hold: intid), let value = registers[n], value.isActive {
      registers[n] = value.ended
      guard registers[n]?.isValid == false else { return }
      if value.asksAtEnd, !value.isHardware { count(.end) }
      if control.contains(.underflow), registers.count(where: { $0?.isValid == true }) <= 1 {
        ask(.underflow, at: time)
      }
    } else if let place = place(of: intid), list[place].isActive {
      if variant.policy == .kvmOverflow, control.contains(.entryNotPresent) {
        // Counted by EOIcount: the policy deactivates as many of those behind the last one that it loaded.
        _ = list.withUnsafeMutableBufferPointer { deactivateUnloaded($0, after: lastLoaded, count: 1) }
        ask(.entryNotPresent, at: time)
      } else if control.contains(.enable) {
        outlook.lostEnds += 1
        // So that one loss is counted once; in truth the interrupt stays active.
        list[place].isActive = false
      } else {
        list[place].isActive = false
      }
    }
  }

  private func ask(_ cause: MaintenanceCause, at time: UInt64) {
    guard maintenanceAt == nil else { return }
    count(cause)
    maintenanceAt = time &+ maintenanceCost
  }

  private func count(_ cause: MaintenanceCause) { outlook.maintenanceByCause[Int(cause.rawValue)] += 1 }

  // MARK: The hypervisor

  private func place(of intid: UInt32) -> Int? { list.firstIndex { $0.intid == intid } }

  private func registers(hold intid: UInt32) -> Int? {
    registers.firstIndex { $0?.isValid == true && $0?.intid(hasGICv2Guest: false) == intid }
  }

  /// Takes all list registers back.
  private func foldAll() {
    for n in registers.indices {
      guard let value = registers[n] else { continue }
      registers[n] = nil
      let intid = value.intid(hasGICv2Guest: false)
      guard let place = place(of: intid) else { continue }
      _ = list[place].fold(value, hasGICv2Guest: false, policy: variant.policy, physicalLine: false)
    }
    control = []
    maintenanceAt = nil
  }

  /// Loads the list registers as the policy does. `isShown`: the hypervisor of the capture did so too.
  private func load(at time: UInt64, isShown: Bool) {
    if isShown { mustLoad = false }
    foldAll()
    list.removeAll { interrupt in
      if !interrupt.isPending, !interrupt.isActive {
        let isDone = courses[interrupt.intid]?.wanted == nil
        if isDone { courses[interrupt.intid] = nil }
        return isDone
      }
      // What the hypervisor no longer lists, and the guest does not owe, went to another vCPU or was withdrawn.
      guard isShown, !shown.contains(interrupt.intid), !isOwed(interrupt.intid) else { return false }
      courses[interrupt.intid] = nil
      return true
    }
    let setting = ListRegisterSetting(policy: variant.policy, format: format, count: variant.count)
    let outcome = list.withUnsafeMutableBufferPointer { fill.fill($0, setting) }
    control = outcome.control
    outlook.entries += 1
    outlook.loads += UInt64(outcome.loaded)
    lastLoaded = -1
    for n in 0..<min(outcome.loaded, 64) {
      registers[n] = ListRegisterValue(fill.value(n), format)
      lastLoaded = max(lastLoaded, fill.place(n))
    }
    noteWaiting(outcome)
    // What the guest has wanted since before goes first.
    for n in 0..<min(outcome.loaded, 64) {
      guard let value = registers[n], value.isPending, courses[value.intid(hasGICv2Guest: false)]?.wanted != nil else {
        continue
      }
      activate(n, at: time)
    }
  }

  private func isOwed(_ intid: UInt32) -> Bool {
    guard let course = courses[intid] else { return false }
    return course.wanted != nil || course.delay > 0 || course.service != nil
  }

  private func noteWaiting(_ outcome: ListRegisterOutcome) {
    let left = outcome.pendingLeft + outcome.activeLeft
    outlook.mostWaiting = max(outlook.mostWaiting, left)
    if left > 0 { outlook.overflowingEntries += 1 }
    for interrupt in list {
      let isLoaded = registers(hold: interrupt.intid) != nil
      let isWaiting = !isLoaded && (interrupt.isPending || interrupt.isActive)
      if isWaiting, courses[interrupt.intid]?.isWaiting == false { outlook.overflows += 1 }
      courses[interrupt.intid]?.isWaiting = isWaiting
    }
  }
}

extension ListRegisterValue {
  private var pendingBit: UInt64 { format == .gich ? 1 << 28 : 1 << 62 }
  private var activeBit: UInt64 { format == .gich ? 1 << 29 : 1 << 63 }

  /// Pending and not active.
  fileprivate var isPendingOnly: Bool { isPending && !isActive }
  /// The value after the guest took the interrupt.
  fileprivate var acknowledged: ListRegisterValue { ListRegisterValue(bits & ~pendingBit | activeBit, format) }
  /// The value after the guest's end of interrupt.
  fileprivate var ended: ListRegisterValue { ListRegisterValue(bits & ~activeBit, format) }
}
