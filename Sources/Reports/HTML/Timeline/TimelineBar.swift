import Analyzers
import InterruptTrace

/// An interrupt on the timeline: how long it was pending, in a list register, and handled. Times in ns.
struct TimelineBar: BitwiseCopyable {
  /// Bits of ``flags``; the page's script has them too.
  enum Flags {
    static let isVirtual: UInt32 = 1 << 16
    static let waits: UInt32 = 1 << 17
    static let runs: UInt32 = 1 << 18
    static let isListed: UInt32 = 1 << 19
    /// Certainty in bits 21:20.
    static let certainty: UInt32 = 20
    /// It had ended by an exit from its guest; when within the guest is not shown.
    static let endedByExit: UInt32 = 1 << 22
  }

  var start: UInt64
  /// From the start until it was put into a list register; 0 if it was at the start, or never.
  var listed: UInt64
  var wait: UInt64
  var run: UInt64
  /// From the acknowledge to the deactivation, where that is not the end.
  var active: UInt64
  var event: UInt64
  var intid: UInt32
  var row: TimelineRow
  /// Class in bits 1:0, outcome in 4:2, priority in 15:8.
  var flags: UInt32

  /// All of it.
  var length: UInt64 { wait &+ max(run, active) }

  /// A life; `end` is the capture's, for what has no end of its own. Nil for what no PE was concerned with.
  init?(_ life: InterruptLife, end: UInt64) {
    guard life.pe != PE.none else { return nil }
    func length(_ from: UInt64, _ to: UInt64) -> UInt64 { to > from ? to - from : 0 }
    let isListed = life.shown.contains(.listed)
    let waits = life.shown.contains(.pending) || isListed
    let runs = life.shown.contains(.acknowledge)
    let endsByExit = !runs && isListed && life.shown.contains(.deactivation)
    start = life.firstTime
    listed = isListed ? length(start, life.listedTime) : 0
    let waitEnd =
      runs
      ? life.acknowledgeTime
      : life.outcome == .withdrawn ? life.endTime : endsByExit ? life.deactivationTime : end
    wait = waits ? length(start, waitEnd) : 0
    run = runs ? length(life.acknowledgeTime, life.shown.contains(.end) ? life.endTime : end) : 0
    let isHeld = runs && life.shown.contains(.deactivation) && life.deactivationTime > life.endTime
    active = isHeld ? length(life.acknowledgeTime, life.deactivationTime) : 0
    event = life.firstEvent
    intid = life.intid
    row = TimelineRow(life)
    flags = UInt32(life.interruptClass.rawValue) | UInt32(life.outcome.rawValue) << 2 | UInt32(life.priority) << 8
    flags |= UInt32(life.certainty.rawValue) << Flags.certainty
    if waits { flags |= Flags.waits }
    if runs { flags |= Flags.runs }
    if isListed { flags |= Flags.isListed }
    if life.isVirtual { flags |= Flags.isVirtual }
    if endsByExit { flags |= Flags.endedByExit }
  }
}

/// Whose interrupts a row of the timeline has: those of a PE, or those of the guest on a PE or vCPU.
struct TimelineRow: Hashable, Comparable, BitwiseCopyable {
  var domain: UInt16
  var isVirtual: Bool
  var pe: UInt32

  init(_ life: InterruptLife) { (domain, isVirtual, pe) = (life.domain, life.isVirtual, life.pe) }

  /// PEs in order, each with its guest's row below it, then the vCPUs of each guest.
  static func < (a: TimelineRow, b: TimelineRow) -> Bool {
    (a.domain, a.pe, a.isVirtual ? 1 : 0) < (b.domain, b.pe, b.isVirtual ? 1 : 0)
  }

  /// What stands before the row; `hasManyGuests` if it must say which guest's.
  func name(_ naming: PENaming, hasManyGuests: Bool) -> String {
    let number = naming.text(pe, domain: domain)
    guard domain > 0 else { return isVirtual ? "PE \(number) guest" : "PE \(number)" }
    return hasManyGuests ? "guest \(domain) vCPU \(number)" : "vCPU \(number)"
  }
}
