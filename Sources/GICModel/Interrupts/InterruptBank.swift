import InterruptTrace

/// State and configuration of 32 interrupts, bit n of each word being INTID 32 w + n: of a PE's SGIs and PPIs, or of 32 SPIs.
///
/// GICv2, GICv3 and GICv3 with affinity routing off have the same banks; what an access or an event does to them stands
/// in the `Bank+…` files beside this one, once.
struct InterruptBank: BitwiseCopyable {
  /// Read through ``UnsafeMutablePointer/priority(_:)`` where time matters: it stands first for that.
  var priority = InlineArray<32, UInt8>(repeating: 0)
  /// Group 1, or Non-secure Group 1 where there are two Security states.
  var group = Learned<UInt32>()
  /// Secure Group 1 instead of Group 0.
  var modifier = Learned<UInt32>()
  var enabled = Learned<UInt32>()
  /// The pending latch; a level-sensitive interrupt is also pending while its line is high.
  var latch = Learned<UInt32>()
  var active = Learned<UInt32>()
  /// Input lines.
  var level = Learned<UInt32>()
  /// Set for edge-triggered interrupts.
  var edge = Learned<UInt32>()
  /// Non-maskable: of superpriority (GICv3.3).
  var nonMaskable = Learned<UInt32>()
  var knownPriority: UInt32 = 0
  /// SPIs whose `GICD_IROUTER` or `GICD_ITARGETSR` is known.
  var knownTarget: UInt32 = 0
  /// Of those, targets that were seen by what was signalled: `GICD_IROUTER` may name the PE or say any.
  var seenTarget: UInt32 = 0
  /// `*_NSACR`: two bits for each interrupt.
  var nonSecureAccess = Learned<UInt64>()
  /// Interrupts that have ever been touched, for state reports.
  var touched: UInt32 = 0

  /// Interrupts that are pending: latched, or level-sensitive with the line high (IHI 0069H, 4.1; IHI 0048B, 4.3.7).
  @inline(__always) var pending: UInt32 { latch.value | level.value & ~edge.value }

  /// What a read of the pending state shows: known where the latch is, and either the line or that it does not count.
  @inline(__always) var shownPending: Learned<UInt32> {
    Learned(pending, known: latch.known & (level.known | edge.value & edge.known))
  }

  /// Whether interrupt `n` of the bank is pending.
  @inline(__always) func isPending(_ n: Int) -> Bool { pending.bit(n) }

  /// The group of interrupt `n`. With one Security state the modifier does not count (IHI 0069H, 4.6).
  @inline(__always) func group(_ n: Int, oneSecurityState: Bool) -> InterruptGroup {
    if group[n] { return .group1NonSecure }
    return !oneSecurityState && modifier[n] ? .group1Secure : .group0
  }

  /// The interrupts of which something that decides their rank is not as it was, apart from where they go.
  func differences(from other: InterruptBank) -> UInt32 {
    var changed = changedPriorities(from: other)
    for field in [InterruptField.group, .modifier, .enabled, .pending, .active, .trigger, .nonMaskable] {
      changed |= self[field].value ^ other[field].value
    }
    return changed
  }

  /// The interrupts whose priority is not as it was.
  func changedPriorities(from other: InterruptBank) -> UInt32 {
    var changed: UInt32 = 0
    for n in 0..<32 where priority[n] != other.priority[n] { changed.setBit(n, to: true) }
    return changed
  }

  /// The field of `*_NSACR` of interrupt `n`.
  @inline(__always)
  func nonSecureAccess(_ n: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: nonSecureAccess.value &>> UInt64(n &* 2) & 0b11)
  }

  /// Takes back what became of a field.
  mutating func restore(_ field: InterruptField, of before: InterruptBank) {
    switch field {
    case .priority: (priority, knownPriority) = (before.priority, before.knownPriority)
    case .pending: latch = before.latch
    default: self[field] = before[field]
    }
  }

  /// The word of a field that has one bit for each interrupt and is kept as such.
  subscript(field: InterruptField) -> Learned<UInt32> {
    get {
      switch field {
      case .group: group
      case .modifier: modifier
      case .enabled: enabled
      case .pending: shownPending
      case .active: active
      case .nonMaskable: nonMaskable
      case .trigger: edge
      case .nonSecureAccess, .priority, .target, .sources, .route: .certain(0)
      }
    }
    set {
      switch field {
      case .group: group = newValue
      case .modifier: modifier = newValue
      case .enabled: enabled = newValue
      case .pending: latch = newValue
      case .active: active = newValue
      case .nonMaskable: nonMaskable = newValue
      case .trigger: edge = newValue
      case .nonSecureAccess, .priority, .target, .sources, .route: break
      }
    }
  }

  /// The bank of a PE's SGIs and PPIs: SGIs are always edge-triggered (IHI 0069H, 12.11.7; IHI 0048B, 4.3.13).
  static var ofPE: InterruptBank {
    var bank = InterruptBank()
    bank.edge = Learned(0xFFFF, known: 0xFFFF)
    return bank
  }
}

/// The banks of a controller: one for each PE's word 0, and one for each further word.
///
/// Owned memory, see ``Words``. A place is named by a PE and a word; the PE does not matter but for word 0.
struct InterruptBanks: ~Copyable {
  /// Words of INTIDs below 1024.
  static var wordCount: Int { 32 }

  private var base: UnsafeMutablePointer<InterruptBank>
  private(set) var peCount: Int
  private var capacity: Int

  init(peCount: Int) {
    self.peCount = peCount
    capacity = Self.wordCount + peCount
    base = .allocate(capacity: capacity)
    reset()
  }

  deinit { base.deallocate() }

  /// An independent copy.
  func copy() -> InterruptBanks {
    let other = InterruptBanks(peCount: peCount)
    other.base.update(from: base, count: Self.wordCount + peCount)
    return other
  }

  /// Writes or reads them; there are as many PEs as there were.
  func archive(_ archive: inout StateArchive) { archive.values(base, count: Self.wordCount + peCount) }

  /// Everything as it is when nothing has been shown or written.
  func reset() {
    base.initialize(repeating: InterruptBank(), count: Self.wordCount)
    (base + Self.wordCount).initialize(repeating: .ofPE, count: peCount)
  }

  /// Makes room for further PEs.
  mutating func grow(toHold count: Int) {
    guard count > peCount else { return }
    if Self.wordCount + count > capacity {
      capacity = max(Self.wordCount + count, capacity * 2)
      let bigger = UnsafeMutablePointer<InterruptBank>.allocate(capacity: capacity)
      bigger.moveInitialize(from: base, count: Self.wordCount + peCount)
      base.deallocate()
      base = bigger
    }
    (base + Self.wordCount + peCount).initialize(repeating: .ofPE, count: count - peCount)
    peCount = count
  }

  /// The bank of a word: of a PE's own for word 0.
  @inline(__always) func at(_ pe: Int, _ word: Int) -> UnsafeMutablePointer<InterruptBank> {
    base + (word == 0 ? Self.wordCount &+ pe : word)
  }

  /// At reset nothing is pending, active or high, and nothing is enabled.
  func knowReset() {
    for bank in all.indices {
      all[bank].latch.known = .max
      all[bank].active.known = .max
      all[bank].level.known = .max
      all[bank].enabled.known = .max
      all[bank].nonSecureAccess.known = .max
    }
  }

  /// Nor is it in another group than 0.
  func knowResetGroups() {
    for bank in all.indices {
      all[bank].group.known = .max
      all[bank].modifier.known = .max
    }
  }

  /// Everything is taken to be in Group 1: an emulator leaves it there for a Non-secure kernel that it starts itself.
  func assumeGroup1() { for bank in all.indices { all[bank].group.assume(.max, in: .max) } }

  /// Every bank.
  var all: UnsafeMutableBufferPointer<InterruptBank> { .init(start: base, count: Self.wordCount + peCount) }
}

extension UnsafeMutablePointer<InterruptBank> {
  /// The priority of interrupt `n` of a bank: one load, where a subscript of the array copies the bank.
  @inline(__always) func priority(_ n: Int) -> UInt8 {
    UnsafeRawPointer(self).load(fromByteOffset: n & 31, as: UInt8.self)
  }
}
