import HypervisorModel
import InterruptTrace

/// How predicted list registers compare with those that were seen.
public struct ListRegisterAgreement: Sendable {
  /// Entries of guests, by how the registers of one class compare.
  public struct Count: Equatable, Sendable {
    /// Entries with an interrupt of the class, predicted or seen.
    public var involved: UInt64 = 0
    /// The model said what was seen.
    public var agreed: UInt64 = 0
    /// The model said something else.
    public var disagreed: UInt64 = 0
    /// The capture does not tell, and the model's guess was right.
    public var guessedRight: UInt64 = 0
    /// The capture does not tell, and the model's guess was wrong.
    public var guessedWrong: UInt64 = 0
    /// The capture shows no event of the interrupt.
    public var notShown: UInt64 = 0
    /// Entries for which the capture decides.
    public var decided: UInt64 { agreed + disagreed }
  }

  /// A kind of difference.
  public struct Reason: Sendable {
    /// What was predicted and what was seen, with the rule that the prediction rests on.
    public var text: String
    /// How often.
    public var count: UInt64
    /// The first one's event, time, guest and vCPU.
    public var first: EntryPrediction
    /// What was seen there.
    public var seen: [UInt64]
    /// The capture decided it: it counts as disagreed.
    public var isDecided: Bool
  }

  /// By class: SGI, PPI, SPI, LPI.
  public var classes = [Count](repeating: Count(), count: 4)
  /// All registers of an entry together, in their order.
  public var whole = Count()
  /// PPIs and SPIs of an entry together.
  public var shown = Count()
  /// Differences, by kind.
  public private(set) var reasons: [Reason] = []
  /// Loads of list registers seen from below.
  public var loads = 0
  /// Those after which no guest ran.
  public var abandoned = 0
  /// Entries before the first and after the last load.
  public var outsideOfCoverage: UInt64 = 0
  /// Difference of the clocks in ns; nil if none was found.
  public var clockOffset: Int64?
  /// How often it changed.
  public var clockJumps = 0
  /// Why nothing could be compared, if so.
  public internal(set) var mismatch: Mismatch?
  /// How often each rule was right about what the guest did, and how often it was wrong.
  public internal(set) var rules: [InferenceRule: RuleScore] = [:]
  /// What the model says of each guest.
  public var guests: [GuestSummary] = []

  /// What two captures lack that do not match.
  public enum Mismatch: String, Sendable {
    /// The hypervisor's capture shows no entry of a guest.
    case noEntries = "no-entries"
    /// The capture from below shows no list register being loaded.
    case noLoads = "no-loads"
    /// The capture from below does not say on which PE list registers are loaded.
    case noPE = "no-pe"
    /// No difference of the two clocks puts entries behind loads.
    case noOffset = "no-offset"
  }

  /// How a rule's word compares with what the list registers held when the vCPU left its guest.
  public struct RuleScore: Equatable, Sendable {
    /// It was right.
    public var right: UInt64 = 0
    /// It was wrong.
    public var wrong: UInt64 = 0
    /// Number of the entry's event of the first that was wrong.
    public var firstWrong: UInt64?
  }

  private static let reasonLimit = 64

  enum Verdict: Int { case notShown, guessedWrong, disagreed, guessedRight, agreed }

  /// Compares one entry of a PE with so many list registers.
  mutating func add(
    _ prediction: EntryPrediction, seen: [UInt64], format: ListRegisterFormat, listRegisters: Int, hasGICv2Guest: Bool
  ) {
    let values = seen.map { ListRegisterValue($0, format) }
    let isCrowded =
      seen.count >= listRegisters
      && values.contains { value in
        let intid = value.intid(hasGICv2Guest: hasGICv2Guest)
        return isHidden(intid, prediction) && !prediction.registers.contains { $0.intid == intid }
      }
    var verdicts: [Verdict] = []
    var shownVerdicts: [Verdict] = []
    for kind in RegisterClass.allCases {
      let mine = prediction.registers.filter { RegisterClass($0.intid) == kind }
      let theirs = values.filter { RegisterClass($0.intid(hasGICv2Guest: hasGICv2Guest)) == kind }
      let isInvolved = !mine.isEmpty || !theirs.isEmpty
      let isUndecided = !prediction.doubts[kind].isEmpty
      let isEqual = Self.areEqual(mine, theirs)
      var verdict: Verdict =
        isEqual ? (isUndecided ? .guessedRight : .agreed) : (isUndecided ? .guessedWrong : .disagreed)
      let hasHidden = theirs.contains { value in
        let intid = value.intid(hasGICv2Guest: hasGICv2Guest)
        return isHidden(intid, prediction) && !mine.contains { $0.intid == intid }
      }
      if !isEqual, hasHidden || isCrowded { verdict = .notShown }
      Self.count(verdict, &classes[kind.rawValue], involved: isInvolved)
      verdicts.append(verdict)
      if kind == .ppi || kind == .spi { shownVerdicts.append(verdict) }
      if !isEqual { explain(kind, mine, theirs, verdict, prediction, seen, format, hasGICv2Guest) }
    }
    var all = verdicts.min { $0.rawValue < $1.rawValue }!
    if all.rawValue >= Verdict.guessedRight.rawValue, !Self.areEqual(prediction.registers, values) {
      let isDecided = all == .agreed
      all = isDecided ? .disagreed : .guessedWrong
      note("order of the registers", prediction, seen, isDecided: isDecided)
    }
    let isInvolved = !prediction.registers.isEmpty || !seen.isEmpty
    Self.count(all, &whole, involved: isInvolved)
    Self.count(shownVerdicts.min { $0.rawValue < $1.rawValue }!, &shown, involved: isInvolved)
  }

  /// Whether the registers hold what was predicted; a prediction leaves out what the capture does not show.
  private static func areEqual(_ mine: [EntryPrediction.Register], _ theirs: [ListRegisterValue]) -> Bool {
    mine.count == theirs.count && zip(mine, theirs).allSatisfy { ($0.value ^ $1.bits) & ~$0.unknownBits == 0 }
  }

  /// Whether no event of a mainline tracepoint shows the interrupt: an LPI, or an SGI of a GICv3.
  private func isHidden(_ intid: UInt32, _ prediction: EntryPrediction) -> Bool {
    INTID.isLPI(intid) || INTID.isSGI(intid) && !prediction.showsSGIs
  }

  private static func count(_ verdict: Verdict, _ count: inout Count, involved: Bool) {
    if involved { count.involved += 1 }
    switch verdict {
    case .agreed: count.agreed += 1
    case .disagreed: count.disagreed += 1
    case .guessedRight: count.guessedRight += 1
    case .guessedWrong: count.guessedWrong += 1
    case .notShown: count.notShown += 1
    }
  }

  private mutating func explain(
    _ kind: RegisterClass, _ mine: [EntryPrediction.Register], _ theirs: [ListRegisterValue], _ verdict: Verdict,
    _ prediction: EntryPrediction, _ seen: [UInt64], _ format: ListRegisterFormat, _ hasGICv2Guest: Bool
  ) {
    var text = "\(kind.name): "
    if let missing = theirs.first(where: { value in
      !mine.contains { $0.intid == value.intid(hasGICv2Guest: hasGICv2Guest) }
    }) {
      text += "not predicted, seen \(Self.state(missing))"
    } else if let extra = mine.first(where: { register in
      !theirs.contains { $0.intid(hasGICv2Guest: hasGICv2Guest) == register.intid }
    }) {
      text += "predicted \(Self.state(ListRegisterValue(extra.value, format))) by \(extra.rule.name), not seen"
    } else if let (left, right) = Self.difference(mine, theirs, hasGICv2Guest) {
      let value = ListRegisterValue(left.value, format)
      if Self.state(value) != Self.state(right) {
        text += "predicted \(Self.state(value)) by \(left.rule.name), seen \(Self.state(right))"
      } else {
        text += "same state, other fields differ"
      }
    } else {
      text += "order"
    }
    if verdict == .notShown {
      let isHiddenItself = kind == .lpi || kind == .sgi && !prediction.showsSGIs
      text += isHiddenItself ? " (no event shows it)" : " (registers taken by what is not shown)"
    }
    if verdict == .guessedWrong { text += " (\(Self.why(prediction.doubts[kind])))" }
    note(text, prediction, seen, isDecided: verdict == .disagreed)
  }

  /// Why an entry is not decided.
  private static func why(_ doubts: EntryDoubts) -> String {
    let names: [(EntryDoubts, String)] = [
      (.start, "start"), (.route, "route"), (.configuration, "configuration"), (.late, "late"),
      (.displaced, "all registers used"), (.outcome, "outcome"),
    ]
    return names.filter { doubts.contains($0.0) }.map(\.1).joined(separator: ", ")
  }

  private static func difference(
    _ mine: [EntryPrediction.Register], _ theirs: [ListRegisterValue], _ hasGICv2Guest: Bool
  ) -> (EntryPrediction.Register, ListRegisterValue)? {
    for left in mine {
      if let right = theirs.first(where: { $0.intid(hasGICv2Guest: hasGICv2Guest) == left.intid }),
        (right.bits ^ left.value) & ~left.unknownBits != 0
      {
        return (left, right)
      }
    }
    return nil
  }

  private static func state(_ value: ListRegisterValue) -> String {
    switch (value.isPending, value.isActive) {
    case (true, true): "active and pending"
    case (true, false): "pending"
    case (false, true): "active"
    case (false, false): "inactive"
    }
  }

  private mutating func note(_ text: String, _ prediction: EntryPrediction, _ seen: [UInt64], isDecided: Bool) {
    if let at = reasons.firstIndex(where: { $0.text == text && $0.isDecided == isDecided }) {
      reasons[at].count += 1
    } else if reasons.count < Self.reasonLimit {
      reasons.append(Reason(text: text, count: 1, first: prediction, seen: seen, isDecided: isDecided))
    }
  }
}
