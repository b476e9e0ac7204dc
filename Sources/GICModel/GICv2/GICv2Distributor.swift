import InterruptTrace

/// State of GICv2's Distributor beside its banks of interrupts: control, targets, sources of SGIs, and which interrupts
/// could be signalled to which PE.
///
/// Pending latches and active states lie in *planes* too, all words for each PE, because some implementations keep them so
/// for SPIs; where an SPI has one state, as in the architecture, its bit is the same in all planes. The banks hold what
/// `GICD_ISPENDR` and `GICD_ISACTIVER` show of that: an SPI that is so on any PE.
struct GICv2Distributor: ~Copyable {
  /// Most PEs.
  static var peLimit: Int { 8 }
  /// First INTID that cannot be an interrupt.
  static var intidLimit: Int { 1020 }
  /// All PEs, as a set of planes.
  static var allPlanes: UInt8 { 0xFF }
  private static var planes: Int { 256 }

  /// `GICD_CTLR` in the Secure view: EnableGrp0, EnableGrp1.
  var control = Learned<UInt32>()

  var latch = Words<Learned<UInt32>>(repeating: Learned(), count: planes)
  var active = Words<Learned<UInt32>>(repeating: Learned(), count: planes)
  /// `GICD_ITARGETSR` turned round: the SPIs that target a PE.
  var targeted = Words<UInt32>(repeating: 0, count: planes)
  /// `GICD_ITARGETSR`, a byte for each INTID.
  var targets = Words<UInt8>(repeating: 0, count: 1024)
  /// PEs from which an SGI is pending: a bit for each, 16 SGIs for each target.
  var sources = Words<UInt8>(repeating: 0, count: 8 * 16)
  /// For each PE, SGIs that may be pending from others than `sources` says.
  var openSources = Words<UInt32>(repeating: 0, count: 8)
  /// The source of an active SGI.
  var activeSource = Words<UInt8>(repeating: 0, count: 8 * 16)
  /// Which PE acknowledged an active SPI.
  var activeOn = Words<UInt32>(repeating: PE.none, count: 1024)

  /// Interrupts that could be signalled to a PE now: pending, enabled, not active, targeted, group enabled in `control`.
  var candidates = Words<UInt32>(repeating: 0, count: planes)
  /// For each PE, the words of `candidates` that are not zero.
  var candidateSummary = InlineArray<8, UInt32>(repeating: 0)

  /// First INTID that is not implemented, as far as it is known.
  var implementedLimit = intidLimit
  /// Both groups are forwarded as soon as one is enabled.
  let forwardsTogether: Bool

  /// An independent copy.
  func copy() -> GICv2Distributor {
    GICv2Distributor(
      control: control, latch: latch.copy(), active: active.copy(), targeted: targeted.copy(), targets: targets.copy(),
      sources: sources.copy(), openSources: openSources.copy(), activeSource: activeSource.copy(),
      activeOn: activeOn.copy(),
      candidates: candidates.copy(), candidateSummary: candidateSummary, implementedLimit: implementedLimit,
      forwardsTogether: forwardsTogether)
  }

  /// Writes or reads it.
  mutating func archive(_ archive: inout StateArchive) {
    archive.value(&control)
    latch.archive(&archive)
    active.archive(&archive)
    targeted.archive(&archive)
    targets.archive(&archive)
    sources.archive(&archive)
    openSources.archive(&archive)
    activeSource.archive(&archive)
    activeOn.archive(&archive)
    candidates.archive(&archive)
    archive.value(&candidateSummary)
    archive.value(&implementedLimit)
  }

  // MARK: Places

  /// The bit of `GICD_CTLR` that enables a group.
  static func enable(_ group: InterruptGroup) -> UInt32 { group == .group0 ? 1 : 2 }

  /// Place of a word's state on a PE: those of one word lie side by side.
  @inline(__always) static func plane(_ pe: Int, _ word: Int) -> Int { word &<< 3 | pe }

  /// A word of latches or active states as `GICD_*` shows it: of SPIs those that are set on any PE.
  @inline(__always)
  static func joined(_ planes: borrowing Words<Learned<UInt32>>, _ pe: Int, _ word: Int) -> Learned<UInt32> {
    guard word != 0 else { return planes[plane(pe, 0)] }
    var bits = Learned<UInt32>.certain(0)
    for pe in 0..<peLimit { bits = bits | planes[plane(pe, word)] }
    return bits
  }

  /// Sets or clears a bit in some planes.
  @inline(__always)
  static func set(_ planes: borrowing Words<Learned<UInt32>>, _ intid: Int, on pes: UInt8, to value: Bool) {
    var rest = pes
    while rest != 0 {
      planes[plane(rest.trailingZeroBitCount, intid &>> 5)].know(intid & 31, value)
      rest &= rest &- 1
    }
  }

  /// A bit may be anything in some planes.
  static func forget(_ planes: borrowing Words<Learned<UInt32>>, _ intid: Int, on pes: UInt8) {
    for pe in 0..<peLimit where pes >> UInt8(pe) & 1 != 0 {
      planes[plane(pe, intid >> 5)].setKnown(intid & 31, false)
    }
  }

  /// The PEs on which an SPI has a state.
  static func pes(_ planes: borrowing Words<Learned<UInt32>>, _ word: Int, _ bit: Int) -> UInt8 {
    var mask: UInt8 = 0
    for pe in 0..<peLimit where planes[plane(pe, word)][bit] { mask |= 1 << UInt8(pe) }
    return mask
  }

  // MARK: Candidates

  /// Interrupts of a word that `GICD_CTLR` forwards (IHI 0048B, 4.3.1).
  @inline(__always) func forwarded(_ group: UInt32) -> UInt32 {
    if forwardsTogether { return control.value & 0b11 != 0 ? .max : 0 }
    return (control.value & 1 != 0 ? ~group : 0) | (control.value & 2 != 0 ? group : 0)
  }

  /// What `candidates` must hold for a PE and a word, whose bank is given.
  @inline(__always) func candidateWord(_ pe: Int, _ word: Int, _ bank: UnsafeMutablePointer<InterruptBank>) -> UInt32 {
    let plane = Self.plane(pe, word)
    let targeted = word == 0 ? UInt32.max : targeted[plane]
    return (latch[plane].value | (bank.pointee.level.value & ~bank.pointee.edge.value)) & bank.pointee.enabled.value
      & ~active[plane].value & targeted & forwarded(bank.pointee.group.value)
  }

  /// Recomputes one word of a PE's candidates. Returns whether it changed.
  @inline(__always) mutating func refresh(_ pe: Int, _ word: Int, _ bank: UnsafeMutablePointer<InterruptBank>) -> Bool {
    let plane = Self.plane(pe, word)
    let bits = candidateWord(pe, word, bank)
    guard bits != candidates[plane] else { return false }
    candidates[plane] = bits
    candidateSummary[pe].setBit(word, to: bits != 0)
    return true
  }
}
