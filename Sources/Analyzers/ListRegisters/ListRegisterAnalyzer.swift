import HypervisorModel
import InterruptTrace

/// Adds up how list registers are used: occupancy, loads, maintenance interrupts, what found no list register.
struct ListRegisterAnalyzer: ~Copyable {
  /// Counters of a bank, one after the other.
  private enum Place {
    static let timeEnabled = 0
    static let time = 65
    static let entriesByMost = 130
    static let entries = 195
    static let moreWaiting = 196
    static let writes = 197
    static let fills = 198
    static let overwritten = 199
    static let ends = 200
    static let overflows = 201
    static let maintenance = 202
    static let causes = 203
    static let count = 211
  }
  /// Banks, so that memory does not grow with the PEs that a damaged capture names.
  private static let limit = 4096

  struct Bank: BitwiseCopyable {
    var counters: UnsafeMutablePointer<UInt64>?
    var valid: UInt64 = 0
    var since: UInt64 = 0
    var entered: UInt64 = 0
    /// When the entry before the present one happened, at which more were waiting.
    var pressedSince: UInt64 = 0
    var most = 0
    var isEnabled = false
    /// Since the interface was enabled the guest has not shown that it runs.
    var isFresh = false
    /// The guest runs: no list register was written since it showed that it does.
    var isRunning = false
    /// ``most`` when that ended.
    var mostBefore = 0
    /// The hypervisor asked for a maintenance interrupt when there is room, see ``HypervisorControlBits/asksForRegisters``.
    var isAsked = false
    /// It did so and all list registers are in use.
    var isPressed = false
    /// At the entry before.
    var wasPressed = false
    var listRegisters = 0
  }

  private var banks = LiveTable(Bank())
  private var waiting = LiveTable<UInt64>(0)
  private var spans = OccupancySpans()
  private var waits = LatencyCounts()
  private var possibleWaits = LatencyCounts()
  /// Interrupts that a bank holds or has held without their end: what is listed again after an exit has not waited.
  private var known = LiveTable(false)
  private var now: UInt64 = 0
  private var windowStart = UInt64.max

  deinit { for (_, bank) in banks.sorted() { bank.counters?.deallocate() } }

  /// The time of the last event, which bounds what is in use now.
  mutating func advance(to time: UInt64, isReported: Bool) {
    now = max(now, time)
    if isReported, windowStart == .max { windowStart = time }
  }

  @inline(__always) private static func isConcerned(_ kind: TransitionKind) -> Bool {
    switch kind {
    case .lrWritten, .lrFilled, .lrEmptied, .lrOverwritten, .lrOverflow, .virtualEndOfInterrupt, .virtualDeactivated,
      .maintenance, .virtualInterfaceEnabled, .virtualInterfaceDisabled, .guestRuns:
      true
    default: false
    }
  }

  /// Takes in a transition of any kind. O(1).
  @inline(__always) mutating func take(_ t: Transition, isReported: Bool) {
    if Self.isConcerned(t.kind) { takeConcerned(t, isReported) }
  }

  @inline(never) private mutating func takeConcerned(_ t: Transition, _ isReported: Bool) {
    advance(to: t.time, isReported: isReported)
    guard let bank = bank(t) else { return }
    let counters = bank.pointee.counters.unsafelyUnwrapped
    let one: UInt64 = isReported ? 1 : 0
    let index = t.listRegister.index
    let bit: UInt64 = index < 64 ? 1 << index : 0
    switch t.kind {
    case .lrWritten:
      counters[Place.writes] &+= one
      if bank.pointee.isRunning {
        bank.pointee.isRunning = false
        bank.pointee.mostBefore = bank.pointee.most
      }
    case .lrFilled:
      counters[Place.fills] &+= one
      setValid(bank, bank.pointee.valid | bit, t.time, isReported)
      listed(bank, t, isReported)
    case .lrEmptied: setValid(bank, bank.pointee.valid & ~bit, t.time, isReported)
    case .lrOverwritten: if !t.listRegister.isSaved { counters[Place.overwritten] &+= one }
    case .lrOverflow:
      counters[Place.overflows] &+= one
      let entry = waiting.insert(Self.interrupt(t))
      if entry.pointee == 0 { entry.pointee = max(t.time, 1) }
    case .virtualEndOfInterrupt:
      if t.virtualEndOfInterrupt.isUnlisted, !INTID.isLPI(t.intid) { counters[Place.ends] &+= one }
    case .virtualDeactivated: known.remove(Self.interrupt(t))
    case .maintenance:
      guard t.maintenance.isRaised else { break }
      counters[Place.maintenance] &+= one
      for cause in 0..<8 where t.maintenance.status >> UInt32(cause) & 1 != 0 { counters[Place.causes + cause] &+= one }
    case .virtualInterfaceEnabled:
      entered(bank, t, one, isReported)
      bank.pointee.isFresh = true
    case .guestRuns:
      if !bank.pointee.isFresh, !bank.pointee.isRunning {
        // The hypervisor leaves the interface enabled.
        if bank.pointee.isEnabled { counters[Place.entriesByMost + bank.pointee.mostBefore] &+= one }
        entered(bank, t, one, isReported)
      }
      bank.pointee.isFresh = false
      bank.pointee.isRunning = true
    case .virtualInterfaceDisabled:
      account(bank, t.time, isReported)
      bank.pointee.isEnabled = false
      counters[Place.entriesByMost + bank.pointee.most] &+= one
    default: break
    }
  }

  private static func interrupt(_ t: Transition) -> UInt64 {
    InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }

  private mutating func bank(_ t: Transition) -> UnsafeMutablePointer<Bank>? {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    guard banks.count < Self.limit || banks.find(key) != nil else { return nil }
    let bank = banks.insert(key)
    if bank.pointee.counters == nil {
      let counters = UnsafeMutablePointer<UInt64>.allocate(capacity: Place.count)
      counters.initialize(repeating: 0, count: Place.count)
      bank.pointee.counters = counters
      bank.pointee.since = t.time
    }
    return bank
  }

  // MARK: Occupancy

  private mutating func setValid(
    _ bank: UnsafeMutablePointer<Bank>, _ valid: UInt64, _ time: UInt64, _ isReported: Bool
  ) {
    guard valid != bank.pointee.valid else { return }
    account(bank, time, isReported)
    bank.pointee.valid = valid
    bank.pointee.most = max(bank.pointee.most, valid.nonzeroBitCount)
    notePressed(bank, isReported ? 1 : 0)
  }

  /// There are more interrupts than list registers if the hypervisor asks for room and has filled all of them.
  private mutating func notePressed(_ bank: UnsafeMutablePointer<Bank>, _ one: UInt64) {
    guard bank.pointee.isAsked, !bank.pointee.isPressed, bank.pointee.most >= bank.pointee.listRegisters else { return }
    bank.pointee.isPressed = true
    bank.pointee.counters.unsafelyUnwrapped[Place.moreWaiting] &+= one
  }

  /// Adds the time since the last change to the distribution.
  private mutating func account(_ bank: UnsafeMutablePointer<Bank>, _ time: UInt64, _ isReported: Bool) {
    let since = bank.pointee.since
    guard time > since else { return }
    bank.pointee.since = time
    guard isReported else { return }
    let from = windowStart == .max ? since : max(since, windowStart)
    guard time > from else { return }
    let number = bank.pointee.valid.nonzeroBitCount
    let counters = bank.pointee.counters.unsafelyUnwrapped
    counters[Place.time + number] &+= time &- from
    if bank.pointee.isEnabled { counters[Place.timeEnabled + number] &+= time &- from }
    spans.add(number, from: from, to: time)
  }

  // MARK: Entries

  private mutating func entered(
    _ bank: UnsafeMutablePointer<Bank>, _ t: Transition, _ one: UInt64, _ isReported: Bool
  ) {
    account(bank, t.time, isReported)
    let counters = bank.pointee.counters.unsafelyUnwrapped
    counters[Place.entries] &+= one
    if bank.pointee.isPressed { bank.pointee.pressedSince = bank.pointee.entered }
    bank.pointee.entered = t.time
    bank.pointee.wasPressed = bank.pointee.isPressed
    bank.pointee.isPressed = false
    bank.pointee.isAsked = HypervisorControlBits(rawValue: t.virtualInterface.control).asksForRegisters
    bank.pointee.listRegisters = t.virtualInterface.listRegisters
    bank.pointee.isEnabled = true
    bank.pointee.most = bank.pointee.valid.nonzeroBitCount
    notePressed(bank, one)
  }

  private mutating func listed(_ bank: UnsafeMutablePointer<Bank>, _ t: Transition, _ isReported: Bool) {
    let key = Self.interrupt(t)
    if let since = waiting.find(key)?.pointee {
      waiting.remove(key)
      if isReported { waits.record(t.time >= since ? t.time &- since : 0) }
    }
    let entry = known.insert(key)
    let isNew = !entry.pointee
    entry.pointee = true
    guard isNew, bank.pointee.wasPressed, isReported else { return }
    let since = bank.pointee.pressedSince
    possibleWaits.record(t.time >= since ? t.time &- since : 0)
  }

  // MARK: Results

  /// What was found, for the PEs that pass a filter.
  func result(_ filter: TransitionFilter?) -> ListRegisterUse {
    var result = ListRegisterUse()
    result.overTime = spans.overTime
    result.waits = waits.distribution
    result.possibleWaits = possibleWaits.distribution
    result.waitingAtEnd = UInt64(waiting.count)
    for (key, bank) in banks.sorted() {
      let (domain, pe) = (UInt16(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
      if let filter, !(filter.pes?.contains(pe) ?? true) || (filter.domain ?? domain) != domain { continue }
      guard let counters = bank.counters else { continue }
      result.banks.append(Self.bank(bank, counters, domain, pe, now: now, windowStart: windowStart))
    }
    return result
  }

  private static func bank(
    _ bank: Bank, _ counters: UnsafeMutablePointer<UInt64>, _ domain: UInt16, _ pe: UInt32, now: UInt64,
    windowStart: UInt64
  ) -> ListRegisterBank {
    var result = ListRegisterBank()
    result.domain = domain
    result.pe = pe
    // What is in use now has been so since the last change.
    let from = windowStart == .max ? now : max(bank.since, windowStart)
    let rest = now > from ? now &- from : 0
    let number = bank.valid.nonzeroBitCount
    func histogram(_ place: Int, _ extra: UInt64, at: Int) -> [UInt64] {
      var values = (0..<65).map { counters[place + $0] &+ ($0 == at ? extra : 0) }
      while values.count > 1, values.last == 0 { values.removeLast() }
      return values
    }
    result.time = histogram(Place.time, rest, at: number)
    result.timeEnabled = histogram(Place.timeEnabled, bank.isEnabled ? rest : 0, at: number)
    result.entriesByMost = histogram(Place.entriesByMost, 0, at: 0)
    result.entries = counters[Place.entries]
    result.entriesWithMoreWaiting = counters[Place.moreWaiting]
    result.writes = counters[Place.writes]
    result.fills = counters[Place.fills]
    result.overwritten = counters[Place.overwritten]
    result.endsWithoutListRegister = counters[Place.ends]
    result.overflows = counters[Place.overflows]
    result.maintenance = counters[Place.maintenance]
    result.maintenanceByCause = (0..<8).map { counters[Place.causes + $0] }
    return result
  }
}
