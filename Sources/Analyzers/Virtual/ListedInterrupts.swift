import HypervisorModel
import InterruptTrace

/// Follows each interrupt in a list register by the time that its guest runs: what a guest does not do in an hour of
/// waiting for a CPU is no sign of anything, what it does not do in a millisecond of its own may be.
///
/// The guest runs while the virtual CPU interface is enabled. What an exit takes out of the list registers and the next
/// entry loads again goes on where it was; what is not loaded again went to another PE, or waits for a list register if the
/// hypervisor says that there are too few (UIE, NPIE, LRENPIE). Guests are told apart by PE only.
struct ListedInterrupts: ~Copyable {
  /// Banks, so that memory does not grow with the PEs that a damaged capture names.
  private static let limit = 4096

  var banks = LiveTable(Bank())
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
    guard banks.count < Self.limit || banks.find(key) != nil else { return nil }
    return banks.insert(key)
  }

  // MARK: Entry and exit

  mutating func entered(_ t: Transition) {
    guard let bank = bank(t) else { return }
    settle(bank, t)
    bank.pointee.isEnabled = true
    let asked = HypervisorControlBits(rawValue: t.virtualInterface.control)
    let isPressed = asked.asksForRegisters
    bank.pointee.dropMoved()
    if bank.pointee.isPressed { bank.pointee.pressedBefore = bank.pointee.pressedSince }
    if isPressed, !bank.pointee.isPressed { bank.pointee.pressedSince = Moment(t) }
    bank.pointee.wasPressed = bank.pointee.isPressed
    bank.pointee.isPressed = isPressed
    bank.pointee.lastEntry = Moment(t)
    bank.pointee.entries &+= 1
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

  /// `physical`: when the hypervisor acknowledged the physical interrupt of a hardware-linked one, if it did.
  mutating func filled(_ t: Transition, physical: Moment?) {
    guard t.listRegister.index < 16, let bank = bank(t) else { return }
    settle(bank, t)
    let (n, value) = (Int(t.listRegister.index), ListRegisterValue(t.listRegister))
    defer { bank.pointee.noteChange(of: n) }
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
    if bank.pointee.wasPressed { noteLate(t, bank, physical: physical) }
  }

  mutating func emptied(_ t: Transition) {
    guard t.listRegister.index < 16, let bank = bank(t) else { return }
    settle(bank, t)
    let list = Int(t.listRegister.index)
    var entry = bank.pointee.lists[list]
    bank.pointee.lists[list] = Entry()
    bank.pointee.noteChange(of: list)
    guard entry.intid != INTID.none, entry.isPending || entry.isActive else { return }
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
      if !INTID.isLPI(t.intid) { noteUnlistedEnd(t, stashed, bank) }
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
    banks.forEach { _, bank in
      let control = bank.pointee.control
      bank.pointee = Bank()
      bank.pointee.control = control
    }
  }
}
