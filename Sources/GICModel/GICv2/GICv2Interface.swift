import InterruptTrace

/// Bits of `GICC_CTLR` in its Secure view, and of `GICV_CTLR` (IHI 0048B, 4.4.1 and 5.5.1).
enum GICv2Control {
  static var enableGroup0: UInt32 { 1 << 0 }
  static var enableGroup1: UInt32 { 1 << 1 }
  /// Acknowledge of Group 1 interrupts through `GICC_IAR` by Secure accesses.
  static var acknowledgeControl: UInt32 { 1 << 2 }
  /// Group 0 is signalled as FIQ.
  static var fiqEnable: UInt32 { 1 << 3 }
  /// `GICC_BPR` serves both groups.
  static var commonBinaryPoint: UInt32 { 1 << 4 }
  /// Signal bypass disables.
  static var bypass: UInt32 { 0b1111 << 5 }
  /// EOImode, or EOImodeS with the Security Extensions.
  static var endMode: UInt32 { 1 << 9 }
  /// EOImodeNS.
  static var endModeNonSecure: UInt32 { 1 << 10 }
  /// What the Non-secure view shows, at other places: EnableGrp1, its bypass disables, EOImodeNS (IHI 0048B, 4.4.1).
  static var seenByNonSecure: UInt32 { enableGroup1 | 0b11 << 7 | endModeNonSecure }
  /// What a Non-secure write of `value` sets of it.
  static func setByNonSecure(_ value: UInt32) -> UInt32 {
    (value & 1) << 1 | (value >> 5 & 0b11) << 7 | (value >> 9 & 1) << 10
  }
  /// All of `GICV_CTLR`.
  static var virtual: UInt32 { 0x21F }
}

/// A pending interrupt with what decides its rank. Priority 0xFF is a priority here: only the priority mask keeps it back.
struct GICv2Pending: Equatable {
  /// 1023 if there is none.
  var intid: UInt32
  var priority: UInt32
  var isGroup1: Bool

  static var none: GICv2Pending { GICv2Pending(intid: 1023, priority: 0x100, isGroup1: false) }
  @inline(__always) var isNone: Bool { intid == 1023 }
}

/// What `GICC_*` and `GICV_*` have in common: control, masks, binary points, active priorities (IHI 0048B, 4.4, 5.5).
struct GICv2Interface {
  /// Running priority of an interface on which nothing is active; `GICC_RPR` reads it as 0xFF.
  static var idle: UInt32 { 0x100 }

  /// Registers that the capture has written or shown, or whose reset value is known.
  struct Known: OptionSet {
    var rawValue: UInt8
    static let control = Known(rawValue: 1 << 0)
    static let priorityMask = Known(rawValue: 1 << 1)
    static let binaryPoint = Known(rawValue: 1 << 2)
    static let aliasedBinaryPoint = Known(rawValue: 1 << 3)
    static let activePriorities = Known(rawValue: 1 << 4)
    static let hypervisorControl = Known(rawValue: 1 << 5)
    /// What Non-secure software sees of `GICC_CTLR`.
    static let nonSecureControl = Known(rawValue: 1 << 6)
    /// What decides the group priority of an interrupt.
    static let groupPriorities: Known = [.control, .binaryPoint, .aliasedBinaryPoint]
    /// What `GICH_VMCR` holds.
    static let machineControl: Known = [.control, .priorityMask, .binaryPoint, .aliasedBinaryPoint]
    static let all = Known(rawValue: 0xFF)
  }

  var control: UInt32 = 0
  var priorityMask: UInt32 = 0
  var binaryPoint: UInt32
  /// `GICC_ABPR`: the Non-secure copy of `GICC_BPR`, used for Group 1.
  var aliasedBinaryPoint: UInt32
  /// `GICC_APR`; of a virtual interface `GICH_APR` in the first word, for both groups.
  var activePriorities = InlineArray<4, UInt32>(repeating: 0)
  /// `GICC_NSAPR`: Group 1.
  var group1ActivePriorities = InlineArray<4, UInt32>(repeating: 0)
  /// Group priority of the highest active priority bit, or ``idle``.
  var runningPriority: UInt32 = idle
  /// Priority bits that take part in preemption, 4 to 7.
  private(set) var preemptionBits: UInt32
  /// A virtual interface has one set of active priorities.
  let isVirtual: Bool
  var known: Known = []

  /// The INTID that the last acknowledge selected, before the running priority was looked at; ``nothingSelected``
  /// when it was compared.
  var selected = nothingSelected
  static var nothingSelected: UInt32 { 0xFFFF_FFFF }

  init(preemptionBits: Int, isVirtual: Bool) {
    self.preemptionBits = UInt32(min(max(preemptionBits, 4), 7))
    self.isVirtual = isVirtual
    binaryPoint = 7 - self.preemptionBits
    aliasedBinaryPoint = 8 - self.preemptionBits
  }

  /// The interface has so many priority bits.
  mutating func setPreemptionBits(_ priorityBits: Int) {
    let before = Int(preemptionBits)
    preemptionBits = UInt32(min(max(priorityBits, 4), 7))
    activePriorities = ActivePriorities.moved(activePriorities, from: before, to: Int(preemptionBits))
    group1ActivePriorities = ActivePriorities.moved(group1ActivePriorities, from: before, to: Int(preemptionBits))
    binaryPoint = max(binaryPoint, minimumBinaryPoint)
    aliasedBinaryPoint = max(aliasedBinaryPoint, minimumBinaryPoint &+ 1)
    refreshRunningPriority()
  }

  /// Smallest `GICC_BPR`: below it there are no bits left to split (IHI 0048B, 4.4.3).
  var minimumBinaryPoint: UInt32 { 7 &- preemptionBits }

  /// The priority bits that decide preemption for a group (IHI 0048B, 3.3.3; 4.4.8: `GICC_ABPR` counts from bit 0).
  @inline(__always) func groupPriorityMask(isGroup1: Bool) -> UInt32 {
    let usesAliased = isGroup1 && control & GICv2Control.commonBinaryPoint == 0
    let point = usesAliased ? aliasedBinaryPoint &- 1 : binaryPoint
    return 0xFF & (~0 &<< ((point & 7) &+ 1))
  }

  /// Whether an interrupt's group is enabled.
  @inline(__always) func enables(_ pending: GICv2Pending) -> Bool {
    control & (pending.isGroup1 ? GICv2Control.enableGroup1 : GICv2Control.enableGroup0) != 0
  }

  /// Whether an interrupt may preempt what runs (IHI 0048B, 3.3.1).
  @inline(__always) func preempts(_ pending: GICv2Pending, _ departures: Departures) -> Bool {
    if runningPriority == Self.idle { return true }
    if departures.contains(.comparesWholePriority) { return pending.priority < runningPriority }
    let mask = groupPriorityMask(isGroup1: pending.isGroup1)
    return pending.priority & mask < runningPriority & mask
  }

  /// Whether an interrupt is signalled: its group enabled, above the priority mask, preempting what runs (3.3).
  @inline(__always) func signals(_ pending: GICv2Pending, _ departures: Departures) -> Bool {
    !pending.isNone && pending.priority < priorityMask && enables(pending) && preempts(pending, departures)
  }

  /// IRQ or FIQ for an interrupt that is signalled (IHI 0048B, 4.4.1).
  @inline(__always) func line(_ pending: GICv2Pending) -> CPULines {
    !pending.isGroup1 && control & GICv2Control.fiqEnable != 0 ? .fiq : .irq
  }

  // MARK: Active priorities (IHI 0048B, 4.4.12)

  /// Sets the active priority bit of an acknowledged interrupt.
  @inline(__always) mutating func raise(_ pending: GICv2Pending) {
    let priority = pending.priority & groupPriorityMask(isGroup1: pending.isGroup1)
    let bit = Int(priority &>> (8 &- preemptionBits))
    if pending.isGroup1 && !isVirtual {
      group1ActivePriorities[bit &>> 5] |= 1 &<< UInt32(bit & 31)
    } else {
      activePriorities[bit &>> 5] |= 1 &<< UInt32(bit & 31)
    }
    refreshRunningPriority()
  }

  /// Sets the active priority bit of a running priority that is shown.
  mutating func raise(groupPriority: UInt32) {
    let bit = groupPriority >> (8 - preemptionBits)
    activePriorities[Int(bit >> 5)] |= 1 << (bit & 31)
  }

  /// Clears the highest active priority bit of a group: the priority drop. False if there was none.
  @inline(__always) mutating func drop(isGroup1: Bool) -> Bool {
    for word in 0..<4 {
      if isGroup1 && !isVirtual {
        guard group1ActivePriorities[word] != 0 else { continue }
        group1ActivePriorities[word] &= group1ActivePriorities[word] &- 1
      } else {
        guard activePriorities[word] != 0 else { continue }
        activePriorities[word] &= activePriorities[word] &- 1
      }
      refreshRunningPriority()
      return true
    }
    return false
  }

  /// Recomputes the running priority from the active priorities.
  @inline(__always) mutating func refreshRunningPriority() {
    for word in 0..<4 {
      let bits = activePriorities[word] | group1ActivePriorities[word]
      if bits != 0 {
        runningPriority = UInt32(word &* 32 &+ bits.lowestBit) &<< (8 &- preemptionBits)
        return
      }
    }
    runningPriority = Self.idle
  }

  // MARK: Register writes

  /// Gives a word of `GICC_APR`, or of `GICC_NSAPR`, a value.
  mutating func setActivePriorities(_ word: Int, _ value: UInt32, isGroup1: Bool = false) {
    let value = value & ActivePriorities.implemented(word: word, preemptionBits: Int(preemptionBits))
    if isGroup1 { group1ActivePriorities[word] = value } else { activePriorities[word] = value }
    refreshRunningPriority()
  }

  mutating func writeBinaryPoint(_ value: UInt32) {
    binaryPoint = max(value & 7, minimumBinaryPoint)
    known.insert(.binaryPoint)
  }

  mutating func writeAliasedBinaryPoint(_ value: UInt32) {
    aliasedBinaryPoint = max(value & 7, minimumBinaryPoint &+ 1)
    known.insert(.aliasedBinaryPoint)
  }

  /// The running priority as `GICC_RPR` shows it; from Non-secure state the upper half of the range, shifted
  /// (IHI 0048B, 3.6.2 and 4.4.6).
  func runningPriorityView(nonSecure: Bool) -> UInt32 {
    if runningPriority == Self.idle { return 0xFF }
    guard nonSecure else { return runningPriority }
    return runningPriority & 0x80 == 0 ? 0 : (runningPriority << 1) & 0xFF
  }

  /// The priority mask as `GICC_PMR` shows it (IHI 0048B, 3.6.2 and 4.4.2).
  func priorityMaskView(nonSecure: Bool) -> UInt32 {
    guard nonSecure else { return priorityMask }
    return priorityMask & 0x80 == 0 ? 0 : (priorityMask << 1) & 0xFF
  }
}
