import HypervisorModel
import InterruptTrace

/// Follows one guest.
final class GuestFollower {
  let domain: UInt16
  private(set) var entries: UInt64 = 0
  private var nestedEntries: UInt64 = 0
  private var vcpus: [GuestVCPUState] = []
  private var counts = [UInt64](repeating: 0, count: GuestExitCause.allCases.count)
  private var away = [DurationCounts](repeating: DurationCounts(), count: GuestExitCause.allCases.count)
  private var delays = [DurationCounts](repeating: DurationCounts(), count: GuestDelayStage.allCases.count)
  private var deadlines = TimerDeadlines()
  private var addresses: GuestAddresses
  private var preemptedWithInterrupt: UInt64 = 0
  private var waitedForRegister: UInt64 = 0
  private var overflows: UInt64 = 0
  private var paths = InjectionPaths()
  private var used = [UInt64](repeating: 0, count: 65)
  private static let vcpuLimit: UInt32 = 4096
  private static let waitingLimit = 4096

  init(domain: UInt16) {
    self.domain = domain
    addresses = GuestAddresses(Topology(), domain: domain)
  }

  private func holds(_ vcpu: UInt32) -> Bool {
    guard vcpu < Self.vcpuLimit else { return false }
    while vcpus.count <= Int(vcpu) { vcpus.append(GuestVCPUState()) }
    return true
  }

  // MARK: What the model says

  func take(_ transition: Transition) {
    guard holds(transition.pe) else { return }
    let vcpu = Int(transition.pe)
    switch transition.kind {
    case .pending: inject(transition, vcpu)
    case .pendingCleared: vcpus[vcpu].waiting[transition.intid] = nil
    case .lrFilled:
      vcpus[vcpu].filled += 1
      if let waiting = vcpus[vcpu].waiting.removeValue(forKey: transition.intid) {
        delays[GuestDelayStage.injectionToEntry.rawValue].add(transition.time &- waiting.time)
        preemptedWithInterrupt += vcpus[vcpu].preempted - waiting.preempted
        if vcpus[vcpu].entries > waiting.entries { waitedForRegister += 1 }
        if vcpus[vcpu].loadedAt.count < Self.waitingLimit { vcpus[vcpu].loadedAt[transition.intid] = transition.time }
      }
    case .lrOverflow:
      // Several of one entry have its event in common.
      if vcpus[vcpu].overflowedAt != transition.event { overflows += 1 }
      vcpus[vcpu].overflowedAt = transition.event
    default: break
    }
  }

  private func inject(_ transition: Transition, _ vcpu: Int) {
    guard vcpus[vcpu].waiting.count < Self.waitingLimit else { return }
    vcpus[vcpu].waiting[transition.intid] = (transition.time, vcpus[vcpu].preempted, vcpus[vcpu].entries)
    if vcpus[vcpu].isInside {
      vcpus[vcpu].wasInjected = true
      if !vcpus[vcpu].timerFired, vcpus[vcpu].kickedAt == nil { vcpus[vcpu].kickedAt = transition.time }
    } else if vcpus[vcpu].waits, vcpus[vcpu].wokenAt == nil {
      vcpus[vcpu].wokenAt = transition.time
    }
  }

  /// A handler of the host ran on the CPU while the vCPU was on it.
  func noteHandler(_ vcpu: Int) { if vcpu < vcpus.count, vcpus[vcpu].isInside { vcpus[vcpu].handlerRan = true } }

  // MARK: What the capture says

  func take(_ event: Event) {
    paths.take(event)
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
      delays[(event.b & 1 != 0 ? GuestDelayStage.slept : .polled).rawValue].add(event.a)
    case .vcpuPut: if event.b & 1 != 0 { vcpus[vcpu].preemptedAt = event.time }
    case .vcpuLoad:
      if let since = vcpus[vcpu].preemptedAt, event.time >= since {
        vcpus[vcpu].preempted += event.time - since
        delays[GuestDelayStage.preempted.rawValue].add(event.time - since)
      }
      vcpus[vcpu].preemptedAt = nil
    case .sysregWrite, .sysregRead: vcpus[vcpu].trapped = Self.cause(of: event.register)
    case .mmioRead, .mmioWrite:
      vcpus[vcpu].trapped = addresses.translate(event) != nil ? .controller : .device
    case .handlerEnter where event.flags.contains(.intidKnown):
      if let since = vcpus[vcpu].loadedAt.removeValue(forKey: UInt32(truncatingIfNeeded: event.a >> 32)) {
        delays[GuestDelayStage.entryToHandler.rawValue].add(event.time &- since)
      }
    default: break
    }
  }

  private func nest(_ vcpu: Int, _ event: Event) {
    switch VGICStep(rawValue: UInt16(truncatingIfNeeded: event.a)) {
    case .nestedEnter: vcpus[vcpu].isNested = event.entersNestedGuest
    case .nestedExit: vcpus[vcpu].isNested = false
    default: break
    }
  }

  private static func cause(of register: SystemRegister) -> GuestExitCause {
    switch register {
    case .ICC_SGI1R_EL1, .ICC_SGI0R_EL1, .ICC_ASGI1R_EL1: .sgi
    case .ICC_DIR_EL1: .deactivation
    default: .interfaceRegister
    }
  }

  private func enter(_ vcpu: Int, _ event: Event) {
    entries += 1
    if vcpus[vcpu].hasExited {
      let cause = cause(of: vcpus[vcpu])
      counts[cause.rawValue] += 1
      if cause != .wait { away[cause.rawValue].add(event.time &- vcpus[vcpu].exitTime) }
    }
    if let since = vcpus[vcpu].wokenAt { delays[GuestDelayStage.wakeUp.rawValue].add(event.time &- since) }
    if vcpus[vcpu].isNested { nestedEntries += 1 } else { used[min(vcpus[vcpu].filled, 64)] += 1 }
    vcpus[vcpu].filled = 0
    vcpus[vcpu].entries += 1
    vcpus[vcpu].isInside = true
    vcpus[vcpu].deadline = nil
    vcpus[vcpu].cpu = event.cpu
    vcpus[vcpu].hasExited = false
    vcpus[vcpu].waits = false
    vcpus[vcpu].wokenAt = nil
    vcpus[vcpu].kickedAt = nil
    vcpus[vcpu].timerFired = false
    vcpus[vcpu].wasInjected = false
    vcpus[vcpu].handlerRan = false
    vcpus[vcpu].trapped = nil
  }

  private func exit(_ vcpu: Int, _ event: Event) {
    guard vcpus[vcpu].isInside else { return }
    vcpus[vcpu].isInside = false
    vcpus[vcpu].hasExited = true
    vcpus[vcpu].exitTime = event.time
    vcpus[vcpu].exitReason = event.exitReason
    vcpus[vcpu].exitClass = event.exceptionClass
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

  /// Exception classes of ESR_EL2 (DDI 0487, D24.2.37).
  private func cause(of vcpu: GuestVCPUState) -> GuestExitCause {
    switch vcpu.exitReason {
    case .interrupt:
      return vcpu.timerFired ? .timer : vcpu.wasInjected ? .kick : vcpu.handlerRan ? .hostInterrupt : .otherInterrupt
    case .trap:
      switch vcpu.exitClass {
      case 0x01: return .wait
      case 0x12, 0x13, 0x16, 0x17: return .hypercall
      case 0x03, 0x05, 0x18: return vcpu.trapped ?? .systemRegister
      case 0x20, 0x24: return vcpu.trapped ?? .memory
      default: return .other
      }
    default: return .other
    }
  }

  // MARK: Results

  var activity: GuestActivity {
    var result = GuestActivity()
    result.domain = domain
    result.vcpus = vcpus.count { $0.entries > 0 }
    result.entries = entries
    result.nestedEntries = nestedEntries
    for cause in GuestExitCause.allCases where counts[cause.rawValue] > 0 {
      result.exits.append(.init(cause: cause, count: counts[cause.rawValue], away: away[cause.rawValue].distribution))
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
    result.listRegistersUsed = Array(used[...(used.lastIndex { $0 > 0 } ?? 0)])
    return result
  }
}
