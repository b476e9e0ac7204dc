import HypervisorModel

/// What the guest does, with the list registers as they are here.
extension ListRegisterSimulation {
  /// The guest takes what it has taken in the capture and now finds in a list register, the highest priority first.
  func takeWanted(at time: UInt64) {
    while let n = nextWanted { activate(n, at: time) }
  }

  /// The list register whose interrupt the guest takes next. Nothing is taken past one that the guest is late with and
  /// that has the same or a higher priority: what it could take in the capture followed that one's end.
  private var nextWanted: Int? {
    let limit = late.compactMap { place(of: $0) }.map { list[$0].priority }.min()
    var best: (n: Int, priority: UInt8)?
    for n in registers.indices {
      guard let value = registers[n], value.isPending, !value.isActive else { continue }
      guard courses[value.intid(hasGICv2Guest: false)]?.wanted != nil else { continue }
      if let limit, value.priority >= limit { continue }
      if best.map({ value.priority < $0.priority }) ?? true { best = (n, value.priority) }
    }
    return best?.n
  }

  private func activate(_ n: Int, at time: UInt64) {
    guard let value = registers[n] else { return }
    let intid = value.intid(hasGICv2Guest: false)
    registers[n] = value.acknowledged
    if let place = place(of: intid), list[place].traits.contains(.level) { list[place].traits.remove(.latched) }
    guard var course = courses[intid] else { return }
    let wanted = course.wanted ?? time
    course.delay = time >= wanted ? time - wanted : 0
    course.wanted = nil
    if course.delay > 0 {
      delays.record(course.delay)
      late.append(intid)
    }
    let service = course.service
    course.service = nil
    courses[intid] = course
    if let service { schedule(intid, at: time &+ service) }
    if control.contains(.noPending), !registers.contains(where: { $0?.isPending == true }) {
      ask(.noPending, at: time)
    }
  }

  /// The guest ends an interrupt, which deactivates it.
  func finish(_ intid: UInt32, at time: UInt64) {
    late.removeAll { $0 == intid }
    courses[intid]?.delay = 0
    courses[intid]?.isEnding = false
    if let n = register(of: intid), let value = registers[n], value.isActive {
      registers[n] = value.ended
      if !value.isPending { freed(n, value, at: time) }
    } else if let place = place(of: intid), list[place].isActive {
      endedUnlisted(place, at: time)
    }
    if courses[intid]?.comesAgain == true, let place = place(of: intid) {
      courses[intid]?.comesAgain = false
      list[place].traits.insert(.latched)
      reload(at: time)
    }
    takeWanted(at: time)
  }

  private func freed(_ n: Int, _ value: ListRegisterValue, at time: UInt64) {
    takeBack(n)
    // The exit that it causes is the capture's too, with what the hypervisor loads thereafter.
    if value.asksAtEnd, !value.isHardware { count(.end) }
    if control.contains(.underflow), registers.count(where: { $0?.isValid == true }) <= 1 {
      ask(.underflow, at: time)
    }
  }

  /// The end hits no list register. EOIcount tells a hypervisor that asks; else the interrupt stays active in truth, and
  /// is no longer so here, so that one loss counts once. While the hypervisor has taken all back no guest runs: then the
  /// end is one that this replay comes to late.
  private func endedUnlisted(_ place: Int, at time: UInt64) {
    list[place].isActive = false
    guard control.contains(.enable) else { return }
    if control.contains(.entryNotPresent) {
      ask(.entryNotPresent, at: time)
    } else {
      outlook.lostEnds += 1
    }
  }

  private func ask(_ cause: MaintenanceCause, at time: UInt64) {
    guard nextLoad == nil else { return }
    count(cause)
    reload(at: time)
  }

  private func reload(at time: UInt64) { nextLoad = min(nextLoad ?? .max, time &+ maintenanceCost) }

  private func count(_ cause: MaintenanceCause) { outlook.maintenanceByCause[Int(cause.rawValue)] += 1 }
}

extension ListRegisterValue {
  private var pendingBit: UInt64 { format == .gich ? 1 << 28 : 1 << 62 }
  private var activeBit: UInt64 { format == .gich ? 1 << 29 : 1 << 63 }

  /// The value after the guest took the interrupt.
  fileprivate var acknowledged: ListRegisterValue { ListRegisterValue(bits & ~pendingBit | activeBit, format) }
  /// The value after the guest's end of interrupt.
  fileprivate var ended: ListRegisterValue { ListRegisterValue(bits & ~activeBit, format) }
}
