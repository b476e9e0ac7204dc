import InterruptTrace

/// One PE's physical CPU interface, what follows from its state, and what is known of the PE itself.
struct GICv2ProcessingElement {
  /// `GICC_*`.
  var interface: GICv2Interface
  /// The highest-priority pending interrupt.
  var highest = GICv2Pending.none
  /// `highest` must be recomputed before it is used.
  var highestIsStale = true
  /// What is known about the PE's Security state.
  var security = SecurityBelief.unknown
  /// Nothing has come since what told `security` that may have changed it.
  var viewIsSure = false
  /// Reads have told both views where one was believed: `SCR_EL3.NS`, which no capture shows, changes.
  var changesUnseen = false
  /// A return from EL3 may have been this PE's or another's.
  var levelIsGuess = false
  /// The exception level, where the capture shows it; 0xFF if not.
  var exceptionLevel: UInt8 = 0xFF

  // MARK: What was reported last

  var reportedConditions = DeliveryConditions.none
  var reportedLines: CPULines = []
  var reportedHighest = UInt32.max

  init(preemptionBits: Int) {
    interface = GICv2Interface(preemptionBits: preemptionBits, isVirtual: false)
  }
}
