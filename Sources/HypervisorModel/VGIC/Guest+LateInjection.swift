/// The list registers are filled a while before the entry is traced. What another CPU injects in between is queued, and
/// takes the vCPU out of its guest again at once, but is not in them.
extension Guest {
  private static var injectionLimit: Int { 64 }

  /// The injection as it is to be remembered; nil if it comes from the vCPU's own CPU, which does one thing at a time.
  func remembered(_ place: Int, _ change: RecentInjection.Change, cpu: UInt32, _ event: UInt64) -> RecentInjection? {
    let target = interrupts[place].target
    guard target >= 0, Int(target) < vcpus.count, vcpus[Int(target)].cpu != cpu else { return nil }
    return RecentInjection(
      place: place, change: change, before: interrupts[place], event: event, cpu: cpu,
      isOfInterrupt: activity.isInterrupted(cpu))
  }

  /// Remembers an injection that was accepted.
  func remember(_ injection: RecentInjection?) {
    guard let injection else { return }
    let vcpu = Int(injection.before.target)
    // What came while the vCPU was in its guest waits for the next entry, unless it is a long time in coming.
    if vcpus[vcpu].isInside { vcpus[vcpu].injections.removeAll { activity.hasFinished($0) } }
    if vcpus[vcpu].injections.count < Self.injectionLimit { vcpus[vcpu].injections.append(injection) }
  }

  /// Takes back the injections that came after the list registers were filled: those behind an IPI that the vCPU's CPU has
  /// not taken, and the one that was the cause of it.
  func takeLate(_ vcpu: Int, _ ipi: PendingIPI?) -> [RecentInjection] {
    // An older one would have been taken since.
    guard let ipi, ipi.event > vcpus[vcpu].exitEvent else { return [] }
    let injections = vcpus[vcpu].injections
    // The cause is what the sender injected just before it sent, and did nothing else in between.
    let cause = injections.lastIndex {
      $0.event < ipi.event && $0.cpu == ipi.sender && $0.event >= ipi.senderBefore
    }
    let first = cause.map { firstOfOneGo($0, injections, ipi) } ?? injections.firstIndex { $0.event > ipi.event }
    guard let first else { return [] }
    let late = injections[first...]
    vcpus[vcpu].injections.removeSubrange(first...)
    for injection in late.reversed() {
      if injection.before.owner < 0, interrupts[injection.place].owner >= 0 {
        let owner = Int(interrupts[injection.place].owner)
        vcpus[owner].list.removeAll { $0 == injection.place }
      }
      interrupts[injection.place] = injection.before
    }
    return Array(late)
  }

  /// Forgets the injections that have come by the vCPU's exit.
  func dropFinished(_ vcpu: Int) {
    if !vcpus[vcpu].injections.isEmpty { vcpus[vcpu].injections.removeAll { activity.hasFinished($0) } }
  }

  /// The first of the lines that the sender lowered just before it injected the cause: a line that falls sends no IPI.
  private func firstOfOneGo(_ cause: Int, _ injections: [RecentInjection], _ ipi: PendingIPI) -> Int {
    var first = cause
    while first > 0, injections[first - 1].cpu == ipi.sender, injections[first - 1].event >= ipi.senderBefore,
      case .line(false) = injections[first - 1].change
    {
      first -= 1
    }
    return first
  }

  /// Queues a late injection, now that the vCPU is in its guest.
  func putBack(_ injection: RecentInjection) {
    let place = injection.place
    switch injection.change {
    case .line(let level):
      if interrupts[place].queued.traits.contains(.level) {
        interrupts[place].queued.traits.set(.line, to: level)
      } else {
        interrupts[place].queued.traits.insert(.latched)
      }
    case .latch(let source):
      interrupts[place].queued.traits.insert(.latched)
      interrupts[place].queued.sources |= source
    }
    queue(place)
  }
}
