import InterruptTrace

/// What is known of one interrupt, as the transitions so far tell.
struct InterruptRecord: BitwiseCopyable {
  /// A condition that is not known until something shows it.
  enum Tristate: UInt8 {
    case unknown, no, yes
    init(_ value: Bool) { self = value ? .yes : .no }
  }

  // What most transitions read and write comes first: a record spans several lines of the cache.

  // MARK: Line, pending state and rank

  /// The PE that it goes to: ``PE/none`` if its route names none, one less for any of several.
  var target: UInt32 = PE.none
  var targetIsKnown = false
  /// ``InterruptGroup``; 0xFF if nothing has shown it.
  var group: UInt8 = 0xFF
  /// 0xFF if nothing has shown it.
  var priority: UInt8 = 0xFF
  var edge = Tristate.unknown
  var line = Tristate.unknown
  var lineAt = Moment()
  var isPending = false
  /// It is among the records that a gap concerns.
  var isTouched = false
  /// The capture does not show since when.
  var pendingIsOlder = false
  /// ``PendingCause``.
  var cause: UInt8 = 0
  var pendingAt = Moment()
  /// What the PE had acknowledged when it became pending, or could first be delivered.
  var overtakenSince: UInt64 = 0
  /// Edges, and those that came while it was pending.
  var edges: UInt64 = 0
  var merged: UInt64 = 0
  /// Level pulses that fell before they were taken.
  var missedPulses: UInt64 = 0
  /// It was acknowledged while its line was high and it was not known to be edge-triggered.
  var wasTakenByLine = false
  /// It was pending again as it ended, for its line was still high.
  var isPendingAgain = false

  // MARK: Active state

  var isActive = false
  /// The priority was dropped: with EOImode set deactivation is still to come.
  var isDropped = false
  /// It runs on a PE: acknowledged and not ended.
  var isRunning = false
  /// A list register named it: a guest deactivates it.
  var isForwarded = false
  /// Something else was ended in its place.
  var wasWronglyEnded = false
  var acknowledgedOn: UInt32 = PE.none
  var acknowledges: UInt64 = 0
  var acknowledgeAt = Moment()
  var endAt = Moment()
  var deactivateEvent: UInt64 = .max
  /// The CPU interface that had acknowledged it was reset before it was ended.
  var abandonedEvent: UInt64 = .max
  /// A register made it active, and it is so still.
  var activateEvent: UInt64 = .max
  /// How often in succession it was pending again when it ended.
  var refires: UInt64 = 0

  // MARK: Configuration

  var enabled = Tristate.unknown
  /// The event that enabled or disabled it; `.max` for none.
  var enableAt = Moment()
  /// It was enabled at some time in the capture.
  var wasEnabled = false
  var groupEvent: UInt64 = .max
  var priorityEvent: UInt64 = .max
  var targetAt = Moment()
  /// Of an LPI: whether a translation leads to it, and since when.
  var mapped = Tristate.unknown
  var mappingEvent: UInt64 = .max
  /// DeviceID and EventID that lead to an LPI, the PE that sent an SGI; `.max` if not known.
  var source: UInt64 = .max

  // MARK: LPI configuration

  /// When the controller last showed what it has cached, and when it was last told to read again.
  var configurationEvent: UInt64 = .max
  var invalidateEvent: UInt64 = .max
  /// The last pending state was taken away, by a command or a register.
  var clearedEvent: UInt64 = .max
  var clearedCause: UInt8 = 0
}

/// Messages, edges and pulses of one interrupt that came to nothing. Few interrupts have any.
struct InterruptMishaps: BitwiseCopyable {
  /// MSIs that led to no interrupt, the last of them, and its ``ITSFault``.
  var dropped: UInt64 = 0
  var droppedAt = Moment()
  var droppedFault: UInt8 = 0

  /// The first and the last edge that came while it was pending.
  var firstMerged = Moment()
  var lastMerged = Moment()

  /// The most level pulses in succession that fell before they were taken, and where the first and the last of them fell.
  var mostMissedPulses: UInt64 = 0
  var mostMissedSince = Moment()
  var mostMissedUntil = Moment()
  /// Where the first of those since the last acknowledge fell.
  var missedSince = Moment()

  /// Its line fell between its end, which found it high, and the next acknowledge; and the acknowledges that this cost.
  var lateFalls: UInt64 = 0
  var lateSpurious: UInt64 = 0
}

/// What is known of one PE.
struct ProcessorRecord: BitwiseCopyable {
  /// An interrupt that runs.
  struct Running: BitwiseCopyable {
    var intid: UInt32 = .max
    var priority: UInt8 = 0xFF
    var event: UInt64 = 0
    var time: UInt64 = 0
    /// The PE's acknowledges by then.
    var acknowledges: UInt64 = 0
    /// The source PE of a GICv2 SGI.
    var source: UInt32 = 0
  }

  static var depthLimit: Int { 16 }

  // MARK: Conditions

  /// `.max` until known.
  var priorityMask: UInt16 = .max
  var maskAt = Moment()
  var groups: UInt8 = 0
  var groupsKnown: UInt8 = 0
  /// Groups that were enabled at some time in the capture.
  var groupsSeen: UInt8 = 0
  var groupAt = Moment()
  var asleep = InterruptRecord.Tristate.unknown
  var sleepAt = Moment()
  var lpis = InterruptRecord.Tristate.unknown
  var lpisEvent: UInt64 = .max
  var endMode: UInt8 = 0
  var endModeEvent: UInt64 = .max
  /// Shown request lines; `.max` if none was shown.
  var lines: UInt8 = .max
  var linesEvent: UInt64 = .max
  var highest: UInt32 = .max
  var highestEvent: UInt64 = .max
  /// The last event that shows its requests or its highest pending interrupt, and the group of the one that was shown last.
  var shownEvent: UInt64 = .max
  var shownINTID: UInt32 = .max
  var shownGroup: UInt8 = 0xFF
  /// `GICR_CTLR.EnableLPIs` was written with 1 and not cleared since; its event is `.max` if not.
  var lpisWritten = Moment()
  /// EnableLPIs was cleared, and `GICR_CTLR` has not been read with RWP clear since.
  var awaitsRWP = false
  /// `GICR_CTLR` was last read with RWP set.
  var redistributorIsBusy = false

  // MARK: What runs

  var running = InlineArray<16, Running>(repeating: Running())
  var depth = 0
  /// Deeper nesting than there is room for.
  var isOverflown = false
  /// Numerically highest priority acknowledged with nothing known to run: what ran before the capture had an even higher
  /// number. `-1` until then.
  var idleBound: Int16 = -1
  /// The capture shows this PE from its reset on.
  var isComplete = false
  var lastEndedINTID: UInt32 = .max
  var lastEndedEvent: UInt64 = .max
  /// Ends while nothing ran, one INTID after the other.
  var vainEnds = VainEnds()

  // MARK: Counts

  var acknowledges: UInt64 = 0
  /// The last event of which it is certain that this PE did it.
  var lastActEvent: UInt64 = 0
  /// The last event at which it acknowledged or ended an interrupt.
  var lastTakenEvent: UInt64 = 0
  var lastActTime: UInt64 = 0
  var lastINTID: UInt32 = .max
  var lastServiceTime: UInt64 = 0
  var runLength: UInt64 = 0
  var runEvent: UInt64 = 0
  var runTime: UInt64 = 0
  var spuriousRun: UInt64 = 0
  /// What each of them returned.
  var spuriousValue: UInt32 = 0
  var spuriousEvent: UInt64 = 0
  var spuriousTime: UInt64 = 0
  /// The interrupt whose line fell too late, until the next acknowledge.
  var lateINTID: UInt32 = .max
  /// Exceptions for interrupts in succession, without an acknowledge.
  var exceptionRun: UInt64 = 0
  var exceptionSince = Moment()
  /// The last SGI that it sent, until a PE accepts it: the event, `.max` for none, and what was written.
  var sentEvent: UInt64 = .max
  var sentTime: UInt64 = 0
  var sentINTID: UInt32 = .max
  var sent = Transition.Operands<Transition.SGIWritten>(targets: 0, isLegacy: false, value: 0)
  /// It sent an SGI while it handled one.
  var answers = false
  /// SGIs in succession that it answered so, and the acknowledge of the first.
  var answered: UInt64 = 0
  var answersAreReported = false
  var answeredEvent: UInt64 = .max
  var answeredTime: UInt64 = 0

  /// What runs on top; its `intid` is `.max` if nothing is known to.
  var top: Running { depth == 0 ? Running() : running[depth - 1] }

  /// Takes an entry out of what runs.
  mutating func remove(at index: Int) {
    var at = index
    while at &+ 1 < depth {
      running[at] = running[at &+ 1]
      at &+= 1
    }
    depth &-= 1
  }

  /// The place of an interrupt among what runs, the topmost first; -1 if it is not there.
  func place(of intid: UInt32) -> Int {
    var at = depth &- 1
    while at >= 0, running[at].intid != intid { at &-= 1 }
    return at
  }
}

/// Ends of interrupts while nothing ran: of one, or of one INTID after the other, as a loop writes them.
struct VainEnds: BitwiseCopyable {
  var first: UInt32 = .max
  var last: UInt32 = .max
  var from = Moment()
  var to = Moment()
  var isComplete = false
  /// What the PE had acknowledged by then.
  var acknowledges: UInt64 = 0

  var count: UInt64 { first == .max ? 0 : UInt64(last &- first) &+ 1 }
}
