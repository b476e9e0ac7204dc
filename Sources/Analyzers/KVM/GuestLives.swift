import InterruptTrace

/// The lives of guests' interrupts, from a hypervisor's own tracing: from the injection over the entry that put them into a
/// list register to the exit by which the guest had done with them.
///
/// Mainline tracepoints show no acknowledge and no end of a guest, so these lives have neither. What was in a list register
/// at an entry and is not at the vCPU's next has ended by the exit between: *inferred* where a rule of the model told so at
/// the exit or thereafter, else *assumed*.
struct GuestLives: ~Copyable {
  struct Entry: BitwiseCopyable {
    var life = InterruptLife()
    /// One that became pending while a list register held the first.
    var next = InterruptLife()
    var isUsed = false
    var hasNext = false
    /// A rule has told since the exit that it had ended.
    var hasEnded = false
    /// Event of the last entry at which a list register held it, or would have if there had been one more.
    var heldAt: UInt64 = .max
    /// The vCPU of that entry.
    var vcpu = PE.none
  }

  /// A vCPU: what its list registers hold.
  struct VCPU: BitwiseCopyable {
    var held = InlineArray<64, UInt64>(repeating: 0)
    var heldCount = 0
    /// The same of the entry whose transitions come just now.
    var loading = InlineArray<64, UInt64>(repeating: 0)
    var loadingCount = 0
    var exitTime: UInt64 = 0
    var exitEvent: UInt64 = 0
    var entryTime: UInt64 = 0
    var entryEvent: UInt64 = 0
  }

  private var entries = LiveTable(Entry())
  private var vcpus = DenseTable(VCPU(), limit: 1 << 14)
  private var lastGap: UInt64?
  /// Lives that have come to their close in this batch.
  private(set) var lives = LifeBuffer()
  private let filter: TransitionFilter?
  /// Interrupts that are followed at a time: a capture's INTIDs are not trusted.
  private static let limit = 1 << 14

  init(filter: TransitionFilter? = nil) { self.filter = filter }

  /// A batch begins: whoever wanted the lives of the one before has them.
  mutating func begin() { lives.removeAll() }

  /// Gives the lives of the batch to whoever wants them.
  func handOut(to consumer: LifeConsumer) throws { try consumer(lives.lives) }

  private static func key(_ t: Transition) -> UInt64 {
    InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid).rawValue
  }

  private static func vcpuKey(_ domain: UInt16, _ vcpu: UInt32) -> UInt64 { UInt64(domain) << 32 | UInt64(vcpu) }

  // MARK: What the model says

  /// Takes in a transition of a guest. O(1).
  mutating func take(_ t: Transition) {
    switch t.kind {
    case .pending: pending(t)
    case .merged: merged(t)
    case .pendingCleared: cleared(t)
    case .lrFilled: filled(t)
    case .lrOverflow: if let entry = entries.find(Self.key(t)), entry.pointee.isUsed { hold(entry, t) }
    case .lrEmptied: emptied(t)
    // A guess is none: that it is in no list register any more tells as much.
    case .guestOutcome: if t.guestOutcome.hasEnded, t.provenance != .assumed { ended(t) }
    default: break
    }
  }

  private static func life(_ t: Transition) -> InterruptLife {
    var life = InterruptLife(ofGuest: t)
    (life.pendingTime, life.pendingEvent) = (t.time, t.event)
    life.cause = t.pending.causeNumber
    life.shown = .pending
    if t.pending.cause == .sgi, t.pending.hasSourcePE {
      life.source = t.pending.source
      life.shown.insert(.source)
    }
    life.rest(on: t.provenance)
    return life
  }

  private mutating func pending(_ t: Transition) {
    guard entries.count < Self.limit || entries.find(Self.key(t)) != nil else { return }
    let entry = entries.insert(Self.key(t))
    if !entry.pointee.isUsed {
      entry.pointee.life = Self.life(t)
      entry.pointee.isUsed = true
    } else if !entry.pointee.life.shown.contains(.listed) {
      entry.pointee.life.merged &+= 1
    } else if entry.pointee.hasNext {
      entry.pointee.next.merged &+= 1
    } else {
      entry.pointee.next = Self.life(t)
      entry.pointee.hasNext = true
    }
  }

  private mutating func merged(_ t: Transition) {
    guard let entry = entries.find(Self.key(t)), entry.pointee.isUsed else { return }
    if entry.pointee.hasNext {
      entry.pointee.next.merged &+= 1
    } else if !entry.pointee.life.shown.contains(.listed) {
      entry.pointee.life.merged &+= 1
    }
  }

  /// A line that falls while a list register holds the interrupt changes nothing about it.
  private mutating func cleared(_ t: Transition) {
    guard let entry = entries.find(Self.key(t)), entry.pointee.isUsed else { return }
    let isListed = entry.pointee.life.shown.contains(.listed)
    guard entry.pointee.hasNext || !isListed else { return }
    var life = isListed ? entry.pointee.next : entry.pointee.life
    entry.pointee.hasNext = false
    if !isListed { entries.remove(Self.key(t)) }
    (life.endTime, life.endEvent) = (t.time, t.event)
    life.rest(on: t.provenance)
    close(life, .withdrawn)
  }

  private mutating func filled(_ t: Transition) {
    let key = Self.key(t)
    guard entries.count < Self.limit || entries.find(key) != nil else { return }
    let entry = entries.insert(key)
    if entry.pointee.isUsed, entry.pointee.hasNext || entry.pointee.hasEnded {
      finish(entry, vcpus.find(Self.vcpuKey(t.domain, t.pe))?.pointee)
    }
    if !entry.pointee.isUsed {
      entry.pointee.life = InterruptLife(ofGuest: t)
      entry.pointee.isUsed = true
    }
    if !entry.pointee.life.shown.contains(.listed) {
      entry.pointee.life.pe = t.pe
      entry.pointee.life.list(t, register: t.listRegister.index)
    }
    hold(entry, t)
  }

  private mutating func hold(_ entry: UnsafeMutablePointer<Entry>, _ t: Transition) {
    guard vcpus.count < Self.limit || vcpus.find(Self.vcpuKey(t.domain, t.pe)) != nil else { return }
    entry.pointee.heldAt = t.event
    entry.pointee.vcpu = t.pe
    let vcpu = vcpus.insert(Self.vcpuKey(t.domain, t.pe))
    guard vcpu.pointee.loadingCount < 64 else { return }
    vcpu.pointee.loading[vcpu.pointee.loadingCount] = Self.key(t)
    vcpu.pointee.loadingCount += 1
  }

  /// The model says that its list register was found empty.
  private mutating func emptied(_ t: Transition) {
    guard let entry = entries.find(Self.key(t)), entry.pointee.isUsed, entry.pointee.life.shown.contains(.listed) else {
      return
    }
    entry.pointee.life.deactivate(t)
    close(entry.pointee.life, .ended)
    goOn(entry, Self.key(t))
  }

  /// It had ended by the last exit, which the capture showed before this.
  private mutating func ended(_ t: Transition) {
    guard let entry = entries.find(Self.key(t)), entry.pointee.isUsed, entry.pointee.life.shown.contains(.listed) else {
      return
    }
    entry.pointee.hasEnded = true
  }

  // MARK: What the capture says

  /// A vCPU enters its guest; what followed from the entry has been taken in. What its list registers held the last time,
  /// and do not now, had ended by its exit. O(list registers).
  mutating func entered(domain: UInt16, vcpu number: UInt32, time: UInt64, event: UInt64) {
    guard let vcpu = vcpus.find(Self.vcpuKey(domain, number)) else { return }
    for n in 0..<vcpu.pointee.heldCount {
      let key = vcpu.pointee.held[n]
      guard let entry = entries.find(key), entry.pointee.vcpu == number, entry.pointee.heldAt != event,
        entry.pointee.life.shown.contains(.listed)
      else { continue }
      finish(entry, vcpu.pointee)
      if !entry.pointee.isUsed { entries.remove(key) }
    }
    vcpu.pointee.held = vcpu.pointee.loading
    vcpu.pointee.heldCount = vcpu.pointee.loadingCount
    vcpu.pointee.loadingCount = 0
    (vcpu.pointee.entryTime, vcpu.pointee.entryEvent) = (time, event)
  }

  /// A vCPU has left its guest.
  mutating func left(domain: UInt16, vcpu: UInt32, time: UInt64, event: UInt64) {
    guard let vcpu = vcpus.find(Self.vcpuKey(domain, vcpu)) else { return }
    (vcpu.pointee.exitTime, vcpu.pointee.exitEvent) = (time, event)
  }

  /// The capture lost events.
  mutating func gap(at time: UInt64) { lastGap = time }

  // MARK: The end of a life

  /// It had ended by the vCPU's last exit, or if that is missing by its last entry: a rule has told, or nothing but its
  /// absence does.
  private mutating func finish(_ entry: UnsafeMutablePointer<Entry>, _ vcpu: VCPU?) {
    let hasExit = (vcpu?.exitEvent ?? 0) > entry.pointee.life.listedEvent
    let life = entry.pointee.life
    entry.pointee.life.deactivationTime = (hasExit ? vcpu?.exitTime : vcpu?.entryTime) ?? life.listedTime
    entry.pointee.life.deactivationEvent = (hasExit ? vcpu?.exitEvent : vcpu?.entryEvent) ?? life.listedEvent
    entry.pointee.life.shown.insert(.deactivation)
    entry.pointee.life.rest(on: entry.pointee.hasEnded ? .inferred : .assumed)
    entry.pointee.hasEnded = false
    close(entry.pointee.life, .ended)
    entry.pointee.isUsed = entry.pointee.hasNext
    entry.pointee.life = entry.pointee.next
    entry.pointee.hasNext = false
  }

  private mutating func goOn(_ entry: UnsafeMutablePointer<Entry>, _ key: UInt64) {
    guard entry.pointee.hasNext else { return entries.remove(key) }
    entry.pointee.hasEnded = false
    entry.pointee.life = entry.pointee.next
    entry.pointee.hasNext = false
  }

  private mutating func close(_ life: InterruptLife, _ outcome: InterruptLife.Outcome) {
    if let filter, !filter.includes(domain: life.domain, pe: life.pe, intid: life.intid) { return }
    var life = life
    life.outcome = outcome
    life.spansGap = lastGap.map { $0 >= life.firstTime } ?? false
    lives.append(life)
  }

  /// Closes the lives that the capture leaves open, in the order of their keys.
  mutating func closeAll() {
    lives.removeAll()
    for (_, entry) in entries.sorted() where entry.isUsed {
      close(entry.life, entry.life.shown.contains(.listed) ? .listedAtEnd : .pendingAtEnd)
      if entry.hasNext { close(entry.next, .pendingAtEnd) }
    }
  }
}
