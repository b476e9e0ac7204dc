import HypervisorModel
import InterruptTrace

/// One vCPU with the list registers and the policy of a variant.
///
/// What the capture shows comes in by ``take(_:)``; what the guest does with it here is in
/// `ListRegisterSimulation+Guest.swift`, what the hypervisor does in `ListRegisterSimulation+Hypervisor.swift`.
final class ListRegisterSimulation {
  /// What is known of an interrupt on the vCPU's list, beside what the policy sees.
  struct Course {
    /// When the guest took the pending one in the capture; it has not yet here.
    var wanted: UInt64?
    /// How long the guest was at the one that is wanted, if the capture has shown its end.
    var service: UInt64?
    /// The guest's last acknowledge of it in the capture.
    var taken: UInt64 = 0
    /// The guest is still handling it in the capture.
    var isInService = false
    /// By how much the guest is late with the active one.
    var delay: UInt64 = 0
    /// The end of the active one is known, and lies ahead.
    var isEnding = false
    /// A level-sensitive one came again while it was active: it is pending once it ended.
    var comesAgain = false
    var isWaiting = false
    /// Which of several courses of the same INTID.
    var number: UInt64 = 0
  }

  let variant: ListRegisterVariant
  let maintenanceCost: UInt64
  var outlook: ListRegisterOutlook
  var delays = LatencyCounts()

  var list: [QueuedInterrupt] = []
  var courses: [UInt32: Course] = [:]
  var fill = ListRegisterFill()
  var format = ListRegisterFormat.ich
  var registers = [ListRegisterValue?](repeating: nil, count: 64)
  var control: HypervisorControlBits = []
  /// Active interrupts that the guest is late with: until their end it takes nothing of the same or a lower rank.
  var late: [UInt32] = []
  /// The capture's list registers: which interrupt each holds.
  var shown = [UInt32?](repeating: nil, count: 64)
  /// The capture's hypervisor had more interrupts than list registers.
  var shownIsPressed = false

  /// The next time that the hypervisor loads the list registers here and did not in the capture.
  var nextLoad: UInt64?
  /// Ends that lie ahead, the next first.
  var ends: [(time: UInt64, intid: UInt32, course: UInt64)] = []
  private var loadTime: UInt64 = 0
  private var mustLoad = false
  /// List registers that were filled since the last load here.
  private var filled: UInt64 = 0
  private var courseCount: UInt64 = 0

  init(_ variant: ListRegisterVariant, maintenanceCost: UInt64) {
    self.variant = variant
    self.maintenanceCost = maintenanceCost
    outlook = ListRegisterOutlook(variant: variant)
  }

  /// What has come of it so far; a load that is under way is taken for complete.
  var result: ListRegisterOutlook {
    loadIfShown()
    var result = outlook
    result.delays = delays.distribution
    return result
  }

  /// Takes in a transition about this vCPU's PE. A load takes place when all of it has been shown.
  func take(_ t: Transition) {
    switch t.kind {
    case .lrWritten: return
    case .lrFilled:
      advance(to: t.time)
      arrive(t)
      return
    case .lrEmptied, .lrOverwritten:
      let index = t.listRegister.index
      guard index < 64 else { return }
      // A hypervisor may take a list register back before it disables the interface.
      if filled >> index & 1 != 0 { loadIfShown() }
      shown[Int(index)] = nil
      return
    case .virtualInterfaceEnabled:
      advance(to: t.time)
      let asked = HypervisorControlBits(rawValue: t.virtualInterface.control)
      shownIsPressed = asked.asksForRegisters
      if shownIsPressed { outlook.pressedEntries += 1 }
      askForLoad(t.time)
      return
    default: break
    }
    loadIfShown()
    advance(to: t.time)
    switch t.kind {
    case .virtualAcknowledged:
      let index = t.listRegister.index
      if index < 64, shown[Int(index)] == t.intid { acknowledged(t.intid, at: t.time) }
    case .virtualDeactivated: ended(t.intid, at: t.time)
    case .virtualEndOfInterrupt where t.virtualEndOfInterrupt.isCounted: ended(t.intid, at: t.time)
    case .virtualInterfaceDisabled: exit(at: t.time)
    default: break
    }
  }

  private func loadIfShown() {
    guard mustLoad else { return }
    mustLoad = false
    filled = 0
    load(at: loadTime, isShown: true)
  }

  private func askForLoad(_ time: UInt64) {
    mustLoad = true
    loadTime = time
  }

  // MARK: What the capture shows

  private func arrive(_ t: Transition) {
    let value = ListRegisterValue(t.listRegister)
    format = value.format
    let index = t.listRegister.index
    if index < 64 {
      shown[Int(index)] = t.intid
      filled |= 1 << index
    }
    askForLoad(t.time)
    if let place = place(of: t.intid) {
      if courses[t.intid]?.isInService == value.isActive {
        if value.isPending { becomePending(place) }
        return
      }
      // The capture has not shown how it came to be so: this is another vCPU, to which the PE went over.
      list.remove(at: place)
      forget(t.intid)
    }
    list.append(QueuedInterrupt(shown: value, intid: t.intid))
    courseCount += 1
    courses[t.intid] = Course(isInService: value.isActive, number: courseCount)
  }

  /// Forgets an interrupt that has left the list.
  func forget(_ intid: UInt32) {
    courses[intid] = nil
    late.removeAll { $0 == intid }
    if let n = register(of: intid) { registers[n] = nil }
  }

  /// It is pending in the capture. Here it may be so still, or be pending behind the one that the guest is late with.
  private func becomePending(_ place: Int) {
    let intid = list[place].intid
    if let n = register(of: intid) {
      if registers[n]?.isPending == true { return }
    } else if !list[place].isActive {
      list[place].traits.insert(.latched)
      return
    }
    if list[place].traits.contains(.level) {
      courses[intid]?.comesAgain = true
    } else {
      list[place].traits.insert(.latched)
    }
  }

  private func acknowledged(_ intid: UInt32, at time: UInt64) {
    outlook.taken += 1
    guard let place = place(of: intid) else { return }
    becomePending(place)
    courses[intid]?.taken = time
    courses[intid]?.isInService = true
    if courses[intid]?.wanted == nil { courses[intid]?.wanted = time } else { outlook.merged += 1 }
    courses[intid]?.service = nil
    takeWanted(at: time)
  }

  private func ended(_ intid: UInt32, at time: UInt64) {
    guard let course = courses[intid] else { return }
    courses[intid]?.isInService = false
    if course.wanted != nil {
      courses[intid]?.service = time >= course.taken ? time - course.taken : 0
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
      let end = ends.first?.time ?? .max
      if let due = nextLoad, due <= time, due <= end {
        nextLoad = nil
        load(at: due, isShown: false)
      } else if end <= time, !ends.isEmpty {
        let (time, intid, course) = ends.removeFirst()
        if courses[intid]?.number == course { finish(intid, at: time) }
      } else {
        return
      }
    }
  }

  func schedule(_ intid: UInt32, at time: UInt64) {
    guard let course = courses[intid] else { return }
    courses[intid]?.isEnding = true
    let place = ends.firstIndex { $0.time > time } ?? ends.endIndex
    ends.insert((time, intid, course.number), at: place)
  }

  // MARK: Where an interrupt is

  func place(of intid: UInt32) -> Int? { list.firstIndex { $0.intid == intid } }

  func register(of intid: UInt32) -> Int? {
    registers.firstIndex { $0?.isValid == true && $0?.intid(hasGICv2Guest: false) == intid }
  }
}

extension QueuedInterrupt {
  /// An interrupt as a list register of the capture shows it.
  fileprivate init(shown value: ListRegisterValue, intid: UInt32) {
    var traits: Traits = [.enabled, .deliverable]
    if value.isPending { traits.insert(.latched) }
    if value.isActive { traits.insert(.active) }
    if value.isGroup1 { traits.insert(.group1) }
    if value.isHardware { traits.formUnion([.hardware, .level]) } else if value.asksAtEnd { traits.insert(.level) }
    self.init(
      intid: intid, priority: value.priority, traits: traits, physicalINTID: value.isHardware ? value.physicalINTID : 0)
  }
}
