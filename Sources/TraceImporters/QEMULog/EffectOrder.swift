import InterruptTrace

/// Puts events into the order of their effects.
///
/// QEMU prints some lines after the lines they caused: a GICD, GICR or GITS write, an ICC_IAR read that acknowledged,
/// and a GICv2 read. All lines of one access are contiguous in the file, because one lock is held from the first to the
/// last. So when such a late line arrives, what it caused is the end of what was read so far, and the late event belongs
/// before it. How far back that reaches:
///
/// | late line | prints before itself |
/// |---|---|
/// | GICD write to a register that re-evaluates, INTID 32 and up | (update, set_irqs) of every PE, in ascending order |
/// | GICR write to a register that re-evaluates | (update, set_irqs) of the frame's PE |
/// | GICR_VPENDBASER write that changes Valid | (virt_update, virt_set_irqs) of the frame's PE |
/// | GITS write | everything from the first fetched command on |
/// | ICC_IAR read of an SGI, PPI or LPI | (update, set_irqs) of that PE |
/// | ICC_IAR read of an SPI | (update, set_irqs) of every PE |
/// | ICV_IAR read of a directly injected virtual LPI | (virt_update, virt_set_irqs) of that PE |
/// | GICC_IAR, GICV_IAR read | everything from the interface's acknowledge line on, a maintenance interrupt too |
///
/// An exception-level change prints (update, set_irqs, virt_update, virt_set_irqs) of its PE, outside any access; those
/// stay where they are. They can be told apart because a run of a write never holds virtual lines and, where the
/// capture has no virtual lines, because the number of pairs is known: one, or one per PE.
///
/// Evidence: sixteen recordings (QEMU 7.2.22 and 10.0.2; 1, 2, 4 and 8 PEs; with and without virtual lines; 17 million
/// lines). All of 297,000 ICC_IAR reads that acknowledged, 53,000 GICR writes named in ``reevaluates(gicr:)``, 19,000
/// GICR_VPENDBASER writes that changed Valid, 13,000 GITS_CWRITER writes, 2,300 GICD writes named in
/// ``reevaluates(gicd:)`` and 127,000 GICv2 acknowledgements were preceded by exactly what the table says; reads of
/// special INTIDs, and writes that are ignored (INTIDs that are not implemented), by nothing of their own.
///
/// A run may be cut short because the capture holds only some kinds of lines (`-trace` patterns): a pair may be a
/// single line. Text without a prefix (`-d`) is written outside the lock; it may stand anywhere and breaks no run.
struct EffectOrder: ~Copyable {
  /// Events that may wait for a late line that belongs before them: a long queue of ITS commands.
  private static let longestRun = 1 << 16
  /// Waiting events that are looked at when no ITS command is open.
  private static let waitLimit = 4096
  private static let capacity = longestRun + (1 << 15)

  /// The events, in the order of their effects up to ``settled``.
  private let events: UnsafeMutablePointer<Event>
  /// Number of events in the buffer.
  private(set) var count = 0
  /// Events before this one have their final place.
  private(set) var settled = 0
  /// When ``count`` reaches this, events must settle without a reason.
  private var waitEnd = waitLimit
  /// The first ITS command that was fetched since the last access, or -1.
  private(set) var commandRun = -1
  /// Whether an acknowledge line waits for its read.
  private var isAcknowledging = false
  /// Exception returns that keep their place until their PE is known.
  private var held = 0
  /// The first of them.
  private var firstHeld = Int.max
  /// The last event of those given out that was not an observation.
  private(set) var lastGiven: Event?
  /// Number of PEs that re-evaluate when all do, as far as known.
  var peCount = 0
  /// Runs of ITS commands that were longer than the buffer: the write that started them stays where it was printed.
  private(set) var overlong: UInt64 = 0

  init() {
    events = .allocate(capacity: Self.capacity)
    events.initialize(repeating: Event(time: 0, kind: EventKind(rawValue: 0)), count: Self.capacity)
  }

  deinit { events.deallocate() }

  // MARK: Taking in

  /// An observation: it may have been caused by a line that is still to come.
  @inline(__always) mutating func observe(_ event: Event) {
    events[count] = event
    count &+= 1
    if count >= waitEnd { makeRoom() }
  }

  /// An exception return whose PE is not known yet: nothing behind it is given out until it is.
  mutating func hold(_ event: Event) {
    if held == 0 { firstHeld = count }
    held += 1
    observe(event)
  }

  /// The PE of a return that is held is known.
  mutating func release(_ event: Event, as known: Event) {
    guard held > 0, let at = (0..<count).last(where: { Self.isSame(events[$0], event) }) else { return }
    held -= 1
    events[at] = known
    if at == firstHeld { firstHeld = (at + 1..<count).first { isHeld(events[$0]) } ?? .max }
  }

  private func isHeld(_ event: Event) -> Bool {
    event.kind == .exceptionReturn && event.pe == PE.none && !event.flags.contains(.incomplete)
  }

  private static func isSame(_ one: Event, _ other: Event) -> Bool {
    one.kind == other.kind && one.time == other.time && one.a == other.a && one.b == other.b && one.pe == other.pe
  }

  /// An event that was printed before its effects: nothing before it can have been caused by a later line.
  @inline(__always) mutating func settle(_ event: Event) {
    events[count] = event
    count &+= 1
    settleAll()
  }

  /// As ``settle(_:)``, but the event itself may still be changed through ``last``.
  mutating func settleBefore(_ event: Event) {
    settleAll()
    observe(event)
  }

  /// A GICv2 interface selected an interrupt to acknowledge: the read is still to come, and all that comes before it is
  /// its effect.
  mutating func beginAcknowledge(_ event: Event) {
    isAcknowledging = true
    observe(event)
  }

  /// As ``settle(_:)``, unless the event is the effect of an acknowledge whose read is still to come.
  @inline(__always) mutating func settleUnlessAcknowledging(_ event: Event) {
    observe(event)
    if !isAcknowledging { settleAll() }
  }

  /// The capture has ended: drops the effects of an acknowledge whose read is no longer in it. Returns their number.
  mutating func dropUnfinished() -> Int {
    guard isAcknowledging, let start = (settled..<count).last(where: { events[$0].kind == .acknowledge }) else {
      return 0
    }
    defer { count = start + 1 }
    return count - start - 1
  }

  /// The ITS fetched a command.
  mutating func fetchCommand(_ event: Event) {
    if commandRun < 0 { commandRun = count }
    observe(event)
  }

  /// An event that was printed after its effects: it goes before event number `start`.
  mutating func insert(_ event: Event, before start: Int) {
    var at = count
    while at > start {
      events[at] = events[at &- 1]
      at &-= 1
    }
    events[start] = event
    count &+= 1
    if held > 0, start <= firstHeld { firstHeld &+= firstHeld == .max ? 0 : 1 }
    settleAll()
  }

  /// Nothing that waits can have been caused by a later line.
  @inline(__always) mutating func settleAll() {
    settled = count
    commandRun = -1
    isAcknowledging = false
    waitEnd = count &+ Self.waitLimit
    if waitEnd > Self.capacity &- 64 { waitEnd = Self.capacity &- 64 }
  }

  /// Too much waits: settles what no rule can reach any more.
  private mutating func makeRoom() {
    if commandRun >= settled {
      if count &- settled < Self.longestRun && count < Self.capacity &- 64 {
        waitEnd = min(count &+ Self.waitLimit, Self.capacity &- 64)
      } else {
        overlong &+= 1
        settleAll()
      }
      return
    }
    // One pass over all PEs is two events each; text may stand between them.
    settled = max(settled, count &- min(Self.longestRun / 4, 4 &* peCount &+ 64))
    waitEnd = min(count &+ Self.waitLimit / 2, Self.capacity &- 64)
    if count >= Self.capacity &- 64 {
      settleAll()
      held = 0
    }
  }

  /// The last event taken in, if it can still be changed.
  var last: UnsafeMutablePointer<Event>? { count > settled ? events + (count - 1) : nil }

  /// An event that waits, by its number.
  subscript(waiting number: Int) -> Event {
    get { events[number] }
    set { events[number] = newValue }
  }

  // MARK: Giving out

  /// Number of events that have their place.
  @inline(__always) var available: Int { held == 0 ? settled : min(settled, firstHeld) }

  /// Moves events that have their place into a batch, from its start. Returns their number.
  mutating func deliver(into batch: inout EventBatch) -> Int {
    let given = min(available, batch.capacity)
    batch.slots.baseAddress!.update(from: events, count: given)
    batch.count = given
    let rest = count - given
    if let at = (0..<given).last(where: { !Self.isObservation(events[$0]) }) { lastGiven = events[at] }
    // Moves down what stays: the rest of a batch, and the events that wait.
    if given > 0 && rest > 0 { events.update(from: events + given, count: rest) }
    count = rest
    settled -= given
    if commandRun >= 0 { commandRun -= given }
    waitEnd -= given
    if firstHeld != .max { firstHeld -= given }
    return given
  }
}
