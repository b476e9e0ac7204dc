import InterruptTrace

/// What a model has compared, for another model of the same controller to go on with.
struct PredictionRecord: ~Copyable {
  var ledger: PredictionLedger
  var disagreements: [Disagreement]
  var identification: [UInt64: UInt64]
}

/// The event that a model speaks about, and where what it says goes.
struct Progress: BitwiseCopyable {
  /// The event being applied: its time, its number, and how certain it is what follows from it.
  var now: UInt64 = 0
  var eventIndex: UInt64 = 0
  var provenance = Provenance.derived
  /// Checks the model's invariants after every event.
  let checksInvariants: Bool
  /// The capture mixes this controller with another, or lacks what is in other files: what is shown contradicts nothing.
  var isMixed = false
  /// The capture lacks what other threads of the machine did.
  var isPart = false
  var reportedBeginning = false
  /// When it can have been reset since.
  var resets = ResetWatch()
  /// What is compared next had more than one answer open.
  var isAmbiguous = false
  /// `GICD_CTLR`'s group enables and which are known, as reported last.
  var reportedControl: UInt32 = 0
  fileprivate var output: UnsafeMutablePointer<TransitionBuffer>?

  /// Whether the transitions so far should be handed on.
  @inline(__always) var isFull: Bool { output.unsafelyUnwrapped.pointee.isFull }

  init(checksInvariants: Bool) { self.checksInvariants = checksInvariants }
}

extension Predicting where Self: ~Copyable {
  @inline(__always) var now: UInt64 { progress.now }
  @inline(__always) var eventIndex: UInt64 { progress.eventIndex }

  /// Takes in events, in order, with transitions going to `buffer`, until that is full. Returns how many.
  mutating func apply(
    _ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into buffer: inout TransitionBuffer
  ) -> Int {
    withUnsafeMutablePointer(to: &buffer) { pointer in
      progress.output = pointer
      defer { progress.output = nil }
      return applyEach(of: events, firstIndex: firstIndex)
    }
  }

  /// Says which event is spoken about from now on; before the first of all, where the replay begins.
  @inline(__always) mutating func begin(_ event: Event, _ index: UInt64) {
    progress.now = event.time
    progress.eventIndex = index
    if !progress.reportedBeginning {
      progress.reportedBeginning = true
      reportBeginning()
    }
  }

  @inline(__always)
  func emit(
    _ kind: TransitionKind, pe: UInt32 = PE.none, intid: UInt32 = 0xFFFF_FFFF, priority: UInt32 = 0, a: UInt64 = 0,
    b: UInt64 = 0
  ) {
    progress.output.unsafelyUnwrapped.pointee.append(
      Transition(
        time: progress.now, event: progress.eventIndex, kind: kind, provenance: progress.provenance, pe: pe,
        intid: intid, priority: priority, a: a, b: b))
  }

  /// The same of a PE by its index.
  @inline(__always)
  func emit(
    _ kind: TransitionKind, pe: Int, intid: UInt32 = INTID.none, priority: UInt32 = 0, a: UInt64 = 0, b: UInt64 = 0
  ) {
    emit(kind, pe: UInt32(truncatingIfNeeded: pe), intid: intid, priority: priority, a: a, b: b)
  }
}

extension UnsafeBufferPointer<Event> {
  /// Whether an event belongs to the record before it.
  @inline(__always) func continues(at index: Int) -> Bool { index < count && self[index].kind == .continuation }
}

extension Predicting where Self: ~Copyable {
  /// Compares a read of a 64-bit register with what it should return, and learns from it what nothing had shown.
  mutating func compare(_ check: Int, with register: inout Learned<UInt64>, _ event: Event) {
    if compare(check, register.part(event), event) != .disagreed { register.know(event) }
  }
}
