import InterruptTrace

/// A prediction that failed, with the state that led there.
public struct Disagreement: Equatable, Sendable {
  /// Number of the event.
  public var event: UInt64
  /// Nanoseconds since the capture's epoch.
  public var time: UInt64
  /// The PE concerned, or ``PE/none``.
  public var pe: UInt32
  /// The register or observation.
  public var name: String
  /// What the model predicted.
  public var expected: UInt64
  /// What the capture shows.
  public var seen: UInt64
  /// The state that the prediction followed from, in the manual's terms.
  public var explanation: String
}

/// A disagreement that what comes may explain.
struct Failure: BitwiseCopyable {
  let event: UInt64
  /// What was predicted, as the ledger counts it.
  let check: Int
}

/// A model whose answers are compared with the capture's: what GICv2 and GICv3 share.
///
/// Statically dispatched: every use is on a concrete model, so that nothing is left of it on the hot path.
protocol Predicting: ~Copyable {
  var progress: Progress { get set }
  var ledger: PredictionLedger { get set }
  /// The first disagreements, with the state that led there.
  var disagreements: [Disagreement] { get set }
  /// Disagreements since the controller was last shown as it was: a reset that shows later explains them.
  var failures: [Failure] { get set }
  /// Values of identification registers, by frame and offset, as the capture showed them.
  var identification: [UInt64: UInt64] { get set }
  /// Takes in events, in order. A loop of each model's own: what is inlined into a generic one is not optimized as well.
  /// Ends early, between two records, when there is no room for more transitions. Returns how many it took in.
  mutating func applyEach(of events: UnsafeBufferPointer<Event>, firstIndex: UInt64) -> Int
  /// Reports where the replay begins, and what is known from the beginning.
  mutating func reportBeginning()
  /// The state that a prediction follows from, in one line.
  func explain(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> String
  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String?
  /// Takes note of a reset that the capture does not show, if that is what a difference tells.
  mutating func recogniseReset(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> Bool
}

extension Predicting where Self: ~Copyable {
  /// Most disagreements that are kept with their explanation; all are counted.
  static var keptDisagreements: Int { 100 }

  /// Compares a prediction with what the capture shows. `known` has the bits that the model can know: a difference in
  /// other bits only teaches.
  @inline(__always)
  @discardableResult
  mutating func compare(_ check: Int, expected: UInt64, seen: UInt64, known: UInt64 = .max, pe: UInt32) -> Verdict {
    if expected == seen {
      ledger.count(check, .agreed)
      return .agreed
    }
    return differ(check, expected: expected, seen: seen, isTaught: (expected ^ seen) & known == 0, pe: pe)
  }

  /// Compares a read with a value of which some bits are known.
  @inline(__always) @discardableResult
  mutating func compare<Word>(_ check: Int, _ value: Learned<Word>, _ event: Event) -> Verdict {
    compare(
      check, expected: UInt64(value.value), seen: event.b, known: ~UInt64(~value.known), pe: event.pe)
  }

  /// Records a prediction that did not come true: false, or something for the caller to learn from. `isUnknown`: what was
  /// known left more than one answer open. `isCut`: the capture ends before it shows what led to it, unless that was a reset.
  @inline(never)
  @discardableResult
  mutating func differ(
    _ check: Int, expected: UInt64, seen: UInt64, isTaught: Bool, isUnknown: Bool = false, isCut: Bool = false,
    pe: UInt32
  ) -> Verdict {
    let isOpen = isUnknown || progress.isAmbiguous || progress.isMixed
    progress.isAmbiguous = false
    let isExplained = isTaught || progress.isMixed
    let isReset = !isExplained && recogniseReset(check, expected: expected, seen: seen, pe: pe)
    let isMissing = !isExplained && isCut
    let verdict: Verdict =
      isReset || isMissing || isExplained && isOpen ? .unknown : isExplained ? .taught : .disagreed
    let isTaught = isExplained || isReset || isMissing
    ledger.count(check, verdict)
    emit(isTaught ? .taught : .disagreed, pe: pe, intid: 0xFFFF_FFFF, priority: UInt32(check), a: expected, b: seen)
    if !isTaught { noteFailure(check) }
    if !isTaught, disagreements.count < Self.keptDisagreements {
      disagreements.append(
        Disagreement(
          event: eventIndex, time: now, pe: pe, name: PredictionLedger.describe(check).name, expected: expected,
          seen: seen, explanation: explain(check, expected: expected, seen: seen, pe: pe))
      )
    }
    return isTaught ? .taught : .disagreed
  }

  /// Counts the request lines that an observation shows and that are as predicted.
  @inline(__always) mutating func countLines(_ shown: CPULines) {
    if shown.contains(.irq) { ledger.count(PredictionLedger.check(.irq), .agreed) }
    if shown.contains(.fiq) { ledger.count(PredictionLedger.check(.fiq), .agreed) }
    if shown.contains(.virq) { ledger.count(PredictionLedger.check(.virq), .agreed) }
    if shown.contains(.vfiq) { ledger.count(PredictionLedger.check(.vfiq), .agreed) }
  }

  /// Records each request line that an observation shows: agreed, or another than predicted.
  mutating func differLines(
    pe: Int, _ expected: CPULines, _ seen: CPULines, shown: CPULines, isTaught: Bool, isCut: Bool = false
  ) {
    let changed = expected.symmetricDifference(seen).intersection(shown)
    countLines(shown.subtracting(changed))
    guard !changed.isEmpty else { return }
    for (line, check) in PredictionLedger.lineChecks where changed.contains(line) {
      differ(
        PredictionLedger.check(check), expected: expected.contains(line) ? 1 : 0, seen: seen.contains(line) ? 1 : 0,
        isTaught: isTaught, isCut: isCut, pe: UInt32(pe))
    }
  }

  /// A prediction failed.
  private mutating func noteFailure(_ check: Int) {
    if let first = failures.first, first.event <= progress.resets.lastProof { failures.removeAll() }
    if failures.count < 1 << 16 { failures.append(Failure(event: eventIndex, check: check)) }
  }

  /// Compares a read of a register whose value is the implementation's own: the first read teaches it.
  mutating func compareIdentification(_ event: Event, check: Int) {
    let first = UInt64(event.frame.rawValue) << 56 | UInt64(event.owner) << 32 | UInt64(event.offset)
    var expected: UInt64 = 0
    var known: UInt64 = 0
    // Byte by byte, because a register may be read whole and in parts.
    for n in 0..<UInt64(min(event.size, 8)) {
      let byte = event.b >> (n * 8) & 0xFF
      if let value = identification[first &+ n] {
        expected |= value << (n * 8)
        known |= 0xFF << (n * 8)
      } else {
        identification[first &+ n] = byte
      }
    }
    compare(check, expected: expected, seen: event.b, known: known, pe: event.pe)
  }

  /// An identification register that is the same for every PE.
  mutating func compareCommonIdentification(_ event: Event, check: Int) {
    var common = event
    common.a &= 0xFF_FFFF_FFFF
    compareIdentification(common, check: check)
  }

  /// Reports a broken invariant as a disagreement of the model with itself.
  mutating func reportBrokenInvariants() {
    guard let broken = checkInvariants() else { return }
    ledger.count(PredictionLedger.check(.invariant), .disagreed)
    guard disagreements.count < Self.keptDisagreements else { return }
    disagreements.append(
      Disagreement(
        event: eventIndex, time: now, pe: PE.none, name: "invariant", expected: 0, seen: 0, explanation: broken)
    )
  }
}
