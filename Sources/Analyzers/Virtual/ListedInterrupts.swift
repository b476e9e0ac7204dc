import HypervisorModel
import InterruptTrace

/// Follows each interrupt in a list register by the time that its guest runs: what a guest does not do in an hour of
/// waiting for a CPU is no sign of anything, what it does not do in a millisecond of its own may be.
///
/// The guest runs while the virtual CPU interface is enabled. What an exit takes out of the list registers and the next
/// entry loads again goes on where it was; what is not loaded again went to another PE, or waits for a list register if the
/// hypervisor says that there are too few (UIE, NPIE, LRENPIE). Guests are told apart by PE only: where a vCPU's state is
/// loaded (``TransitionKind/vCPULoaded``), what its interrupts have been through is not known.
struct ListedInterrupts: ~Copyable {
  /// By domain and PE. Banks are large: there is a limit to the PEs that a damaged capture names.
  var banks = DenseTable(Bank(), limit: 4096)
  var waits = VirtualWaits()
  /// What interrupts waited for a list register, by PE and virtual INTID.
  var overflows = LiveTable(Overflow())
  /// From acknowledge to end, from end to deactivation, and from listed to acknowledge, in the guest's time.
  private(set) var services = SpanCounts()
  private(set) var deactivations = SpanCounts()
  private(set) var delays = SpanCounts()

  /// The bank of a PE; nil for one too many.
  @inline(__always) mutating func bank(_ t: Transition) -> UnsafeMutablePointer<Bank>? {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    return banks.insertIfRoom(key)
  }

  // MARK: Entry and exit

  mutating func entered(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    bank.pointee.isEnabled = true
    bank.pointee.isFresh = true
    if t.kind == .virtualInterfaceEnabled { bank.pointee.isAssumed = t.provenance == .assumed }
    bank.pointee.dropMoved()
    if bank.pointee.isPressed { bank.pointee.pressedBefore = bank.pointee.pressedSince }
    bank.pointee.wasPressed = bank.pointee.isPressed
    bank.pointee.isPressed = false
    bank.pointee.isAsked = HypervisorControlBits(rawValue: t.virtualInterface.control).asksForRegisters
    bank.pointee.listRegisters = t.virtualInterface.listRegisters
    bank.pointee.lastEntry = Moment(t)
    bank.pointee.entries &+= 1
    bank.pointee.notePressed()
  }

  /// The guest shows that it runs: of a hypervisor that leaves the interface enabled, an entry.
  mutating func ran(_ t: Transition) {
    guard let bank = bank(t) else { return }
    if !bank.pointee.isFresh { entered(t) }
    bank.pointee.isFresh = false
    bank.pointee.load.end()
  }

  /// Another vCPU may have the PE now.
  mutating func loadedVCPU(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    for n in 0..<16 where bank.pointee.lists[n].intid != INTID.none {
      bank.pointee.lists[n].forget(t, bank.pointee.clock)
    }
    bank.pointee.stashCount = 0
    bank.pointee.load.begin()
  }

  mutating func exited(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    bank.pointee.isEnabled = false
  }

  mutating func controlChanged(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    bank.pointee.control = t.virtualControl.bits | t.virtualControl.known << 16
    bank.pointee.controlEvent = t.event
  }

  // MARK: List registers

  mutating func written(_ t: Transition) { bank(t)?.pointee.load.write(t) }

  /// `physical`: when the hypervisor acknowledged the physical interrupt of a hardware-linked one, if it did.
  mutating func filled(_ t: Transition, physical: Moment?) {
    guard t.listRegister.index < 16, let bank = bank(t) else { return }
    settle(bank, t)
    let (n, value) = (Int(t.listRegister.index), ListRegisterValue(t.listRegister))
    defer {
      bank.pointee.noteChange(of: n)
      bank.pointee.notePressed()
    }
    if bank.pointee.lists[n].intid == t.intid {
      bank.pointee.lists[n].update(value, bank.pointee.clock)
      return
    }
    if let stashed = bank.pointee.takeStashed(t.intid, isActive: value.isActive) {
      bank.pointee.lists[n] = resume(stashed, t, bank)
      bank.pointee.lists[n].update(value, bank.pointee.clock)
      return
    }
    bank.pointee.lists[n] = Entry(t, value, bank.pointee.clock, taken: bank.pointee.acknowledges)
    if bank.pointee.wasPressed, !bank.pointee.load.isRestoring { noteLate(t, bank, physical: physical) }
  }

  mutating func emptied(_ t: Transition) {
    guard t.listRegister.index < 16, let bank = bank(t) else { return }
    settle(bank, t)
    let list = Int(t.listRegister.index)
    if t.provenance == .assumed { bank.pointee.isAssumed = true }
    var entry = bank.pointee.lists[list]
    bank.pointee.lists[list] = Entry()
    bank.pointee.noteChange(of: list)
    // What is found gone the guest has ended, which the capture does not show.
    guard entry.intid != INTID.none, entry.isPending || entry.isActive, !bank.pointee.load.isRestoring,
      t.provenance != .observed
    else { return }
    entry.takenOut = Moment(t)
    entry.takenOutClock = bank.pointee.clock
    entry.round = bank.pointee.entries
    bank.pointee.stash(entry)
  }

  // MARK: The guest

  mutating func acknowledged(_ t: Transition, isCounted: Bool) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    bank.pointee.isEnabled = true
    bank.pointee.acknowledges &+= 1
    let list = Int(min(t.listRegister.index, 16))
    guard list < 16, bank.pointee.lists[list].intid == t.intid else { return }
    let waited = bank.pointee.clock - bank.pointee.lists[list].since
    delays.add(time: waited.time, events: waited.events)
    if isCounted { waits.count(bank.pointee.lists[list].waits, InterruptClass(intid: t.intid)) }
    bank.pointee.lists[list].acknowledged(t, bank.pointee.clock, taken: bank.pointee.acknowledges)
    bank.pointee.noteChange(of: list)
  }

  mutating func ended(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    guard t.listRegister.index < 16 else {
      let stashed = bank.pointee.takeStashed(t.intid, isActive: true)
      if !INTID.isLPI(t.intid), !bank.pointee.isAssumed { noteUnlistedEnd(t, stashed, bank) }
      return
    }
    let list = Int(t.listRegister.index)
    guard bank.pointee.lists[list].intid == t.intid, bank.pointee.lists[list].isActive else { return }
    if bank.pointee.lists[list].acknowledgeEvent != .max, !bank.pointee.lists[list].isDropped {
      let span = bank.pointee.clock - bank.pointee.lists[list].since
      services.add(time: span.time, events: span.events)
    }
    bank.pointee.lists[list].ended(t, bank.pointee.clock)
    bank.pointee.noteChange(of: list)
  }

  mutating func deactivated(_ t: Transition) {
    guard t.listRegister.index < 16, let bank = bank(t) else { return }
    settle(bank, t)
    let list = Int(t.listRegister.index)
    guard bank.pointee.lists[list].intid == t.intid else { return }
    if bank.pointee.lists[list].isDropped {
      let span = bank.pointee.clock - bank.pointee.lists[list].since
      deactivations.add(time: span.time, events: span.events)
    }
    bank.pointee.lists[list].deactivated(t, bank.pointee.clock)
    bank.pointee.noteChange(of: list)
  }

  /// Events are missing: what is in the list registers from now on is not known.
  mutating func forget() {
    for number in 0..<UInt32(banks.count) {
      let bank = banks[number]
      let control = bank.pointee.control
      bank.pointee = Bank()
      bank.pointee.control = control
    }
  }
}
