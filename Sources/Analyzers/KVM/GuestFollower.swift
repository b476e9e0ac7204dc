import HypervisorModel
import InterruptTrace

/// Follows one guest. As ``KVMAnalyzer``, without checks of exclusive access at run time.
final class GuestFollower {
  let domain: UInt16
  @exclusivity(unchecked) private(set) var entries: UInt64 = 0
  @exclusivity(unchecked) private var nestedEntries: UInt64 = 0
  @exclusivity(unchecked) private var vcpus: [GuestVCPUState] = []
  /// Something of the guest was shown.
  @exclusivity(unchecked) private(set) var isShown = false
  /// Something was injected, or stood in a list register.
  @exclusivity(unchecked) private var showsInterrupts = false
  @exclusivity(unchecked) private var hypercalls: UInt64 = 0
  @exclusivity(unchecked) private var details = GuestExitDetails()
  @exclusivity(unchecked) private var userLines: [UInt32: (raised: UInt64, lowered: UInt64)] = [:]
  @exclusivity(unchecked) private var counts = [UInt64](repeating: 0, count: GuestExitCause.allCases.count)
  @exclusivity(unchecked) private var away = [DurationCounts](
    repeating: DurationCounts(), count: GuestExitCause.allCases.count)
  @exclusivity(unchecked) private var delays = [DurationCounts](
    repeating: DurationCounts(), count: GuestDelayStage.allCases.count)
  @exclusivity(unchecked) private var deadlines = TimerDeadlines()
  @exclusivity(unchecked) private var addresses: GuestAddresses
  @exclusivity(unchecked) private var preemptedWithInterrupt: UInt64 = 0
  @exclusivity(unchecked) private var waitedForRegister: UInt64 = 0
  @exclusivity(unchecked) private var overflows: UInt64 = 0
  @exclusivity(unchecked) private var paths = InjectionPaths()
  @exclusivity(unchecked) private var used = [UInt64](repeating: 0, count: 65)
  private static let vcpuLimit: UInt32 = 4096
  private static let waitingLimit = 4096

  private let tables: GuestTables

  init(domain: UInt16, _ tables: GuestTables) {
    self.domain = domain
    self.tables = tables
    addresses = GuestAddresses(Topology(), domain: domain)
  }

  private func holds(_ vcpu: UInt32) -> Bool {
    vcpu < vcpus.count || vcpu < Self.vcpuLimit && addVCPUs(to: Int(vcpu))
  }

  @inline(never) private func addVCPUs(to last: Int) -> Bool {
    guard tables.take(vcpus: last + 1 - vcpus.count) else { return false }
    while vcpus.count <= last { vcpus.append(GuestVCPUState()) }
    return true
  }

  // MARK: What the model says

  func take(_ transition: Transition) {
    if transition.kind == .pending || transition.kind == .lrFilled { showsInterrupts = true }
    guard holds(transition.pe) else { return }
    let vcpu = Int(transition.pe)
    switch transition.kind {
    case .pending: inject(transition, vcpu)
    case .pendingCleared: tables.waiting.remove(GuestTables.key(domain, vcpu, transition.intid))
    case .lrFilled:
      vcpus[vcpu].filled += 1
      loaded(transition, vcpu)
    case .lrOverflow:
      // Several of one entry have its event in common.
      if vcpus[vcpu].overflowedAt != transition.event { overflows += 1 }
      vcpus[vcpu].overflowedAt = transition.event
    default: break
    }
  }

  private func loaded(_ transition: Transition, _ vcpu: Int) {
    let key = GuestTables.key(domain, vcpu, transition.intid)
    guard let place = tables.waiting.find(key) else { return }
    let waiting = place.pointee
    tables.waiting.remove(at: place)
    delays[GuestDelayStage.injectionToEntry.rawValue].add(transition.time &- waiting.time)
    preemptedWithInterrupt += vcpus[vcpu].preempted - waiting.preempted
    if vcpus[vcpu].entries > waiting.entries { waitedForRegister += 1 }
    tables.loaded.insert(key).pointee = .init(injected: waiting.time, loaded: transition.time)
  }

  private func inject(_ transition: Transition, _ vcpu: Int) {
    tables.waiting.insert(GuestTables.key(domain, vcpu, transition.intid)).pointee = .init(
      time: transition.time, preempted: vcpus[vcpu].preempted, entries: vcpus[vcpu].entries)
    if vcpus[vcpu].isInside {
      vcpus[vcpu].wasInjected = true
      if !vcpus[vcpu].timerFired, vcpus[vcpu].kickedAt == nil { vcpus[vcpu].kickedAt = transition.time }
    } else if vcpus[vcpu].waits, vcpus[vcpu].wokenAt == nil {
      vcpus[vcpu].wokenAt = transition.time
    }
  }

  /// A handler of the host ran on the CPU while the vCPU was on it.
  func noteHandler(_ vcpu: Int) {
    // One of an unknown number is not followed.
    if vcpu < vcpus.count, vcpus[vcpu].isInside { vcpus[vcpu].handlerRan = true }
  }

  // MARK: What the capture says

  func take(_ event: Event) {
    paths.take(event)
    if event.kind != .vcpuThread { isShown = true }
    switch event.kind {
    case .inject, .msi, .lrWrite, .timerLine: showsInterrupts = true
    case .irqLine: setLine(event)
    case .hypercall: hypercalls += 1
    case .vcpuWakeup: delays[(event.b & 1 != 0 ? GuestDelayStage.slept : .polled).rawValue].add(event.a)
    default: break
    }
    guard holds(event.pe) else { return }
    let vcpu = Int(event.pe)
    switch event.kind {
    case .guestEnter: enter(vcpu, event)
    case .guestExit: exit(vcpu, event)
    case .timerLine: timer(vcpu, event)
    case .timerSave:
      // Timer 1 is the virtual one. A deadline that was loaded for a guest is of no use: it may set another at any time;
      // nor is one that has passed, whose interrupt came before.
      if event.b >> 32 & 0xFF == 1 { vcpus[vcpu].deadline = event.b & 7 == 1 ? event.a : nil }
    case .vgicStep: nest(vcpu, event)
    case .wfx: if !event.flags.contains(.isWFE) { vcpus[vcpu].waits = true }
    case .vcpuWakeup:
      if event.b & 1 != 0 { vcpus[vcpu].asleep &+= event.a } else { vcpus[vcpu].polling &+= event.a }
    case .vcpuPut:
      if event.b & 1 != 0 { vcpus[vcpu].preemptedAt = event.time }
      vcpus[vcpu].wakingAt = nil
    case .vcpuWaking: if vcpus[vcpu].preemptedAt == nil { vcpus[vcpu].wakingAt = event.time }
    case .vcpuLoad:
      if let since = vcpus[vcpu].wakingAt, event.time >= since { vcpus[vcpu].readyToRun &+= event.time - since }
      vcpus[vcpu].wakingAt = nil
      if let since = vcpus[vcpu].preemptedAt, event.time >= since {
        vcpus[vcpu].preempted += event.time - since
        delays[GuestDelayStage.preempted.rawValue].add(event.time - since)
      }
      vcpus[vcpu].preemptedAt = nil
    case .sysregWrite, .sysregRead:
      vcpus[vcpu].trapped = GuestExitCause(accessTo: event.register)
      vcpus[vcpu].access = .register(name: event.register.name, isRead: event.kind == .sysregRead)
    case .sysregTrap:
      if let register = TrappedRegister(syndrome: event.a) {
        vcpus[vcpu].access = .register(name: register.name, isRead: register.isRead)
      }
    case .mmioRead, .mmioWrite:
      let isController = addresses.translate(event) != nil
      vcpus[vcpu].trapped = isController ? .controller : .device
      if event.flags.contains(.absolute) {
        vcpus[vcpu].access = .memory(
          address: event.a, isController: isController, isRead: event.kind == .mmioRead)
      }
    case .handlerEnter where event.flags.contains(.intidKnown):
      let key = GuestTables.key(domain, vcpu, UInt32(truncatingIfNeeded: event.a >> 32))
      if let since = tables.loaded.find(key) {
        delays[GuestDelayStage.entryToHandler.rawValue].add(event.time &- since.pointee.loaded)
        delays[GuestDelayStage.injectionToHandler.rawValue].add(event.time &- since.pointee.injected)
        tables.loaded.remove(at: since)
      }
    default: break
    }
  }

  private func setLine(_ event: Event) {
    guard userLines.count < Self.waitingLimit || userLines[event.intid] != nil else { return }
    if event.level {
      userLines[event.intid, default: (0, 0)].raised += 1
    } else {
      userLines[event.intid, default: (0, 0)].lowered += 1
    }
  }

  private func nest(_ vcpu: Int, _ event: Event) {
    switch VGICStep(rawValue: UInt16(truncatingIfNeeded: event.a)) {
    case .nestedEnter: vcpus[vcpu].isNested = event.entersNestedGuest
    case .nestedExit: vcpus[vcpu].isNested = false
    default: break
    }
  }

  private func enter(_ vcpu: Int, _ event: Event) {
    entries += 1
    if vcpus[vcpu].hasExited { count(vcpus[vcpu], until: event.time) }
    if let since = vcpus[vcpu].wokenAt { delays[GuestDelayStage.wakeUp.rawValue].add(event.time &- since) }
    if vcpus[vcpu].isNested { nestedEntries += 1 } else { used[min(vcpus[vcpu].filled, 64)] += 1 }
    vcpus[vcpu].enter(event)
  }

  /// Counts the last exit of a vCPU, which has been outside until now, as far as that is shown.
  private func count(_ vcpu: GuestVCPUState, until time: UInt64?) {
    let cause = vcpu.exitCause
    counts[cause.rawValue] += 1
    let span = time.map { $0 > vcpu.exitTime ? $0 - vcpu.exitTime : 0 }
    if cause != .wait, let span { away[cause.rawValue].add(span) }
    if let access = vcpu.access, cause.isFor(access) { details.add(access, away: span) }
  }

  private func exit(_ vcpu: Int, _ event: Event) {
    // The entry after the last exit is not shown.
    if vcpus[vcpu].hasExited { count(vcpus[vcpu], until: nil) }
    vcpus[vcpu].exit(event)
    if event.exitReason == .interrupt, !vcpus[vcpu].timerFired, let since = vcpus[vcpu].kickedAt {
      delays[GuestDelayStage.kick.rawValue].add(event.time &- since)
    }
  }

  private func timer(_ vcpu: Int, _ event: Event) {
    guard event.level else { return }
    if vcpus[vcpu].isInside, vcpus[vcpu].cpu == event.cpu { vcpus[vcpu].timerFired = true }
    // Only the first injection after arming tells: the hypervisor computes the line again at each load.
    if event.intid == 27, let deadline = vcpus[vcpu].deadline {
      deadlines.add(deadline: deadline, time: event.time)
      vcpus[vcpu].deadline = nil
    }
  }

  // MARK: Results

  var activity: GuestActivity {
    var result = GuestActivity()
    result.domain = domain
    result.vcpus = vcpus.count { $0.isShown }
    result.entries = entries
    result.nestedEntries = nestedEntries
    result.showsEntries = vcpus.contains { $0.entries + $0.exits > 0 }
    result.exits = exits
    result.registers = details.byRegister
    result.devices = details.byDevice
    result.lines = userLines.sorted { $0.key < $1.key }.map {
      .init(intid: $0.key, raised: $0.value.raised, lowered: $0.value.lowered)
    }
    result.hypercalls = hypercalls
    result.byVCPU = vcpus.enumerated().filter { $0.element.isShown }.map { number, vcpu in
      .init(
        vcpu: UInt32(number), entries: vcpu.entries, exits: vcpu.exits, inside: vcpu.inside, preempted: vcpu.preempted,
        readyToRun: vcpu.readyToRun, asleep: vcpu.asleep, polling: vcpu.polling)
    }
    var all = delays
    if let found = deadlines.result {
      result.timerFrequency = found.frequency
      all[GuestDelayStage.timerLateness.rawValue] = found.lateness
    }
    for stage in GuestDelayStage.allCases where !all[stage.rawValue].isEmpty {
      result.delays.append(.init(stage: stage, distribution: all[stage.rawValue].distribution))
    }
    result.preempted = vcpus.reduce(0) { $0 + $1.preempted }
    result.preemptedWithInterrupt = preemptedWithInterrupt
    result.waitedForRegister = waitedForRegister
    result.overflows = overflows
    result.paths = paths
    if showsInterrupts, entries > 0 { result.listRegistersUsed = Array(used[...(used.lastIndex { $0 > 0 } ?? 0)]) }
    return result
  }

  /// Exits by cause, with the last ones of the capture, which no entry follows.
  private var exits: [GuestActivity.Exits] {
    var counts = counts
    for vcpu in vcpus where vcpu.hasExited { counts[vcpu.exitCause.rawValue] += 1 }
    return GuestExitCause.allCases.filter { counts[$0.rawValue] > 0 }.map {
      .init(cause: $0, count: counts[$0.rawValue], away: away[$0.rawValue].distribution)
    }
  }
}
