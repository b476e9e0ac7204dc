import Analyzers
import InterruptTrace

/// An interrupt on the timeline: how long it was pending, and how long it was handled. Times in ns.
struct TimelineBar: BitwiseCopyable {
  /// Bits of ``flags``; the page's script has them too.
  enum Flags {
    static let isListed: UInt32 = 1 << 16
    static let waits: UInt32 = 1 << 17
    static let runs: UInt32 = 1 << 18
  }

  var start: UInt64
  var wait: UInt64
  var run: UInt64
  /// From the acknowledge to the deactivation, where that is not the end.
  var active: UInt64
  var event: UInt64
  var intid: UInt32
  var pe: UInt32
  /// Class in bits 1:0, outcome in 4:2, priority or list register in 15:8.
  var flags: UInt32

  /// All of it.
  var length: UInt64 { wait &+ max(run, active) }

  /// A life; `end` is the capture's, for what has no end of its own. Nil for what no PE was concerned with.
  init?(_ life: InterruptLife, end: UInt64) {
    guard life.pe != PE.none, life.domain == 0 else { return nil }
    func length(_ from: UInt64, _ to: UInt64) -> UInt64 { to > from ? to - from : 0 }
    let waits = life.shown.contains(.pending)
    let runs = life.shown.contains(.acknowledge)
    start = life.firstTime
    let waitEnd =
      runs ? life.acknowledgeTime : life.outcome == .withdrawn ? life.endTime : end
    wait = waits ? length(life.pendingTime, waitEnd) : 0
    run = runs ? length(life.acknowledgeTime, life.shown.contains(.end) ? life.endTime : end) : 0
    let isHeld = life.shown.contains(.deactivation) && life.deactivationTime > life.endTime
    active = isHeld ? length(life.acknowledgeTime, life.deactivationTime) : 0
    event = waits ? life.pendingEvent : life.acknowledgeEvent
    intid = life.intid
    pe = life.pe
    flags = UInt32(life.interruptClass.rawValue) | UInt32(life.outcome.rawValue) << 2 | UInt32(life.priority) << 8
    if waits { flags |= Flags.waits }
    if runs { flags |= Flags.runs }
  }

  /// An interrupt in a list register.
  init(listed use: ListedInterrupt, end: UInt64) {
    start = use.filled
    let acknowledged = use.acknowledged.map { max($0, use.filled) }
    wait = (acknowledged ?? max(end, use.filled)) - use.filled
    run = acknowledged.map { max(end, $0) - $0 } ?? 0
    active = 0
    event = use.event
    intid = use.intid
    pe = use.pe
    flags = UInt32(InterruptClass(intid: use.intid).rawValue) | use.index << 8 | Flags.isListed | Flags.waits
    if acknowledged != nil { flags |= Flags.runs }
  }
}

/// What a list register holds.
struct ListedInterrupt: BitwiseCopyable {
  var filled: UInt64
  var acknowledged: UInt64?
  var event: UInt64
  var intid: UInt32
  var pe: UInt32
  var index: UInt32
}
