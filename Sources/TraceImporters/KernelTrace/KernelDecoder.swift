import InterruptTrace

/// Turns the records of a kernel's trace into events.
///
/// Every record is an observation of its own at the place where it stands; what the hypervisor did between two of them is
/// not for the importer to tell. A record of a guest carries the guest's domain and its vCPU, any other the CPU.
struct KernelDecoder: ~Copyable {
  var threads = GuestThreads()
  var order = EventTimeOrder()
  let catalogue = KernelCatalogue.shared
  /// Only threads are learned: the capture's start is surveyed.
  var isSurvey = false
  /// Entries and exits of a vCPU that do not take turns.
  private(set) var outOfTurn: UInt64 = 0
  /// Exits whose reason a kernel before 5.0 printed wrongly.
  private(set) var exitsOfOldKernel: UInt64 = 0
  /// Exits of kernels before 4.4, which show no reason.
  private(set) var exitsWithoutReason: UInt64 = 0
  /// CPUs seen, as the highest number plus one.
  private(set) var cpuCount: UInt32 = 0
  /// CPUs that the topology has.
  var knownCPUs: UInt32 = 0

  var names = KernelNames()
  private(set) var idle = IdleStates()
  /// CPUs in a handler; the last stands for all that are not shown.
  private var isInHandler = [Bool](repeating: false, count: Int(cpuLimit) + 1)
  /// Losses that wait for the next record of their CPU: its time is where they end.
  private var losses: [(cpu: UInt32, count: UInt64, reason: UInt64)] = []
  /// CPUs of which a loss waits; the last stands for one that is not shown.
  private var waits = [Bool](repeating: false, count: Int(cpuLimit) + 1)
  private var announced = false
  /// Trapped accesses to system registers show with their syndrome.
  private(set) var showsSyndromes = false
  /// IPIs show as they are raised, with their reason.
  private var showsRaises = false

  private static let cpuLimit: UInt32 = 8192
  private static let lossLimit = 65_536

  /// The survey is over: vCPUs are numbered.
  mutating func conclude() {
    _ = threads.number()
    isSurvey = false
    cpuCount = 0
    forgetLosses()
  }

  private mutating func forgetLosses() {
    for loss in losses { waits[Int(min(loss.cpu, Self.cpuLimit))] = false }
    losses.removeAll()
  }

  /// Events are missing on a CPU, or on one that is not shown, before its next record.
  mutating func lose(_ count: UInt64, cpu: UInt32, reason: UInt64 = 0) {
    guard losses.count < Self.lossLimit else { return }
    losses.append((cpu, count, reason))
    waits[Int(min(cpu, Self.cpuLimit))] = true
  }

  /// Takes in a record; its event is in the catalogue.
  mutating func take(_ record: borrowing KernelRecord) {
    let place = threads.place(of: record)
    let entry = catalogue.entries[record.event]
    learn(place, record, entry.action)
    if record.cpu >= cpuCount, record.cpu < Self.cpuLimit { cpuCount = record.cpu &+ 1 }
    if entry.action == .systemRegisterTrap { showsSyndromes = true }
    if isSurvey {
      if entry.action == .ipiRaise { showsRaises = true }
      return
    }
    if cpuCount > knownCPUs { announceCPUs(record.time) }
    if !announced { announce(record.time) }
    if !losses.isEmpty, waits[Int(min(record.cpu, Self.cpuLimit))] || waits[Int(Self.cpuLimit)] { giveLosses(record) }
    switch entry.action {
    case .cpuIdle: idle.take(record)
    case .guestEnter, .guestExit:
      guard let place else { return }
      takeTurn(place, record, enters: entry.action == .guestEnter)
    case .handlerEnter, .handlerExit, .softirqRaise, .softirqEnter, .softirqExit, .ipiRaise, .ipiCall, .ipiEnter,
      .ipiExit, .schedWakeup, .schedSwitch:
      takeHost(entry.action, record, place)
    default: takeGuest(entry, record, place)
    }
  }

  /// What a record tells about its thread.
  @inline(__always)
  private mutating func learn(_ place: Int?, _ record: borrowing KernelRecord, _ action: KernelEvent.Action) {
    guard let place else { return }
    switch action {
    case .guestEnter, .guestExit, .vcpuWakeup, .wfx, .hypercall, .systemRegister, .systemRegisterTrap:
      if !threads[place].runsVCPU {
        threads[place].runsVCPU = true
        if !isSurvey { bindLate(place, record.time) }
      }
    case .timerMap, .haltPoll, .listRegistersFilled, .listRegistersLeft:
      threads.tell(place, vcpu: record[0], isOwn: true)
    case .timerLine: threads.tell(place, vcpu: record[0], isOwn: false)
    case .inject where INTID.isBanked(record[1]): threads.tell(place, vcpu: record[0], isOwn: false)
    default: break
    }
  }

  /// Tells whoever reads the events about CPUs that the capture's start did not show.
  private mutating func announceCPUs(_ time: UInt64) {
    knownCPUs = cpuCount
    var event = Topology.Entry(key: .peCount, source: .inferred, value: UInt64(cpuCount)).event
    event.time = time
    order.append(event)
  }

  private mutating func bindLate(_ place: Int, _ time: UInt64) {
    threads.bind(place)
    announce(place, time)
  }

  private mutating func announce(_ time: UInt64) {
    announced = true
    for place in threads.all.indices.sorted(by: { threads[$0].id < threads[$1].id }) where threads[place].domain != 0 {
      announce(place, time)
    }
  }

  private mutating func announce(_ place: Int, _ time: UInt64) {
    let thread = threads[place]
    guard thread.domain != 0, order.hasRoom else { return }
    emit(.vcpuThread, time, thread.domain, thread.vcpu, a: UInt64(thread.id), b: UInt64(thread.evidence.rawValue))
  }

  private mutating func giveLosses(_ record: borrowing KernelRecord) {
    var kept = 0
    for loss in losses {
      if loss.cpu == PE.none || loss.cpu == record.cpu, order.hasRoom {
        emit(.gap, record.time, Domain.physical, loss.cpu, a: loss.count, b: loss.reason)
      } else {
        losses[kept] = loss
        kept += 1
      }
    }
    let isShort = kept < losses.count
    losses.removeLast(losses.count - kept)
    waits[Int(min(record.cpu, Self.cpuLimit))] = losses.contains { $0.cpu == record.cpu }
    waits[Int(Self.cpuLimit)] = losses.contains { $0.cpu >= Self.cpuLimit }
    if isShort { threads.forgetInside() }
  }

  /// The capture has ended; losses that no record followed are told at the last time.
  mutating func finish(_ time: UInt64) {
    for loss in losses where order.hasRoom {
      emit(.gap, time, Domain.physical, loss.cpu, a: loss.count, b: loss.reason)
    }
    forgetLosses()
    order.finish()
  }

  @inline(__always)
  mutating func emit(
    _ kind: EventKind, _ time: UInt64, _ domain: UInt16, _ pe: UInt32, flags: EventFlags = [], a: UInt64 = 0,
    b: UInt64 = 0
  ) {
    order.append(Event(time: time, kind: kind, flags: flags, domain: domain, pe: pe, a: a, b: b))
  }

  // MARK: Entries and exits

  private mutating func takeTurn(_ place: Int, _ record: borrowing KernelRecord, enters: Bool) {
    let thread = threads[place]
    if threads.turn(place, inside: enters) { outOfTurn &+= 1 }
    let cpu = UInt64(record.cpu) << 32
    if enters {
      emit(.guestEnter, record.time, thread.domain, thread.vcpu, a: cpu, b: record[0])
    } else {
      let exceptionClass = record.shows(1) ? record[1] & 0xFFFF : 0xFFFF
      let reason = reason(ofExit: record)
      emit(.guestExit, record.time, thread.domain, thread.vcpu, a: reason | exceptionClass << 16 | cpu, b: record[2])
    }
  }

  /// Kernels before 5.0 print every exit as one for an interrupt, with the exception class of the last trap; later ones
  /// have none with that word.
  private mutating func reason(ofExit record: borrowing KernelRecord) -> UInt64 {
    guard record.shows(0) else {
      exitsWithoutReason &+= 1
      return UInt64(GuestExitReason.unknown.rawValue)
    }
    if record[0] == 0xBAD_CA11 { return UInt64(GuestExitReason.hypervisorGone.rawValue) }
    if record[0] & 0xFFFF == 0, record.shows(1), record[1] != 0 {
      exitsOfOldKernel &+= 1
      return UInt64(GuestExitReason.unknown.rawValue)
    }
    return record[0] & 0xFFFF
  }

  // MARK: The kernel's own events

  private mutating func takeHost(_ action: KernelEvent.Action, _ record: borrowing KernelRecord, _ place: Int?) {
    switch action {
    case .handlerEnter:
      let name = name(ofHandler: record)
      isInHandler[Int(min(record.cpu, Self.cpuLimit))] = true
      interrupt(.handlerEnter, record, a: record[0] & 0xFFFF_FFFF, b: UInt64(name))
    case .handlerExit:
      isInHandler[Int(min(record.cpu, Self.cpuLimit))] = false
      host(.handlerExit, record, a: record[0] & 0xFFFF_FFFF, b: record[1] & 1)
    case .softirqRaise: host(.softirqRaise, record, a: record[0] & 0xFFFF_FFFF)
    case .softirqEnter: interrupt(.softirqEnter, record, a: record[0] & 0xFFFF_FFFF)
    case .softirqExit: host(.softirqExit, record, a: record[0] & 0xFFFF_FFFF)
    case .ipiRaise:
      showsRaises = true
      raise(record)
    case .ipiCall:
      // The same IPI as the `ipi_raise` that follows, seen by who sends it; without the reason.
      if showsRaises { break }
      if record.shows(0) {
        let cpu = record[0] & 0xFFFF_FFFF
        host(.ipiSend, record, a: (cpu & ~63) << 32, b: 1 << (cpu & 63))
      } else {
        raise(record)
      }
    case .ipiEnter:
      let (state, flags) = idle.before(record)
      interrupt(
        .ipiEnter, record, flags: flags, a: reason(record) | UInt64(state.length) << 32, b: UInt64(state.awake))
    case .ipiExit: host(.ipiExit, record, a: reason(record))
    case .schedWakeup: takeWakeup(record)
    default: takeSwitch(record)
    }
  }

  private mutating func raise(_ record: borrowing KernelRecord) {
    for word in 0..<record.maskCount where record.mask[word] != 0 {
      host(.ipiSend, record, a: reason(record) | UInt64(word * 64) << 32, b: record.mask[word])
    }
  }

  private mutating func host(_ kind: EventKind, _ record: borrowing KernelRecord, a: UInt64, b: UInt64 = 0) {
    emit(kind, record.time, Domain.physical, record.cpu, a: a, b: b)
  }

  /// What interrupts a thread.
  private mutating func interrupt(
    _ kind: EventKind, _ record: borrowing KernelRecord, flags: EventFlags = [], a: UInt64, b: UInt64 = 0
  ) {
    if record.showsThread { noteThread(record) }
    emit(
      kind, record.time, Domain.physical, record.cpu, flags: record.showsThread ? flags.union(.threadKnown) : flags,
      a: a, b: b | UInt64(record.thread) << 32)
  }

  private mutating func takeWakeup(_ record: borrowing KernelRecord) {
    let woken = UInt32(truncatingIfNeeded: record[0])
    let target = record.shows(1) ? record[1] & 0xFFFF_FFFF : UInt64(PE.none)
    host(.schedWakeup, record, a: target, b: UInt64(woken) << 32)
    if let place = threads.known(woken), threads[place].domain != 0 {
      let thread = threads[place]
      emit(
        .vcpuWaking, record.time, thread.domain, thread.vcpu, a: target | UInt64(record.cpu) << 32,
        b: UInt64(woken) << 32)
    }
  }

  private mutating func takeSwitch(_ record: borrowing KernelRecord) {
    let from = UInt32(truncatingIfNeeded: record[0])
    let to = UInt32(truncatingIfNeeded: record[2])
    // In numbers, 0 is running and 0x100 a preempted thread that runs on later.
    let isRunnable: UInt64 = record[1] & 0xFF == 0 ? 1 : 0
    host(.schedSwitch, record, a: UInt64(from) | UInt64(to) << 32, b: isRunnable)
    scheduled(.vcpuPut, from, record, isRunnable)
    scheduled(.vcpuLoad, to, record, 0)
  }

  private mutating func scheduled(
    _ kind: EventKind, _ id: UInt32, _ record: borrowing KernelRecord, _ isRunnable: UInt64
  ) {
    guard id != 0, let place = threads.known(id), threads[place].domain != 0 else { return }
    let thread = threads[place]
    emit(kind, record.time, thread.domain, thread.vcpu, a: UInt64(record.cpu) << 32, b: isRunnable | UInt64(id) << 32)
  }

  // MARK: For the guests' events

  /// Whether an event says nothing of use without the thread that it comes from.
  static func needsThread(_ action: KernelEvent.Action) -> Bool {
    switch action {
    case .inject, .timerLine, .irqLine, .gsiSet, .ackNotify, .timerExpire, .handlerEnter, .handlerExit, .softirqRaise,
      .softirqEnter, .softirqExit, .ipiRaise, .ipiCall, .ipiEnter, .ipiExit, .schedWakeup, .schedSwitch, .cpuIdle,
      .hostCommand:
      false
    default: true
    }
  }

  /// Whether a CPU is in an interrupt's handler: what happens there need not be about the thread that it interrupted.
  func isInHandler(_ cpu: UInt32) -> Bool { isInHandler[Int(min(cpu, Self.cpuLimit))] }
}
