import HypervisorModel
import InterruptTrace

/// A PE's list registers, as far as findings need them.
struct ListRegisterRecord: BitwiseCopyable {
  /// The virtual INTID in each of the first 16; `.max` for none.
  var intids = InlineArray<16, UInt32>(repeating: .max)
  /// When each was filled.
  var events = InlineArray<16, UInt64>(repeating: 0)
  /// Bit n is set once the guest has acknowledged the interrupt in list register n.
  var acknowledged: UInt32 = 0
  /// An interrupt stood in two of them when one was filled; whether it still does counts when the guest runs.
  var mayBeListedTwice = false
  /// When one was last filled, and last emptied.
  var filledEvent: UInt64 = .max
  var emptiedEvent: UInt64 = .max
  var maintenanceRun: UInt64 = 0
  var maintenanceEvent: UInt64 = 0
  var maintenanceTime: UInt64 = 0
  /// The event of the last rise, and `ICH_MISR_EL2` or `GICH_MISR` then; `.max` if the line is low, or rose by the
  /// hypervisor's emptying a list register.
  var maintenanceRise: UInt64 = .max
  var maintenanceStatus: UInt32 = 0
}

/// How a physical interrupt that waits for its deactivation was given to a guest.
struct HandedOn: BitwiseCopyable {
  var list: UInt8 = 0
  var pe: UInt32 = PE.none
  /// The list register's value.
  var value: UInt64 = 0
  var event: UInt64 = .max
  /// The guest's end of it; `.max` if there was none.
  var endEvent: UInt64 = .max
}

/// What is found in list registers and at the virtual CPU interface.
extension FindingsAnalyzer {
  @inline(__always) private static func listKey(_ t: Transition) -> UInt64 { UInt64(t.domain) << 32 | UInt64(t.pe) }

  mutating func virtual(_ t: Transition) {
    let record = lists.insert(Self.listKey(t))
    let list = Int(min(t.listRegister.index, 16))
    switch t.kind {
    case .lrWritten:
      guests.written(t)
      checkListRegister(t)
    case .lrFilled where list < 16:
      for other in 0..<16 where other != list && record.pointee.intids[other] == t.intid && !INTID.isSGI(t.intid) {
        record.pointee.mayBeListedTwice = true
      }
      guests.filled(t, physical: noteForwarded(t))
      noteHandedOn(t, list)
      record.pointee.intids[list] = t.intid
      record.pointee.events[list] = t.event
      record.pointee.filledEvent = t.event
      record.pointee.acknowledged &= ~(1 << UInt32(list))
    case .lrEmptied where list < 16:
      guests.emptied(t)
      record.pointee.intids[list] = .max
      record.pointee.emptiedEvent = t.event
    case .lrOverwritten where list < 16:
      guests.emptied(t)
      if !t.listRegister.isSaved { overwritten(t, since: record.pointee.events[list]) }
      record.pointee.intids[list] = .max
    case .virtualAcknowledged:
      guests.acknowledged(t, isCounted: counts(t))
      if list < 16 { record.pointee.acknowledged |= 1 << UInt32(list) }
      if list >= 16, INTID.isLPI(t.intid) { tookVirtualLPI(t) }
      record.pointee.maintenanceRun = 0
    case .virtualEndOfInterrupt:
      guests.ended(t)
      if handedOn.count > 0 {
        handedOn.find(InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue)?.pointee.endEvent =
          t.event
      }
      record.pointee.maintenanceRun = 0
    case .virtualDeactivated: guests.deactivated(t)
    case .maintenance: maintenance(t, record)
    case .virtualInterfaceEnabled: guests.entered(t)
    case .virtualInterfaceDisabled:
      checkListedTwice(t, record)
      guests.exited(t)
    case .guestRuns:
      checkListedTwice(t, record)
      guests.ran(t)
    case .vCPULoaded: guests.loadedVCPU(t)
    case .virtualControl: guests.controlChanged(t)
    default: break
    }
  }

  /// Mutating, as what is not gets a copy of all of this.
  private mutating func counts(_ t: Transition) -> Bool { isReported && (filter?.includes(t) ?? true) }

  /// A list register with HW set names the physical interrupt that the guest deactivates (IHI 0069H, 12.4.6;
  /// IHI 0048B, 5.3.8).
  /// Returns when the hypervisor acknowledged that one, if it did and has it still.
  @inline(__always) private mutating func noteForwarded(_ t: Transition) -> Moment? {
    let value = ListRegisterValue(t.listRegister)
    guard value.isHardware else { return nil }
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: UInt32(value.physicalINTID))
    let record = interrupts.insert(key.rawValue)
    record.pointee.isForwarded = true
    guard record.pointee.isActive, record.pointee.acknowledgeAt.event != .max else { return nil }
    return record.pointee.acknowledgeAt
  }

  /// An interrupt that the hypervisor has ended and not deactivated goes to a guest under its own number: how its list
  /// register says what the guest's end does.
  @inline(__always) private mutating func noteHandedOn(_ t: Transition, _ list: Int) {
    guard !INTID.isSGI(t.intid) else { return }
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
    guard let record = interrupts.find(key), record.pointee.isActive, record.pointee.isDropped else { return }
    handedOn.insert(key).pointee = HandedOn(list: UInt8(list), pe: t.pe, value: t.listRegister.value, event: t.event)
  }

  /// The same virtual interrupt in two list registers is UNPREDICTABLE (IHI 0069H, 12.4.6; IHI 0048B, 5.3.8) for a guest
  /// that runs: a hypervisor that writes one register after the other has it in two for a moment.
  @inline(__always)
  private mutating func checkListedTwice(_ t: Transition, _ record: UnsafeMutablePointer<ListRegisterRecord>) {
    guard record.pointee.mayBeListedTwice, t.provenance != .assumed else { return }
    record.pointee.mayBeListedTwice = false
    for list in 1..<16 {
      let intid = record.pointee.intids[list]
      guard intid != INTID.none, !INTID.isSGI(intid) else { continue }
      for other in 0..<list where record.pointee.intids[other] == intid {
        listedTwice(t, intid, (other, record.pointee.events[other]), (list, record.pointee.events[list]))
      }
    }
  }

  private mutating func listedTwice(
    _ t: Transition, _ intid: UInt32, _ one: (list: Int, event: UInt64), _ other: (list: Int, event: UInt64)
  ) {
    report(.init(kind: .unexpectedAcknowledge, domain: t.domain, pe: t.pe, intid: intid, isVirtual: true), t) {
      let (first, second) = one.event <= other.event ? (one, other) : (other, one)
      return FindingLog.Description(
        .error, .certain, "virtual interrupt \(intid) stands in two list registers of PE \(t.pe) at once",
        [
          .init("list register \(first.list) was given it", event: first.event),
          .init("list register \(second.list) was given it too", event: second.event),
          .init("the guest runs, or ran until then, with both", event: t.event),
        ],
        advice: "check that the hypervisor looks whether an interrupt is queued before it queues it")
    }
  }

  /// A list register that still held a pending or active interrupt was given another.
  private mutating func overwritten(_ t: Transition, since event: UInt64) {
    report(.init(kind: .discardedPending, domain: t.domain, pe: t.pe, intid: t.intid, isVirtual: true), t) {
      FindingLog.Description(
        .note, .likely,
        "virtual interrupt \(t.intid) was overwritten in its list register before the guest was done with it",
        [
          .init("list register \(t.listRegister.index) was given it", event: event),
          .init("another interrupt was written over it", event: t.event),
        ],
        advice: "check that the hypervisor reads the list register back first, and where it keeps the interrupt")
    }
  }

  /// Maintenance interrupts without the guest getting anywhere between them. What the hypervisor brings about itself while
  /// it empties list registers, and what it ends by filling them, the guest never sees.
  private mutating func maintenance(_ t: Transition, _ record: UnsafeMutablePointer<ListRegisterRecord>) {
    let rise = record.pointee.maintenanceRise
    guard t.maintenance.isRaised else {
      record.pointee.maintenanceRise = .max
      if rise != .max, record.pointee.filledEvent != t.event { maintenanceEnded(t, record, since: rise) }
      return
    }
    guard rise == .max, record.pointee.emptiedEvent != t.event else { return }
    record.pointee.maintenanceRise = t.event
    record.pointee.maintenanceStatus = t.maintenance.status
    if record.pointee.maintenanceRun == 0 {
      record.pointee.maintenanceEvent = t.event
      record.pointee.maintenanceTime = t.time
    }
  }

  private mutating func maintenanceEnded(
    _ t: Transition, _ record: UnsafeMutablePointer<ListRegisterRecord>, since rise: UInt64
  ) {
    record.pointee.maintenanceRun &+= 1
    let run = record.pointee.maintenanceRun
    guard run >= thresholds.stormRefires else { return }
    let (event, time) = (record.pointee.maintenanceEvent, record.pointee.maintenanceTime)
    let status = record.pointee.maintenanceStatus
    report(
      .init(kind: .storm, domain: t.domain, pe: t.pe, reason: 1), t, count: run == thresholds.stormRefires ? run : 1
    ) {
      FindingLog.Description(
        .error, .certain, "maintenance interrupts follow each other on PE \(t.pe) while the guest gets nothing done",
        [
          .init("\(run) in succession, with no acknowledge and no end by the guest", event: event),
          .init("MISR \(hex(status)): \(Self.causes(status))", event: rise),
        ],
        advice: "check that the hypervisor clears the condition before it enters the guest again", event: event,
        time: time)
    }
  }

  /// The conditions of `ICH_MISR_EL2` and `GICH_MISR`.
  static func causes(_ status: UInt32) -> String {
    let names = ["EOI", "U", "LRENP", "NP", "VGrp0E", "VGrp0D", "VGrp1E", "VGrp1D"]
    let set = names.indices.filter { status >> UInt32($0) & 1 != 0 }.map { names[$0] }
    return set.isEmpty ? "no condition holds" : set.joined(separator: ", ")
  }

  /// The list registers that hold a virtual interrupt now: PE, index, and the event that filled it.
  func listed(_ intid: UInt32) -> [(pe: UInt32, list: Int, event: UInt64, isAcknowledged: Bool)] {
    var found: [(UInt32, Int, UInt64, Bool)] = []
    for (key, record) in lists.sorted() {
      for list in 0..<16 where record.intids[list] == intid {
        found.append(
          (UInt32(truncatingIfNeeded: key), list, record.events[list], record.acknowledged >> UInt32(list) & 1 != 0))
      }
    }
    return found
  }
}
