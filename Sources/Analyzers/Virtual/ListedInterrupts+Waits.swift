import InterruptTrace

/// What interrupts in list registers wait for, and what interrupts wait for a list register.
extension ListedInterrupts {
  /// How one interrupt of one PE waited for a list register.
  struct Overflow: BitwiseCopyable {
    /// Waits that the capture shows: it had been listed, or its physical interrupt acknowledged, before.
    var waits: UInt64 = 0
    var total: UInt64 = 0
    var longest: UInt64 = 0
    /// Of the longest: where it came from, the entry that went without it, and where it was listed.
    var source = Moment()
    var entry = Moment()
    var listed = Moment()
    /// Of one that was first listed at the entry after: it waited no longer than this, if at all.
    var possible: UInt64 = 0
    var longestPossible: UInt64 = 0
    var possibleEntry = Moment()
    var possibleListed = Moment()
    /// Ends that hit no list register.
    var ends: UInt64 = 0
    var firstEnd = Moment()
    var lastEnd = Moment()
    /// Where the list register that held it before was taken back.
    var takenOut = Moment()
    /// Of ``ends``, those of what the guest was at, that the hypervisor took back and did not load again though it said of no
    /// shortage: where that entry was, and the end.
    var dropped: UInt64 = 0
    var droppedEntry = Moment()
    var droppedEnd = Moment()
  }

  // MARK: Causes

  /// Counts the time since the last change, of the guests' clock and for what is pending.
  @inline(__always) func settle(_ bank: UnsafeMutablePointer<Bank>, _ t: Transition) {
    defer { bank.pointee.counted = Moment(t) }
    bank.pointee.runOn(to: t.time, t.event)
    guard t.time > bank.pointee.counted.time else { return }
    var left = bank.pointee.waiting
    while left != 0 {
      charge(bank, left.trailingZeroBitCount, t.time)
      left &= left &- 1
    }
  }

  private func charge(_ bank: UnsafeMutablePointer<Bank>, _ n: Int, _ now: UInt64) {
    let settled = bank.pointee.lists[n].settled
    guard now > settled else { return }
    let priority = bank.pointee.lists[n].priority
    let isGroup1 = bank.pointee.lists[n].isGroup1
    let closed = Bank.isClosed(bank.pointee.control, isGroup1: isGroup1, priority: priority)
    let cause: VirtualWaitCause =
      if !bank.pointee.isEnabled {
        .guestNotRunning
      } else if closed.group || closed.mask {
        .masked
      } else if bank.pointee.running != 0, bank.pointee.runningPriority() <= priority {
        .activePriority
      } else {
        .acknowledge
      }
    bank.pointee.lists[n].waits.add(now &- settled, for: cause)
    bank.pointee.lists[n].settled = now
  }

  // MARK: Without a list register

  /// An interrupt that had been taken out is listed again.
  mutating func resume(_ stashed: Entry, _ t: Transition, _ bank: UnsafeMutablePointer<Bank>) -> Entry {
    var entry = stashed
    let ran = bank.pointee.clock - entry.takenOutClock
    entry.since.time &+= ran.time
    entry.since.events &+= ran.events
    let out = entry.leftOut.event == .max ? t.time : entry.leftOut.time
    if entry.isPending, !entry.isActive {
      entry.waits.add(out &- min(entry.settled, out), for: .guestNotRunning)
      entry.waits.add(t.time &- min(out, t.time), for: .noListRegister)
    }
    entry.settled = t.time
    if entry.leftOut.event != .max {
      noteWait(t, t.time &- min(out, t.time), from: entry.takenOut, entry: entry.leftOut)
      entry.leftOut = Moment()
    }
    return entry
  }

  private mutating func noteWait(_ t: Transition, _ span: UInt64, from source: Moment, entry: Moment) {
    let record = overflows.insert(Self.key(t))
    record.pointee.waits &+= 1
    record.pointee.total &+= span
    guard span >= record.pointee.longest else { return }
    record.pointee.longest = span
    record.pointee.source = source
    record.pointee.entry = entry
    record.pointee.listed = Moment(t)
  }

  /// A new interrupt is listed, and at the entry before there were more than list registers. If its physical interrupt had
  /// been acknowledged by then it was one of them; otherwise it may have been.
  mutating func noteLate(_ t: Transition, _ bank: UnsafeMutablePointer<Bank>, physical: Moment?) {
    // The present entry may be pressed too, and is not the one that went without it.
    let since = bank.pointee.isPressed ? bank.pointee.pressedSince : bank.pointee.pressedBefore
    guard since.event < bank.pointee.lastEntry.event else { return }
    if let physical, physical.event <= since.event {
      return noteWait(t, t.time &- min(since.time, t.time), from: physical, entry: since)
    }
    if physical != nil { return }
    let record = overflows.insert(Self.key(t))
    let span = t.time &- min(since.time, t.time)
    record.pointee.possible &+= 1
    guard span >= record.pointee.longestPossible else { return }
    record.pointee.longestPossible = span
    record.pointee.possibleEntry = since
    record.pointee.possibleListed = Moment(t)
  }

  /// The guest ended what stands in no list register.
  mutating func noteUnlistedEnd(_ t: Transition, _ stashed: Entry?, _ bank: UnsafeMutablePointer<Bank>) {
    let record = overflows.insert(Self.key(t))
    if record.pointee.ends == 0 { record.pointee.firstEnd = Moment(t) }
    record.pointee.ends &+= 1
    record.pointee.lastEnd = Moment(t)
    guard let stashed else { return }
    record.pointee.takenOut = stashed.takenOut
    guard !bank.pointee.isPressed, stashed.round < bank.pointee.entries else { return }
    record.pointee.dropped &+= 1
    record.pointee.droppedEntry = bank.pointee.lastEntry
    record.pointee.droppedEnd = Moment(t)
  }

  private static func key(_ t: Transition) -> UInt64 {
    InterruptKey(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }
}
