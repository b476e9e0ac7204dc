import InterruptTrace
import LPIStore

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

/// A model whose answers are compared with the capture's: what GICv2 and GICv3 share.
///
/// Statically dispatched: every use is on a concrete model, so that nothing is left of it on the hot path.
protocol Predicting: ~Copyable {
  var ledger: PredictionLedger { get set }
  /// The first disagreements, with the state that led there.
  var disagreements: [Disagreement] { get set }
  /// Values of identification registers, by frame and offset, as the capture showed them.
  var identification: [UInt64: UInt64] { get set }
  /// The event being applied.
  var now: UInt64 { get }
  var eventIndex: UInt64 { get }

  func emit(_ kind: TransitionKind, pe: UInt32, intid: UInt32, priority: UInt32, a: UInt64, b: UInt64)
  /// The state that a prediction follows from, in one line.
  func explain(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> String
  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String?
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

  /// Records a prediction that did not come true.
  @inline(never)
  @discardableResult
  mutating func differ(_ check: Int, expected: UInt64, seen: UInt64, isTaught: Bool, pe: UInt32) -> Verdict {
    let verdict = isTaught ? Verdict.taught : .disagreed
    ledger.count(check, verdict)
    emit(isTaught ? .taught : .disagreed, pe: pe, intid: 0xFFFF_FFFF, priority: UInt32(check), a: expected, b: seen)
    if !isTaught, disagreements.count < Self.keptDisagreements {
      disagreements.append(
        Disagreement(
          event: eventIndex, time: now, pe: pe, name: PredictionLedger.describe(check).name, expected: expected,
          seen: seen, explanation: explain(check, expected: expected, seen: seen, pe: pe))
      )
    }
    return verdict
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

extension GICv3: Predicting where Store: ~Copyable {
  /// The state of a PE and of the interrupts concerned, in one line.
  func explain(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> String {
    if PredictionLedger.isVirtual(check), Int(pe) < peCount { return explainVirtual(Int(pe)) }
    var parts: [String] = []
    if Int(pe) < peCount {
      let element = pes[Int(pe)]
      parts.append("PE \(pe): PMR \(hex(element.priorityMask)), RPR \(hex(element.runningPriority))")
      parts.append("IGRPEN0/1S/1NS \(element.groupEnable[0])/\(element.groupEnable[1])/\(element.groupEnable[2])")
      parts.append("HPPI \(element.highest.intid) prio \(hex(element.highest.priority))")
      if !distributor.hasOneSecurityState { parts.append("security \(element.security)") }
    }
    parts.append("GICD_CTLR \(hex(distributor.control))")
    for intid in intids(of: check, expected: expected, seen: seen, pe: pe) {
      parts.append(describe(intid: intid, pe: pe))
    }
    return parts.joined(separator: "; ")
  }

  /// The interrupts that a prediction is about: the values themselves where they are INTIDs, for a line what is pending.
  private func intids(of check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> [UInt32] {
    let all: Set<UInt64>
    switch PredictionLedger.describe(check).kind {
    case .acknowledge, .highestPending: all = [expected, seen]
    case .line: all = Int(pe) < peCount ? [UInt64(pes[Int(pe)].highest.intid)] : []
    default: all = []
    }
    return all.sorted().filter { $0 < 1020 || $0 >= 8192 && $0 < 1 << 24 }.map { UInt32($0) }
  }

  private func describe(intid: UInt32, pe: UInt32) -> String {
    let n = Int(intid)
    if intid < 32, Int(pe) < peCount {
      let e = pes[Int(pe)]
      return
        "INTID \(intid): enabled \(e.enabled.bit(n)), pending \(e.pendingNow.bit(n)), active \(e.active.bit(n)), priority \(hex(UInt32(e.priority[n])))"
    }
    if intid < 1020 {
      let (word, bit) = (n >> 5, n & 31)
      return
        "INTID \(intid): enabled \(distributor.enabled[word].bit(bit)), pending \(distributor.isPending(n)), active \(distributor.active[word].bit(bit)), priority \(hex(UInt32(distributor.priority[n]))), route PE \(distributor.route[n])"
    }
    let record = lpis.record(intid)
    return
      "LPI \(intid): pending \(lpis.isPending(intid, pe: pe)), configuration \(record.isKnown ? hex(UInt32(record.property)) : "unknown")"
  }
}

/// A number as `0x2a`.
func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
