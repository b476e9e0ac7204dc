import InterruptTrace

/// One interrupt's line on one PE.
struct KernelLineRow {
  var domain: UInt16
  var irq: UInt32
  var pe: UInt32
  var intid: UInt32?
  /// Rows of its handlers, in the order in which they first ran.
  var actions: [Int32] = []
  var interrupts: UInt64 = 0
  var unhandled: UInt64 = 0
  var start = RaisedMoment()
  var between = DurationSamples()
  /// The first and the last interrupt that no handler handled.
  var firstUnhandled = Moment()
  var lastUnhandled = Moment()

  /// No handler handled the last interrupt.
  mutating func countUnhandled(_ moment: Moment) {
    unhandled += 1
    if firstUnhandled.event == .max { firstUnhandled = moment }
    lastUnhandled = moment
  }
}

/// When something began that an entry ends; of no use beyond a gap.
struct RaisedMoment: BitwiseCopyable {
  private var time = UInt64.max
  private var gaps: UInt32 = 0

  init() {}

  init(_ time: UInt64, gaps: UInt32) { (self.time, self.gaps) = (time, gaps) }

  /// The time, if no gap has come since.
  func time(gaps: UInt32) -> UInt64? { time == .max || gaps != self.gaps ? nil : time }
}

/// One handler of a line.
struct KernelActionRow {
  var name: UInt32
  var line: Int32
  var runs: UInt64 = 0
  var unhandled: UInt64 = 0
  var durations = DurationSamples()
}

/// What is raised and entered at one PE: an IPI of one reason, or a softirq.
struct RaisedRow {
  var domain: UInt16
  /// The reason or the vector.
  var number: UInt32
  var pe: UInt32
  var raised: UInt64 = 0
  var entered: UInt64 = 0
  var merged: UInt64 = 0
  /// When it was first raised since the last entry.
  var since = RaisedMoment()
  var raiseToEntry = DurationSamples()
  var durations = DurationSamples()
  /// Of the time from raise to entry, that in which the PE was in an idle state; nil if nothing shows it.
  var idle: UInt64?

  /// Raised at a time, after so many gaps.
  mutating func raise(at time: UInt64, gaps: UInt32) {
    raised += 1
    if since.time(gaps: gaps) == nil { since = RaisedMoment(time, gaps: gaps) } else { merged += 1 }
  }

  /// Entered; when the raise was that it answers, if that was shown.
  mutating func enter(gaps: UInt32) -> UInt64? {
    entered += 1
    defer { since = RaisedMoment() }
    return since.time(gaps: gaps)
  }
}

/// A thread that was interrupted.
struct InterruptedThread {
  var domain: UInt16
  var thread: UInt32?
  var interrupts: UInt64 = 0
  var softirqs: UInt64 = 0
  var hardirq: UInt64 = 0
  var softirq: UInt64 = 0
}

/// Rows by key, which stay where they are. Memory follows the number of keys, up to a limit.
struct RowTable<Row>: ~Copyable {
  private var places = LiveTable(Int32(-1))
  private(set) var rows: [Row] = []
  private let limit: Int

  init(limit: Int = 1 << 16) { self.limit = limit }

  /// The place of the key's row, which is made if there is none; nil if there is no room.
  @inline(__always) mutating func place(_ key: UInt64, _ make: () -> Row) -> Int32? {
    if let place = places.find(key) { return place.pointee }
    guard rows.count < limit else { return nil }
    let place = Int32(rows.count)
    places.insert(key).pointee = place
    rows.append(make())
    return place
  }

  subscript(_ place: Int32) -> Row {
    get { rows[Int(place)] }
    _modify { yield &rows[Int(place)] }
  }
}
