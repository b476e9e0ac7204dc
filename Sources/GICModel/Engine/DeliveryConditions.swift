import InterruptTrace
import LPIStore

/// What decides at a PE whether interrupts reach it, packed to see changes at one comparison.
struct DeliveryConditions: Equatable {
  /// | bits | field |
  /// |---|---|
  /// | 7:0 | priority mask |
  /// | 10:8 | group enables |
  /// | 11 | asleep |
  /// | 12 | EnableLPIs |
  /// | 14:13 | EOImode, Non-secure and Secure |
  /// | 16 | the priority mask is known |
  /// | 19:17 | which group enables are known |
  /// | 20 to 23 | sleep, EnableLPIs, the two EOImodes are known |
  var bits: UInt32

  /// Nothing is known.
  static var none: DeliveryConditions { DeliveryConditions(bits: 0) }

  /// What is known of `value`'s fields only.
  init(priorityMask: UInt32, groups: UInt32, flags: UInt32, known: UInt32) {
    let all = min(priorityMask, 0xFF) | groups &<< 8 | flags &<< 11
    let fields =
      (known & 1 != 0 ? 0xFF : 0) | (known &>> 1 & 0b111) &<< 8 | (known &>> 4 & 0b1111) &<< 11
    bits = all & fields | known &<< 16
  }

  private init(bits: UInt32) { self.bits = bits }

  /// Reports what is different from `old`.
  @inline(never)
  func report(
    since old: DeliveryConditions, pe: UInt32,
    _ emit: (_ kind: TransitionKind, _ pe: UInt32, _ a: UInt64, _ b: UInt64) -> Void
  ) {
    let changed = bits ^ old.bits
    if changed & 0x1_00FF != 0 { emit(.priorityMask, pe, UInt64(bits & 0xFF), UInt64(old.bits & 0xFF)) }
    if changed & 0xE_0700 != 0 { emit(.groupEnables, pe, UInt64(bits >> 8 & 0b111), UInt64(bits >> 17 & 0b111)) }
    if changed & 0x10_0800 != 0 { emit(.sleep, pe, UInt64(bits >> 11 & 1), 0) }
    if changed & 0x20_1000 != 0 { emit(.lpisEnabled, pe, UInt64(bits >> 12 & 1), 0) }
    if changed & 0xC0_6000 != 0 { emit(.endMode, pe, UInt64(bits >> 13 & 0b11), 0) }
  }
}

extension GICv3 where Store: ~Copyable {
  /// The conditions as they are now, as far as they are known.
  private func conditions(_ pe: Int) -> DeliveryConditions {
    let known = pes[pe].known
    var mask: UInt32 = known.contains(.priorityMask) ? 1 : 0
    mask |= (known.rawValue / Known.groupEnable0.rawValue & 0b111) << 1
    if known.contains(.waker) { mask |= 1 << 4 }
    if known.contains(.control) { mask |= 1 << 5 }
    if known.contains(.cpuControlNS) { mask |= 1 << 6 }
    if known.contains(.cpuControlS) { mask |= 1 << 7 }
    let enables = pes[pe].groupEnable[0] | pes[pe].groupEnable[1] << 1 | pes[pe].groupEnable[2] << 2
    return DeliveryConditions(
      priorityMask: pes[pe].priorityMask,
      groups: enables,
      flags: (pes[pe].waker >> 1 & 1) | (pes[pe].control & 1) << 1 | (pes[pe].cpuControl[1] >> 1 & 1) << 2
        | (pes[pe].cpuControl[0] >> 1 & 1) << 3,
      known: translation.startsEmpty ? 0xFF : mask
    )
  }

  /// Reports what changed of a PE's conditions since they were last reported. Called wherever they may have.
  mutating func reportConditions(_ pe: Int) {
    let now = conditions(pe)
    guard now != pes[pe].reportedConditions else { return }
    now.report(since: pes[pe].reportedConditions, pe: UInt32(pe)) { emit($0, pe: $1, a: $2, b: $3) }
    pes[pe].reportedConditions = now
  }

  /// Reports the Distributor's group enables if they changed.
  mutating func reportDistributorControl() {
    let control = distributor.control & 0b111
    // Bits of GICD_CTLR in the order of `InterruptGroup`: 0, 1S, 1NS.
    func ordered(_ bits: UInt32) -> UInt32 { bits & 1 | (bits >> 2 & 1) << 1 | (bits >> 1 & 1) << 2 }
    let known = translation.startsEmpty ? 0b111 : distributor.knownControl & 0b111
    let packed = ordered(control & known) | ordered(known) << 8
    guard packed != reportedControl else { return }
    reportedControl = packed
    emit(.groupEnables, a: UInt64(packed & 0b111), b: UInt64(packed >> 8))
  }

  /// Reports where the replay begins, and the reset values where that is the controller's reset.
  @inline(never)
  mutating func reportBeginning() {
    reportedBeginning = true
    emit(.begin, a: translation.startsEmpty ? 1 : 0)
    guard translation.startsEmpty else { return }
    provenance = .assumed
    reportDistributorControl()
    for pe in 0..<peCount { reportConditions(pe) }
    provenance = .derived
  }

  /// Reports an LPI's cached configuration where it changed or became known.
  @inline(never)
  mutating func configureLPI(_ intid: UInt32, property: UInt8, isKnown: Bool, as provenance: Provenance) {
    let old = lpis.record(intid)
    lpis.setConfiguration(intid, property: property, isKnown: isKnown)
    let before = self.provenance
    self.provenance = provenance
    let priority = lpiPriority(property & 0xFC)
    if !old.isKnown || (old.property ^ property) & 1 != 0 {
      emit(property & 1 != 0 ? .enabled : .disabled, intid: intid, priority: priority)
    }
    if old.isKnown, (old.property ^ property) & 0xFC != 0 {
      emit(.priorityChanged, intid: intid, priority: priority, a: UInt64(lpiPriority(old.priority)))
    }
    self.provenance = before
  }

  /// That nothing is shown to be pending after an LPI of unknown configuration became so tells that it is disabled.
  @inline(never)
  mutating func settleConfiguration(pe: Int, hasPending: Bool) {
    let intid = pes[pe].unconfiguredLPI
    pes[pe].unconfiguredLPI = 0
    let record = lpis.record(intid)
    guard !hasPending, lpisAreSignalled(pe), !record.isKnown, lpis.isPending(intid, pe: UInt32(pe)) else { return }
    configureLPI(intid, property: record.property & ~1, isKnown: true, as: .inferred)
  }

  /// Reports bits of enables that changed where the capture showed or implied them.
  func reportEnables(_ changed: UInt32, _ now: UInt32, word: Int, pe: UInt32) {
    var rest = changed
    while rest != 0 {
      let bit = rest.lowestBit
      rest &= rest &- 1
      let intid = word &<< 5 | bit
      emit(now.bit(bit) ? .enabled : .disabled, pe: word == 0 ? pe : reportedPE(intid), intid: UInt32(intid))
    }
  }

  // MARK: What the capture shows of a PE

  /// Reports the interrupt requests to a PE that are different from those last reported.
  @inline(__always)
  mutating func reportLines(_ pe: Int, _ seen: CPULines, shown: CPULines) {
    let now = pes[pe].reportedLines.subtracting(shown).union(seen.intersection(shown))
    guard now != pes[pe].reportedLines else { return }
    emit(.cpuLine, pe: UInt32(pe), a: now.rawValue, b: now.symmetricDifference(pes[pe].reportedLines).rawValue)
    pes[pe].reportedLines = now
  }

  /// Reports the highest-priority pending interrupt of a PE if it is another than the one last reported.
  @inline(__always)
  mutating func reportHighest(_ pe: Int, intid: UInt32, priority: UInt32) {
    let now = priority >= 0xFF ? UInt32.max : intid
    guard now != pes[pe].reportedHighest else { return }
    pes[pe].reportedHighest = now
    emit(.highestPending, pe: UInt32(pe), intid: now, priority: priority)
  }
}
