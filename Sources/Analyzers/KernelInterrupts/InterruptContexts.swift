import InterruptTrace

/// What runs on a CPU of a traced kernel: handlers and softirqs in each other.
struct InterruptContexts: BitwiseCopyable {
  /// What has been entered and not left.
  struct Frame: BitwiseCopyable {
    enum Kind: UInt8 { case handler, ipi, softirq }
    var kind = Kind.handler
    /// The interrupt, the reason or the vector.
    var number: UInt32 = 0
    /// Where its durations are counted.
    var row: Int32 = -1
    var start: UInt64 = 0
    /// Time in hard interrupts since.
    var interrupted: UInt64 = 0

    var isHard: Bool { kind != .softirq }
  }

  /// What has come to its end.
  struct Ended {
    var frame: Frame
    var duration: UInt64
    /// Time that counts for the CPU: none of a handler in another.
    var hardirq: UInt64 = 0
    var softirq: UInt64 = 0
  }

  /// Hard interrupts do not nest but for those that are not masked; softirqs do not at all.
  private static let limit = 8
  private var frames = InlineArray<8, Frame>(repeating: Frame())
  private var depth = 0
  /// The thread that was interrupted, by its row; -1 if it is not shown.
  var task: Int32 = -1

  /// The line whose handlers run one after the other for one interrupt, by its row; -1 for none.
  var line: Int32 = -1
  /// The first of its handlers that ran for this interrupt, and whether one handled it.
  var firstName: UInt32 = 0
  var isHandled = false
  /// The last of them that did not handle it.
  var unhandled = Moment()
  /// Gaps that had come when it was last looked at: of this CPU, and of all.
  var gaps: UInt32 = 0
  var commonGaps: UInt32 = 0

  /// Whether a hard interrupt is being handled. Mutating, as what is not gets copies of what it looks at.
  private var isInHardirq: Bool { mutating get { depth > 0 && frames[depth - 1].isHard } }

  /// Enters a handler or softirq. What cannot be open any more, because its exit is missing, is dropped. False if it is one
  /// in another.
  mutating func enter(_ kind: Frame.Kind, _ number: UInt32, row: Int32, at time: UInt64) -> Bool {
    if let open = place(kind, number) { depth = open }
    if kind == .softirq { leaveHardirqs() }
    if depth == Self.limit { depth = 0 }
    let isOuter = !isInHardirq
    frames[depth] = Frame(kind: kind, number: number, row: row, start: time)
    depth += 1
    return isOuter
  }

  /// Leaves a handler or softirq; nil if its entry was not shown.
  mutating func exit(_ kind: Frame.Kind, _ number: UInt32, at time: UInt64) -> Ended? {
    guard let place = place(kind, number) else { return nil }
    let frame = frames[place]
    depth = place
    var ended = Ended(frame: frame, duration: time > frame.start ? time - frame.start : 0)
    if kind == .softirq {
      ended.softirq = ended.duration - min(frame.interrupted, ended.duration)
    } else if !isInHardirq {
      ended.hardirq = ended.duration
      if depth > 0 { frames[depth - 1].interrupted &+= ended.duration }
    }
    return ended
  }

  /// Another thread runs: no hard interrupt is being handled any more.
  mutating func leaveHardirqs() { while isInHardirq { depth -= 1 } }

  /// Nothing is known any more.
  mutating func forget() {
    depth = 0
    task = -1
    line = -1
    gaps &+= 1
  }

  /// The innermost frame of this kind and number.
  private mutating func place(_ kind: Frame.Kind, _ number: UInt32) -> Int? {
    var place = depth - 1
    while place >= 0 {
      if frames[place].kind == kind, frames[place].number == number { return place }
      place -= 1
    }
    return nil
  }
}
