import InterruptTrace

/// Turns the lines of a QEMU log into events in the order of their effects.
///
/// One decoder reads one file; the readers of one capture share their ``ProcessingElements``.
struct LogDecoder: ~Copyable {
  var parser: LogLineParser
  var order: EffectOrder
  /// Whether a Secure access was shown.
  var sawSecure = false
  var text: LogText
  let common = CommonLines.shared
  var statistics: ImportStatistics
  let elements: ProcessingElements
  /// Stop at the first malformed line.
  let isStrict: Bool

  /// Lines read so far.
  private(set) var lines: UInt64 = 0
  /// Where and why reading stopped, with `--strict`.
  var stop: (position: String, reason: String)?
  /// Whether the capture shows which PEs accept an SGI.
  var showsAcceptedSGIs = false
  /// The PE of the current thread.
  var accessor = PE.none
  /// The PE whose SGI is being accepted by its targets.
  var sgiSender = PE.none

  /// Whether a PE's GICR_VPENDBASER.Valid was last written 1.
  var residentVPEs: [UInt32: Bool] = [:]

  private var thread: UInt32 = 0
  private(set) var otherEvents = UnusedEvents()
  private var topologySent = 0

  init(elements: ProcessingElements, epoch: UInt64?, isStrict: Bool) {
    parser = LogLineParser(epoch: epoch)
    order = EffectOrder()
    order.peCount = elements.known
    text = LogText()
    statistics = ImportStatistics()
    self.elements = elements
    self.isStrict = isStrict
    accessor = elements.pe(ofThread: 0)
  }

  /// The file holds the lines of one thread only, from this Unix time in ns on; `own` stands for it in lines that name none.
  mutating func isOneThread(_ thread: UInt32, own: UInt32, from start: UInt64) {
    text.threadIsPE = true
    parser.ownThread = own
    self.thread = thread
    accessor = elements.pe(ofThread: thread)
    if let epoch = parser.epoch, start > epoch { parser.time = start - epoch }
  }

  /// Decodes whole lines until `target` events have their place or the lines end; moves `at` behind the last one read.
  mutating func decode(_ at: inout UnsafeRawPointer, end: UnsafeRawPointer, target: Int) {
    while at < end && order.available < target && stop == nil {
      lines &+= 1
      at = decodeLine(at, end)
    }
  }

  /// The capture has ended: everything has its place.
  mutating func finish() {
    let cut = UInt64(order.dropUnfinished())
    if cut > 0 {
      let what = "what an acknowledge led to, without its read"
      statistics.note("effects of an access that the log ends in", count: cut, example: what, position: "line \(lines)")
      statistics.skipped &+= cut
    }
    text.finish(&order)
    order.markUnfinished()
    order.settleAll()
  }

  @inline(__always)
  private mutating func decodeLine(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    guard let name = parser.skipPrefix(start) else { return takeText(start, end) }
    // A line without a stamp, and one that an exception waits for, are for the slow path.
    if parser.prefix != .none, !text.isWaiting, let next = takeCommon(name) { return next }
    var at = name
    switch parser.parseEvent(&at) {
    case .event(let number):
      if parser.prefix == .none && parser.epoch == nil { noteMissingStamps(start, end) }
      if parser.thread != thread { changeThread() }
      let entry = parser.catalogue.entries[number]
      if text.isWaiting { tellText(entry.action, entry.operand) }
      guard take(entry.action, entry.operand) else { return malformed(start, end) }
      return at
    case .malformed: return malformed(start, end)
    case .otherEvent: return skipOther(start, name: at, end)
    case .text: return takeText(start, end)
    }
  }

  /// Exceptions may wait for this event to know their PE, or to be complete.
  private mutating func tellText(_ action: LogEvent.Action, _ operand: UInt16) {
    // What a thread that runs no PE re-evaluates, it re-evaluates for a device.
    let isDevice = accessor == PE.none && elements.runsNoPE(thread)
    let reevaluated = action == .highestPending && !isDevice ? pe(parser.values[0]) : PE.none
    let next = ExceptionReturns.Next(
      pe: accessor, reevaluated: reevaluated, effects: effects(before: action), following: following(action, operand),
      isSecure: isSecure(action))
    text.meet(next, line: lines, &order)
  }

  private mutating func changeThread() {
    thread = parser.thread
    accessor = elements.pe(ofThread: thread)
  }

  /// The current thread did something that only `pe` does.
  @inline(__always) mutating func accessorIs(_ pe: UInt32) {
    if pe != accessor { learnAccessor(pe) }
  }

  private mutating func learnAccessor(_ pe: UInt32) {
    guard thread != 0 else { return }
    elements.bind(thread: thread, to: pe)
    accessor = elements.pe(ofThread: thread)
  }

  /// The PE with this affinity.
  @inline(__always) mutating func pe(_ affinity: UInt64) -> UInt32 {
    if let known = elements.knownNumber(ofAffinity: affinity) { return known }
    return newPE(affinity)
  }

  private mutating func newPE(_ affinity: UInt64) -> UInt32 {
    let pe = elements.number(ofAffinity: affinity)
    if elements.late.count > topologySent { announceLatePEs() }
    return pe
  }

  /// Tells whoever reads the events about PEs that the survey of the capture's start did not see.
  private mutating func announceLatePEs() {
    while topologySent < elements.late.count {
      let late = elements.late[topologySent]
      topologySent += 1
      let entries = [
        Topology.Entry(key: .affinity, index: late.pe, source: .inferred, value: UInt64(late.affinity)),
        Topology.Entry(key: .peCount, source: .inferred, value: UInt64(elements.count)),
      ]
      for entry in entries {
        var event = entry.event
        event.time = parser.time
        order.observe(event)
      }
    }
    order.peCount = elements.known
    accessor = elements.pe(ofThread: thread)
  }

  // MARK: Lines that hold no event

  private mutating func malformed(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    let next = Self.nextLine(start, end)
    let line = lines
    statistics.note("malformed line", example: Excerpt.of(start, next), position: "line \(line)")
    statistics.skipped &+= 1
    if isStrict { stop = ("line \(line)", "malformed line: \(Excerpt.of(start, next))") }
    return next
  }

  private mutating func skipOther(
    _ start: UnsafeRawPointer, name: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawPointer {
    let next = Self.nextLine(start, end)
    guard let length = OtherEvents.nameLength(name, next) else { return takeText(name, end) }
    statistics.skipped &+= 1
    // An event of a controller that is not known is about interrupts.
    if OtherEvents.isOfController(name) {
      let line = lines
      let event = String(decoding: UnsafeRawBufferPointer(start: name, count: min(length, 64)), as: UTF8.self)
      statistics.note("unknown event: \(event)", example: Excerpt.of(start, next), position: "line \(line)")
    } else {
      otherEvents.count(UnsafeRawBufferPointer(start: name, count: length))
    }
    return next
  }

  private mutating func takeText(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    let next = Self.nextLine(start, end)
    // Without a stamp of its own, text has the time of the line before it.
    if parser.epoch == nil { parser.time = lines &- 1 }
    let line = lines
    text.follow(accessor, line: line)
    let peHint = elements.isSingle ? 0 : text.threadIsPE ? accessor : PE.none
    if !text.take(start, next, line: line, time: parser.time, pe: peHint, &order) {
      statistics.note("text that is no trace event", example: Excerpt.of(start, next), position: "line \(line)")
      statistics.skipped &+= 1
    }
    return next
  }

  private mutating func noteMissingStamps(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    parser.time = lines &- 1
    guard !noted else { return }
    noted = true
    let line = lines
    statistics.note(
      "no time stamps: the line number stands for nanoseconds", example: Excerpt.of(start, Self.nextLine(start, end)),
      position: "line \(line)")
  }
  private var noted = false

  /// Behind the line feed of the line at `start`; the lines before `end` are whole.
  static func nextLine(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    var at = start
    while at < end {
      let distance = Digits.distance(to: 0x0A, in: Digits.load(at))
      if distance < 8 { return min(at + distance + 1, end) }
      at += 8
    }
    return end
  }
}

/// Trace events of other devices.
private enum OtherEvents {
  /// The length of an event's name; nil if `name` does not start like one: with lower-case words that are joined by `_`,
  /// and a blank behind them. Messages, which may carry a stamp too, start otherwise, or with a name and a colon.
  static func nameLength(_ name: UnsafeRawPointer, _ next: UnsafeRawPointer) -> Int? {
    var length = 0
    var isJoined = false
    while name + length < next {
      let c = Digits.byte(name + length)
      guard c &- 0x61 < 26 || c &- 0x30 < 10 || c == 0x5F else { break }
      isJoined = isJoined || c == 0x5F
      length += 1
    }
    guard isJoined, length < 100, name + length < next, Digits.byte(name + length) <= 0x20 else { return nil }
    return length
  }

  /// `gic…_`
  static func isOfController(_ name: UnsafeRawPointer) -> Bool {
    Digits.load(name) & Digits.mask(3) == 0x63_6967
  }
}
