import HypervisorModel
import InterruptTrace
import Replay

/// Follows one interrupt of a guest on its way through the hypervisor's model of an interrupt controller: raised, on a
/// vCPU's list, in a list register, taken back.
public final class GuestLadder {
  /// The last event of a kind about the interrupt.
  private struct Mark {
    var event: UInt64
    var time: UInt64
    var detail: UInt64 = 0
  }

  /// What was seen of it for one vCPU; SPIs and LPIs have one for all.
  private struct Course {
    var raised: Mark?
    var routed: Mark?
    var enabled: Mark?
    var prioritised: Mark?
    var listed: Mark?
    var over: Mark?
    var back: Mark?
    var ended: InferenceRule?
    /// The vCPU that listed it.
    var vcpu: UInt32?
    /// How it was raised.
    var cause: PendingCause?
    /// Attempts to raise and to lower its line, and the last of them.
    var raises: UInt64 = 0
    var lowers: UInt64 = 0
    var attempt: Mark?
  }

  private let domain: UInt16
  private let intid: UInt32
  private var courses: [UInt32: Course] = [:]
  /// The last entry of each vCPU.
  private var entries: [UInt32: UInt64] = [:]
  private static let vcpuLimit = 4096

  /// A follower of one interrupt.
  public init(domain: UInt16, intid: UInt32) {
    (self.domain, self.intid) = (domain, intid)
  }

  /// Takes in a batch.
  public func consume(_ batch: ReplayBatch) {
    for t in batch.transitions where t.domain == domain && t.intid == intid { take(t) }
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    for event in batch.events {
      let number = numbers.take(event)
      guard event.domain == domain else { continue }
      switch event.kind {
      case .inject where event.intid == intid: attempt(event, number)
      case .guestEnter where entries[event.pe] != nil || entries.count < Self.vcpuLimit: entries[event.pe] = number
      case .guestExit: leave(event, number)
      default: break
      }
    }
  }

  private func key(_ pe: UInt32) -> UInt32 { INTID.isBanked(intid) ? pe : PE.none }

  /// The course for a vCPU; nil if there is no room for another.
  private func course(_ key: UInt32) -> Course? {
    courses[key] ?? (courses.count < Self.vcpuLimit ? Course() : nil)
  }

  /// Somebody tries to change its line.
  private func attempt(_ event: Event, _ number: UInt64) {
    let key = key(event.pe)
    guard var course = course(key) else { return }
    if event.level { course.raises += 1 } else { course.lowers += 1 }
    course.attempt = Mark(event: number, time: event.time)
    courses[key] = course
  }

  private func take(_ t: Transition) {
    let key = key(t.pe)
    guard var course = course(key) else { return }
    let mark = Mark(event: t.event, time: t.time)
    switch t.kind {
    case .pending, .merged:
      course.raised = mark
      course.cause = t.pending.cause
      (course.listed, course.over, course.back, course.ended) = (nil, nil, nil, nil)
    case .retargeted: course.routed = mark
    case .enabled, .disabled: course.enabled = mark
    case .priorityChanged: course.prioritised = mark
    case .lrFilled:
      course.listed = Mark(event: t.event, time: t.time, detail: UInt64(t.listRegister.index))
      (course.vcpu, course.back, course.ended) = (t.pe, nil, nil)
    case .lrOverflow: course.over = mark
    case .lrEmptied:
      course.back = mark
      course.ended = .registersShown
    case .guestOutcome:
      course.back = course.back ?? mark
      course.ended = InferenceRule(rawValue: t.guestOutcome.rule)
    default: break
    }
    courses[key] = course
  }

  /// A vCPU leaves its guest: what its list registers held is taken back.
  private func leave(_ event: Event, _ number: UInt64) {
    let key = key(event.pe)
    guard let course = courses[key], let listed = course.listed, listed.event < number, course.vcpu == event.pe,
      course.back == nil
    else { return }
    courses[key]?.back = Mark(event: number, time: event.time)
  }

  // MARK: The ladder

  /// The way of the interrupt, for one vCPU or for each that it is known of.
  ///
  /// - Parameter states: what the model says of it now.
  public func ladders(pe: UInt32?, _ states: [GuestInterruptState]) -> [DeliveryLadder] {
    guard INTID.isBanked(intid) else { return [ladder(PE.none, states.first)] }
    let vcpus = pe.map { [$0] } ?? Set(courses.keys).union(states.compactMap(\.target)).sorted()
    return (vcpus.isEmpty ? [0] : Array(vcpus.prefix(8))).map { vcpu in
      ladder(vcpu, states.first { $0.target == vcpu })
    }
  }

  private func ladder(_ key: UInt32, _ state: GuestInterruptState?) -> DeliveryLadder {
    let course = courses[key] ?? Course()
    var rungs = [source(course), routed(course, state), enabled(course, state)]
    rungs.append(pending(course, state))
    rungs.append(listed(course, state))
    rungs.append(back(course, state))
    let target = key != PE.none ? key : state?.target ?? course.vcpu
    return DeliveryLadder(
      domain: domain, intid: intid, pe: target, rungs: rungs, conclusion: conclusion(course, state, target))
  }

  private func rung(
    _ name: String, _ state: DeliveryLadder.State, _ text: String, _ mark: Mark?
  ) -> DeliveryLadder.Rung {
    DeliveryLadder.Rung(name, state, text, event: mark?.event, time: mark?.time)
  }

  private func source(_ course: Course) -> DeliveryLadder.Rung {
    let attempts = attempts(course)
    guard let raised = course.raised else {
      return rung("source", .unknown, attempts ?? "no event shows that it was raised", course.attempt)
    }
    let how =
      switch course.cause {
      case .line: "its line was raised"
      case .register: "a guest wrote its pending bit"
      case .sgi: "a vCPU sent it"
      case .msi: "a device wrote its message"
      default: "it was raised"
      }
    return rung("source", .holds, how + (attempts.map { "; \($0)" } ?? ""), raised)
  }

  /// `6,939 attempts to inject it, 3,470 of which raise it`; nil if there were none.
  private func attempts(_ course: Course) -> String? {
    let count = course.raises + course.lowers
    guard count > 0 else { return nil }
    if count == 1 { return "1 attempt to inject it, which \(course.raises > 0 ? "raises" : "lowers") it" }
    let raising = course.raises == 0 ? "none" : course.lowers == 0 ? "all" : course.raises.grouped
    return "\(count.grouped) attempts to inject it, \(raising) of which raise it"
  }

  private func routed(_ course: Course, _ state: GuestInterruptState?) -> DeliveryLadder.Rung {
    if INTID.isBanked(intid) { return rung("routed", .holds, "it is private to its vCPU", nil) }
    guard let target = state?.target else {
      return rung("routed", .unknown, "no event shows which vCPU it goes to", nil)
    }
    return rung("routed", .holds, "it goes to vCPU \(target)", course.routed)
  }

  private func enabled(_ course: Course, _ state: GuestInterruptState?) -> DeliveryLadder.Rung {
    let priority = state?.priority.map { ", priority 0x" + String($0, radix: 16) } ?? ""
    switch (state?.isEnabled, state?.isForwarded) {
    case (false, _): return rung("enabled", .broken, "the guest has it disabled" + priority, course.enabled)
    case (_, false): return rung("enabled", .broken, "the guest's Distributor is off" + priority, course.enabled)
    case (true, true): return rung("enabled", .holds, "the guest has it enabled" + priority, course.enabled)
    default: return rung("enabled", .unknown, "no event shows whether it is enabled" + priority, course.enabled)
    }
  }

  private func pending(_ course: Course, _ state: GuestInterruptState?) -> DeliveryLadder.Rung {
    guard course.raised != nil || course.listed != nil else {
      return rung("pending", course.raised == nil ? .open : .unknown, "it was not seen pending", nil)
    }
    guard let vcpu = course.vcpu ?? state?.listedOn else {
      return rung("pending", .unknown, "it is pending; whose list it is on is not known", course.raised)
    }
    return rung("pending", .holds, "it came onto the list of vCPU \(vcpu)", course.raised ?? course.listed)
  }

  private func listed(_ course: Course, _ state: GuestInterruptState?) -> DeliveryLadder.Rung {
    if let listed = course.listed, let vcpu = course.vcpu {
      let how = state?.rule == .registersShown ? "" : ", by the model"
      return rung("listed", .holds, "list register \(listed.detail) of vCPU \(vcpu) held it\(how)", listed)
    }
    if let over = course.over { return rung("listed", .broken, "no list register was free for it", over) }
    guard course.raised != nil else { return rung("listed", .open, "it does not come to that", nil) }
    if isBlocked(state) { return rung("listed", .open, "it does not come to that", nil) }
    guard let vcpu = state?.target, !hasEntered(vcpu, since: course) else {
      return rung("listed", .unknown, "no event shows a list register that held it", nil)
    }
    return rung("listed", .broken, "vCPU \(vcpu) has not entered its guest since", nil)
  }

  private func isBlocked(_ state: GuestInterruptState?) -> Bool {
    state?.isEnabled == false || state?.isForwarded == false
  }

  private func hasEntered(_ vcpu: UInt32, since course: Course) -> Bool {
    guard let entry = entries[vcpu], let raised = course.raised else { return false }
    return entry > raised.event
  }

  private func back(_ course: Course, _ state: GuestInterruptState?) -> DeliveryLadder.Rung {
    guard course.listed != nil else { return rung("taken-back", .open, "it was in no list register", nil) }
    guard let back = course.back else {
      return rung("taken-back", .open, "its vCPU is in its guest", nil)
    }
    switch (state?.isPending, state?.isActive) {
    case (false, false): return rung("taken-back", .holds, "the guest had ended it (\(name(course)))", back)
    case (_, true): return rung("taken-back", .holds, "the guest has acknowledged it and not ended it", back)
    case (true, false): return rung("taken-back", .holds, "it is pending", back)
    default: return rung("taken-back", .unknown, "no event shows what the guest did with it", back)
    }
  }

  private func name(_ course: Course) -> String { (course.ended ?? .shown).name }

  private func conclusion(_ course: Course, _ state: GuestInterruptState?, _ target: UInt32?) -> String {
    let kind = RegisterClass(intid).name
    let whom = target.map { " vCPU \($0)" } ?? " its vCPU"
    if course.listed != nil {
      guard course.back != nil else { return "\(kind) \(intid) was delivered to\(whom), which is in its guest." }
      switch (state?.isPending, state?.isActive) {
      case (false, false): return "\(kind) \(intid) was delivered to\(whom), and ended."
      case (_, true): return "\(kind) \(intid) was delivered to\(whom), which is still handling it."
      case (true, false): return "\(kind) \(intid) is pending for\(whom)."
      default: return "\(kind) \(intid) was delivered to\(whom); whether it ended is not known."
      }
    }
    guard course.raised != nil else {
      if let attempts = attempts(course) {
        return "\(kind) \(intid) for\(whom): \(attempts); whether it was delivered is not shown."
      }
      return courses.isEmpty && state == nil
        ? "This capture shows nothing about \(kind) \(intid) for guest \(domain)."
        : "No event shows that \(kind) \(intid) was raised for guest \(domain)."
    }
    if state?.isEnabled == false { return "\(kind) \(intid) was not delivered: the guest has it disabled." }
    if state?.isForwarded == false { return "\(kind) \(intid) was not delivered: the guest's Distributor is off." }
    if course.over != nil { return "\(kind) \(intid) waits for a list register of\(whom)." }
    guard let vcpu = state?.target else { return "\(kind) \(intid) was raised; which vCPU it goes to is not known." }
    return hasEntered(vcpu, since: course)
      ? "\(kind) \(intid) was raised; no event shows that\(whom) was given it."
      : "\(kind) \(intid) waits for\(whom) to enter its guest."
  }
}
