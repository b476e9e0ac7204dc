import InterruptTrace

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

  /// Reports what is different from `old`; of what is not known any more, the priority mask and the group enables say so.
  @inline(never)
  func report(
    since old: DeliveryConditions, pe: UInt32,
    _ emit: (_ kind: TransitionKind, _ pe: UInt32, _ a: UInt64, _ b: UInt64) -> Void
  ) {
    let changed = bits ^ old.bits
    if changed & 0x1_00FF != 0 {
      emit(.priorityMask, pe, bits & 1 << 16 != 0 ? UInt64(bits & 0xFF) : 0xFFFF, UInt64(old.bits & 0xFF))
    }
    if changed & 0xE_0700 != 0 { emit(.groupEnables, pe, UInt64(bits >> 8 & 0b111), UInt64(bits >> 17 & 0b111)) }
    if changed & 0x10_0800 != 0, bits & 1 << 20 != 0 { emit(.sleep, pe, UInt64(bits >> 11 & 1), 0) }
    if changed & 0x20_1000 != 0, bits & 1 << 21 != 0 { emit(.lpisEnabled, pe, UInt64(bits >> 12 & 1), 0) }
    if changed & 0xC0_6000 != 0, bits & 0b11 << 22 != 0 { emit(.endMode, pe, UInt64(bits >> 13 & 0b11), 0) }
  }
}

extension InterruptController where Self: ~Copyable {
  /// Reports what changed of a PE's conditions since they were last reported. Called wherever they may have.
  mutating func reportConditions(_ pe: Int) {
    let now = conditions(pe)
    let old = exchangeReported(pe, for: now)
    if now != old { now.report(since: old, pe: UInt32(pe)) { emit($0, pe: $1, a: $2, b: $3) } }
  }

  /// Reports the Distributor's group enables if they changed.
  mutating func reportDistributorControl() {
    let enables = groupEnables
    let packed = enables.value & enables.known | enables.known << 8
    guard packed != progress.reportedControl else { return }
    progress.reportedControl = packed
    emit(.groupEnables, a: UInt64(packed & 0b111), b: UInt64(packed >> 8))
  }

  /// Reports where the replay begins, and the reset values where that is the controller's reset.
  @inline(never) mutating func reportBeginning() {
    let group = bank(0, 0).pointee.group
    let resetGroup = group.value == 0 ? InterruptGroup.group0 : .group1NonSecure
    emit(
      .begin, a: (startsAtReset ? 1 : 0) | (progress.isPart ? 2 : 0),
      b: group.known == .max ? UInt64(resetGroup.rawValue) + 1 : 0)
    progress.provenance = .assumed
    reportDistributorControl()
    for pe in 0..<peCount { reportConditions(pe) }
    progress.provenance = .derived
  }
}
